// The same person, or two: what is recognised, what the head merges and parts, and takes back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, seller } from "../story/browser.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";
import { makeWorkspace } from "../story/workspace.mjs";


let server;
let browser;
let client;
let head;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  client = await makeWorkspace(server, "tests/forms/every_kind.toml");
  head = await signedIn(server.url, await client.link("vera"));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const inquire = (reach, name, more = {}) => client.inquire("band", reach, { contact: { reach, name, message: `пишет ${name}` }, ...more });
const lead = async (id) => (await head.get(`/api/leads/${id}`)).body;
const openLeads = async () => (await client.api("/api/leads")).leads.map(({ id }) => id);

test("a phone, a mailbox and a handle each bring a known person back to his open lead", async () => {
  const first = await inquire("+7 921 100-00-01, anton@example.ru, @anton_known", "Антон");
  for (const again of ["8 (921) 100-00-01", "ANTON@example.ru", "https://t.me/anton_known"]) {
    assert.equal((await inquire(again, "Антон")).lead, first.lead, again);
  }
  const { lead: shown, inquiries } = await lead(first.lead);
  assert.equal(shown.touches, 4);
  assert.equal(inquiries.length, 4);
});

test("two people with the number of one office are two leads, and the head is told", async () => {
  const ivan = await inquire("+7 812 200-00-02", "Иван");
  const maria = await inquire("8 812 200-00-02", "Мария");
  assert.notEqual(maria.lead, ivan.lead);
  const { person } = await lead(maria.lead);
  assert.deepEqual(person.perhaps.map(({ lead, name }) => [lead, name]), [[ivan.lead, "Иван"]]);
  // Each of them comes back to his own.
  assert.equal((await inquire("+7 812 200-00-02", "Мария Сергеевна")).lead, maria.lead);
  assert.equal((await inquire("+7 812 200-00-02", "Иван")).lead, ivan.lead);
  // Somebody was asked: two persons, and nobody is asked again.
  assert.equal((await head.command(maria.lead, { command: "apart", contact: person.perhaps[0].contact })).status, 200);
  assert.deepEqual((await lead(maria.lead)).person.perhaps, []);
  assert.deepEqual((await lead(ivan.lead)).person.perhaps, []);
});

test("two open leads of one person become one with everything, and two again when it was wrong", async () => {
  const older = await inquire("+7 921 300-00-03", "Пётр");
  const newer = await inquire("petr@example.ru", "Пётр Ильич");
  await client.answer(newer, 1, { need: "specific" });
  assert.equal((await head.command(newer.lead, { command: "note", text: "Просил перезвонить" })).status, 200);
  const before = { older: await lead(older.lead), newer: await lead(newer.lead) };

  const merged = await head.command(newer.lead, { command: "merge", with: older.lead });
  assert.equal(merged.status, 200);
  assert.equal(merged.body.lead.status, "lost");
  assert.deepEqual([merged.body.lead.closed.reason, merged.body.lead.closed.evidence], ["duplicate", `lead ${older.lead}`]);
  const one = await lead(older.lead);
  assert.equal(one.lead.status, "open");
  assert.equal(one.lead.touches, 2);
  assert.deepEqual(one.inquiries.map(({ id }) => id), [older.id, newer.id]);
  assert.deepEqual(one.facts.map(({ key, value }) => [key, value]), before.newer.facts.map(({ key, value }) => [key, value]));
  assert.equal(one.notes[0].body, "Просил перезвонить");
  assert.deepEqual([one.lead.contact.phones[0].e164, one.lead.contact.emails[0]], ["+79213000003", "petr@example.ru"]);
  assert.equal(one.tasks.filter(({ done_at }) => !done_at).length, 1);
  const open = await openLeads();
  assert.equal(open.includes(newer.lead), false);
  assert.equal(open.includes(older.lead), true);
  // Both ways lead to the one that is open, also answers that are still being given.
  assert.equal((await inquire("petr@example.ru", "Пётр")).lead, older.lead);
  await client.answer(newer, 2, { price: "accept" });
  assert.ok((await lead(older.lead)).facts.some(({ key }) => key === "price_consent"));
  // The history says so by ids alone.
  const told = JSON.stringify(one.history.filter(({ kind }) => kind === "persons_merged"));
  assert.ok(told.length > 2);
  for (const word of ["Пётр", "petr", "9213000003"]) assert.equal(told.includes(word), false);

  const [change] = one.person.changes;
  const back = await head.command(older.lead, { command: "take_back", change: change.id });
  assert.equal(back.status, 200);
  const [was, is] = [await lead(older.lead), await lead(newer.lead)];
  assert.equal(is.lead.status, "open");
  assert.equal(is.inquiries[0].id, newer.id);
  assert.ok(is.facts.some(({ key }) => key === "need") && is.facts.some(({ key }) => key === "price_consent"), "what was answered meanwhile goes with its inquiry");
  assert.equal(was.facts.length, 0);
  assert.deepEqual(is.notes.map(({ body }) => body), ["Просил перезвонить"]);
  assert.deepEqual(is.tasks.filter(({ done_at }) => !done_at).map(({ id }) => id), before.newer.tasks.map(({ id }) => id));
  assert.deepEqual([is.lead.answer_by, is.lead.answered_at], [before.newer.lead.answer_by, null]);
  assert.deepEqual([was.lead.touches, is.lead.touches], [1, 2], "what he wrote in between is his");
  assert.equal((await head.command(older.lead, { command: "take_back", change: change.id })).status, 409);
  const audit = (await client.api("/api/audit")).audit.map(({ action }) => action);
  assert.deepEqual(audit.slice(0, 2), ["take_back", "merge"]);
});

