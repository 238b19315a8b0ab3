// The third runtime: the same build under `wrangler dev`. What is recorded there is delivered, qualified and read like
// anywhere else, and a ledger that has lost its alarm is found.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";

import { aSecret, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";
import { openReceiver } from "./matrix/receiver.mjs";
import { SECRET, company } from "./matrix/town.mjs";

const SOAK = Boolean(process.env.SOAK);
const SECRETS = { installation_secret: "of-thirty-two-characters-at-least-1", operator_key: "of-thirty-two-characters-at-least-2", demo_webhook_secret: SECRET };

let folder;
let receiver;
let running;
let made;
let first;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "first-contact-wrangler-"));
  receiver = await openReceiver();
  // What the operator's commands read, and what the Worker is told.
  await writeFile(join(folder, "secrets.json"), JSON.stringify(SECRETS));
  const config = (await readFile("wrangler.toml", "utf8"))
    .replace('"target/worker/index.js"', JSON.stringify(resolve("target/worker/index.js")))
    .replace('"target/site"', JSON.stringify(resolve("target/site")));
  const vars = `\n[vars]\nINSTALLATION_SECRET = "${SECRETS.installation_secret}"\nOPERATOR_KEY = "${SECRETS.operator_key}"\nPRIVATE_DESTINATIONS = "allowed"\n`;
  await writeFile(join(folder, "wrangler.toml"), config + vars);
  running = await start();
});
after(async () => {
  await running?.stop();
  receiver?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A port that nobody has. */
const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

/** Starts `wrangler dev` on the folder, without a build of its own and without the network. */
async function start() {
  const [port, inspector] = [await freePort(), await freePort()];
  const options = ["--config", join(folder, "wrangler.toml"), "--ip", "127.0.0.1", "--port", `${port}`, "--inspector-port", `${inspector}`, "--persist-to", join(folder, "state"), "--local", "--show-interactive-dev-session=false"];
  // It starts Node again by name, so the pinned one has to come first.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", CI: "1", WRANGLER_LOG_PATH: join(folder, "logs"), NO_COLOR: "1" };
  const child = spawn(process.execPath, ["node_modules/wrangler/bin/wrangler.js", "dev", ...options], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    // With what it started, and nothing else.
    if (child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  };
  try {
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`wrangler ended before it answered:\n${log}`);
      return (await fetch(`${url}/v1/health`)).ok;
    }, "wrangler dev", 90_000);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${log}`);
  }
  return { url, data: folder, stop, log: () => log };
}

test("under wrangler dev an inquiry is recorded, delivered, qualified and read", { timeout: 180_000 }, async () => {
  made = await makeWorkspace(running, undefined, () => company(receiver.url));
  first = await made.inquire("price", "+7 999 123-45-67");
  assert.equal(first.status, 201);
  const [{ text, headers }] = await waitFor(() => receiver.of(first.lead).length && receiver.of(first.lead), "the message", 30_000);
  assert.ok(receiver.holds({ text, headers }, SECRET));
  for (const [seq, answers] of [[1, { need: "specific" }], [2, { timing: "month" }], [3, { pay: "own" }]]) {
    assert.equal((await made.answer(first, seq, answers)).status, 200);
  }
  const { leads } = await made.api("/api/leads");
  assert.deepEqual(leads.map(({ id, priority, contact }) => [id, priority, contact.phones[0].e164]), [[first.lead, "AAA", "+79991234567"]]);
  await waitFor(() => receiver.of(first.lead, "lead.answered").length === 1, "what was answered, by the alarm", 60_000);
  const { deliveries } = await waitFor(async () => {
    const found = await made.lead(first.lead);
    return found.deliveries.every(({ state }) => state === "sent") && found;
  }, "both to be written down");
  assert.deepEqual(deliveries.map(({ event, state }) => [event, state]), [["lead.created", "sent"], ["lead.answered", "sent"]]);
  // The desk's page, the tag and the hosted page come from the same build.
  for (const path of ["/desk", `/embed/${made.site}/price.js`, `/f/${made.site}/price`]) assert.equal((await fetch(running.url + path)).status, 200, path);
});

test("where the sender is, as the runtime knows it, decides who answers, and the lead says so", { timeout: 60_000 }, async () => {
  const boris = '[[team]]\nid = "boris"\nname = "Борис"\nrole = "seller"\n';
  // Without its network this runtime is where it always is.
  const rules = [["elsewhere", "RU", "Казань"], ["texas", "US", "Austin"]].map(([id, country, city]) => `[[rules]]\nid = "${id}"\nassign = "boris"\ndeliver = ["crm"]\nwhen = { country = ["${country}"], city = ["${city}"] }\n`);
  await made.publish(() => company(receiver.url).replace("[[sites]]", `${boris}\n[[sites]]`).replace("[catch_all]", `${rules.join("\n")}\n[catch_all]`));
  const { lead } = await made.inquire("price", "+7 999 123-45-68");
  const read = await made.lead(lead);
  assert.deepEqual([read.lead.rule, read.lead.assigned_to], ["texas", "boris"]);
  assert.match(JSON.stringify(read.why), /Austin/);
});

test("started again it has everything, and the same id is known", { timeout: 180_000 }, async () => {
  await running.stop();
  running = await start();
  const again = await fetch(`${running.url}/v1/inquiries`, { method: "POST", body: JSON.stringify({ id: first.id, secret: first.secret, site: made.site, form: "price", contact: { reach: "+7 999 123-45-67" } }) });
  assert.deepEqual([again.status, (await again.json()).lead], [200, first.lead]);
});

test("a ledger that lost its alarm while it was stopped is found by the directory within two minutes", { timeout: 300_000, skip: !SOAK && "with --soak" }, async () => {
  const inquiry = { id: uuidv7(), secret: aSecret(), site: made.site, form: "price", contact: { reach: "+7 999 765-43-21", message: "behaves:fails_once" } };
  const { lead } = await (await fetch(`${running.url}/v1/inquiries`, { method: "POST", body: JSON.stringify(inquiry) })).json();
  await waitFor(() => receiver.of(lead).length === 1, "the first attempt", 20_000);
  await running.stop();
  const objects = join(folder, "state", "v3", "do");
  const ledgers = (await readdir(objects)).find((name) => name.endsWith("-Ledger"));
  const database = new DatabaseSync(join(objects, ledgers, "metadata.sqlite"));
  const { changes } = database.prepare("DELETE FROM _cf_ALARM").run();
  database.close();
  assert.equal(Number(changes), 1);
  running = await start();
  const begun = Date.now();
  await waitFor(() => receiver.of(lead).length === 2, "the second attempt", 125_000);
  assert.ok(Date.now() - begun < 120_000);
});
