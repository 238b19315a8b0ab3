// A configuration that an older build published with its secrets in the open: they are sealed and taken out by themselves.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";

import { companyWith, openServices } from "../story/receivers.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

let server, services;
after(async () => {
  services?.close();
  await server?.stop();
});

test("plain secrets of an older build are sealed at the first call, and deliveries go on", async () => {
  server = await startServer();
  const { data, port } = server;
  const known = await server.inquire("+7 933 000-00-02");
  await waitFor(async () => (await server.lead(known.body.lead)).deliveries[0].state === "sent", "the first delivery");
  await server.stop({ keep: true });

  // As the older build left it: secrets stand in every version, nothing is sealed.
  const files = (await readdir(join(data, "objects"), { recursive: true })).filter((name) => name.endsWith(".sqlite"));
  const ledgers = files.map((name) => join(data, "objects", name)).filter((file) => {
    const database = new DatabaseSync(file);
    const { found } = database.prepare("SELECT count(*) AS found FROM sqlite_master WHERE name = 'destination_secrets'").get();
    if (found) {
      for (const { version, body } of database.prepare("SELECT version, body FROM config_versions").all()) {
        const config = JSON.parse(body);
        assert.ok(config.destinations.every((destination) => !("secret" in destination)));
        for (const destination of config.destinations) destination.secret = SECRET;
        database.prepare("UPDATE config_versions SET body = ? WHERE version = ?").run(JSON.stringify(config), version);
        database.prepare("INSERT INTO plain_configs (version) VALUES (?)").run(version);
      }
      database.exec("DELETE FROM destination_secrets; DELETE FROM whose");
    }
    database.close();
    return found > 0;
  });
  assert.equal(ledgers.length, 1);

  server = await startServer({ data, port });
  const later = await server.inquire("+7 933 000-00-03");
  const arrived = await waitFor(async () => (await server.webhooks()).find(({ body }) => body.data?.id === later.body.lead), "the delivery", 20_000);
  assert.equal(arrived.status, 200);
  await server.stop({ keep: true });
  const database = new DatabaseSync(ledgers[0]);
  for (const { body } of database.prepare("SELECT body FROM config_versions").all()) assert.ok(!body.includes("whsec_"), body);
  const sealed = database.prepare("SELECT sealed FROM destination_secrets").all();
  assert.equal(sealed.length, 1);
  assert.ok(!Buffer.from(sealed[0].sealed, "base64").includes("whsec_"));
  assert.equal(database.prepare("SELECT count(*) AS left FROM plain_configs").get().left, 0);
  database.close();
  server = await startServer({ data, port });
});

test("a secret goes where it was given to go: not to another kind or address, and there again after a rollback", async () => {
  services = await openServices();
  const telegram = (name, secret) => companyWith(`
[[destinations]]
kind = "telegram"
id = "crm"
chat = "1"
url = "${services.url(name)}"
${secret ? 'secret = "123456:TELEGRAM-secret-token"' : ""}
`);
  const client = await makeWorkspace(server, undefined, () => telegram("telegram", true));
  const told = async (name, reach) => {
    await client.inquire("price", reach);
    return waitFor(() => services.of(name).at(-1), `news at ${name}`);
  };
  assert.ok((await told("telegram", "+7 933 000-00-11")).path.includes("TELEGRAM-secret-token"));

  // The same name, an address of somebody else's, and no secret: nothing is published that would be sent there.
  await assert.rejects(client.publish(() => telegram("hook", false)), /destinations\[0\]\.secret/);
  // A kind that needs none goes without.
  await client.publish(() => companyWith(`
[[destinations]]
kind = "hubspot"
id = "crm"
form = { portal = "1", guid = "0b7d3c1e-0000-4000-8000-000000000000" }
url = "${services.url("hook")}"
`));
  const elsewhere = await told("hook", "+7 933 000-00-12");
  assert.ok(!JSON.stringify(elsewhere).includes("TELEGRAM-secret"), JSON.stringify(elsewhere));
  assert.equal(elsewhere.headers.authorization, undefined);

  // Back to where it was given to go: it is known there.
  const before = services.of("telegram").length;
  const rolled = await fetch(`${server.url}/api/config/rollback`, { method: "POST", headers: { authorization: `Bearer ${client.apiKey}` }, body: JSON.stringify({ version: 1 }) });
  assert.equal(rolled.status, 200, await rolled.text());
  await client.inquire("price", "+7 933 000-00-13");
  await waitFor(() => services.of("telegram").length > before, "news by the secret of before");
  assert.ok(services.of("telegram").at(-1).path.includes("TELEGRAM-secret-token"));

  // As a build before this one kept it: by the destination's id only.
  const { data, port } = server;
  await server.stop({ keep: true });
  const files = (await readdir(join(data, "objects"), { recursive: true })).filter((name) => name.endsWith(".sqlite"));
  for (const file of files) {
    const database = new DatabaseSync(join(data, "objects", file));
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'destination_secrets'").get()) {
      database.exec("UPDATE OR REPLACE destination_secrets SET destination = substr(destination, 1, instr(destination, char(10)) - 1) WHERE instr(destination, char(10))");
    }
    database.close();
  }
  server = await startServer({ data, port });
  const earlier = services.of("telegram").length;
  await fetch(`${server.url}/v1/inquiries`, { method: "POST", body: JSON.stringify({ id: crypto.randomUUID(), secret: "s".repeat(22), site: client.site, contact: { reach: "+7 933 000-00-14" } }) });
  await waitFor(() => services.of("telegram").length > earlier, "news by the secret of an older build");
  assert.ok(services.of("telegram").at(-1).path.includes("TELEGRAM-secret-token"));
});
