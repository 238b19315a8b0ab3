// A person is erased: what he typed is nowhere any more, and comes back by no way.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { columnsOf, ledgerFiles, whereInBytes, whereInTables, withLedger } from "../story/ledger_file.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";

// Letters that nothing else here is made of, in the cases in which they may be kept; and a phone by its digits.
const WORDS = ["zqxMARKzqx", "zqxmarkzqx", "9215550199"];
const MARK = WORDS[0];

let server;
let head;
before(async () => {
  server = await startServer();
  head = await signedIn(server.url, server.desk_head);
});
after(() => server?.stop());

const holds = (text) => WORDS.filter((word) => text.includes(word));
const post = (path, body, headers = {}) => fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });

test("every column of the ledger is listed as a person's or as nobody's", async () => {
  await server.inquire("listed@example.ru");
  const [file] = await ledgerFiles(server.data);
  const listed = [];
  let table = "";
  for (const line of (await readFile("worker/src/sql/columns.txt", "utf8")).split("\n")) {
    if (line.startsWith("#") || !line.trim()) continue;
    const [first, ...words] = line.trim().split(/\s+/);
    if (!line.startsWith(" ")) table = first;
    else {
      assert.ok(["kept", "empty", "null", "gone", "wiped", "reduced"].includes(first), `${table}: ${first}`);
      listed.push(...words.map((column) => `${table}.${column}`));
    }
  }
  assert.deepEqual([...listed].sort(), [...new Set(listed)].sort(), "a column is listed once");
  const schema = columnsOf(file).sort();
  assert.deepEqual(schema.filter((column) => !listed.includes(column)), [], "columns that worker/src/sql/columns.txt does not know");
  assert.deepEqual(listed.filter((column) => !schema.includes(column)), [], "columns that are not there any more");
});

/** An inquiry with the mark in everything that can be typed, sent, attached or written down. */
async function markedInquiry() {
  const [id, secret] = [uuidv7(), aSecret()];
  const body = {
    id, secret, site: server.site, form: server.form, lang: `ru-${MARK}`, tz: MARK, device: MARK, unknown: MARK,
    contact: { name: MARK, reach: `+7 921 555-01-99, ${MARK}@example.ru, @${MARK}, приходите к ${MARK}`, message: `Пишет ${MARK}`, best_time: MARK },
    consent: { processing: true, marketing: true, version: MARK },
    source: {
      page: `https://shop.example/${MARK}`, landing: `https://shop.example/l${MARK}?utm_source=${MARK}&utm_medium=cpc&utm_campaign=${MARK}&utm_content=${MARK}&utm_term=${MARK}&yclid=${MARK}`,
      referrer: `https://ya.ru/?text=${MARK}`, first: { landing: `https://shop.example/f${MARK}`, referrer: MARK, at: MARK }, cookies: { _ym_uid: MARK },
    },
    fields: { plan: MARK, [MARK]: "x" },
  };
  // Answers that come before their inquiry wait for it.
  const early = { site: server.site, secret, seq: 1, answers: { need: { code: "specific", text: `Нужно ${MARK}` } } };
  assert.equal((await post(`/v1/inquiries/${id}/answers`, early)).status, 202);
  const sender = { "user-agent": `Browser ${MARK}`, origin: `https://${MARK.toLowerCase()}.example` };
  const { lead } = await (await post("/v1/inquiries", body, sender)).json();
  const late = { ...early, seq: 2, answers: { whose: ["company"], [MARK]: MARK, pay: "own" } };
  assert.equal((await post(`/v1/inquiries/${id}/answers`, late)).status, 200);
  const revised = { ...body, contact: { ...body.contact, message: `Ещё раз ${MARK}` } };
  assert.equal((await post("/v1/inquiries", revised, sender)).status, 200);
  await head.command(lead, { command: "note", text: `Говорили с ${MARK}` });
  await head.command(lead, { command: "responded", result: `Ответил ${MARK}` });
  return { id, secret, lead, body, late };
}

