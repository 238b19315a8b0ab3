// `cargo xtask bench --intake`: recording, growing, delivering, in one run on one machine.
//
//   --rounds N  how many times everybody is measured (9)
//   --only WORD beside, scale, drain, start, cost or soak
//   --leads N   the largest workspace (1000000)
//   --soak N    inquiries of the soak (100000)
//   --due N     deliveries that are drained (10000)
//   --cost N    leads that are counted (1000)
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { makeCompany } from "../../story/workspace.mjs";
import { startServer } from "../../story/server.mjs";
import { median } from "../figures.mjs";
import { cost } from "./cost.mjs";
import { drain } from "./drain.mjs";
import { FORM } from "./inquiries.mjs";
import { startWorker } from "./runtime.mjs";
import { scale } from "./scale.mjs";
import { sideBySide } from "./side_by_side.mjs";
import { soak } from "./soak.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" }, only: { type: "string" },
    leads: { type: "string", default: "1000000" }, soak: { type: "string", default: "100000" },
    due: { type: "string", default: "10000" }, cost: { type: "string", default: "1000" },
  },
});
const rounds = Number(options.rounds);
const wanted = (part) => !options.only || options.only === part;
const say = (text) => process.stderr.write(`· ${text}\n`);
const result = { at: new Date().toISOString() };
const lines = [];
const ms = (value) => value.toFixed(value < 10 ? 2 : 0);

if (wanted("beside")) {
  const product = await startServer({ command: "serve" });
  const byHand = await startWorker("./peer/peer.js", { port: product.port + 1, objects: true });
  const empty = await startWorker("./peer/empty.js", { port: product.port + 2 });
  try {
    const { site } = await makeCompany(product, FORM);
    const { key } = await (await fetch(`${byHand.url}/key/peer`)).json();
    const contestants = [
      { name: "First Contact", url: product.url, site },
      { name: "the same job in JavaScript (Hono, Durable Object)", url: byHand.url, site: key },
      { name: "a Worker that does nothing", url: empty.url, site: "none" },
    ];
    const found = await sideBySide(contestants, rounds, say);
    const hand = found[1];
    result.beside = found;
    lines.push(`\nInquiries recorded, ${rounds} rounds, medians\n`);
    for (const line of found) {
      lines.push(`${line.name.padEnd(52)} ${line.per_second.toFixed(0).padStart(6)} /s  ${(line.per_second / hand.per_second).toFixed(2)} ×   p50 ${ms(line.p50)} ms  p99 ${ms(line.p99)} ms`);
    }
    lines.push(`${found[0].per_second >= hand.per_second ? "met    " : "NOT MET"}  at least as many per second as by hand`);
  } finally {
    await Promise.all([product.stop(), byHand.stop(), empty.stop()]);
  }
}

if (wanted("scale")) {
  const sizes = [1_000, 100_000, 1_000_000].filter((size) => size <= Number(options.leads));
  const found = await scale(sizes, say);
  result.scale = found;
  lines.push("\nOne workspace as it grows, medians in ms (and times the smallest)\n");
  const names = ["record", "list", "open", "search"];
  lines.push(`${"leads".padStart(9)}  ${names.map((name) => name.padStart(16)).join("")}`);
  for (const line of found) {
    lines.push(`${String(line.leads).padStart(9)}  ${names.map((name) => `${ms(line[name])} (${(line[name] / found[0][name]).toFixed(2)} ×)`.padStart(16)).join("")}`);
  }
  const worst = Math.max(...found.flatMap((line) => names.map((name) => line[name] / found[0][name])));
  lines.push(`${worst <= 1.5 ? "met    " : "NOT MET"}  each flat within 1.5 ×: ${worst.toFixed(2)} ×`);
  lines.push(`somebody asked for the first time, from the disk: ${found.map((line) => ms(line.search_cold)).join(", ")} ms`);
}

if (wanted("drain")) {
  const found = await drain(say, Number(options.due));
  result.drain = found;
  const ratio = found.draining.p99 / found.idle.p99;
  lines.push(`\nIntake while ${options.due} deliveries are due\n`);
  lines.push(`idle      p50 ${ms(found.idle.p50)} ms  p99 ${ms(found.idle.p99)} ms`);
  lines.push(`draining  p50 ${ms(found.draining.p50)} ms  p99 ${ms(found.draining.p99)} ms   ${found.delivered_per_second.toFixed(0)} delivered a second meanwhile, ${found.still_due_afterwards} still due afterwards`);
  lines.push(`${ratio <= 3 ? "met    " : "NOT MET"}  p99 while draining at most 3 × idle: ${ratio.toFixed(2)} ×`);
  const whole = found.doubled === 0 && found.dead === 0;
  lines.push(`${whole ? "met    " : "NOT MET"}  all of them delivered, once: after ${found.all_delivered_s.toFixed(0)} s, ${found.doubled} twice, ${found.dead} dead`);
}

if (wanted("start")) {
  const took = [];
  for (let round = 0; round < Math.min(rounds, 5); round++) {
    const begun = performance.now();
    const server = await startServer({ command: "serve" });
    took.push(performance.now() - begun);
    await server.stop();
  }
  result.start = took;
  lines.push(`\nFrom the command to the first answer: ${median(took).toFixed(0)} ms\n`);
}

if (wanted("cost")) {
  const found = await cost(Number(options.cost));
  result.cost = found;
  lines.push(`\n${options.cost} leads, counted\n`);
  lines.push(`${"".padEnd(28)}${["requests", "alarms", "statements", "rows read", "rows written", "KB kept"].map((title) => title.padStart(14)).join("")}`);
  for (const line of found) {
    lines.push(`${line.what.padEnd(28)}${[line.requests, line.alarms, line.statements, line.read, line.written, Math.round(line.bytes / 1024)].map((figure) => String(figure).padStart(14)).join("")}`);
  }
}

if (options.only === "soak") {
  const found = await soak(Number(options.soak), say);
  result.soak = found;
  lines.push(`\nMemory of the runtime over ${options.soak} inquiries, MB: ${found.megabytes.map((megabytes) => megabytes.toFixed(0)).join(" ")}`);
  lines.push(`${found.ratio <= 1.1 ? "met    " : "NOT MET"}  flat, the last quarter within 1.1 × of the second: ${found.ratio.toFixed(2)} ×`);
}

const folder = fileURLToPath(new URL("../../../target/bench", import.meta.url));
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/intake.json`, JSON.stringify(result, null, 1));
console.log(lines.join("\n"));
