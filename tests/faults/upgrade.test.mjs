// A ledger from before the newer migrations: it wakes with its leads, and everything newer works on them.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";

import { startServer } from "../story/server.mjs";

let server;
after(() => server?.stop());

/** Turns a ledger's file back into what the first migration made of it. */
function asItBegan(file) {
  const database = new DatabaseSync(file);
  const { found } = database.prepare("SELECT count(*) AS found FROM sqlite_master WHERE name = 'leads'").get();
  if (found) {
    for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'deliveries'").all()) database.exec(`DROP TRIGGER ${name}`);
    for (const table of ["attachment_parts", "attachments", "counts", "count_sources", "closings", "published_forms", "due", "dead_letters", "dead_letter_search", "destination_health", "remote_ids", "destination_secrets", "plain_configs", "whose"]) database.exec(`DROP TABLE ${table}`);
    database.exec("ALTER TABLE contacts DROP COLUMN do_not_contact; ALTER TABLE deliveries DROP COLUMN wanted_at; DELETE FROM migrations WHERE number > 0");
  }
  database.close();
  return found > 0;
}

test("a ledger of the first migration takes files, counts and closings after it wakes", async () => {
  server = await startServer();
  const known = await server.inquire("+7 933 000-00-01");
  const { data, port } = server;
  await server.stop({ keep: true });
  const files = (await readdir(join(data, "objects"), { recursive: true })).filter((name) => name.endsWith(".sqlite"));
  const turned = files.map((name) => asItBegan(join(data, "objects", name)));
  assert.equal(turned.filter(Boolean).length, 1);

  server = await startServer({ data, port });
  const { lead, files: attached, history } = await server.lead(known.body.lead);
  assert.deepEqual([lead.status, lead.closed, lead.contact.do_not_contact, attached], ["open", null, false, []]);
  assert.equal(history[0].kind, "inquiry_recorded");
  const again = await server.inquire("+7 933 000-00-01");
  assert.equal(again.body.lead, known.body.lead);
  const { form, recorded } = await server.api("/api/reports/questions");
  assert.deepEqual([form, recorded], ["price", 1]);
  // A version that was published before is made from its configuration.
  const first = await fetch(`${server.url}/v1/forms/${server.site}/price/1`);
  assert.equal((await first.json()).questions.length, 5);
});
