// Inquiries recorded per second: the product, the same job by hand in JavaScript, and the runtime doing nothing.
import { median } from "../figures.mjs";
import { anInquiry } from "./inquiries.mjs";
import { load } from "./load.mjs";

const AMOUNT = 600;
const CALLERS = 16;

/** Everybody's turn in every round; `{ name, per_second, p50, p99 }` of medians, in the order of `contestants`. */
export const sideBySide = async (contestants, rounds, say) => {
  const runs = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, url, site } of contestants.map((_, place) => contestants[(place + round + contestants.length) % contestants.length])) {
      const found = await load(`${url}/v1/inquiries`, { amount: AMOUNT, callers: CALLERS, body: () => anInquiry(site) });
      if (found.refused) throw new Error(`${name} refused ${found.refused} of ${found.calls} inquiries`);
      // The first round warms everybody up and counts for nobody.
      if (round >= 0) runs.get(name).push(found);
      say(`round ${round + 1} of ${rounds}: ${name} ${found.per_second.toFixed(0)}/s`);
    }
  }
  return contestants.map(({ name }) => {
    const of = (member) => median(runs.get(name).map((run) => run[member]));
    return { name, per_second: of("per_second"), p50: of("p50"), p99: of("p99"), runs: runs.get(name).map(({ per_second }) => per_second) };
  });
};
