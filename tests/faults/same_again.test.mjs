// What was said of who is the same person and taken back leaves everybody his own: his inquiries, his refusal, what he
// is owed, and what other systems know of him.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ledgerOf, whereInTables, withLedger } from "../story/ledger_file.mjs";
import { startServer } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let client;
let head;
let file;
before(async () => {
  server = await startServer();
  const unjudged = "\n[suspicion]\njudge_one_in = 1\njudge_suspects_one_in = 1\n";
  client = await makeWorkspace(server, "tests/forms/every_kind.toml", (text) => text + unjudged);
  head = await signedIn(server.url, await client.link("vera"));
  const { lead } = await client.inquire("band", "first@example.ru");
  file = await ledgerOf(server.data, lead);
});
after(() => server?.stop());

const inquire = (reach, name, { message = "", ...more } = {}) => client.inquire("band", reach, { contact: { reach, name, message }, ...more });
const lead = async (id) => (await head.get(`/api/leads/${id}`)).body;
const does = async (id, command) => {
  const done = await head.command(id, command);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body;
};
const inForce = async (id) => (await lead(id)).person.changes.filter(({ undone_at }) => !undone_at);
const takeBack = async (id) => does(id, { command: "take_back", change: (await inForce(id))[0].id });
const rows = (sql, ...values) => withLedger(file, (database) => database.prepare(sql).all(...values));
const isAt = (inquiry) => rows("SELECT lead FROM inquiries WHERE id = ?", inquiry.id)[0].lead;
/** What must hold of every lead, however it came about. */
const allIsWell = () => {
  for (const [what, sql] of Object.entries({
    "two open leads of one person": "SELECT contact FROM leads WHERE status IN ('open', 'suspect') GROUP BY contact HAVING count(*) > 1",
    "an open lead without an inquiry": "SELECT id FROM leads WHERE status IN ('open', 'suspect') AND NOT EXISTS (SELECT 1 FROM inquiries WHERE lead = leads.id)",
    "touches that are not its inquiries": "SELECT id FROM leads WHERE touches <> max(1, (SELECT count(*) FROM inquiries WHERE lead = leads.id))",
    "an answer owed without a task": "SELECT id FROM leads WHERE status IN ('open', 'suspect') AND (answered_at IS NULL) <> EXISTS (SELECT 1 FROM tasks WHERE lead = leads.id AND done_at IS NULL)",
    "a deadline that is not its task's": "SELECT leads.id FROM leads JOIN tasks ON tasks.lead = leads.id WHERE done_at IS NULL AND status = 'open' AND answer_by <> due_at",
    "a task of a closed lead": "SELECT leads.id FROM leads JOIN tasks ON tasks.lead = leads.id WHERE done_at IS NULL AND status = 'lost'",
    "closed for what somebody else said": "SELECT closings.lead FROM closings JOIN inquiries ON closings.evidence = 'inquiry ' || inquiries.id WHERE inquiries.lead <> closings.lead",
    "an open lead of whom nobody may disturb": "SELECT leads.id FROM leads JOIN contacts ON contacts.id = contact WHERE status = 'open' AND do_not_contact = 'forever'",
  })) assert.deepEqual(rows(sql), [], what);
};
const stands = async (...ids) => {
  allIsWell();
  const all = await Promise.all(ids.map(lead));
  return all.map(({ lead, inquiries }) => [lead.status, lead.closed?.reason ?? null, inquiries.length, lead.contact.do_not_contact]);
};
const OPEN = ["open", null, 1, false];
const REFUSED = ["lost", "price_bar_declined", 1, true];

