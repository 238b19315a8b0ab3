// The fault matrix: a table of cases, each with what is injected and what must hold. After every case the same is
// asked: is every acknowledged inquiry in the ledger or the spill, exactly once, and does every delivery end delivered or
// visibly dead? What takes a browser is a story of its own that asks the same (`seen`). The long ones run with `cargo xtask test --soak`.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import elsewhere from "./matrix/elsewhere.mjs";
import objects from "./matrix/objects.mjs";
import powerAndTime from "./matrix/power_and_time.mjs";
import receivers from "./matrix/receivers.mjs";
import { openTown } from "./matrix/town.mjs";

const CASES = [...objects, ...receivers, ...powerAndTime, ...elsewhere];

/** A story of this title is there, and asks at its end what is asked here. */
async function isSeen(file, title) {
  const source = await readFile(file, "utf8");
  const words = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const [story] = source.match(new RegExp(`^( *)test\\(["\`]${words}[^]*?^\\1\\}\\);$`, "m")) ?? assert.fail(`${file} has no story "${title}"`);
  assert.match(story, /\b(accountedFor|everythingArrives|nothingLost)\(/, `"${title}" does not ask whether anything was lost`);
}

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

for (const { name, injected, held, soak, seen, run } of CASES) {
  const skip = soak && !process.env.SOAK && "with --soak";
  test(`${name}: ${injected} → ${held}`, { skip, timeout: process.env.SOAK ? 1_800_000 : 180_000 }, async () => {
    if (seen) await isSeen(...seen);
    if (!run) return;
    try {
      await run(town);
    } finally {
      await town.heal();
    }
    await town.accountedFor();
    await town.everythingEnds();
  });
}
