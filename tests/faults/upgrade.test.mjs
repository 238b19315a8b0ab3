// Databases from before the newer migrations: they wake with their leads, and everything newer works on them.
import assert from "node:assert/strict";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, test } from "node:test";

import { migrations } from "../story/migrations.mjs";
import { accountedFor, letEverythingEnd, rows } from "../story/oracle.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";

let server;
// Also after one that failed: what it started would keep all others waiting.
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Makes a file anew with the first migrations only, and moves into it what they have a place for. */
async function withMigrations(file, sources) {
  const old = `${file}.old`;
  await rename(file, old);
  const from = new DatabaseSync(old);
  const into = new DatabaseSync(file);
  into.exec("PRAGMA journal_mode = WAL; CREATE TABLE migrations (number INTEGER PRIMARY KEY)");
  sources.forEach((source, number) => {
    into.exec(source);
    into.prepare("INSERT INTO migrations VALUES (?)").run(number);
  });
  // Every row, in the order its table was made. What the runtime keeps for itself, an alarm, is not taken along.
  for (const { name } of into.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('migrations', 'sqlite_sequence') ORDER BY rowid").all()) {
    const columns = (database) => database.prepare(`SELECT name FROM pragma_table_info('${name}')`).all().map((column) => column.name);
    const there = columns(from);
    const shared = columns(into).filter((column) => there.includes(column));
    if (!shared.length) continue;
    const put = into.prepare(`INSERT OR REPLACE INTO ${name} (${shared.join(", ")}) VALUES (${shared.map(() => "?").join(", ")})`);
    for (const row of from.prepare(`SELECT ${shared.join(", ")} FROM ${name}`).all()) put.run(...shared.map((column) => row[column]));
  }
  from.close();
  into.close();
  for (const left of [old, `${old}-wal`, `${old}-shm`, `${file}-wal`, `${file}-shm`]) await rm(left, { force: true });
}

const files = async (data, kind) => {
  const folder = join(data, "objects", `first-contact-${kind}`);
  return (await readdir(folder)).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite").map((name) => join(folder, name));
};

const LEDGER = await migrations("LEDGER");

