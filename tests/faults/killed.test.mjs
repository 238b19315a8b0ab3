// A power cut right after the acknowledgement: what was acknowledged is there, and is delivered.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";

import { startRuntimeAlone, startServer, waitFor } from "../story/server.mjs";

let server;
after(() => server?.stop());

test("SIGKILL after an acknowledgement loses neither the lead nor its delivery", async () => {
  server = await startServer();
  // The receiver is down, so that the delivery is still pending when the power goes.
  await fetch(`${server.url}/demo/receiver/answers`, { method: "PUT", body: JSON.stringify(Array(20).fill(503)) });
  const { status, body } = await server.inquire("+7 999 000-11-22");
  assert.equal(status, 201);
  await server.kill();

  // Nobody asks the ledger for anything: the delivery goes out by itself.
  const { data, port } = server;
  const stopRuntime = await startRuntimeAlone({ data, port });
  const arrived = await waitFor(async () => (await server.webhooks()).find((webhook) => webhook.body.data?.id === body.lead), "the webhook", 90_000);
  assert.equal(arrived.verified, true, arrived.reason);
  await stopRuntime();

  server = await startServer({ data, port });
  const { lead, deliveries } = await server.lead(body.lead);
  assert.equal(lead.stage, "first_contact");
  assert.equal(lead.contact.phones[0].e164, "+79990001122");
  assert.equal(deliveries.find((delivery) => delivery.event === "lead.created").destination, "crm");
});

test("ten power cuts in a row, each right after an acknowledgement", async () => {
  const acknowledged = [];
  const { data, port } = server;
  for (let round = 0; round < 10; round++) {
    const { status, body } = await server.inquire(`+7 999 111-00-0${round}`);
    assert.equal(status, 201);
    acknowledged.push(body.lead);
    await server.kill();
    server = await startServer({ data, port });
  }
  for (const id of acknowledged) assert.equal((await server.lead(id)).lead.status, "open");
});

test("the power goes while many are recorded at once and share commits: whoever was acknowledged is there", async () => {
  const { data, port } = server;
  for (let round = 0; round < 5; round++) {
    const acknowledged = [];
    const { promise: enough, resolve } = Promise.withResolvers();
    const callers = Array.from({ length: 24 }, async (_, caller) => {
      // Whoever the cut meets has no answer.
      const { status, body } = await server.inquire(`+7 999 22${round}-${10 + caller}-00`).catch(() => ({}));
      if (status === 201) acknowledged.push(body.lead);
      if (acknowledged.length > 4 * round) resolve();
    });
    await Promise.race([enough, Promise.all(callers)]);
    await server.kill();
    await Promise.all(callers);
    assert.ok(acknowledged.length > 4 * round, `${acknowledged.length} were acknowledged`);
    server = await startServer({ data, port });
    for (const id of acknowledged) assert.equal((await server.lead(id)).lead.status, "open");
  }
});

test("an alarm that is lost on disk: the directory finds the ledger by its own alarm, on the runtime alone", { timeout: 180_000 }, async () => {
  await fetch(`${server.url}/demo/receiver/answers`, { method: "PUT", body: JSON.stringify(Array(20).fill(503)) });
  const { body } = await server.inquire("+7 999 000-33-44");
  await waitFor(async () => (await server.webhooks()).some((webhook) => webhook.body.data?.id === body.lead), "the first attempt");
  await server.kill();
  const { data, port } = server;
  const alarms = new DatabaseSync(join(data, "objects", "first-contact-ledger", "metadata.sqlite"));
  const lost = alarms.prepare("DELETE FROM _cf_ALARM").run().changes;
  alarms.close();
  assert.equal(lost, 1);

  // Nobody asks anybody for anything.
  const begun = Date.now();
  const stopRuntime = await startRuntimeAlone({ data, port });
  await waitFor(async () => (await server.webhooks()).some((webhook) => webhook.body.data?.id === body.lead), "the webhook", 120_000);
  assert.ok(Date.now() - begun < 120_000);
  await stopRuntime();
  server = await startServer({ data, port });
});
