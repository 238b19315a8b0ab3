// Intake while ten thousand deliveries are due: the alarm's work must not starve the visitor's.
import { createServer } from "node:http";

import { makeCompany } from "../../story/workspace.mjs";
import { startServer, waitFor } from "../../story/server.mjs";
import { FORM, anInquiry } from "./inquiries.mjs";
import { load } from "./load.mjs";
import { openLedger } from "./seed.mjs";

const DUE = 10_000;
const AMOUNT = 600;
const CALLERS = 4;

const company = (url) => `
[[destinations]]
kind = "webhook"
id = "crm"
url = "${url}"
secret = "whsec_${Buffer.alloc(32, 7).toString("base64")}"
${FORM}`;

/** `{ idle, draining, delivered_per_second }`, p99 and p50 in milliseconds. */
export const drain = async (say) => {
  let received = 0;
  const receiver = createServer((request, response) => {
    received += 1;
    request.resume().on("end", () => response.writeHead(204).end());
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  let server = await startServer();
  try {
    const made = await makeCompany(server, company(`http://127.0.0.1:${receiver.address().port}/`));
    const first = await made.inquire("price", "+7 999 000-00-02");
    const body = () => anInquiry(made.site);
    const measure = () => load(`${server.url}/v1/inquiries`, { amount: AMOUNT, callers: CALLERS, body });
    await measure();
    const idle = await measure();

    const { data, port } = server;
    await server.stop({ keep: true });
    const database = await openLedger(data, first.lead);
    const queue = database.prepare(
      "INSERT INTO deliveries (id, lead, destination, event, created_at, state, next_at) SELECT ?, id, 'crm', 'lead.created', ?, 'queued', ? FROM leads ORDER BY rowid LIMIT 1 OFFSET ?",
    );
    const { n } = database.prepare("SELECT count(*) AS n FROM leads").get();
    database.exec("BEGIN");
    for (let number = 0; number < DUE; number++) queue.run(`bench-${number}`, Date.now(), Date.now(), number % n);
    database.exec("COMMIT");
    database.close();
    say(`${DUE} deliveries are due`);
    server = await startServer({ data, port });
    // The first inquiry wakes the object, whose alarm then begins.
    await fetch(`${server.url}/v1/inquiries`, { method: "POST", body: body() });
    await waitFor(() => received > 20, "the first deliveries", 120_000);
    const [before, begun] = [received, performance.now()];
    const draining = await measure();
    const delivered = ((received - before) / (performance.now() - begun)) * 1000;
    const left = DUE - received;
    return { idle, draining, delivered_per_second: delivered, still_due_afterwards: left };
  } finally {
    await server.stop();
    receiver.close();
    receiver.closeAllConnections();
  }
};
