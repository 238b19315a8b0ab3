// Pictures of every step, kept in tests/pictures and compared.
//
// Every machine draws letters its own way, so pixels are compared only where a reference text comes out as it did on
// the machine that made the pictures (tests/pictures/drawing.txt). Elsewhere, and besides, the layout is compared: the
// same parts in the same order, at the same left edge and of the same width, and about as high.
//
// UPDATE=1 makes them anew: look at them before they are kept.
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { boxes, difference, drawing, pictureOf, small, windowOf } from "../story/pictures.mjs";
import { every, IN_DIALOGS, LANGUAGES, MODES, openStage, paint, THEMES, walk, WIDTHS } from "../story/steps.mjs";

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
    // What floats over the form has no place in its order.
    const floats = [part, found[at - 1]?.[0]].some((name) => ["close", "opener"].includes(name));
    if (top < above && !floats && !parts(found).slice(0, at).includes(part)) said.push(`${part} stands above what comes before it`);
    return said;
  });
}

/** Pictures and layout of one look: kept in a folder of its own, or compared with what is kept there. */
async function openLook(name) {
  const folder = new URL(`${name}/`, FOLDER);
  const layout = update ? {} : JSON.parse(await readFile(new URL("layout.json", folder), "utf8"));
  if (update) await mkdir(folder, { recursive: true });
  const seen = [];
  const differs = [];
  return {
    async look(step, { page, form, mode }) {
      const file = new URL(`${step}.png`, folder);
      const picture = mode === "inline" ? await pictureOf(page, form) : await windowOf(page);
      const found = await boxes(form);
      seen.push(step);
      if (update) {
        await writeFile(file, small(picture));
        layout[step] = found;
        return;
      }
      differs.push(...moved(found, layout[step] ?? []).map((said) => `${name}, ${step}: ${said}`));
      if (!drawnAlike) return;
      const said = await difference(`${name}-${step}`, picture, await readFile(file), { threshold: 0.1, share: 0.0005 });
      if (said) differs.push(`${name}, ${step}: ${said}`);
    },
    /** What differs; writes the layout instead when it is made anew. */
    async end() {
      if (update) {
        const lines = Object.entries(layout).map(([step, found]) => `${JSON.stringify(step)}: ${JSON.stringify(found)}`);
        await writeFile(new URL("layout.json", folder), `{\n${lines.join(",\n")}\n}\n`);
      }
      assert.deepEqual(seen, Object.keys(layout), "the steps whose pictures are kept");
      return differs;
    },
  };
}

/**
 * Mode, language and width of the visits whose pictures are kept, each in both themes: all of them inline; of the
 * dialogs, inside which is the same form, one language per width, which keeps the pictures below four megabytes.
 */
const LOOKS = [
  ...every(["inline"], LANGUAGES, WIDTHS),
  ...every(Object.keys(MODES).slice(1), [["ru", 390], ["en", 1280]]).map(([mode, [lang, width]]) => [mode, lang, width]),
];

// Two visits at a time: each waits for the other side most of the time.
describe("pictures in both themes", { concurrency: 2 }, () => {
  for (const [mode, lang, width] of LOOKS) {
    test(`${mode}, ${lang}, ${width} px`, async (t) => {
      if (!drawnAlike) t.diagnostic("this machine draws letters in another way: only the layout is compared");
      const stage = await openStage(town.browser, town.server, town.host, town.second, { mode, lang, width });
      const looks = [];
      for (const theme of THEMES) looks.push([theme, await openLook(`${mode}-${lang}-${theme}-${width}`)]);
      await walk(stage, async ({ name }) => {
        if (mode !== "inline" && !IN_DIALOGS.includes(name)) return;
        for (const [theme, { look }] of looks) {
          await paint(stage, theme);
          await look(name, stage);
        }
      });
      const differs = [];
      for (const [, look] of looks) differs.push(...(await look.end()));
      assert.deepEqual(differs, []);
      await stage.context.close();
    });
  }
});
