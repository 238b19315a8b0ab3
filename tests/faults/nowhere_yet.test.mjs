// A key is sound and its workspace is not here yet: it is being restored, and its visitors are not turned away.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { aSecret, startServer, uuidv7 } from "../story/server.mjs";

let server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

/** A site key as this installation makes them (worker/src/keys.rs). */
async function keyOf(workspace) {
  const { installation_secret } = JSON.parse(await readFile(join(server.data, "secrets.json"), "utf8"));
  const body = Buffer.concat([workspace, randomBytes(4)]);
  const secrets = [installation_secret, Buffer.from(installation_secret, "base64"), Buffer.from(installation_secret, "base64url"), Buffer.from(installation_secret, "hex")];
  return secrets.map((secret) => {
    const mac = createHmac("sha256", secret).update("site\0").update(body).digest().subarray(0, 12);
    return `site_${Buffer.concat([body, mac]).toString("base64url")}`;
  });
}

const send = (site) =>
  fetch(`${server.url}/v1/inquiries`, { method: "POST", body: JSON.stringify({ id: uuidv7(), secret: aSecret(), site, form: "price", contact: { reach: "waits@example.ru" } }) });

test("an inquiry of a workspace that is not here yet is kept, and one with a forged key is not", async () => {
  const statuses = [];
  for (const site of await keyOf(randomBytes(8))) statuses.push((await send(site)).status);
  // Of the ways to read the secret one is right: that key is sound, the others are forged.
  assert.deepEqual([...new Set(statuses)].toSorted(), [202, 403], String(statuses));
});