test("whoever was answered and turns out to be somebody who is still owed an answer is owed it", async () => {
  const answered = await inquire("+7 921 310-00-03", "Олег");
  await head.command(answered.lead, { command: "responded", result: "" });
  const owed = await inquire("oleg@example.ru", "Олег");
  await head.command(answered.lead, { command: "merge", with: owed.lead });
  const merged = await lead(answered.lead);
  assert.equal(merged.lead.answered_at, null);
  assert.equal(merged.tasks.filter(({ done_at }) => !done_at).length, 1);
  await head.command(answered.lead, { command: "take_back", change: merged.person.changes[0].id });
  assert.notEqual((await lead(answered.lead)).lead.answered_at, null);
  assert.equal((await lead(owed.lead)).lead.answered_at, null);
});

test("an inquiry that is somebody else's gets a person and a lead of its own, and comes back", async () => {
  const anna = await inquire("+7 921 400-00-04", "Анна");
  const wrong = await inquire("+7 921 400-00-04, boris@example.ru", "Борис");
  assert.equal(wrong.lead, anna.lead, "a shared mobile phone and another name are not enough");
  await client.answer(wrong, 1, { need: "specific" });

  const parted = await head.command(anna.lead, { command: "split", inquiry: wrong.id });
  assert.equal(parted.status, 200);
  assert.equal(parted.body.lead.touches, 1);
  assert.deepEqual(parted.body.lead.contact.emails, []);
  assert.deepEqual(parted.body.facts, []);
  const [change] = parted.body.person.changes;
  const own = (await openLeads()).find((id) => id > wrong.lead && id !== anna.lead);
  const his = await lead(own);
  assert.deepEqual([his.lead.contact.name, his.lead.contact.emails, his.lead.stage], ["Борис", ["boris@example.ru"], "first_contact"]);
  assert.deepEqual(his.inquiries.map(({ id }) => id), [wrong.id]);
  assert.equal(his.facts.length, 2);
  assert.equal(his.tasks.filter(({ kind, done_at }) => kind === "first_response" && !done_at).length, 1);
  // From now on each comes back to his own, by what only he has.
  assert.equal((await inquire("boris@example.ru", "Борис")).lead, own);
  await client.answer(wrong, 2, { price: "accept" });
  assert.ok((await lead(own)).facts.some(({ key }) => key === "price_consent"));

  assert.equal((await head.command(anna.lead, { command: "take_back", change: change.id })).status, 200);
  const one = await lead(anna.lead);
  assert.equal(one.inquiries.length, 3);
  assert.deepEqual(one.lead.contact.emails, ["boris@example.ru"]);
  assert.equal((await lead(own)).lead.closed.reason, "duplicate");
  assert.equal((await inquire("boris@example.ru", "Борис")).lead, anna.lead);
});

test("a split that became one again by a merge is not taken back on top, and the lead stays open", async () => {
  const anna = await inquire("+7 921 400-44-01", "Анна");
  const boris = await inquire("+7 921 400-44-01", "Борис");
  assert.equal(boris.lead, anna.lead);
  await head.command(anna.lead, { command: "split", inquiry: boris.id });
  const split = (await lead(anna.lead)).person.changes.find(({ kind }) => kind === "split");
  const own = (await openLeads()).find((id) => id !== anna.lead && id > boris.id);
  assert.equal((await head.command(anna.lead, { command: "merge", with: own })).status, 200);
  const again = await head.command(anna.lead, { command: "take_back", change: split.id });
  assert.deepEqual([again.status, again.body.code], [409, "later_change"]);
  assert.equal((await lead(anna.lead)).lead.status, "open");
});