test("merges, splits and what lies between are taken back newest first, to the last", async () => {
  const [a, b, c] = [await inquire("+79215000001", "Анна"), await inquire("b1@example.ru", "Борис"), await inquire("c1@example.ru", "Вера")];
  await client.answer(b, 1, { need: "specific" });
  await does(a.lead, { command: "merge", with: b.lead });
  await does(a.lead, { command: "split", inquiry: b.id });
  const own = isAt(b);
  await does(own, { command: "merge", with: c.lead });
  await does(a.lead, { command: "merge", with: c.lead });
  assert.equal((await inForce(a.lead)).length, 4);
  for (const change of (await inForce(a.lead)).slice(1)) {
    const { status, body } = await head.command(a.lead, { command: "take_back", change: change.id });
    assert.deepEqual([status, body.code], [409, "later_change"]);
  }
  await takeBack(a.lead);
  allIsWell();
  await takeBack(own);
  assert.deepEqual(await stands(a.lead, own, c.lead), [OPEN, OPEN, OPEN]);
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead, own), [["open", null, 2, false], ["lost", "duplicate", 0, false]]);
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead, b.lead, c.lead), [OPEN, OPEN, OPEN]);
  assert.deepEqual([isAt(a), isAt(b), isAt(c)], [a.lead, b.lead, c.lead]);
  const [anna, boris] = [await lead(a.lead), await lead(b.lead)];
  assert.deepEqual([anna.lead.contact.phones.length, anna.lead.contact.emails], [1, []]);
  assert.deepEqual([boris.lead.contact.name, boris.lead.contact.emails], ["Борис", ["b1@example.ru"]]);
  assert.equal((await inquire("b1@example.ru", "Борис")).lead, b.lead);
});

test("a lead that was let go into another is not given back under a merge that came later", async () => {
  const one = await inquire("n2@example.ru", "Инна");
  const spam = await inquire("+79215000002", "Инна", { trap: "x" });
  await does(spam.lead, { command: "spam" });
  const aside = await inquire("+79215000002", "Инна", { trap: "x" });
  await does(spam.lead, { command: "genuine" });
  const [rejoined] = await inForce(spam.lead);
  await does(one.lead, { command: "merge", with: spam.lead });
  assert.equal((await head.command(one.lead, { command: "take_back", change: rejoined.id })).body.code, "later_change");
  await takeBack(one.lead);
  assert.deepEqual(await stands(one.lead, spam.lead, aside.lead), [OPEN, ["open", null, 2, false], ["lost", "duplicate", 0, false]]);
  await takeBack(spam.lead);
  assert.deepEqual(await stands(spam.lead, aside.lead), [["lost", "spam", 1, false], ["suspect", null, 1, false]]);
});

test("what somebody wrote while he was taken for another goes with him, and is erased with him", async () => {
  const MARK = "zqxMEANWHILEzqx";
  const [a, b] = [await inquire("+79215000003", "Анна"), await inquire("+79215000004", "Борис")];
  await does(a.lead, { command: "responded", result: "" });
  await does(b.lead, { command: "responded", result: "" });
  await does(a.lead, { command: "merge", with: b.lead });
  const later = await inquire(`+79215000004, ${MARK}@example.ru`, "Борис", { message: MARK });
  assert.equal(later.lead, a.lead);
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead, b.lead), [OPEN, ["open", null, 2, false]]);
  const [anna, boris] = [await lead(a.lead), await lead(b.lead)];
  assert.notEqual(anna.lead.answered_at, null, "she was answered");
  assert.equal(boris.lead.answered_at, null, "and he is owed an answer");
  assert.deepEqual([anna.lead.contact.emails, boris.lead.contact.emails], [[], [`${MARK}@example.ru`.toLowerCase()]]);
  assert.equal((await inquire(`${MARK}@example.ru`, "")).lead, b.lead);
  await does(b.lead, { command: "erase_person", reason: "asked" });
  assert.deepEqual(whereInTables(file, [MARK, MARK.toLowerCase(), "+79215000004"]), []);
});

