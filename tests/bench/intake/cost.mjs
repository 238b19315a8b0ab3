// What a thousand leads cost: requests to the object, rows read and written, bytes kept; counted, not estimated.
import { readFile, writeFile } from "node:fs/promises";

import { makeCompany } from "../../story/workspace.mjs";
import { configuration, startRuntimeAlone, startServer, waitFor } from "../../story/server.mjs";
import { FORM, anInquiry } from "./inquiries.mjs";

const LEADS = 1000;
const ANSWERS = [{ need: "specific" }, { timing: "month" }, { pay: "own" }];

/** `[{ what, requests, statements, read, written, bytes }]` per thousand leads. */
export const cost = async () => {
  const server = await startServer({ command: "serve" });
  const company = await makeCompany(server, FORM);
  await server.stop({ keep: true });

  const config = configuration(server.port).replace(/installation(?=-\d+\.capnp$)/, "counting");
  const modules = '(name = "counting.js", esModule = embed "../../tests/bench/intake/counting.js"),\n    (name = "index.js"';
  await writeFile(config, (await readFile(configuration(server.port), "utf8")).replace('(name = "index.js"', modules));
  const end = await startRuntimeAlone({ data: server.data, port: server.port, config });
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
    await end();
    await server.stop();
  }
};
