// The same four things with one thousand, a hundred thousand and a million leads in one workspace: flat, if each is
// answered by an index. Everything is asked for twice: the first time much of it comes from the disk, where the larger
// file is colder however it is searched; the second time all comes from memory, as far as the machine leaves it there.
import { median } from "../figures.mjs";
import { makeCompany } from "../../story/workspace.mjs";
import { startServer, waitFor } from "../../story/server.mjs";
import { ANSWERS, anInquiry, openListener, toldTo } from "./inquiries.mjs";
import { oneByOne } from "./load.mjs";
import { seed } from "./seed.mjs";

const TIMES = 200;

/** `[{ leads, record, list, open, search, search_cold }]`, medians in milliseconds. */
export const scale = async (sizes, say) => {
  // The lead that is copied has all that a lead has: answers, facts, why it went where it went, messages that arrived.
  const listener = await openListener();
  let server = await startServer();
  const company = await makeCompany(server, toldTo(listener.url), ["crm"]);
  const first = await company.inquire("price", "+7 999 000-00-01", { contact: { reach: "+7 999 000-00-01", name: "Клиент", message: "Сколько стоит?" } });
  for (const [at, answers] of ANSWERS.entries()) await company.answer(first, at + 1, answers);
  await waitFor(async () => (await company.lead(first.lead)).deliveries.filter(({ state }) => state === "sent").length === 2, "both messages", 60_000);
  await company.publish(toldTo(listener.url));
  listener.close();
  const { data, port } = server;
  const lines = [];
  try {
    for (const size of sizes) {
      await server.stop({ keep: true });
      say(`seeding ${size} leads`);
      await seed(data, first.lead, size);
      server = await startServer({ command: "serve", data, port });
      const get = async (path) => {
        const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${company.apiKey}` } });
        if (!response.ok) throw new Error(`${path}: ${response.status}`);
        return response.json();
      };
      const { leads: listed } = await waitFor(() => get("/api/leads"), "the workspace to wake", 120_000);
      const measure = {
        record: () => fetch(`${server.url}/v1/inquiries`, { method: "POST", body: anInquiry(company.site) }).then((response) => response.text()),
        list: () => get("/api/leads"),
        open: (number) => get(`/api/leads/${listed[number % listed.length].id}`),
        search: async (number) => {
          const { leads } = await get(`/api/leads?search=${encodeURIComponent(`8 9${String(1 + (number * 7919) % (size - 1)).padStart(9, "0")}`)}`);
          if (!leads.length) throw new Error("somebody who is there was not found");
        },
      };
      const line = { leads: size };
      for (const [name, call] of Object.entries(measure)) {
        const cold = median(await oneByOne(TIMES, call));
        if (name === "search") line.search_cold = cold;
        line[name] = median(await oneByOne(TIMES, call));
      }
      lines.push(line);
      say(JSON.stringify(line));
    }
  } finally {
    await server.stop();
  }
  return lines;
};
