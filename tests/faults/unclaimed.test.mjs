// Answers whose inquiry has not come: a stranger cannot fill a workspace with them, and nobody who is here pays for it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";

const A_DAY = 24 * 3_600_000;

let server;
let file;
before(async () => {
  server = await startServer();
  await server.inquire("first@example.ru");
  [file] = await ledgerFiles(server.data);
});
after(() => server?.stop());

const answer = (id, secret, seq, answers = { need: "specific" }) =>
  fetch(`${server.url}/v1/inquiries/${id}/answers`, { method: "POST", body: JSON.stringify({ site: server.site, secret, seq, answers }) });
const count = (table, id) => withLedger(file, (database) => database.prepare(`SELECT count(*) AS n FROM ${table} WHERE inquiry = ?`).get(id).n);
/** Waits for another inquiry, as if somebody had sent that. */
const strangers = (rows) =>
  withLedger(file, (database) => {
    const add = database.prepare("INSERT INTO unclaimed_answers (inquiry, since, messages, bytes) VALUES (?, ?, 1, ?)");
    database.exec("BEGIN IMMEDIATE");
    for (const [id, since, bytes] of rows) add.run(id, since, bytes);
    database.exec("COMMIT");
  });
const forgetStrangers = () => withLedger(file, (database) => database.exec("DELETE FROM unclaimed_answers WHERE inquiry LIKE 'stranger%'"));

for (const [what, rows] of [
  ["of too many inquiries", () => Array.from({ length: 4_000 }, (_, n) => [`stranger-${n}`, Date.now(), 100])],
  ["of too many bytes", () => [["stranger", Date.now(), 16 * 1024 * 1024]]],
]) {
  test(`where answers ${what} wait, newcomers come again later, and whoever was here loses nothing`, async () => {
    const [early, recorded] = [{ id: uuidv7(), secret: aSecret() }, { id: uuidv7(), secret: aSecret() }];
    assert.equal((await answer(early.id, early.secret, 1)).status, 202);
    assert.equal((await server.inquire(`${recorded.id}@example.ru`, recorded)).status, 201);
    strangers(rows());
    const newcomer = { id: uuidv7(), secret: aSecret() };
    const refused = await answer(newcomer.id, newcomer.secret, 1);
    assert.deepEqual([refused.status, (await refused.json()).code, refused.headers.get("retry-after")], [429, "too_many_waiting", "30"]);
    assert.equal(count("answer_messages", newcomer.id), 0);
    // Repeated, what was acknowledged is acknowledged again.
    assert.equal((await answer(early.id, early.secret, 1)).status, 202);
    // An inquiry that is here has its answers taken; and so has the newcomer's once it is.
    assert.equal((await answer(recorded.id, recorded.secret, 1)).status, 200);
    for (const person of [newcomer, early]) assert.equal((await server.inquire(`${person.id}@example.ru`, person)).status, 201);
    assert.equal((await answer(newcomer.id, newcomer.secret, 1)).status, 200);
    for (const person of [recorded, newcomer, early]) {
      const { lead } = (await server.inquire(`${person.id}@example.ru`, person)).body;
      assert.ok((await server.lead(lead)).facts.some(({ key }) => key === "need"), person.id);
    }
    assert.equal(count("unclaimed_answers", early.id), 0);
    forgetStrangers();
  });
}

test("for one inquiry that has not come a few dozen messages wait, and then no more", async () => {
  const [id, secret] = [uuidv7(), aSecret()];
  const statuses = [];
  for (let seq = 1; seq <= 34; seq++) statuses.push((await answer(id, secret, seq)).status);
  assert.deepEqual(statuses, [...Array(32).fill(202), 429, 429]);
  assert.equal(count("answer_messages", id), 32);
});

test("what waited for a week is given up, and nothing that came later", async () => {
  const [old, young] = [{ id: uuidv7(), secret: aSecret() }, { id: uuidv7(), secret: aSecret() }];
  for (const one of [old, young]) assert.equal((await answer(one.id, one.secret, 1)).status, 202);
  const age = (id, days) =>
    withLedger(file, (database) => database.prepare("UPDATE unclaimed_answers SET since = ? WHERE inquiry = ?").run(Date.now() - days * A_DAY, id));
  age(old.id, 7.01);
  age(young.id, 6.9);
  // Whatever happens next finds that something is due.
  await server.inquire("somebody@example.ru");
  await waitFor(() => count("answer_messages", old.id) === 0, "the sweep", 30_000);
  assert.deepEqual([count("unclaimed_answers", old.id), count("answer_messages", young.id), count("unclaimed_answers", young.id)], [0, 1, 1]);
  const { body } = await server.inquire("young@example.ru", young);
  assert.ok((await server.lead(body.lead)).facts.some(({ key }) => key === "need"));
});
