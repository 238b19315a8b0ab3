// Where one person was erased, everything goes on for the others: rehearsals, exports, merges, reports.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ledgerFiles, whereInTables, withLedger } from "../story/ledger_file.mjs";
import { startServer } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";

const MARK = "zqxERASEDzqx";

let server;
let head;
let erased;
let others;
before(async () => {
  server = await startServer();
  head = await signedIn(server.url, server.desk_head);
  const person = (reach, name) => server.inquire(reach, { contact: { reach, name }, source: { landing: `https://shop.example/?utm_source=yandex&utm_term=${name}` } });
  erased = await person(`${MARK}@example.ru`, MARK);
  others = [await person("one@example.ru", "Анна"), await person("+7 921 600-00-01", "Анна")];
  assert.equal((await head.command(erased.body.lead, { command: "erase_person", reason: "asked" })).status, 200);
});
after(() => server?.stop());

test("every page that is about all of them is there", async () => {
  const paths = ["/api/leads", "/api/leads?status=closed", "/api/quarantine", "/api/deliveries", "/api/audit", "/api/privacy", "/api/reports/losses", "/api/reports/questions", `/api/leads/${erased.body.lead}`, "/api/leads?search=921"];
  for (const path of paths) {
    const { status, body } = await head.get(path);
    assert.equal(status, 200, path);
    assert.equal(JSON.stringify(body).toLowerCase().includes(MARK.toLowerCase()), false, path);
  }
});

test("it is taken along in every format, the erased person's lead without him", async () => {
  for (const format of ["json", "csv", "xlsx"]) {
    for (const of of ["", `&lead=${erased.body.lead}`]) {
      const reply = await fetch(`${server.url}/api/export?format=${format}${of}`, { headers: { cookie: head.cookie } });
      const text = Buffer.from(await reply.arrayBuffer()).toString("latin1");
      assert.equal(reply.status, 200);
      assert.equal(text.toLowerCase().includes(MARK.toLowerCase()), false, format);
      if (format !== "json") continue;
      const { leads } = JSON.parse(text);
      assert.deepEqual(leads.map(({ lead }) => lead.id).includes(erased.body.lead), true);
      assert.equal(leads.length, of ? 1 : 3);
    }
  }
});

test("a draft's rules are tried on every lead, also on what remains of his", async () => {
  const call = async (method, path, body) => {
    const headers = { authorization: `Bearer ${server.api_key}`, "content-type": "application/json" };
    const response = await fetch(server.url + path, { method, headers, body: body && JSON.stringify(body) });
    assert.equal(response.status, 200, path);
    return response.json();
  };
  const { config } = await call("GET", "/api/config");
  const draft = { ...config, rules: [{ id: "yandex", when: { network: ["yandex"] }, assign: config.team.find(({ role }) => role === "seller").id }] };
  assert.deepEqual((await call("PUT", "/api/config/draft", draft)).problems, []);
  const { leads, elsewhere } = await call("POST", "/api/config/rehearse", { days: 31 });
  assert.equal(leads, 3);
  assert.ok(elsewhere.length <= 3);
});

test("a lead that was parted from another is younger than what was asked in it, and ends no rehearsal", async () => {
  const twice = [await server.inquire("parted@example.ru"), await server.inquire("parted@example.ru, parted2@example.ru")];
  const [file] = await ledgerFiles(server.data);
  withLedger(file, (database) => database.prepare("UPDATE inquiries SET recorded_at = ? WHERE id = ?").run(Date.now() - 60 * 24 * 3_600_000, twice[0].id));
  const lead = twice[1].body.lead;
  assert.equal((await head.command(lead, { command: "split", inquiry: twice[0].id })).status, 200);
  const reply = await fetch(`${server.url}/api/config/rehearse`, { method: "POST", headers: { authorization: `Bearer ${server.api_key}`, "content-type": "application/json" }, body: JSON.stringify({ days: 31 }) });
  assert.equal((await reply.json()).leads, 4);
});

test("others are merged and parted; he is neither", async () => {
  const [one, two] = others.map(({ body }) => body.lead);
  const merged = await head.command(one, { command: "merge", with: two });
  assert.equal(merged.status, 200);
  assert.equal((await head.command(one, { command: "take_back", change: merged.body.person.changes[0].id })).status, 200);
  for (const [id, command] of [[one, { command: "merge", with: erased.body.lead }], [erased.body.lead, { command: "merge", with: one }], [erased.body.lead, { command: "split", inquiry: erased.id }]]) {
    const refused = await head.command(id, command);
    assert.deepEqual([refused.status, refused.body.code], [409, "person_erased"]);
  }
  // Nor is anything said of him any more that would open his lead, or close it for another reason.
  const trapped = await server.inquire("trapped-and-erased@example.ru", { trap: "x" });
  const spam = trapped.body.lead;
  assert.equal((await head.command(spam, { command: "spam" })).status, 200);
  assert.equal((await head.command(spam, { command: "erase_person", reason: "asked" })).status, 200);
  assert.ok(!JSON.stringify((await head.get("/api/quarantine")).body).includes(spam));
  for (const command of [{ command: "genuine" }, { command: "spam" }, { command: "responded", result: "called" }, { command: "note", text: "a note" }]) {
    const refused = await head.command(spam, command);
    assert.deepEqual([refused.status, refused.body.code], [409, "person_erased"], command.command);
  }
  assert.equal((await head.get(`/api/leads/${spam}`)).body.lead.status, "lost");
  const [file] = await ledgerFiles(server.data);
  assert.deepEqual(whereInTables(file, [MARK, MARK.toLowerCase()]), []);
});
