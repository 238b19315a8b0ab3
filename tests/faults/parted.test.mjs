// Two persons who were taken for one: nothing that one of them said stays with the other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ledgerOf, whereInTables, withLedger } from "../story/ledger_file.mjs";
import { aSecret, startServer, uuidv7 } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const MARK = "zqxPARTEDzqx";

let server;
let client;
let head;
let file;
before(async () => {
  server = await startServer();
  client = await makeWorkspace(server, "tests/forms/every_kind.toml");
  head = await signedIn(server.url, await client.link("vera"));
  const { lead } = await client.inquire("band", "first@example.ru");
  file = await ledgerOf(server.data, lead);
});
after(() => server?.stop());

const lead = async (id) => (await head.get(`/api/leads/${id}`)).body;
const inquire = (reach, name, more = {}) =>
  client.inquire("band", reach, { contact: { reach, name, message: name }, source: { landing: `https://shop.example/?utm_source=yandex&utm_term=${name}` }, ...more });
/** A destination that repeats what it was sent, as some do: said once to be tried again, and once at last. */
const quotes = (id, words) =>
  withLedger(file, (database) => {
    const [delivery] = database.prepare("SELECT id FROM deliveries WHERE lead = ? LIMIT 1").all(id);
    const body = JSON.stringify({ at: new Date().toISOString(), kind: "delivery_failed", by: "machine", data: { delivery: delivery?.id ?? "d", destination: "crm", attempt: "1", result: `400: ${words} is no phone` } });
    database.prepare("INSERT INTO events (lead, body) VALUES (?, ?)").run(id, body);
    database.prepare("UPDATE deliveries SET body = ?, last_result = ? WHERE lead = ?").run(`{"name":"${words}"}`, `400: ${words} is no phone`, id);
  });
/** In which columns the mark stands in rows of this lead, or of no lead. */
const ofLead = (id) =>
  withLedger(file, (database) => {
    const rows = [];
    for (const table of ["leads", "events", "deliveries", "facts", "tasks", "notes", "routings", "suspicions"]) {
      const key = table === "leads" ? "id" : "lead";
      for (const row of database.prepare(`SELECT * FROM ${table} WHERE ${key} = ?`).all(id)) {
        for (const [column, value] of Object.entries(row)) if (String(value).includes(MARK)) rows.push(`${table}.${column}`);
      }
    }
    return rows;
  });

test("what a destination quoted of a person who is parted goes, with where he came from and why", async () => {
  // The first of the two opens the lead: its source and the reasons of its routing are his.
  const parted = await inquire("+7 921 500-00-01", MARK);
  const stays = await inquire("+7 921 500-00-01, stays@example.ru", "Иван");
  assert.equal(stays.lead, parted.lead);
  quotes(stays.lead, MARK);
  const before = ofLead(stays.lead);
  for (const column of ["leads.source", "events.body", "deliveries.body", "deliveries.last_result"]) assert.ok(before.includes(column), `${column}: ${before}`);
  assert.match(JSON.stringify((await lead(stays.lead)).history), new RegExp(MARK));

  assert.equal((await head.command(stays.lead, { command: "split", inquiry: parted.id })).status, 200);
  assert.deepEqual(ofLead(stays.lead), []);
  const shown = await lead(stays.lead);
  assert.doesNotMatch(JSON.stringify(shown), new RegExp(MARK));
  assert.equal(shown.lead.source.term, "Иван");
  const [change] = shown.person.changes;
  // Parted wrongly: one again, which comes from where it came from.
  assert.equal((await head.command(stays.lead, { command: "take_back", change: change.id })).status, 200);
  assert.equal((await lead(stays.lead)).lead.source.term, MARK);
});

test("what was corrected goes with whoever corrected it, and is erased with him", async () => {
  const office = "8 495 123-45-67";
  const [marked, phone] = [`${MARK}three@example.ru`, "+79991112233"];
  const anna = await inquire(office, "Анна");
  const his = { id: uuidv7(), secret: aSecret() };
  assert.equal((await client.inquire("band", office, { ...his, contact: { reach: office } })).lead, anna.lead);
  await client.inquire("band", office, { ...his, contact: { reach: `+7 999 111-22-33, ${marked}`, name: "Борис" } });
  assert.equal((await head.command(anna.lead, { command: "split", inquiry: his.id })).status, 200);
  const stays = (await lead(anna.lead)).lead.contact;
  assert.deepEqual([stays.name, stays.emails, stays.phones.length], ["Анна", [], 1]);
  const boris = (await head.get("/api/leads")).body.leads.find(({ contact }) => contact.name === "Борис");
  assert.deepEqual(boris.contact.emails, [marked.toLowerCase()]);
  // The office's number is what both have.
  assert.deepEqual(boris.contact.phones.map(({ e164 }) => e164).sort(), [stays.phones[0].e164, phone].sort());
  assert.equal((await head.command(boris.id, { command: "erase_person", reason: "asked" })).status, 200);
  assert.deepEqual(whereInTables(file, [marked, marked.toLowerCase(), phone]), []);
});

test("a person who is parted and erased is nowhere, also where he was taken for another", async () => {
  const name = `${MARK}two`;
  const first = await inquire("+7 921 500-00-02", "Пётр");
  const second = await inquire("other@example.ru", name);
  assert.notEqual(second.lead, first.lead);
  assert.equal((await head.command(second.lead, { command: "merge", with: first.lead })).status, 200);
  quotes(first.lead, name);
  const [change] = (await lead(first.lead)).person.changes;
  assert.equal((await head.command(first.lead, { command: "take_back", change: change.id })).status, 200);
  assert.equal((await head.command(second.lead, { command: "erase_person", reason: "asked" })).status, 200);
  assert.deepEqual(whereInTables(file, [name]), []);
});
