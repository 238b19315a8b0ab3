// A client company of its own on a running server, made and changed as an operator does it.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { aSecret, uuidv7 } from "./server.mjs";

const run = promisify(execFile);

/** Makes a workspace from a file; `changed` turns the file's text into what is sent. */
export async function makeWorkspace(server, file = "tests/forms/every_kind.toml", changed = (text) => text) {
  const secrets = JSON.parse(await readFile(join(server.data, "secrets.json"), "utf8"));
  const env = { ...process.env, DEMO_WEBHOOK_URL: `${server.url}/demo/receiver`, DEMO_WEBHOOK_SECRET: secrets.demo_webhook_secret };
  const at = ["--data", server.data, "--url", server.url];
  const operator = async (...action) => (await run(process.env.XTASK, ["workspace", ...action, ...at], { env })).stdout;
  const sent = join(server.data, `${uuidv7()}.toml`);
  const write = async (change) => writeFile(sent, change(await readFile(file, "utf8")));

  await write(changed);
  const printed = await operator("new", sent);
  const workspace = printed.match(/workspace\s+(\w+)/)[1];
  const apiKey = printed.match(/api_[\w-]+/)[0];
  const site = printed.match(/site_[\w-]+/)[0];
  const post = (path, body) => fetch(server.url + path, { method: "POST", body: JSON.stringify(body) });
  return {
    workspace,
    apiKey,
    site,
    url: server.url,
    /** A sign-in link for a member. */
    link: async (member) => (await operator("link", workspace, member)).trim(),
    /** Publishes the file again, changed; gives the new version. */
    async publish(change) {
      await write(change);
      const { version } = await this.api("/api/config");
      return JSON.parse(await operator("publish", workspace, sent, "--over", String(version))).version;
    },
    /** Reads from the API with the workspace's key. */
    async api(path) {
      const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${apiKey}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    lead(id) {
      return this.api(`/api/leads/${id}`);
    },
    /** Records an inquiry as any server would. */
    async inquire(form, reach, more = {}) {
      const id = uuidv7();
      const secret = aSecret();
      const response = await post("/v1/inquiries", { id, secret, site, form, contact: { reach }, ...more });
      const { lead } = await response.json();
      return { id, secret, lead, status: response.status };
    },
    /** Answers questions of an inquiry. */
    answer: ({ id, secret }, seq, answers) => post(`/v1/inquiries/${id}/answers`, { site, secret, seq, answers }),
  };
}

/** A small company to hang forms on; every lead is told to these destinations. */
const companyThatTells = (deliver) => `
name = "Мастерская"
language = "ru"
time_zone = "Europe/Moscow"
phone_region = "RU"
first_response_minutes = 15
urgent_days = 30

[working_hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "00:00"
to = "23:59"

[[team]]
id = "anna"
name = "Анна"
role = "seller"

[[sites]]
id = "shop"
name = "Мастерская"
origins = []

[catch_all]
assign = "anna"
deliver = ${JSON.stringify(deliver)}
`;

/** Makes a small company with these forms and destinations (TOML); its `publish` puts others in force. */
export async function makeCompany(server, forms, deliver = []) {
  const made = await makeWorkspace(server, undefined, () => companyThatTells(deliver) + forms);
  return { ...made, publish: (changed, deliver = []) => made.publish(() => companyThatTells(deliver) + changed) };
}
