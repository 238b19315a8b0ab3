// More is due at one moment than is sent side by side: what is left is sent right after, and not a minute later.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const MANY = 15;

let server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

test("a lead of which fifteen systems hear is with all of them in seconds", async () => {
  const ids = Array.from({ length: MANY }, (_, n) => `crm${n}`);
  const client = await makeWorkspace(server, undefined, (text) => {
    const [before, destinations] = text.replace('deliver = ["crm"]', `deliver = ${JSON.stringify(ids)}`).split(/(?=\[\[destinations\]\])/);
    return before + ids.map((id) => destinations.replace('id = "crm"', `id = "${id}"`)).join("\n");
  });
  const { lead } = await client.inquire("band", "many@example.ru");
  const deliveries = async () => (await client.lead(lead)).deliveries;
  assert.equal((await deliveries()).length, MANY);
  await waitFor(async () => (await deliveries()).every(({ state }) => state === "sent"), "all of them", 20_000);
});