/** Everything that can be read from outside, as one text. */
async function everythingReadable(leads) {
  const paths = ["/api/leads", "/api/leads?status=closed", "/api/deliveries", "/api/audit", "/api/privacy", "/api/reports/questions", "/api/reports/losses", ...leads.map((id) => `/api/leads/${id}`)];
  let text = "";
  for (const path of paths) text += JSON.stringify((await head.get(path)).body);
  for (const format of ["json", "csv", "xlsx"]) {
    const reply = await fetch(`${server.url}/api/export?format=${format}`, { headers: { cookie: head.cookie } });
    assert.equal(reply.status, 200, format);
    text += Buffer.from(await reply.arrayBuffer()).toString("latin1");
  }
  return text;
}

test("a mark typed into every field is afterwards in no answer, export, log, delivery or table", async () => {
  const person = await markedInquiry();
  await waitFor(async () => (await server.webhooks()).some(({ body }) => JSON.stringify(body).includes(MARK)), "the destination to hear of him");
  const [file] = await ledgerFiles(server.data);
  // The mark is really everywhere, so that its absence says something.
  const before = whereInTables(file, WORDS);
  for (const column of ["contacts.name", "contact_points.raw", "leads.source", "inquiries.raw", "inquiries.request", "inquiries.user_agent", "inquiries.origin", "revisions.raw", "answers.merged", "answer_messages.body", "facts.value", "tasks.result", "notes.body", "deliveries.body", "count_sources.campaign"]) {
    assert.ok(before.includes(column), `${column} is not marked: ${before}`);
  }
  assert.deepEqual(holds(await everythingReadable([person.lead])), WORDS);
  const told = (await server.webhooks()).length;

  const erased = await head.command(person.lead, { command: "erase_person", reason: "asked" });
  assert.equal(erased.status, 200);
  assert.deepEqual([erased.body.lead.status, erased.body.lead.closed.reason, erased.body.lead.contact.erased], ["lost", "opt_out", true]);
  assert.deepEqual(whereInTables(file, WORDS), []);
  assert.deepEqual(holds(await everythingReadable([person.lead])), []);

  // The destination that knew him is told once, by ids alone, and its receipt is shown.
  const news = await waitFor(async () => (await server.webhooks()).filter(({ body }) => (body?.type ?? JSON.parse(body).type) === "person.erased")[0], "person.erased", 90_000);
  const sent = typeof news.body === "string" ? JSON.parse(news.body) : news.body;
  assert.deepEqual([sent.data.leads, sent.data.inquiries], [[person.lead], [person.id]]);
  assert.deepEqual(Object.keys(sent.data).sort(), ["contact", "inquiries", "leads"]);
  const receipt = await waitFor(async () => {
    const [erasure] = (await head.get("/api/privacy")).body.erasures;
    return erasure.receipts[0]?.state === "sent" && erasure;
  }, "the receipt");
  assert.deepEqual([receipt.reason, receipt.leads, receipt.inquiries], ["asked", 1, 1]);
  const later = (await server.webhooks()).slice(0, -told || undefined);
  assert.deepEqual(holds(JSON.stringify(later)), []);
  assert.deepEqual(holds(server.log()), []);
});

test("what comes again from his browser is known, and writes nothing", async () => {
  const person = await markedInquiry();
  await head.command(person.lead, { command: "erase_person", reason: "consent_withdrawn" });
  const [file] = await ledgerFiles(server.data);
  const count = () => withLedger(file, (database) => database.prepare("SELECT (SELECT count(*) FROM inquiries) || ' ' || (SELECT count(*) FROM leads) || ' ' || (SELECT count(*) FROM contacts) AS n").get().n);
  const before = count();
  const again = await post("/v1/inquiries", person.body);
  assert.deepEqual([again.status, (await again.json()).lead], [200, person.lead]);
  assert.equal((await post("/v1/inquiries", { ...person.body, contact: { reach: `other-${MARK}@example.ru` } })).status, 200);
  assert.equal((await post("/v1/inquiries", { ...person.body, secret: aSecret() })).status, 409);
  for (const message of [person.late, { ...person.late, seq: 9, answers: { need: { code: "specific", text: MARK } } }]) {
    const reply = await post(`/v1/inquiries/${person.id}/answers`, message);
    assert.deepEqual([reply.status, (await reply.json()).next], [200, null]);
  }
  const file_ = new FormData();
  file_.set("site", server.site);
  file_.set("secret", person.secret);
  file_.set("question", "file");
  file_.set("file", new Blob([`${MARK} in a file`], { type: "text/plain" }), `${MARK}.txt`);
  assert.equal((await fetch(`${server.url}/v1/inquiries/${person.id}/files`, { method: "POST", body: file_ })).status, 200);
  assert.equal(count(), before);
  assert.deepEqual(whereInTables(file, WORDS), []);
  // The same person may of course write anew: then he is new.
  const anew = await server.inquire("+7 921 555-01-99");
  assert.equal(anew.status, 201);
  assert.notEqual(anew.body.lead, person.lead);
  await head.command(anew.body.lead, { command: "erase_person", reason: "asked" });
  assert.equal((await head.command(anew.body.lead, { command: "erase_person", reason: "asked" })).body.code, "person_erased");
});

