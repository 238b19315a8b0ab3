// What a thousand leads cost: requests to the object, rows read and written, bytes kept; counted, not estimated.
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { makeCompany } from "../../story/workspace.mjs";
import { startServer, waitFor } from "../../story/server.mjs";
import { anInquiry } from "./inquiries.mjs";
import { workerd } from "./runtime.mjs";

const LEADS = 1000;
const ANSWERS = [{ need: "specific" }, { timing: "month" }, { pay: "own" }];

/** `[{ what, requests, statements, read, written, bytes }]` per thousand leads. */
export const cost = async () => {
  const server = await startServer({ command: "serve" });
  const company = await makeCompany(server, '[[forms]]\nid = "price"\n');
  await server.stop({ keep: true });

  const config = (name) => fileURLToPath(new URL(`../../../target/dev/${name}-${server.port}.capnp`, import.meta.url));
  const modules = '(name = "counting.js", esModule = embed "../../tests/bench/intake/counting.js"),\n    (name = "index.js"';
  await writeFile(config("counting"), (await readFile(config("installation"), "utf8")).replace('(name = "index.js"', modules));
  const secrets = JSON.parse(await readFile(join(server.data, "secrets.json"), "utf8"));
  const env = { ...process.env, INSTALLATION_SECRET: secrets.installation_secret, OPERATOR_KEY: secrets.operator_key, DEMO_WEBHOOK_SECRET: secrets.demo_webhook_secret };
  const child = spawn(await workerd(), ["serve", config("counting")], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const url = `http://127.0.0.1:${server.port}`;
    const counted = async () => (await fetch(`${url}/counted/${company.workspace}`)).json();
    const post = async (path, body) => {
      const response = await fetch(url + path, { method: "POST", body });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.text();
    };
    const get = async (path) => (await fetch(url + path, { headers: { authorization: `Bearer ${company.apiKey}` } })).text();
    await waitFor(async () => (await fetch(`${url}/v1/health`)).ok, "the counting Worker", 20_000);
    await post("/v1/inquiries", anInquiry(company.site));

    const lines = [];
    const part = async (what, work) => {
      const before = await counted();
      await work();
      const after = await counted();
      lines.push({ what, ...Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]])) });
    };
    const inquiries = Array.from({ length: LEADS }, () => anInquiry(company.site));
    await part("recorded", async () => {
      for (const body of inquiries) await post("/v1/inquiries", body);
    });
    await part("three answers each", async () => {
      for (const body of inquiries) {
        const { id, secret } = JSON.parse(body);
        for (const [at, answers] of ANSWERS.entries()) {
          await post(`/v1/inquiries/${id}/answers`, JSON.stringify({ site: company.site, secret, seq: at + 1, answers: Object.assign({}, ...ANSWERS.slice(0, at + 1)) }));
        }
      }
    });
    await part("the list opened once each", async () => {
      for (let number = 0; number < LEADS; number++) await get("/api/leads");
    });
    return lines;
  } finally {
    child.kill("SIGKILL");
    await ended;
    await server.stop();
  }
};
