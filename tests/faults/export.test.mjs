// However much a workspace has, it is taken along in pieces: the memory it takes does not grow with it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { startServer } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";

const INQUIRIES = 150;
const BODIES = 4;
const MEGABYTE = 1024 * 1024;

let server;
let head;
before(async () => {
  server = await startServer();
  head = await signedIn(server.url, server.desk_head);
});
after(() => server?.stop());

const take = async (query) => {
  const reply = await fetch(`${server.url}/api/export?${query}`, { headers: { cookie: head.cookie } });
  assert.equal(reply.status, 200);
  return reply.text();
};
/** The most memory that the runtime has held so far, in megabytes. */
const peak = async () => Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${server.runtime_pid}/status`, "utf8"))[1]) / 1024;

test("a hundred megabytes are taken along whole, and held a few at a time", async () => {
  const people = [];
  for (let n = 0; n < 3; n++) people.push((await server.inquire(`large${n}@example.ru`)).body.lead);
  const [file] = await ledgerFiles(server.data);
  // Each person writes often and much, and his bodies come anew; written as the ledger writes them.
  const body = (n) => `{"n":${n},"x":"${"x".repeat(60_000)}"}`;
  withLedger(file, (database) => {
    database.exec("BEGIN IMMEDIATE");
    const columns = "recorded_at, channel, secret_hash, body_hash, raw, reply, form, form_version, request, source, site, origin, user_agent, country, region, city";
    const copied = columns.replace("raw", "?");
    for (const lead of people) {
      for (let n = 1; n < INQUIRIES; n++) {
        const id = `${lead.slice(0, 24)}${String(n).padStart(12, "0")}`;
        database.prepare(`INSERT INTO inquiries (id, lead, ${columns}) SELECT ?, lead, ${copied} FROM inquiries WHERE lead = ? AND id NOT LIKE '%-%-%-%-0000%' LIMIT 1`).run(id, body(n), lead);
        for (let again = 1; again < BODIES; again++) {
          database.prepare("INSERT INTO revisions (inquiry, recorded_at, body_hash, raw) VALUES (?, 1, ?, ?)").run(id, `${again}`, body(again));
        }
      }
    }
    database.exec("COMMIT");
  });
  const before = await peak();
  for (const query of ["format=json", `format=json&lead=${people[0]}`]) {
    const text = await take(query);
    const { leads } = JSON.parse(text);
    const mine = leads.filter(({ lead }) => people.includes(lead.id));
    assert.equal(mine.length, query.includes("lead=") ? 1 : people.length);
    assert.equal(new Set(leads.map(({ lead }) => lead.id)).size, leads.length);
    for (const { raw, person_id } of mine) {
      assert.equal(raw.length, INQUIRIES);
      assert.equal(new Set(raw.map(({ inquiry }) => inquiry)).size, INQUIRIES);
      assert.equal(raw.filter(({ revisions }) => revisions.length === BODIES - 1).length, INQUIRIES - 1);
      assert.ok(person_id);
    }
    assert.ok(text.length > 30 * MEGABYTE);
  }
  const grown = (await peak()) - before;
  assert.ok(grown < 300, `the runtime held ${Math.round(grown)} MB more`);
  // Tables have no place for bodies.
  for (const format of ["csv", "xlsx"]) assert.ok((await take(`format=${format}`)).length < MEGABYTE, format);
});
