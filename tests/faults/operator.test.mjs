// What an operator does in error, and what must not come of it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startServer } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const run = promisify(execFile);

const company = (more = "", anna = "seller", retention = "") => `
name = "Мастерская"
language = "ru"
time_zone = "Europe/Moscow"
working_hours = { days = ["mon", "tue", "wed", "thu", "fri"], from = "09:00", to = "18:00" }
team = [
  { id = "anna", name = "Анна", role = "${anna}" },
  { id = "boris", name = "Борис", role = "seller"${more} },
  { id = "vera", name = "Вера", role = "head" },
]
sites = [{ id = "shop", name = "Мастерская" }]
forms = [{ id = "price" }]
${retention}
[catch_all]
assign = "boris"
deliver = ["crm"]

[[destinations]]
kind = "webhook"
id = "crm"
url = "env:DEMO_WEBHOOK_URL"
secret = "env:DEMO_WEBHOOK_SECRET"
`;

let server;
let made;
let at;
before(async () => {
  server = await startServer();
  made = await makeWorkspace(server, undefined, () => company());
  at = ["--data", server.data, "--url", server.url];
});
after(() => server?.stop());

const workspace = async (...action) => {
  const { DEMO_WEBHOOK_URL = "https://crm.example/in", DEMO_WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 3).toString("base64")}` } = process.env;
  return (await run(process.env.XTASK, ["workspace", ...action, ...at], { env: { ...process.env, DEMO_WEBHOOK_URL, DEMO_WEBHOOK_SECRET } })).stdout;
};
const publish = async (text, ...more) => {
  const file = join(server.data, "operator.toml");
  await writeFile(file, text);
  return workspace("publish", made.workspace, file, ...more);
};
const fails = (promise, words) => assert.rejects(promise, ({ stderr }) => words.test(stderr) || assert.fail(stderr));

test("what a head has published on the desk is not replaced unseen", async () => {
  const vera = await signedIn(server.url, await made.link("vera"));
  const call = async (method, path, body) => (await fetch(server.url + path, { method, headers: { cookie: vera.cookie, origin: server.url, "content-type": "application/json" }, body: body && JSON.stringify(body) })).json();
  const { config } = await call("GET", "/api/config");
  config.team[1].capacity = 7;
  await call("PUT", "/api/config/draft", config);
  const { version } = await call("POST", "/api/config/publish");
  await fails(publish(company("", "seller", "[retention]\nspam_days = 30\n")), new RegExp(`version ${version} was published by vera`));
  assert.equal((await made.api("/api/config")).version, version);
  // He sees what is in force, as a file that can be published.
  const shown = await workspace("config", "show", made.workspace);
  assert.match(shown, new RegExp(`^# Version ${version}\n`));
  assert.match(shown, /capacity = 7/);
  assert.doesNotMatch(shown, /whsec_/);
  assert.equal(JSON.parse(await publish(shown)).version, version, "the same again is nothing new");
  const changed = shown.replace("capacity = 7", "capacity = 8");
  assert.equal(JSON.parse(await publish(changed, "--over", String(version))).version, version + 1);
  assert.equal(JSON.parse(await publish(changed.replace("capacity = 8", "capacity = 9"))).version, version + 2, "over his own he needs no number");
});

test("whoever has left is signed out for good, also when another is called like him; and anybody can be signed out", async () => {
  const link = await made.link("anna");
  const anna = await signedIn(server.url, link);
  const status = async (cookie) => (await fetch(`${server.url}/api/me`, { headers: { cookie } })).status;
  assert.equal(await status(anna.cookie), 200);
  await publish(company().replace(/ {2}\{ id = "anna".*\n/, ""));
  assert.equal(await status(anna.cookie), 401);
  await publish(company("", "head"));
  assert.equal(await status(anna.cookie), 401);
  assert.equal((await fetch(link, { redirect: "manual" })).headers.get("set-cookie"), null);
  const another = await signedIn(server.url, await made.link("anna"));
  const vera = await signedIn(server.url, await made.link("vera"));
  await workspace("link", made.workspace, "anna", "--revoke");
  assert.deepEqual([await status(another.cookie), await status(vera.cookie)], [401, 200]);
  await fails(workspace("link", made.workspace, "nobody", "--revoke"), /404 .*nobody in the team/);
});

test("whose seller has left is handed over when he writes again, and destinations hear of it", async () => {
  await publish(company());
  const first = await made.inquire("price", "handed@example.ru");
  assert.equal((await made.lead(first.lead)).lead.assigned_to, "boris");
  await publish(company().replace(/ {2}\{ id = "boris".*\n/, "").replace('assign = "boris"', 'assign = "anna"'));
  assert.equal((await made.inquire("price", "handed@example.ru")).lead, first.lead);
  const { lead, deliveries } = await made.lead(first.lead);
  assert.equal(lead.assigned_to, "anna");
  assert.deepEqual(deliveries.map(({ event }) => event).toSorted(), ["lead.assigned", "lead.created", "lead.touched"]);
  await publish(company());
});

test("a rule of retention of nothing erases nobody: it is refused", async () => {
  for (const rule of ["closed_months", "raw_months", "spam_days"]) {
    await fails(publish(company("", "head", `[retention]\n${rule} = 0\n`)), new RegExp(`retention.${rule}: would erase at once`));
  }
});

test("a workspace that does not exist leaves nothing behind, and no list is replaced by less", async () => {
  const before = await workspace("list");
  const unknown = "0123456789abcdef";
  const kept = join(server.data, "kept.json");
  for (const action of [["keys", unknown], ["erasures", unknown, kept], ["link", unknown, "anna"], ["config", "versions", unknown], ["backup", unknown, join(server.data, "none.backup")]]) {
    await fails(workspace(...action), /404/);
  }
  assert.equal(await workspace("list"), before);
  const file = join(server.data, "wrong.toml");
  await writeFile(file, company().replace("env:DEMO_WEBHOOK_SECRET", "too short"));
  await assert.rejects(workspace("new", file));
  assert.equal(await workspace("list"), before);

  const person = await made.inquire("price", "erased@example.ru");
  const erase = await fetch(`${server.url}/api/leads/${person.lead}/commands`, { method: "POST", headers: { authorization: `Bearer ${made.apiKey}` }, body: '{"command":"erase_person","reason":"asked"}' });
  assert.equal(erase.status, 200);
  await workspace("erasures", made.workspace, kept);
  const list = JSON.parse(await readFile(kept, "utf8"));
  assert.equal(list.erasures.length, 1);
  await writeFile(kept, JSON.stringify({ erasures: [...list.erasures, { ...list.erasures[0], contact: "con_before" }] }));
  await fails(workspace("erasures", made.workspace, kept), /1 erasures .* not known to this workspace/);
  assert.equal(JSON.parse(await readFile(kept, "utf8")).erasures.length, 2);
});

test("a list of erasures of any length is applied", async () => {
  const file = join(server.data, "long.json");
  const id = (n) => `0192${String(n).padStart(4, "0")}-0000-7000-8000-000000000000`;
  const erasures = Array.from({ length: 9_500 }, (_, n) => ({ contact: id(n), erased_at: 1, inquiries: [id(n + 10_000).slice(0, 36)] }));
  await writeFile(file, JSON.stringify({ erasures }));
  assert.deepEqual(JSON.parse(await workspace("erasures", made.workspace, file, "--apply")), { erased_again: 0, noted: 9_500, left: [] });
});
