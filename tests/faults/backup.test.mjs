// A client company taken elsewhere while it works: every lead is there, and nothing is sent twice.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";

import { migrations } from "../story/migrations.mjs";
import { accountedFor, letEverythingEnd, rows } from "../story/oracle.mjs";
import { startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";
import { openReceiver } from "./matrix/receiver.mjs";
import { company } from "./matrix/town.mjs";

const run = promisify(execFile);

let here;
let there;
let receiver;
let made;
let file;
/** The ids that were acknowledged, here and there. */
const acknowledged = new Set();
before(async () => {
  receiver = await openReceiver();
  here = await startServer();
  made = await makeWorkspace(here, undefined, () => company(receiver.url));
  file = join(here.data, "workshop.backup");
});
after(async () => {
  await here?.stop();
  await there?.stop();
  receiver?.close();
});

/** What `cargo xtask workspace …` prints, and the sentence it fails with. */
async function operator(server, ...action) {
  try {
    return (await run(process.env.XTASK, ["workspace", ...action, "--data", server.data, "--url", server.url])).stdout;
  } catch (error) {
    return `failed: ${error.stderr}`;
  }
}

const inquire = async (url, site, reach, message = "") => {
  const id = uuidv7();
  const sent = { id, secret: Buffer.from(id.slice(0, 16)).toString("base64url"), site, form: "price", contact: { reach, message } };
  const response = await fetch(`${url}/v1/inquiries`, { method: "POST", body: JSON.stringify(sent) });
  if (response.ok) acknowledged.add(id);
  return { status: response.status, id, sent, ...(await response.json()) };
};

const TABLES = ["inquiries", "leads", "contacts", "contact_points", "tasks", "events", "deliveries", "keys", "config_versions", "answers", "facts"];

/** Every row of the workspace's tables, as text. */
async function everything(server, leave = []) {
  const found = {};
  for (const table of TABLES.filter((table) => !leave.includes(table))) {
    const mine = `SELECT rowid AS number, * FROM ${table}`;
    const statement = ["contact_points", "answers"].includes(table) ? mine.replace("rowid AS number, ", "") : mine;
    const all = await rows(server.data, "ledger", statement);
    // Every attempt of a delivery moves its lead's revision, also one between the backup and this look.
    found[table] = all.map((row) => JSON.stringify({ ...row, revision: undefined })).sort();
  }
  return found;
}

test("backed up while inquiries come, it is whole and of one moment", async () => {
  // Everything older than the backup, one that waits for a receiver who is down, and one with odd characters.
  await inquire(here.url, made.site, "+7 999 100-00-01", "до копии 💬 \u202e \u0000");
  const waiting = await inquire(here.url, made.site, "+7 999 100-00-02", "behaves:fails_always");
  await waitFor(() => receiver.of(waiting.lead).length === 2, "two attempts", 30_000);
  let stop = false;
  const during = [];
  const stream = (async () => {
    // Everybody writes twice, so that leads change under the backup however fast the machine is.
    for (let number = 0; !stop; number++) during.push(await inquire(here.url, made.site, `+7 999 200-00-${String(Math.floor(number / 2) % 100).padStart(2, "0")}`, "behaves:fails_always"));
  })();
  await waitFor(() => during.length > 3, "inquiries");
  const before = during.length;
  const printed = await operator(here, "backup", made.workspace, file);
  stop = true;
  await stream;
  assert.match(printed, /Мастерская as of 20/);
  assert.match(printed, /\d+ {2}inquiries/);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const lines = gunzipSync(await readFile(file)).toString().trim().split("\n");
  const { taken_at } = JSON.parse(lines[0]);
  // Each row stands there once, as it was at that moment: what belongs together agrees.
  const tables = {};
  let at;
  for (const line of lines.slice(1).map((line) => JSON.parse(line))) {
    if (Array.isArray(line)) at.rows.push(Object.fromEntries(at.columns.map((column, place) => [column, line[place]])));
    else if (line.table) at = (tables[line.table] = { columns: line.columns, rows: [] });
  }
  for (const { columns, rows } of Object.values(tables)) {
    const id = ["id", "number", "rowid"].find((column) => columns.includes(column));
    if (id) assert.equal(new Set(rows.map((row) => row[id])).size, rows.length);
  }
  assert.ok(tables.leads.rows.some(({ touches }) => touches > 1));
  for (const { id, touches } of tables.leads.rows) {
    assert.equal(tables.inquiries.rows.filter(({ lead }) => lead === id).length, touches, id);
    assert.ok(tables.tasks.rows.some(({ lead }) => lead === id) && tables.deliveries.rows.some(({ lead }) => lead === id), id);
  }
  // Whatever was acknowledged before it was begun, and then one after the other up to the moment it is of.
  for (const { status } of during) assert.equal(status, 201, "nothing notices a backup");
  const inIt = during.map(({ id }) => tables.inquiries.rows.some((row) => row.id === id));
  const upTo = inIt.lastIndexOf(true);
  assert.ok(!inIt.slice(0, upTo).includes(false), "nothing in between is missing");
  assert.ok(upTo + 1 >= before, `${upTo + 1} of at least ${before}, taken at ${taken_at}`);
  // What watched for changes is gone again.
  assert.deepEqual(await rows(here.data, "ledger", "SELECT name FROM sqlite_master WHERE name GLOB 'backup_*'"), []);
});

test("of two backups at once the one that was begun first is told so, and the other is whole", async () => {
  const { operator_key } = JSON.parse(await readFile(join(here.data, "secrets.json"), "utf8"));
  const step = async (body) => {
    const headers = { authorization: `Bearer ${operator_key}`, "content-type": "application/json" };
    const response = await fetch(`${here.url}/operator/workspaces/${made.workspace}/steps`, { method: "POST", headers, body: JSON.stringify({ step: "backup", ...body }) });
    return { status: response.status, ...(await response.json()) };
  };
  const first = await step({ part: "begin" });
  assert.equal(first.status, 200, JSON.stringify(first));
  const page = (backup) => step({ part: "page", backup, table: "leads", after: null });
  assert.equal((await page(first.backup)).status, 200);
  const second = await step({ part: "begin" });
  for (const refused of [await page(first.backup), await step({ part: "end", backup: first.backup })]) {
    assert.deepEqual([refused.status, refused.code], [409, "backup_overtaken"]);
  }
  // What changes now is written down for the second, whatever the first has asked for.
  const { id } = await inquire(here.url, made.site, "+7 999 300-00-01");
  assert.equal((await page(second.backup)).status, 200);
  // Much of it comes some at a time, and what changes again comes again: with the last of it at the latest.
  const many = await Promise.all(Array.from({ length: 60 }, (_, number) => inquire(here.url, made.site, `+7 999 310-00-${String(number).padStart(2, "0")}`)));
  const some = await step({ part: "changes", backup: second.backup });
  const again = await inquire(here.url, made.site, "+7 999 300-00-01");
  const ended = await step({ part: "end", backup: second.backup });
  const [before, last] = [some, ended].map(({ changed }) => JSON.stringify(changed));
  assert.equal(some.more, true);
  assert.ok(some.changed.reduce((rows, { keys }) => rows + keys.length, 0) <= 500);
  for (const one of [id, ...many.map(({ id }) => id)]) assert.notEqual(before.includes(`"${one}"`) || last.includes(`"${one}"`), false, one);
  // The lead's own row: it counts another touch.
  const rowsOf = ({ changed }) => changed.find(({ table }) => table === "leads")?.rows.filter((row) => row.includes(again.lead)) ?? [];
  assert.deepEqual([rowsOf(some).length, rowsOf(ended).length], [1, 1], "what changed again");
  assert.notDeepEqual(rowsOf(some), rowsOf(ended));
  assert.deepEqual([(await page(second.backup)).code, (await step({ part: "end", backup: first.backup })).code], ["backup_gone", "backup_gone"]);
});

test("restored on another server: every lead is there, and nothing is sent twice", async () => {
  const quiet = join(here.data, "quiet.backup");
  await here.stop({ keep: true });
  here = await startServer({ data: here.data, port: here.port });
  await operator(here, "backup", made.workspace, quiet);
  const original = await everything(here, ["deliveries", "events"]);
  const due = await rows(here.data, "ledger", "SELECT id FROM deliveries WHERE next_at IS NOT NULL");
  assert.ok(due.length > 0);

  there = await startServer({ faults: true });
  // The first server delivers on until it is gone.
  await here.stop({ keep: true });
  const before = receiver.attempts.length;
  const printed = await operator(there, "restore", quiet);
  assert.match(printed, new RegExp(`deliveries paused {3}${due.length}\\n`), printed);
  const site = printed.match(/site_[\w-]+/)[0];
  assert.notEqual(site, made.site);
  assert.match(printed, /another secret/);
  // The demo client of that server has rows of its own: they are left out of the comparison.
  const restored = await everything(there, ["deliveries", "events"]);
  for (const [table, lines] of Object.entries(original)) {
    const missing = lines.filter((line) => !restored[table].includes(line) && !line.includes("demo"));
    assert.deepEqual(missing.filter((line) => table !== "keys" && table !== "config_versions"), [], table);
  }
  // What counts rows as they are written has not counted them a second time, and counts again from now on.
  const hours = "SELECT sum(queued) AS queued, sum(sent) AS sent, sum(dead) AS dead FROM delivery_hours WHERE destination = 'crm'";
  const counted = await rows(there.data, "ledger", `${hours} AND EXISTS (SELECT 1 FROM deliveries WHERE state = 'paused')`);
  const written = await rows(there.data, "ledger", "SELECT count(*) AS queued, sum(state = 'sent') AS sent, sum(state = 'dead') AS dead FROM deliveries WHERE EXISTS (SELECT 1 FROM deliveries WHERE state = 'paused')");
  assert.deepEqual(counted.filter(({ queued }) => queued), written.filter(({ queued }) => queued));
  const triggers = async (server) => [...new Set((await rows(server.data, "ledger", "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")).map(({ sql }) => sql))];
  assert.deepEqual(await triggers(there), await triggers(here));
  const paused = await rows(there.data, "ledger", "SELECT state FROM deliveries WHERE state = 'paused'");
  assert.equal(paused.length, due.length);
  await new Promise((resolve) => setTimeout(resolve, 7000));
  assert.equal(receiver.attempts.length, before, "nothing went out by itself");
  assert.match(await operator(there, "list"), new RegExp(`${made.workspace} +\\d+ .*Мастерская {2}\\(${due.length} deliveries paused\\)`));
});

test("it takes inquiries where it is now, and a new API key reads them", async () => {
  const printed = await operator(there, "keys", made.workspace);
  const site = printed.match(/site_[\w-]+/)[0];
  const known = await inquire(there.url, site, "+7 999 100-00-01");
  assert.equal(known.status, 201);
  const apiKey = (await operator(there, "keys", made.workspace, "--rotate", "api", "--hold-hours", "0")).match(/api_[\w-]+/)[0];
  const lead = await (await fetch(`${there.url}/api/leads/${known.lead}`, { headers: { authorization: `Bearer ${apiKey}` } })).json();
  // The person is known: the new inquiry joins the lead that was restored.
  assert.equal(lead.inquiries.length, 2);
  assert.equal(lead.inquiries[0].message, "до копии 💬 \u202e \u0000");
});

test("at the operator's word the paused deliveries go out, with the ids they had", async () => {
  const due = await rows(there.data, "ledger", "SELECT id FROM deliveries WHERE state = 'paused'");
  const before = receiver.attempts.length;
  // Secrets of destinations are sealed with the installation's own: the file brings them again.
  const again = join(there.data, "again.toml");
  await writeFile(again, company(receiver.url));
  assert.match(await operator(there, "publish", made.workspace, again), /"version"/);
  const printed = await operator(there, "restore", join(here.data, "quiet.backup"), "--resume-deliveries");
  assert.match(printed, new RegExp(`deliveries resumed {2}${due.length}\\n`), printed);
  await waitFor(() => due.every(({ id }) => receiver.attempts.slice(before).some((attempt) => attempt.id === id)), "the deliveries", 60_000);
  // Everything that was acknowledged before and after is there once, and every message ends.
  receiver.mend();
  const apiKey = (await operator(there, "keys", made.workspace, "--rotate", "api", "--hold-hours", "0")).match(/api_[\w-]+/)[0];
  const api = async (path) => (await fetch(there.url + path, { headers: { authorization: `Bearer ${apiKey}` } })).json();
  await accountedFor(there, acknowledged);
  await letEverythingEnd({ ...there, api, workspace: made.workspace }, acknowledged);
});

test("a workspace that is there is not overwritten, and a damaged file is refused before anything is sent", async () => {
  const quiet = join(here.data, "quiet.backup");
  assert.match(await operator(there, "restore", quiet), /failed: .*this workspace exists already/s);
  const text = gunzipSync(await readFile(quiet)).toString();
  const damaged = join(here.data, "damaged.backup");
  await writeFile(damaged, gzipSync(text.replace("Мастерская", "Мастерскаа")));
  assert.match(await operator(there, "restore", damaged), /checksum does not hold/);
  await writeFile(damaged, gzipSync(text.slice(0, -100)));
  assert.match(await operator(there, "restore", damaged), /failed: .*(damaged|cut off)/s);
  await copyFile("README.md", damaged);
  assert.match(await operator(there, "restore", damaged), /failed:/);
});

test("a backup that a build of any earlier migration took is restored, and sends nothing by itself", { timeout: 300_000 }, async () => {
  const sources = await migrations("LEDGER");
  const lines = gunzipSync(await readFile(join(here.data, "quiet.backup"))).toString().trim().split("\n").map((line) => JSON.parse(line));
  for (let schema = 1; schema < sources.length; schema++) {
    const database = new DatabaseSync(":memory:");
    for (const source of sources.slice(0, schema)) database.exec(source);
    const columnsOf = (table) => new Set(["rowid", ...database.prepare("SELECT name FROM pragma_table_info(?)").all(table).map(({ name }) => name)]);
    // What that build had a place for, and nothing else.
    const workspace = createHash("sha256").update(`earlier ${schema}`).digest("hex").slice(0, 16);
    const older = [{ ...lines[0], workspace, schema }];
    let table;
    for (const line of lines.slice(1, -1)) {
      if (!Array.isArray(line)) {
        const known = columnsOf(line.table);
        const kept = line.columns.map((column, place) => (known.has(column) ? place : -1)).filter((place) => place >= 0);
        table = known.size > 1 && { kept };
        if (table) older.push({ table: line.table, columns: kept.map((place) => line.columns[place]) });
      } else if (table) older.push(table.kept.map((place) => line[place]));
    }
    database.close();
    const text = older.map((line) => `${JSON.stringify(line)}\n`).join("");
    const last = { rows: older.filter(Array.isArray).length, sha256: createHash("sha256").update(text).digest("hex") };
    const file = join(here.data, `earlier-${schema}.backup`);
    await writeFile(file, gzipSync(`${text}${JSON.stringify(last)}\n`));
    const printed = await operator(there, "restore", file);
    const [, paused] = printed.match(/deliveries paused {3}(\d+)\n/) ?? assert.fail(`of ${schema} migrations: ${printed}`);
    assert.ok(Number(paused) > 0);
    const ledgers = await rows(there.data, "ledger", "SELECT count(*) AS paused, sum(again) AS marked, (SELECT count(*) FROM due) AS due FROM deliveries WHERE state = 'paused'");
    const restored = ledgers.filter((ledger) => ledger.paused > 0).map((ledger) => ({ ...ledger }));
    assert.deepEqual(restored, Array(schema).fill({ paused: Number(paused), marked: Number(paused), due: 0 }), `of ${schema} migrations`);
  }
});