test("… also where the other had nothing open, or everything was his", async () => {
  const a = await inquire("+79215000005", "Анна");
  const b = await inquire("+79215000006", "Борис");
  await client.answer(b, 1, { price: "decline" });
  await does(a.lead, { command: "merge", with: b.lead });
  const meanwhile = await inquire("+79215000006", "Борис");
  assert.equal(meanwhile.lead, a.lead);
  await takeBack(a.lead);
  const own = isAt(meanwhile);
  assert.notEqual(own, a.lead);
  assert.deepEqual(await stands(a.lead, own), [OPEN, OPEN]);
  assert.equal((await lead(own)).lead.contact.name, "Борис");
  // Nobody had anything open, and what was opened in between is all his.
  for (const one of [a, meanwhile]) await client.answer(one, 1, { price: "decline" });
  await does(a.lead, { command: "merge", with: own });
  const next = await inquire("+79215000006", "Борис");
  await takeBack(a.lead);
  assert.equal(isAt(next), next.lead);
  assert.deepEqual(await stands(a.lead, next.lead), [REFUSED, OPEN]);
  assert.equal((await lead(next.lead)).lead.contact.name, "Борис");
});

test("a refusal closes the lead of whoever said it: said while two were one", async () => {
  const [a, b] = [await inquire("+79215000007", "Анна"), await inquire("b7@example.ru", "Борис")];
  await does(a.lead, { command: "merge", with: b.lead });
  await client.answer(b, 1, { price: "decline" });
  assert.deepEqual(await stands(a.lead), [["lost", "price_bar_declined", 2, true]]);
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead, b.lead), [OPEN, REFUSED]);
  await client.answer(b, 2, { price: "accept" });
  assert.deepEqual(await stands(a.lead, b.lead), [OPEN, OPEN]);
});

test("… parted with its inquiry, and back with it", async () => {
  const a = await inquire("+79215000008", "Анна");
  const b = await inquire("+79215000008, b8@example.ru", "Борис");
  await client.answer(b, 1, { price: "decline" });
  await does(a.lead, { command: "split", inquiry: b.id });
  assert.deepEqual(await stands(a.lead, isAt(b)), [OPEN, REFUSED]);
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead), [["lost", "price_bar_declined", 2, true]]);
  // And the one who did not refuse is the one who is parted.
  await does(a.lead, { command: "split", inquiry: a.id });
  assert.deepEqual(await stands(a.lead, isAt(a)), [REFUSED, OPEN]);
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead), [["lost", "price_bar_declined", 2, true]]);
});

test("… and said while nobody took him for a person", async () => {
  const a = await inquire("+79215000009", "Вова", { trap: "x" });
  await does(a.lead, { command: "spam" });
  await client.answer(a, 1, { price: "decline" });
  await does(a.lead, { command: "genuine" });
  assert.deepEqual(await stands(a.lead), [REFUSED]);
});

test("whoever refused and then wrote may be answered, whichever of the two is named first", async () => {
  for (const [n, turned] of [[1, false], [2, true]]) {
    const a = await inquire(`+7921500001${n}`, "Яна");
    await client.answer(a, 1, { price: "decline" });
    const b = await inquire(`g${n}@example.ru`, "Яна");
    const [one, other] = turned ? [b, a] : [a, b];
    await does(one.lead, { command: "merge", with: other.lead });
    assert.deepEqual(await stands(a.lead, b.lead), [["lost", "price_bar_declined", 1, false], OPEN]);
    await takeBack(a.lead);
    assert.deepEqual(await stands(a.lead, b.lead), [REFUSED, OPEN]);
  }
});

