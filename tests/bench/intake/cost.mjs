// What a thousand leads cost: requests to the object, rows read and written, bytes kept; counted, not estimated.
import { readFile, writeFile } from "node:fs/promises";

import { makeCompany } from "../../story/workspace.mjs";
import { configuration, startRuntimeAlone, startServer, waitFor } from "../../story/server.mjs";
import { ANSWERS, anInquiry, openListener, toldTo } from "./inquiries.mjs";

/** `[{ what, requests, alarms, statements, read, written, bytes }]` for so many leads. */
export const cost = async (leads = 1000) => {
  const listener = await openListener();
  const server = await startServer();
  const company = await makeCompany(server, toldTo(listener.url), ["crm"]);
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
    const holdAlarms = (held) => post(`/counted/${company.workspace}`, JSON.stringify(held));

    const lines = [];
    const part = async (what, work) => {
      const before = await counted();
      await work();
      const after = await counted();
      lines.push({ what, ...Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]])) });
    };
    const inquiries = Array.from({ length: leads }, () => anInquiry(company.site));
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
      for (let number = 0; number < leads; number++) await get("/api/leads");
    });
    // A message when a lead comes and one when it was answered, each to one system.
    await part("delivered twice each", async () => {
      await holdAlarms(false);
      await waitFor(() => listener.came.size >= 2 * leads + 1, "the deliveries", 600_000);
      await waitFor(async () => (await company.api("/api/destinations")).destinations.every(({ waiting }) => waiting === 0), "their ends", 60_000);
      await holdAlarms(true);
    });
    return lines;
  } finally {
    await end();
    await server.stop();
    listener.close();
  }
};
