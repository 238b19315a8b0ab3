// Pictures of every step, kept in tests/pictures and compared.
//
// Every machine draws letters its own way, so pixels are compared only where a reference text comes out as it did on
// the machine that made the pictures (tests/pictures/drawing.txt). Elsewhere, and besides, the layout is compared: the
// same parts in the same order, at the same left edge and of the same width, and about as high.
//
// UPDATE=1 makes them anew: look at them before they are kept.
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { boxes, difference, drawing, pictureOf, small } from "../story/pictures.mjs";
import { openStage, walk } from "../story/steps.mjs";

/** Mode, language, theme and width of the visits whose pictures are kept. */
const KEPT = [
  ["inline", "ru", "light", 1280],
  ["inline", "en", "dark", 390],
];

const FOLDER = new URL("../pictures/", import.meta.url);
const update = Boolean(process.env.UPDATE);

let town;
let drawnAlike;
before(async () => {
  town = await openTown();
  const page = await town.browser.newPage();
  const drawn = await drawing(page);
  await page.close();
  if (update) {
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    await writeFile(new URL("drawing.txt", FOLDER), `${drawn}\n`);
  }
  drawnAlike = drawn === (await readFile(new URL("drawing.txt", FOLDER), "utf8")).trim();
});
after(() => town?.close());

/** How the layout differs from the kept one, as sentences; lines of text may be as high as this machine's letters want. */
function moved(found, kept) {
  const parts = (list) => list.map(([part]) => part);
  if (parts(found).join() !== parts(kept).join()) return [`${parts(found)} instead of ${parts(kept)}`];
  return found.flatMap(([part, left, top, width, height], at) => {
    const [, keptLeft, , keptWidth, keptHeight] = kept[at];
    const [, , above] = found[at - 1] ?? [part, 0, -Infinity];
    const said = [];
    if (Math.abs(left - keptLeft) > 2) said.push(`${part} begins at ${left} instead of ${keptLeft}`);
    // The bar shares its line with words, and takes what they leave.
    if (Math.abs(width - keptWidth) > (part === "progress" ? 40 : 2)) said.push(`${part} is ${width} wide instead of ${keptWidth}`);
    if (Math.abs(height - keptHeight) > 4 + keptHeight * 0.35) said.push(`${part} is ${height} high instead of ${keptHeight}`);
    if (top < above && !parts(found).slice(0, at).includes(part)) said.push(`${part} stands above what comes before it`);
    return said;
  });
}

for (const [mode, lang, theme, width] of KEPT) {
  const name = `${mode}-${lang}-${theme}-${width}`;
  test(`pictures: ${mode}, ${lang}, ${theme}, ${width} px`, async (t) => {
    if (!drawnAlike) t.diagnostic("this machine draws letters in another way: only the layout is compared");
    const folder = new URL(`${name}/`, FOLDER);
    const layout = update ? {} : JSON.parse(await readFile(new URL("layout.json", folder), "utf8"));
    if (update) await mkdir(folder, { recursive: true });
    const stage = await openStage(town.browser, town.server, town.host, town.second, { mode, lang, theme, width });
    const differs = [];
    const seen = [];
    await walk(stage, async (step, { page, form }) => {
      const file = new URL(`${step.name}.png`, folder);
      const picture = await pictureOf(page, form);
      const found = await boxes(form);
      seen.push(step.name);
      if (update) {
        await writeFile(file, small(picture));
        layout[step.name] = found;
        return;
      }
      differs.push(...moved(found, layout[step.name] ?? []).map((said) => `${step.name}: ${said}`));
      if (!drawnAlike) return;
      const said = await difference(`${name}-${step.name}`, picture, await readFile(file), { threshold: 0.1, share: 0.0005 });
      if (said) differs.push(`${step.name}: ${said}`);
    });
    if (update) {
      const lines = Object.entries(layout).map(([step, found]) => `${JSON.stringify(step)}: ${JSON.stringify(found)}`);
      await writeFile(new URL("layout.json", folder), `{\n${lines.join(",\n")}\n}\n`);
    }
    assert.deepEqual(seen, Object.keys(layout), "the steps whose pictures are kept");
    assert.deepEqual(differs, []);
    await stage.context.close();
  });
}
