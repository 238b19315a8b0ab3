// Memory of the runtime over many inquiries: flat, if nothing is kept in the heap.
import { readFile } from "node:fs/promises";

import { makeCompany } from "../../story/workspace.mjs";
import { startServer } from "../../story/server.mjs";
import { FORM, anInquiry } from "./inquiries.mjs";
import { load } from "./load.mjs";

/** A whole number a quarter. */
const STEPS = 20;

const resident = async (pid) => Number((await readFile(`/proc/${pid}/status`, "utf8")).match(/VmRSS:\s+(\d+)/)[1]) / 1024;

/** `{ megabytes, ratio }`: resident after each twentieth of `amount` inquiries, the first before any; the last quarter's mean by the second's. */
export const soak = async (amount, say) => {
  const server = await startServer({ command: "serve" });
  try {
    const { site } = await makeCompany(server, FORM);
    const megabytes = [await resident(server.runtime_pid)];
    for (let step = 0; step < STEPS; step++) {
      const found = await load(`${server.url}/v1/inquiries`, { amount: Math.ceil(amount / STEPS), callers: 8, body: () => anInquiry(site) });
      if (found.refused) throw new Error(`${found.refused} inquiries were refused`);
      megabytes.push(await resident(server.runtime_pid));
      say(`${(step + 1) * (amount / STEPS)} inquiries, ${found.per_second.toFixed(0)}/s, ${megabytes.at(-1).toFixed(0)} MB`);
    }
    const quarter = (number) => megabytes.slice(1).slice((number - 1) * (STEPS / 4), number * (STEPS / 4));
    const mean = (figures) => figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
    // The first quarter is warming up.
    return { megabytes, ratio: mean(quarter(4)) / mean(quarter(2)) };
  } finally {
    await server.stop();
  }
};
