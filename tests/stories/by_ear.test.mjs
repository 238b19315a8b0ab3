// The form by ear: what a screen reader finds in every step, and what it is told on the way.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { accessibilityTree, announced, listenToScreen } from "../story/listener.mjs";
import { every, LANGUAGES, MODES, openStage, stepsOf, walk } from "../story/steps.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

const stageFor = (asked) => openStage(town.browser, town.server, town.host, town.second, asked);

const FIRST = stepsOf("inline")[0].name;

/** The words of our own that are run together in names: a screen reader reads them as one word. */
const JOINED = /[a-zа-яё](необязательно|optional|Подробнее|Read more)/;

test(
  "by ear: that it is being sent is announced, and names are words apart",
  async () => {
    const stage = await stageFor();
    const said = [];
    await walk(
      stage,
      async ({ name }) => {
        if (name === FIRST) await listenToScreen(stage);
        await stage.page.waitForTimeout(100);
        said.push(...(await announced(stage)));
        const joined = (await accessibilityTree(stage.page)).split("\n").filter((line) => JOINED.test(line));
        if (name === FIRST) assert.deepEqual(joined, []);
      },
      "sending",
    );
    assert.ok(said.some((line) => /^(status|polite) "Sending/.test(line)), JSON.stringify(said));
    await stage.context.close();
  },
);

// The script of a walk by ear: what is there in each step, and what was announced on the way to it. Kept in
// tests/walks, to be read and compared; UPDATE=1 writes it anew.
for (const [mode, lang] of every(Object.keys(MODES), LANGUAGES)) {
  test(`by ear: ${mode}, ${lang}`, async () => {
    const stage = await stageFor({ mode, lang });
    const heard = {};
    let script = "";
    await walk(stage, async ({ name }) => {
      if (name === stepsOf(mode)[0].name) await listenToScreen(stage);
      // The browser builds its tree a moment after the screen.
      await stage.page.waitForTimeout(100);
      heard[name] = await announced(stage);
      script += `# ${name}\n${heard[name].map((said) => `> ${said}\n`).join("")}${await accessibilityTree(stage.page, mode === "inline" ? "main" : "RootWebArea")}\n\n`;
    });
    const said = (name, pattern) => assert.ok(heard[name].some((line) => pattern.test(line)), `${name}: ${pattern} among ${JSON.stringify(heard[name])}`);
    if (mode !== "inline") said("contact", /^dialog "(Как с вами связаться|How can we reach you)/);
    said("contact-missing", /^alert "(Напишите телефон|Please write a phone)/);
    said("consent-missing", /^alert "(Отметьте согласие|Please tick)/);
    said("waiting", /^status "(Пока не отправилось|Not through yet)/);
    said("thanks", /^(focus p|status) "(Спасибо|Thank you)/);
    said("thanks", /^polite ".*(Какую задачу|What would you like)/);
    for (const name of ["several", "single", "text", "end"]) said(name, /^focus h2 "./);
    for (const name of ["words-beside", "date-beside"]) said(name, /^focus input "./);

    const file = new URL(`../walks/${mode}-${lang}.txt`, import.meta.url);
    if (process.env.UPDATE) {
      await mkdir(new URL(".", file), { recursive: true });
      await writeFile(file, script);
    }
    assert.equal(script, await readFile(file, "utf8"));
    await stage.context.close();
  });
}