test("what is owed comes back: answered while two were one, by the earlier deadline, and without a task too many", async () => {
  // Answered while merged: the folded lead was answered then.
  const [a, b] = [await inquire("+79215000021", "Кира"), await inquire("b21@example.ru", "Кира")];
  await does(a.lead, { command: "responded", result: "" });
  await does(a.lead, { command: "merge", with: b.lead });
  await does(a.lead, { command: "responded", result: "поговорили" });
  await takeBack(a.lead);
  assert.deepEqual(await stands(a.lead, b.lead), [OPEN, OPEN]);
  assert.notEqual((await lead(b.lead)).lead.answered_at, null);

  // The one that goes on owes an answer later than the one that is folded into it.
  const older = await inquire("+79215000022", "Лев");
  await does(older.lead, { command: "responded", result: "" });
  const newer = await inquire("b22@example.ru", "Лев");
  await new Promise((done) => setTimeout(done, 30));
  await inquire("+79215000022", "Лев");
  const due = async (id) => (await lead(id)).lead.answer_by;
  const was = [await due(older.lead), await due(newer.lead)];
  await does(older.lead, { command: "merge", with: newer.lead });
  await stands(older.lead);
  assert.equal(await due(older.lead), was.toSorted()[0]);
  await takeBack(older.lead);
  allIsWell();
  assert.deepEqual([await due(older.lead), await due(newer.lead)], was);

  // Of three the first two were answered, each in a lead of his own, and nobody is owed anything that he was not.
  const three = [await inquire("+79215000024", "Юрий"), await inquire("b24@example.ru", "Юрий"), await inquire("c24@example.ru", "Юрий")];
  for (const one of three.slice(0, 2)) await does(one.lead, { command: "responded", result: "" });
  const owed = async () => (await Promise.all(three.map((one) => lead(one.lead)))).map(({ lead }) => [lead.answer_by, lead.answered_at]);
  const before = await owed();
  for (const other of three.slice(1)) await does(three[0].lead, { command: "merge", with: other.lead });
  for (const _ of [1, 2]) await takeBack(three[0].lead);
  allIsWell();
  assert.deepEqual(await owed(), before);

  // A split that is taken back asks for nothing.
  const anna = await inquire("+79215000023", "Анна");
  const boris = await inquire("+79215000023, b23@example.ru", "Борис");
  await does(anna.lead, { command: "responded", result: "" });
  await does(anna.lead, { command: "split", inquiry: boris.id });
  await takeBack(anna.lead);
  allIsWell();
  assert.notEqual((await lead(anna.lead)).lead.answered_at, null);
});

test("nobody is answered in a lead that is closed; whoever turns out to be known is answered where he is", async () => {
  const [a, b] = [await inquire("+79215000031", "Ада"), await inquire("b31@example.ru", "Ада")];
  await does(a.lead, { command: "merge", with: b.lead });
  const refused = await head.command(b.lead, { command: "responded", result: "x" });
  assert.deepEqual([refused.status, refused.body.code], [409, "not_open"]);
  assert.equal((await lead(b.lead)).lead.answered_at, null);
  allIsWell();
});

test("other systems hear of what is folded, given back, and nobody's; of what is set aside they hear nothing", async () => {
  const told = (id) => rows("SELECT event FROM deliveries WHERE lead = ? AND destination = (SELECT min(destination) FROM deliveries) ORDER BY rowid", id).map(({ event }) => event);
  const [a, b] = [await inquire("+79215000041", "Ира"), await inquire("b41@example.ru", "Ира")];
  await does(a.lead, { command: "merge", with: b.lead });
  assert.deepEqual(told(a.lead), ["lead.created", "lead.touched"]);
  assert.deepEqual(told(b.lead), ["lead.created", "lead.closed"]);
  await takeBack(a.lead);
  assert.deepEqual(told(b.lead), ["lead.created", "lead.closed", "lead.reopened"]);
  await does(b.lead, { command: "spam" });
  await does(b.lead, { command: "genuine" });
  assert.deepEqual(told(b.lead), ["lead.created", "lead.closed", "lead.reopened", "lead.closed", "lead.reopened"]);

  const aside = await inquire("+79215000042", "Ира", { trap: "x" });
  await does(a.lead, { command: "merge", with: aside.lead });
  await takeBack(a.lead);
  await does(aside.lead, { command: "spam" });
  assert.deepEqual(told(aside.lead), ["lead.created"]);
});
