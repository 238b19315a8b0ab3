// One person has at most one open lead, whatever was said of him and taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { startServer } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let client;
let head;
let files;
before(async () => {
  server = await startServer();
  const unjudged = "\n[suspicion]\njudge_one_in = 0\njudge_suspects_one_in = 0\n";
  client = await makeWorkspace(server, "tests/forms/every_kind.toml", (text) => text + unjudged);
  head = await signedIn(server.url, await client.link("vera"));
  files = await ledgerFiles(server.data);
});
after(() => server?.stop());

const inquire = (reach, name, more = {}) => client.inquire("band", reach, { contact: { reach, name }, ...more });
/** The trap sets aside what fills it. */
const suspect = (reach, name) => inquire(reach, name, { trap: "x" });
const lead = async (id) => (await head.get(`/api/leads/${id}`)).body;
const does = async (id, command) => {
  const done = await head.command(id, command);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body;
};
const takeBack = async (id) => {
  const [change] = (await lead(id)).person.changes.filter(({ undone_at }) => !undone_at);
  return does(id, { command: "take_back", change: change.id });
};
const stands = async (...ids) => {
  for (const file of files) {
    const twice = withLedger(file, (database) =>
      database.prepare("SELECT contact FROM leads WHERE status IN ('open', 'suspect') GROUP BY contact HAVING count(*) > 1").all());
    assert.deepEqual(twice, [], "somebody has two open leads");
    const bare = withLedger(file, (database) =>
      database.prepare("SELECT id FROM leads WHERE status IN ('open', 'suspect') AND NOT EXISTS (SELECT 1 FROM inquiries WHERE inquiries.lead = leads.id)").all());
    assert.deepEqual(bare, [], "an open lead has no inquiry");
  }
  const all = await Promise.all(ids.map(lead));
  return all.map(({ lead, inquiries, tasks }) => [lead.status, lead.closed?.reason ?? null, inquiries.length, tasks.filter(({ done_at }) => !done_at).length]);
};

test("a lead closed as nobody's turns out to be a person's who is being worked with: it is a touch of that lead", async () => {
  const first = await suspect("+7 921 400-00-01", "Глеб");
  await client.answer(first, 1, { need: "specific" });
  await does(first.lead, { command: "spam" });
  const second = await inquire("+7 921 400-00-01", "Глеб");
  assert.notEqual(second.lead, first.lead);
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "spam", 1, 0], ["open", null, 1, 1]]);

  await does(first.lead, { command: "genuine" });
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "duplicate", 0, 0], ["open", null, 2, 1]]);
  const [was, is] = [await lead(first.lead), await lead(second.lead)];
  assert.equal(was.lead.closed.evidence, `lead ${second.lead}`);
  assert.equal(is.lead.touches, 2);
  assert.ok(is.facts.some(({ key }) => key === "need"), "what he answered then is known of him");
  assert.deepEqual(is.signals.map(({ sign }) => sign), ["trap"], "and what spoke against it");
  for (const shown of [was, is]) assert.ok(shown.history.some(({ kind, data }) => kind === "persons_merged" && data.into === second.lead));
  // Its systems know the person already.
  assert.ok(was.deliveries.every(({ state }) => state === "held"), JSON.stringify(was.deliveries));

  await takeBack(second.lead);
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "spam", 1, 0], ["open", null, 1, 1]]);
  const back = await lead(second.lead);
  assert.deepEqual([back.facts, back.signals], [[], []]);
  // And once more, as if it had never been taken back.
  await does(first.lead, { command: "genuine" });
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "duplicate", 0, 0], ["open", null, 2, 1]]);
  // Whoever writes now writes to the one that is open.
  assert.equal((await inquire("+7 921 400-00-01", "Глеб")).lead, second.lead);
});

test("… and where his other lead is set aside, the one that a person is known to have written goes on", async () => {
  const first = await suspect("+7 921 400-00-02", "Инна");
  await does(first.lead, { command: "spam" });
  const second = await suspect("+7 921 400-00-02", "Инна");
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "spam", 1, 0], ["suspect", null, 1, 1]]);
  await does(first.lead, { command: "genuine" });
  assert.deepEqual(await stands(first.lead, second.lead), [["open", null, 2, 1], ["lost", "duplicate", 0, 0]]);
  await takeBack(first.lead);
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "spam", 1, 0], ["suspect", null, 1, 1]]);
  await does(second.lead, { command: "genuine" });
  assert.deepEqual(await stands(first.lead, second.lead), [["lost", "spam", 1, 0], ["open", null, 1, 1]]);
});

test("of two persons who are one, a lead that is set aside is folded into the one that is worked on, also the older", async () => {
  const aside = await suspect("+7 921 400-00-03", "Юрий");
  const open = await inquire("yuri@example.ru", "Юрий");
  for (const [from, to] of [[open, aside], [aside, open]]) {
    await does(from.lead, { command: "merge", with: to.lead });
    assert.deepEqual(await stands(aside.lead, open.lead), [["lost", "duplicate", 0, 0], ["open", null, 2, 1]]);
    await takeBack(open.lead);
    assert.deepEqual(await stands(aside.lead, open.lead), [["suspect", null, 1, 1], ["open", null, 1, 1]]);
  }
  // What came in between is his who wrote it; and who writes as a person does is set aside no longer.
  await does(open.lead, { command: "merge", with: aside.lead });
  assert.equal((await inquire("+7 921 400-00-03", "Юрий")).lead, open.lead);
  await takeBack(open.lead);
  assert.deepEqual(await stands(aside.lead, open.lead), [["open", null, 2, 1], ["open", null, 1, 1]]);
});

test("of two that are both set aside the older goes on, and both are what they were when it was wrong", async () => {
  const older = await suspect("+7 921 400-00-04", "Нина");
  const newer = await suspect("nina@example.ru", "Нина");
  await does(newer.lead, { command: "merge", with: older.lead });
  assert.deepEqual(await stands(older.lead, newer.lead), [["suspect", null, 2, 1], ["lost", "duplicate", 0, 0]]);
  await takeBack(older.lead);
  assert.deepEqual(await stands(older.lead, newer.lead), [["suspect", null, 1, 1], ["suspect", null, 1, 1]]);
});

test("a lead that was folded into one that was folded has its inquiry again, newest first", async () => {
  const oldest = await inquire("+7 921 400-00-05", "Роза");
  const middle = await inquire("rosa@example.ru", "Роза");
  const newest = await inquire("@rosa_known_here", "Роза");
  await client.answer(newest, 1, { need: "specific" });
  await does(middle.lead, { command: "merge", with: newest.lead });
  const [first] = (await lead(middle.lead)).person.changes;
  await does(oldest.lead, { command: "merge", with: middle.lead });
  assert.deepEqual(await stands(oldest.lead, middle.lead, newest.lead), [["open", null, 3, 1], ["lost", "duplicate", 0, 0], ["lost", "duplicate", 0, 0]]);
  const refused = await head.command(middle.lead, { command: "take_back", change: first.id });
  assert.deepEqual([refused.status, refused.body.code], [409, "later_change"]);
  await takeBack(middle.lead);
  assert.deepEqual(await stands(oldest.lead, middle.lead, newest.lead), [["open", null, 1, 1], ["open", null, 2, 1], ["lost", "duplicate", 0, 0]]);
  await takeBack(middle.lead);
  assert.deepEqual(await stands(oldest.lead, middle.lead, newest.lead), [["open", null, 1, 1], ["open", null, 1, 1], ["open", null, 1, 1]]);
  assert.ok((await lead(newest.lead)).facts.some(({ key }) => key === "need"));
});
