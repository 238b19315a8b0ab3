// Intake while ten thousand deliveries are due: the alarm's work must not starve the visitor's.
import { makeCompany } from "../../story/workspace.mjs";
import { startServer, waitFor } from "../../story/server.mjs";
import { anInquiry, openListener, toldTo } from "./inquiries.mjs";
import { load } from "./load.mjs";
import { openLedger } from "./seed.mjs";

const AMOUNT = 600;
const CALLERS = 4;

/** `{ idle, draining, delivered_per_second, still_due_afterwards, all_delivered_s, doubled, dead }`, p99 and p50 in milliseconds. */
export const drain = async (say, due = 10_000) => {
  const listener = await openListener();
  let server = await startServer();
  try {
    const made = await makeCompany(server, toldTo(listener.url));
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
    for (let number = 0; number < due; number++) queue.run(`bench-${number}`, Date.now(), Date.now(), number % n);
    database.exec("COMMIT");
    database.close();
    say(`${due} deliveries are due`);
    server = await startServer({ data, port });
    // The first inquiry wakes the object, whose alarm then begins.
    await fetch(`${server.url}/v1/inquiries`, { method: "POST", body: body() });
    await waitFor(() => listener.came.size > 20, "the first deliveries", 120_000);
    const [before, begun] = [listener.came.size, performance.now()];
    const draining = await measure();
    const delivered = ((listener.came.size - before) / (performance.now() - begun)) * 1000;
    const left = due - listener.came.size;
    // Nothing is drained before everything has arrived, and is known to have.
    const destination = async () => (await made.api("/api/destinations")).destinations.find(({ id }) => id === "crm");
    await waitFor(async () => (await destination()).waiting === 0, "all of them", 600_000);
    const seconds = (performance.now() - begun) / 1000;
    if (listener.came.size !== due) throw new Error(`${listener.came.size} of ${due} deliveries arrived`);
    const doubled = [...listener.came.values()].filter((times) => times > 1).length;
    return { idle, draining, delivered_per_second: delivered, still_due_afterwards: left, all_delivered_s: seconds, doubled, dead: (await destination()).dead };
  } finally {
    await server.stop();
    listener.close();
  }
};
