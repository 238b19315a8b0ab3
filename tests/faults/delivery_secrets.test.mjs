// A configuration that an older build published with its secrets in the open: they are sealed and taken out by themselves.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";

import { startServer, waitFor } from "../story/server.mjs";

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

let server;
after(() => server?.stop());

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
