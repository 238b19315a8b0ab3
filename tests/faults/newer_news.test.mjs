// The directory asks a ledger when it has something to do, and the answer comes late: what the ledger has told
// meanwhile is newer, and counts.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { withLedger } from "../story/ledger_file.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
before(async () => {
  server = await startServer({ faults: true });
});
after(() => server?.stop());

const faults = (path, body) => fetch(`${server.url}/faults${path}`, { method: "POST", body: JSON.stringify(body) });

test("an answer that was overtaken changes nothing", async () => {
  // Nobody listens there, so that what is due stays due.
  const client = await makeWorkspace(server, undefined, (text) => text.replace("env:DEMO_WEBHOOK_URL", "http://127.0.0.1:9/"));
  const folder = join(server.data, "objects", "first-contact-directory");
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite");
  const inDirectory = (act) => withLedger(join(folder, name), act);
  const known = () => inDirectory((database) => database.prepare("SELECT due_at, look_at FROM workspaces WHERE id = ?").get(client.workspace));
  // Nothing is due, and the directory looks.
  inDirectory((database) => database.prepare("UPDATE workspaces SET due_at = NULL, look_at = CASE id WHEN ? THEN 1 ELSE ? END").run(client.workspace, Date.now() + 3_600_000));
  await faults("", { ledger: { fault: "answer_late", times: 1 } });
  const looked = faults("/directory/directory", { do: "ring" });
  await pause(1_000);
  assert.equal((await client.inquire("band", "newer@example.ru")).status, 201);
  await waitFor(() => known().due_at, "the directory to hear of it");
  await looked;
  const { due_at, look_at } = known();
  assert.ok(due_at && look_at < Date.now() + 10 * 60_000, `${due_at} ${look_at - Date.now()}`);
});

test("work of next week is no wrong clock: the directory looks once a day, and not over and over", async () => {
  const folder = join(server.data, "objects", "first-contact-directory");
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite");
  const known = () => withLedger(join(folder, name), (database) => database.prepare("SELECT due_at, look_at FROM workspaces WHERE id = ?").get(quiet.workspace));
  const quiet = await makeWorkspace(server);
  // Answers wait for an inquiry, and are given up in a week.
  const answers = JSON.stringify({ site: quiet.site, secret: aSecret(), seq: 1, answers: { need: "specific" } });
  assert.equal((await fetch(`${server.url}/v1/inquiries/${uuidv7()}/answers`, { method: "POST", body: answers })).status, 202);
  const day = 24 * 3_600_000;
  await waitFor(() => known()?.due_at > Date.now() + 6 * day, "the directory to hear of it");
  assert.ok(known().look_at <= Date.now() + day, String(known().look_at - Date.now()));
});
