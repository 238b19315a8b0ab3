// One box, as an operator runs it: no demo, no deliveries to private addresses, cookies bound to the host.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startServer, uuidv7, waitFor } from "../story/server.mjs";

const run = promisify(execFile);
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let server;
before(async () => (server = await startServer({ command: "serve" })));
after(() => server?.stop());

/** What `cargo xtask workspace …` prints, or the sentence it fails with. */
async function operator(action, env = {}) {
  const options = { env: { ...process.env, DEMO_WEBHOOK_SECRET: SECRET, DEMO_WEBHOOK_URL: "https://hooks.crm.ru/in", ...env } };
  try {
    return (await run(process.env.XTASK, ["workspace", ...action, "--data", server.data, "--url", server.url], options)).stdout;
  } catch (error) {
    return error.stderr;
  }
}

const FILE = "worker/demo/workspace.toml";

test("a workspace is made by one command, from the demo client's own file", async () => {
  const printed = await operator(["new", FILE]);
  const word = (pattern) => printed.match(pattern)?.[0] ?? assert.fail(printed);
  const site = word(/site_[\w-]+/);
  const link = word(/http\S+\/desk\/sign-in\/link_[\w-]+/);
  const id = uuidv7();
  const recorded = await fetch(`${server.url}/v1/inquiries`, { method: "POST", body: JSON.stringify({ id, site, contact: { reach: "@first" } }) });
  assert.equal(recorded.status, 201);

  const headers = { "x-forwarded-proto": "https" };
  const signedIn = await fetch(link, { redirect: "manual", headers });
  assert.equal(signedIn.status, 303);
  const cookie = signedIn.headers.get("set-cookie");
  for (const part of [/^__Host-first_contact=session_/, /; Path=\//, /; HttpOnly/, /; SameSite=Lax/, /; Secure/]) assert.match(cookie, part);
  const me = await fetch(`${server.url}/api/me`, { headers: { ...headers, cookie: cookie.split(";")[0] } });
  assert.equal((await me.json()).name, "Ольга Дубова");
  assert.match(await operator(["list"]), /Дуб и лён/);
});

test("an owner's link can be used a few times only", async () => {
  const link = (await operator(["new", FILE])).match(/http\S+\/desk\/sign-in\/link_[\w-]+/)[0];
  const cookies = [];
  for (let time = 0; time < 7; time++) cookies.push((await fetch(link, { redirect: "manual" })).headers.get("set-cookie"));
  assert.deepEqual(cookies.map(Boolean), [true, true, true, true, true, false, false]);
});

test("destinations inside the network are refused, and the sentence names the place", async () => {
  for (const url of ["http://localhost:8787/x", "https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://crm.internal/x"]) {
    assert.match(await operator(["new", FILE], { DEMO_WEBHOOK_URL: url }), /destinations\[0\]\.url/, url);
  }
});

test("a mistake in a workspace file is shown with its line", async () => {
  const file = join(server.data, "wrong.toml");
  await writeFile(file, 'name = "x"\nlanguage = 7\n');
  assert.match(await operator(["new", file]), /line 2/);
  assert.match(await operator(["new", FILE], { DEMO_WEBHOOK_SECRET: "short" }), /destinations\[0\]\.secret/);
});

test("one workspace's keys open nothing of another's", async () => {
  const [one, other] = [await operator(["new", FILE]), await operator(["new", FILE])];
  const key = (printed, pattern) => printed.match(pattern)[0];
  const id = uuidv7();
  const recorded = await fetch(`${server.url}/v1/inquiries`, {
    method: "POST",
    body: JSON.stringify({ id, site: key(one, /site_[\w-]+/), contact: { reach: "+7 999 123-45-67" } }),
  });
  const { lead } = await recorded.json();
  const read = async (printed, path) => (await fetch(server.url + path, { headers: { authorization: `Bearer ${key(printed, /api_[\w-]+/)}` } })).status;
  assert.equal(await read(one, `/api/leads/${lead}`), 200);
  assert.equal(await read(other, `/api/leads/${lead}`), 404);
  const answers = await fetch(`${server.url}/v1/inquiries/${id}/answers`, {
    method: "POST",
    body: JSON.stringify({ site: key(other, /site_[\w-]+/), secret: "AAAAAAAAAAAAAAAAAAAAAA", seq: 1, answers: { need: "none" } }),
  });
  assert.equal(answers.status, 202);
});

test("keys are rotated and revoked: an old one holds for the time that was said, and what was done is audited", async () => {
  const printed = await operator(["new", FILE]);
  const [workspace] = printed.match(/(?<=workspace {2})\w+/);
  const [first] = printed.match(/site_[\w-]+/);
  const [api] = printed.match(/api_[\w-]+/);
  const record = async (site) => (await fetch(`${server.url}/v1/inquiries`, { method: "POST", body: JSON.stringify({ id: uuidv7(), site, contact: { reach: "@rotated" } }) })).status;
  const reads = async (key) => (await fetch(`${server.url}/api/leads`, { headers: { authorization: `Bearer ${key}` } })).status;

  const rotated = await operator(["keys", workspace, "--rotate", "shop", "--hold-hours", "1"]);
  const [second] = rotated.match(/site_[\w-]+/);
  assert.deepEqual([await record(first), await record(second)], [201, 201]);
  const id = Buffer.from(first.slice("site_".length), "base64url").subarray(8, 12).toString("hex");
  const listed = await operator(["keys", workspace]);
  assert.match(listed, new RegExp(`${id} .*site shop +holds until 20.*${first}`));
  await operator(["keys", workspace, "--revoke", id]);
  assert.deepEqual([await record(first), await record(second)], [403, 201]);
  assert.match(await operator(["keys", workspace]), new RegExp(`${id} .*site shop +ended 20`));

  const [again] = (await operator(["keys", workspace, "--rotate", "api", "--hold-hours", "0"])).match(/api_[\w-]+/);
  assert.deepEqual([await reads(api), await reads(again)], [403, 200]);
  const { audit } = await (await fetch(`${server.url}/api/audit`, { headers: { authorization: `Bearer ${again}` } })).json();
  assert.deepEqual(audit.map(({ who, action }) => [who, action]), [["operator", "key_rotated"], ["operator", "key_revoked"], ["operator", "key_rotated"]]);
  assert.match(await operator(["keys", workspace, "--revoke", "ffffffffffffffff"]), /no key begins like this/);
  assert.match(await operator(["list"]), new RegExp(`${workspace} +1 +20\\S+ +— +Дуб и лён`));
});

test("the demo pages are not part of it", async () => {
  for (const path of ["/", "/demo/shop", "/demo/receiver", "/demo/receiver/log"]) assert.equal((await fetch(server.url + path)).status, 404, path);
  await waitFor(async () => (await fetch(`${server.url}/v1/health`)).ok, "health");
});