test("what waits to be sent of an erased person is never sent, also when its receiver comes back", async () => {
  const person = await server.inquire(`${MARK}@example.ru`, { contact: { reach: `${MARK}@example.ru`, name: MARK } });
  const [file] = await ledgerFiles(server.data);
  await head.command(person.body.lead, { command: "erase_person", reason: "asked" });
  const rows = withLedger(file, (database) => database.prepare("SELECT event, state, next_at, body FROM deliveries WHERE lead = ? AND event <> 'person.erased'").all(person.body.lead));
  for (const row of rows) assert.ok(row.body === null && (row.state === "sent" || (row.state === "erased" && row.next_at === null)), JSON.stringify(row));
  // An attempt that ends after the erasure brings nothing back.
  withLedger(file, (database) => {
    database.exec("SAVEPOINT attempt");
    database.prepare("INSERT INTO deliveries (id, lead, destination, event, created_at, state) VALUES ('late', ?, 'crm', 'lead.created', 0, 'erased')").run(person.body.lead);
    database.prepare("UPDATE deliveries SET state = 'retrying', next_at = 1, body = 'x' WHERE id = 'late'").run();
    const { state, next_at, body } = database.prepare("SELECT state, next_at, body FROM deliveries WHERE id = 'late'").get();
    assert.deepEqual([state, next_at, body], ["erased", null, null]);
    database.exec("ROLLBACK TO attempt; RELEASE attempt");
  });
});

test("after an older backup is restored the list erases again, and also what comes only later", async () => {
  const operator = JSON.parse(await readFile(join(server.data, "secrets.json"), "utf8")).operator_key;
  const asOperator = { authorization: `Bearer ${operator}` };
  const { workspaces } = await (await fetch(`${server.url}/operator/workspaces`, { headers: asOperator })).json();
  const path = `${server.url}/operator/workspaces/${workspaces[0].id}/erasures`;
  const person = await markedInquiry();
  await head.command(person.lead, { command: "erase_person", reason: "asked" });
  const list = await (await fetch(path, { headers: asOperator })).json();
  assert.deepEqual(holds(JSON.stringify(list)), []);
  assert.ok(list.erasures.some(({ inquiries }) => inquiries.includes(person.id)));
  assert.equal((await fetch(path)).status, 403);

  // A server as it was before: it has the person of one erasure, and not yet the other's inquiry.
  const older = await startServer();
  try {
    const made = await (await fetch(`${older.url}/operator/workspaces`, { headers: { authorization: `Bearer ${JSON.parse(await readFile(join(older.data, "secrets.json"), "utf8")).operator_key}` } })).json();
    const key = { authorization: `Bearer ${JSON.parse(await readFile(join(older.data, "secrets.json"), "utf8")).operator_key}` };
    const restored = await older.inquire("x", { ...person.body, site: older.site, contact: { reach: `${MARK}@example.ru`, name: MARK } });
    assert.equal(restored.status, 201);
    const later = uuidv7();
    const kept = { erasures: [...list.erasures, { contact: "gone", erased_at: 1, inquiries: [later] }] };
    const apply = () => fetch(`${older.url}/operator/workspaces/${made.workspaces[0].id}/erasures`, { method: "POST", headers: key, body: JSON.stringify(kept) });
    const first = await (await apply()).json();
    assert.equal(first.erased_again, 1);
    const [file] = await ledgerFiles(older.data);
    assert.deepEqual(whereInTables(file, WORDS), []);
    assert.equal((await (await apply()).json()).erased_again, 0);
    // The inquiry that the backup did not have comes from a browser that kept it: known, and not written.
    const late = await older.inquire("x", { id: later, contact: { reach: `${MARK}@example.ru` } });
    assert.equal(late.status, 200);
    assert.equal((await fetch(`${older.url}/v1/inquiries/${later}/answers`, { method: "POST", body: JSON.stringify({ site: older.site, secret: aSecret(), seq: 1, answers: { need: MARK } }) })).status, 200);
    assert.deepEqual(whereInTables(file, WORDS), []);
    assert.equal((await older.lead(restored.body.lead)).lead.contact.erased, true);
  } finally {
    await older.stop();
  }
});

