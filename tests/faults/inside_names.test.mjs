// A public name whose address is inside: it passes the guard on what is written, and the runtime's network stops it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { companyWith } from "../story/receivers.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const folder = await mkdtemp(join(tmpdir(), "first-contact-names-"));
const hosts = join(folder, "hosts");
/** Only what is started by it sees these names. */
const through = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts];

const own = Object.values(networkInterfaces()).flat();
const addresses = {
  "loopback.inside-company.com": "127.0.0.1",
  "loopback6.inside-company.com": own.some(({ address }) => address === "::1") && "::1",
  "local6.inside-company.com": own.find(({ address }) => /^f[cd]/.test(address))?.address,
  "mapped.inside-company.com": "::ffff:127.0.0.1",
  "private.inside-company.com": own.find(({ family, address }) => family === "IPv4" && /^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(address))?.address,
};
const names = Object.keys(addresses).filter((name) => addresses[name]);

const knocks = [];
const door = createServer((socket) => {
  knocks.push(socket.localAddress);
  socket.destroy();
}).listen(0, "::");
const servers = [];
after(async () => {
  for (const server of servers) await server.stop();
  door.close();
  await rm(folder, { recursive: true, force: true });
});

const destinations = () => names.map((name) => `
[[destinations]]
kind = "webhook"
id = "${name.split(".")[0]}"
url = "https://${name}:${door.address().port}/"
secret = "whsec_${Buffer.from("inside inside inside inside").toString("base64")}"
`).join("");

/** Tells one lead to every name, and gives how the first attempts ended. */
async function told(command) {
  const server = await startServer({ command, through });
  servers.push(server);
  const made = await makeWorkspace(server, undefined, () => companyWith(destinations()));
  const { lead } = await made.inquire("price", "@asks_inside");
  return waitFor(async () => {
    const { deliveries } = await made.lead(lead);
    return deliveries.length === names.length && deliveries.every(({ attempts, last_result }) => attempts >= 1 && last_result) && deliveries;
  }, "the first attempts", 60_000);
}

test("no delivery goes inside under a name of the outside", async (t) => {
  await writeFile(hosts, ["127.0.0.1 localhost", ...names.map((name) => `${addresses[name]} ${name}`), ""].join("\n"));
  try {
    execFileSync(through[0], [...through.slice(1), "true"], { stdio: "ignore" });
  } catch {
    return t.skip("this machine lets nobody have names of his own");
  }
  // While developing the same names are gone to: they do lead here.
  await told("dev");
  await waitFor(() => knocks.length >= names.length, `one knock of each: ${names}`);
  // What was still on its way has come.
  await servers[0].stop();
  knocks.length = 0;
  for (const { destination, state, last_result } of await told("serve")) assert.deepEqual([state, last_result], ["retrying", "no answer"], destination);
  assert.deepEqual(knocks, []);
});
