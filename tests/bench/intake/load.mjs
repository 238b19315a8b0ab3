// A number of requests by a number of callers at once, and how long each took. The runtime's own HTTP client with
// connections kept alive: load generators that are packages round times to whole milliseconds, which is what one takes.
import { Agent, request } from "node:http";

import { between } from "../figures.mjs";

/** Posts `body` and gives the status; the answer is read to its end. */
const post = (agent, url, body) =>
  new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", agent, headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) } }, (response) => {
      response.on("end", () => resolve(response.statusCode)).resume();
    });
    call.on("error", reject).end(body);
  });

/** `{ per_second, p50, p99, refused }`, times in milliseconds. `body` makes each request's body. */
export const load = async (url, { amount, callers, body }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const took = [];
  let [left, refused] = [amount, 0];
  const caller = async () => {
    while (left-- > 0) {
      const text = body();
      const begun = performance.now();
      const status = await post(agent, url, text);
      took.push(performance.now() - begun);
      if (status >= 300) refused += 1;
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  took.sort((one, other) => one - other);
  return { per_second: (took.length - refused) / seconds, p50: between(took, 0.5), p99: between(took, 0.99), refused, calls: took.length };
};

/** How long each call takes, one after another, in milliseconds. */
export const oneByOne = async (times, call) => {
  const took = [];
  for (let number = 0; number < times; number++) {
    const begun = performance.now();
    await call(number);
    took.push(performance.now() - begun);
  }
  return took;
};