test("what a restore has paused of a person who is erased then is not sent when deliveries go out again", async () => {
  const person = await server.inquire(`${MARK}@example.ru`, { contact: { reach: `${MARK}@example.ru`, name: MARK } });
  await waitFor(async () => (await server.lead(person.body.lead)).deliveries.every(({ state }) => state === "sent"), "the delivery");
  const [file] = await ledgerFiles(server.data);
  withLedger(file, (database) =>
    database.prepare("INSERT INTO deliveries (id, lead, destination, event, created_at, state, body, last_result) VALUES ('paused-one', ?, 'crm', 'lead.answered', 0, 'paused', ?, 'restored')").run(person.body.lead, MARK));
  await head.command(person.body.lead, { command: "erase_person", reason: "asked" });
  const operator = JSON.parse(await readFile(join(server.data, "secrets.json"), "utf8")).operator_key;
  const headers = { authorization: `Bearer ${operator}`, "content-type": "application/json" };
  const { workspaces } = await (await fetch(`${server.url}/operator/workspaces`, { headers })).json();
  const resumed = await fetch(`${server.url}/operator/workspaces/${workspaces[0].id}/steps`, { method: "POST", headers, body: JSON.stringify({ step: "resume_deliveries" }) });
  assert.equal(resumed.status, 200);
  const row = withLedger(file, (database) => database.prepare("SELECT state, next_at, body FROM deliveries WHERE id = 'paused-one'").get());
  assert.deepEqual({ ...row }, { state: "erased", next_at: null, body: null });
});

test("whoever is known by an erased person's inquiry alone, and has others, is left for somebody to look at", async () => {
  const operator = JSON.parse(await readFile(join(server.data, "secrets.json"), "utf8")).operator_key;
  const headers = { authorization: `Bearer ${operator}` };
  const { workspaces } = await (await fetch(`${server.url}/operator/workspaces`, { headers })).json();
  // As before they were parted: an inquiry of the one who was erased is still with the other.
  const [theirs, own] = [await server.inquire("shared@example.ru"), await server.inquire("shared@example.ru")];
  assert.equal(theirs.body.lead, own.body.lead);
  const erasures = [{ contact: "parted-later", erased_at: 1, inquiries: [theirs.id] }];
  const reply = await fetch(`${server.url}/operator/workspaces/${workspaces[0].id}/erasures`, { method: "POST", headers, body: JSON.stringify({ erasures }) });
  const { erased_again, left } = await reply.json();
  const { person, lead } = (await head.get(`/api/leads/${own.body.lead}`)).body;
  assert.deepEqual([erased_again, left], [0, [person.contact]]);
  assert.deepEqual([lead.status, lead.contact.emails], ["open", ["shared@example.ru"]]);
});

test("nothing is left in the bytes of the file once the operator has it packed", async () => {
  const { data, port } = server;
  await server.stop({ keep: true });
  // What the log holds of the time before goes when the database takes it over, as it does by itself now and then.
  const files = await ledgerFiles(data);
  for (const file of files) withLedger(file, (database) => database.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  // Until then something remains in free room, where rows were that were keys, or were written several times.
  for (const file of files) withLedger(file, (database) => database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"));
  assert.deepEqual(await whereInBytes(data, WORDS), {});
  server = await startServer({ data, port });
});

test("the audit log and the history take lines and give none away", async () => {
  const [file] = await ledgerFiles(server.data);
  withLedger(file, (database) => {
    const { n } = database.prepare("SELECT count(*) AS n FROM audit").get();
    assert.ok(n > 0);
    assert.throws(() => database.exec("UPDATE audit SET who = 'nobody'"), /append only/);
    assert.throws(() => database.exec("DELETE FROM audit"), /append only/);
    assert.throws(() => database.exec("DELETE FROM events"), /append only/);
    assert.equal(database.prepare("SELECT count(*) AS n FROM audit").get().n, n);
  });
});
