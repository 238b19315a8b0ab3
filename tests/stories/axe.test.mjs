// What axe says of the form: in every mode, step, language, theme and width, and with any accent.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { every, IN_DIALOGS, LANGUAGES, MODES, openStage, paint, settle, THEMES, walk, WIDTHS } from "../story/steps.mjs";

let town;
let axe;
before(async () => {
  axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  town = await openTown();
});
after(() => town?.close());

const stageFor = (asked) => openStage(town.browser, town.server, town.host, town.second, asked);

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds in the form: what breaks a rule, and apart from it what it would only advise. */
async function examine(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (values) => window.axe.run({ include: ["first-contact"] }, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
    [...RULES, "best-practice"],
  );
  const told = violations.map(({ id, tags, nodes }) => ({
    breaks: tags.some((tag) => RULES.includes(tag)),
    said: `${id}: ${nodes.map(({ target, any }) => `${target.flat().at(-1)} (${any[0]?.message ?? ""})`).join("; ")}`,
  }));
  return { broken: told.filter(({ breaks }) => breaks).map(({ said }) => said), advice: told.filter(({ breaks }) => !breaks).map(({ said }) => said) };
}

// Two visits at a time: each waits for the other side most of the time.
describe("axe finds nothing in any step, in both themes", { concurrency: 2 }, () => {
  for (const [mode, lang, width] of every(Object.keys(MODES), LANGUAGES, WIDTHS)) {
    test(`${mode}, ${lang}, ${width} px`, async (t) => {
      const stage = await stageFor({ mode, lang, width });
      const found = {};
      const advised = {};
      const seen = [];
      await walk(stage, async ({ name }, { page }) => {
        if (mode !== "inline" && !IN_DIALOGS.includes(name)) return;
        seen.push(name);
        for (const theme of THEMES) {
          await paint(stage, theme);
          const { broken, advice } = await examine(page);
          if (broken.length) found[`${name}, ${theme}`] = broken;
          for (const said of advice) (advised[said] ??= []).push(`${name}, ${theme}`);
        }
      });
      for (const [said, names] of Object.entries(advised)) t.diagnostic(`axe would advise in ${names.join("; ")}: ${said}`);
      assert.deepEqual(found, {});
      if (mode !== "inline") assert.deepEqual(seen, IN_DIALOGS);
      await stage.context.close();
    });
  }
});

// Light, dark, in the middle, and the loud ones: words on the accent, and thin lines of it, stay legible.
const ACCENTS = [
  { theme: "light", accents: ["#ffffff", "#000000", "#777777", "#ffd400", "#ff0055", "#0d6b5b", "#1a73e8"] },
  { theme: "dark", accents: ["#ffffff", "#000000", "#ffd400", "#0d6b5b", "#58c9ad"] },
  {
    theme: "dark",
    accents: ["#777777", "#ff0055", "#1a73e8"],
  },
];
for (const { theme, accents } of ACCENTS) {
  test(`axe finds nothing with any accent, ${theme}: ${accents.join(", ")}`, async () => {
    const stage = await stageFor({ theme, accent: accents[0] });
    const found = {};
    await walk(
      stage,
      async ({ name }, { page, form }) => {
        if (!["contact", "contact-missing", "words-beside"].includes(name)) return;
        for (const accent of accents) {
          await form.evaluate((element, accent) => element.setAttribute("accent", accent), accent);
          await settle(page);
          const { broken } = await examine(page);
          if (broken.length) found[`${name} ${accent}`] = broken;
        }
      },
      "words-beside",
    );
    assert.deepEqual(found, {});
    await stage.context.close();
  });
}
