// `cargo xtask bench`: our form beside other people's, in one run, on one machine, in rounds.
//
//   --rounds N   how many times everybody is measured (9)
//   --only WORD  only who has this in his name, beside the empty page and the plain form
//   --pictures   keeps a picture of every screen in target/bench/pictures
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { startServer } from "../story/server.mjs";
import { openBrowser } from "./browser.mjs";
import { closed } from "./closed.mjs";
import { contestants } from "./contestants.mjs";
import { goals } from "./goals.mjs";
import { version } from "./packages.mjs";
import { picture } from "./picture.mjs";
import { openServer } from "./server.mjs";
import { summary } from "./summary.mjs";
import { table } from "./table.mjs";
import { visit } from "./visit.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, only: { type: "string" }, pictures: { type: "boolean" } },
});
const rounds = Number(options.rounds);
const wanted = (contestant) =>
  !options.only || ["empty", "plain"].includes(contestant.id) || contestant.id.includes(options.only) || contestant.name.toLowerCase().includes(options.only.toLowerCase());
const measured = contestants.filter(wanted);

const folder = fileURLToPath(new URL("../../target/bench", import.meta.url));
await mkdir(`${folder}/pictures`, { recursive: true });
const pictures = options.pictures ? `${folder}/pictures` : undefined;

const site = await openServer();
const others = await openServer();
const product = await startServer();
const servers = { site, others, product };
const runs = [];
let browser;
try {
  for (const contestant of measured) {
    contestant.version = contestant.package && (await version(contestant.package));
    await contestant.serve?.(servers);
    if (contestant.open) site.file(`/${contestant.id}`, "html", await contestant.open(servers));
    if (contestant.closed) site.file(`/${contestant.id}/closed`, "html", await contestant.closed(servers));
  }
  browser = await openBrowser();
  // The first page of a browser pays for the browser; it is nobody's.
  await closed(browser, measured[0], `${site.url}/${measured[0].id}/closed`);

  for (let round = 0; round < rounds; round++) {
    // Everybody's turn moves by one, so that nobody always comes after the same neighbour.
    const turn = measured.map((_, at) => measured[(at + round) % measured.length]);
    for (const [kind, measure, path] of [["open", visit, ""], ["closed", closed, "/closed"]]) {
      for (const contestant of turn.filter((each) => each[kind])) {
        process.stderr.write(`· round ${round + 1} of ${rounds}, ${kind}: ${contestant.name}\n`);
        const result = await measure(browser, contestant, `${site.url}/${contestant.id}${path}`, round === 0 ? pictures : undefined);
        runs.push({ round, kind, id: contestant.id, ...result });
        // A run that breaks off in the last round has still measured something.
        await writeFile(`${folder}/runs.json`, JSON.stringify(runs));
      }
    }
  }
} finally {
  await browser?.close();
  await product.stop();
  site.close();
  others.close();
}

const found = summary(measured, runs);
const conditions = { rounds, browser: "Chromium", processor: "4 times slower", network: "slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms" };
const judged = goals(found);
await writeFile(`${folder}/result.json`, JSON.stringify({ at: new Date().toISOString(), conditions, summary: found, goals: judged, runs }, null, 1));
console.log(table(found, judged, conditions));
for (const path of [...site.missing, ...others.missing]) console.log(`asked for and not there: ${path}`);
if (!options.only) await writeFile(new URL("../../docs/bench.svg", import.meta.url), picture(found, conditions));