test("thousands that wait since before there were lines for them are put into them, a little at a time", { timeout: 120_000 }, async () => {
  server = await startServer();
  const known = await server.inquire("+7 933 000-00-02");
  await waitFor(async () => (await server.lead(known.body.lead)).deliveries.every(({ state }) => state === "sent"), "the first webhook", 30_000);
  const { data, port } = server;
  await server.stop({ keep: true });
  const [file] = await files(data, "ledger");
  const database = new DatabaseSync(file);
  const before = LEDGER.findIndex((source) => source.includes("CREATE TABLE due "));
  // Many at the same moment among them: tomorrow's.
  database.exec(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9000)
    INSERT INTO deliveries (id, lead, destination, event, created_at, state, next_at)
    SELECT 'waits-' || n, lead, destination, event, created_at, 'retrying', ${Date.now() + 86_400_000} + n / 5000 FROM n, (SELECT * FROM deliveries LIMIT 1)`);
  database.close();
  await withMigrations(file, LEDGER.slice(0, before));
  server = await startServer({ data, port });
  const fresh = await server.inquire("+7 933 000-00-03");
  assert.equal(fresh.status, 201);
  const inLine = async () => (await rows(data, "ledger", "SELECT count(*) AS n FROM due JOIN deliveries ON id = delivery AND next_at = at WHERE id GLOB 'waits-*'"))[0].n;
  await waitFor(async () => (await inLine()) === 9000, "all of them in line", 60_000);
  await waitFor(async () => (await rows(data, "ledger", "SELECT 1 FROM due_search")).length === 0, "the search to end", 30_000);
  await waitFor(async () => (await server.webhooks()).some((webhook) => webhook.body.data?.id === fresh.body.lead), "the new one's webhook", 30_000);
});

for (let first = 1; first < LEDGER.length; first++) {
  test(`a ledger of migration ${first} of ${LEDGER.length}, with data, takes inquiries and catches up by itself`, { timeout: 120_000 }, async () => {
    server = await startServer();
    const acknowledged = new Set();
    const inquire = async (...given) => {
      const reply = await server.inquire(...given);
      acknowledged.add(reply.id);
      return reply;
    };
    const known = await inquire("+7 933 000-00-01");
    // Answers that wait for an inquiry: of an hour ago, and of a time when nobody counted them yet.
    const waits = { id: uuidv7(), secret: aSecret() };
    const answer = (id, secret) => fetch(`${server.url}/v1/inquiries/${id}/answers`, { method: "POST", body: JSON.stringify({ site: server.site, secret, seq: 1, answers: { need: "specific" } }) });
    assert.equal((await answer(waits.id, waits.secret)).status, 202);
    const inVain = uuidv7();
    assert.equal((await answer(inVain, aSecret())).status, 202);
    // Twelve versions, so that catching up takes more than one step.
    const { data, port } = server;
    await server.stop({ keep: true });
    const [file] = await files(data, "ledger");
    const database = new DatabaseSync(file);
    for (let version = 2; version <= 12; version++) {
      database.prepare("INSERT INTO config_versions SELECT ?, body, published_at, published_by FROM config_versions WHERE version = 1").run(version);
    }
    const longAgo = Date.now() - 8 * 24 * 3_600_000;
    database.prepare("UPDATE answer_messages SET received_at = ? WHERE inquiry = ?").run(longAgo, inVain);
    database.prepare("UPDATE unclaimed_answers SET since = ? WHERE inquiry = ?").run(longAgo, inVain);
    database.close();
    await withMigrations(file, LEDGER.slice(0, first));
    assert.equal(await applied(file), first);

    server = await startServer({ data, port, faults: true });
    const again = await inquire("+7 933 000-00-01");
    assert.deepEqual([again.status, again.body.lead], [201, known.body.lead]);
    const { lead, files: attached, history, inquiries } = await server.lead(known.body.lead);
    assert.deepEqual([lead.status, lead.closed, lead.contact.do_not_contact, attached, inquiries.length], ["open", null, false, [], 2]);
    assert.equal(history[0].kind, "inquiry_recorded");
    const { form, recorded } = await server.api("/api/reports/questions");
    assert.deepEqual([form, recorded], ["price", first < 3 ? 1 : 2]);
    const published = await fetch(`${server.url}/v1/forms/${server.site}/price/1`);
    assert.equal((await published.json()).questions.length, 5);
    const fresh = await inquire("+7 933 000-00-09");
    await waitFor(async () => (await server.webhooks()).some((webhook) => webhook.body.data?.id === fresh.body.lead), "the webhook", 30_000);

    // Intake goes on while older rows are caught up with, and after it.
    const unfinished = () => rows(data, "ledger", "SELECT name FROM backfills WHERE done_at IS NULL");
    let number = 0;
    await waitFor(async () => {
      assert.equal((await inquire(`+7 933 000-01-${String(number++ % 100).padStart(2, "0")}`)).status, 201);
      return (await unfinished()).length === 0;
    }, "the backfill", 30_000);
    const forms = await rows(data, "ledger", "SELECT DISTINCT version FROM published_forms WHERE form = 'price' AND version <= 12");
    // What waited is counted, given up where it waited too long, and there when its inquiry comes.
    await waitFor(async () => (await rows(data, "ledger", "SELECT 1 FROM answer_messages WHERE inquiry = ?", inVain)).length === 0, "the sweep", 30_000);
    assert.equal((await rows(data, "ledger", "SELECT messages FROM unclaimed_answers WHERE inquiry = ?", waits.id))[0]?.messages, 1);
    const { body } = await inquire("waits@example.ru", waits);
    assert.ok((await server.lead(body.lead)).facts.some(({ key }) => key === "need"));
    // Only a ledger that had its versions before there was a place for their forms has anything to catch up with.
    const late = !LEDGER.slice(0, first).some((source) => source.includes("SELECT 'published_forms'"));
    assert.equal(forms.length, late ? 12 : 1);
    assert.equal(await applied(file), LEDGER.length);
    await accountedFor(server, acknowledged);
    await letEverythingEnd(server, acknowledged);
  });
}

test("a directory of its first migration looks at the workspaces it has", async () => {
  const sources = await migrations("DIRECTORY");
  server = await startServer();
  const { data, port, workspace } = server;
  await server.inquire("+7 933 000-00-02");
  await server.stop({ keep: true });
  const [file] = await files(data, "directory");
  await withMigrations(file, sources.slice(0, 1));
  server = await startServer({ data, port });
  await fetch(`${server.url}/v1/health`);
  const look = await waitFor(async () => (await rows(data, "directory", "SELECT look_at FROM workspaces WHERE id = ? AND look_at > 0", workspace))[0]?.look_at, "the look", 75_000);
  assert.ok(look > Date.now());
});

async function applied(file) {
  const database = new DatabaseSync(file, { readOnly: true });
  const { found } = database.prepare("SELECT count(*) AS found FROM migrations").get();
  database.close();
  return found;
}