test("a person with one inquiry cannot be parted from himself; strangers, sellers and second merges are refused", async () => {
  const one = await inquire("+7 921 500-00-05", "Вера");
  const two = await inquire("vera@example.ru", "Вера");
  assert.equal((await head.command(one.lead, { command: "split", inquiry: one.id })).body.code, "nothing_to_part");
  assert.equal((await head.command(one.lead, { command: "split", inquiry: two.id })).status, 404);
  assert.equal((await head.command(one.lead, { command: "merge", with: one.lead })).body.code, "same_already");
  assert.equal((await head.command(one.lead, { command: "merge", with: "nothing" })).status, 404);
  const anna = await signedIn(server.url, await client.link("anna"));
  for (const command of [
    { command: "merge", with: two.lead },
    { command: "split", inquiry: one.id },
    { command: "apart", contact: "x" },
    { command: "erase_person", reason: "asked" },
  ]) {
    const { status, body } = await anna.command(one.lead, command);
    assert.deepEqual([status, body.code], [403, "not_for_role"], command.command);
  }
  assert.equal((await anna.get(`/api/leads/${one.lead}`)).body.person.contact, "");
  assert.equal((await lead(one.lead)).lead.status, "open");
});

test("merges upon merges are taken back newest first; those that have nothing to do with each other in any order", async () => {
  const [a, b, c] = [await inquire("a3@example.ru", "Кира"), await inquire("b3@example.ru", "Кира"), await inquire("c3@example.ru", "Кира")];
  await head.command(a.lead, { command: "merge", with: b.lead });
  const first = (await lead(a.lead)).person.changes[0].id;
  await head.command(c.lead, { command: "merge", with: a.lead });
  const emails = async (id) => (await lead(id)).lead.contact.emails;
  assert.deepEqual(await emails(c.lead), ["a3@example.ru", "b3@example.ru", "c3@example.ru"]);
  const [second] = (await lead(c.lead)).person.changes;
  const [d, e] = [await inquire("d3@example.ru", "Лада"), await inquire("e3@example.ru", "Лада")];
  await head.command(d.lead, { command: "merge", with: e.lead });

  const refused = await head.command(a.lead, { command: "take_back", change: first });
  assert.deepEqual([refused.status, refused.body.code], [409, "later_change"]);
  assert.deepEqual(refused.body.detail.split(" "), ["merge", second.at, second.id]);
  assert.deepEqual(await emails(c.lead), ["a3@example.ru", "b3@example.ru", "c3@example.ru"]);

  assert.equal((await head.command(a.lead, { command: "take_back", change: second.id })).status, 200);
  assert.deepEqual(await emails(c.lead), ["c3@example.ru"]);
  assert.equal((await head.command(a.lead, { command: "take_back", change: first })).status, 200);
  assert.deepEqual(await emails(b.lead), ["b3@example.ru"]);
  assert.deepEqual(await emails(a.lead), ["a3@example.ru"]);
  for (const one of [a, b, c]) assert.equal((await lead(one.lead)).lead.status, "open");
  assert.equal((await inquire("b3@example.ru", "Кира")).lead, b.lead);
});

test("the head sees who may be the same and merges with one click; a seller sees nothing of it", async () => {
  await inquire("+7 812 600-00-06", "Дмитрий");
  const other = await inquire("+7 812 600-00-06", "Елена");
  const desk = await seller(browser, await client.link("vera"));
  await desk.page.goto(`${server.url}/desk/leads/${other.lead}`);
  await desk.see("Возможно, тот же человек");
  await desk.page.getByRole("button", { name: "Один человек: Дмитрий" }).click();
  await desk.see("Все лиды этого человека");
  // Of two changes the older one waits for the newer, and the desk says which that is.
  const third = await inquire("dmitry6@example.ru", "Дмитрий");
  await head.command(other.lead, { command: "merge", with: third.lead });
  await desk.page.reload();
  const back = desk.page.getByRole("button", { name: /^Вернуть как было/ });
  await back.nth(1).click();
  await desk.see("Сначала верните как было его: «Объединены");
  await back.first().click();
  await desk.see("возвращено");
  await waitFor(async () => (await lead(third.lead)).lead.status === "open", "the third lead to be open again");
  await back.click();
  assert.deepEqual(desk.heard.filter((line) => !/409/.test(line)), []);
  await desk.context.close();
  const hers = await seller(browser, await client.link("anna"));
  await hers.page.goto(`${server.url}/desk/leads/${other.lead}`);
  await hers.see("Елена");
  assert.equal(await hers.page.getByText("Права человека").count(), 0);
  await hers.context.close();
  await waitFor(async () => (await lead(other.lead)).lead.status === "open", "the lead to be open again");
});
