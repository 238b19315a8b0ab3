// The form for everybody: checked by axe, by keyboard, at 400 % zoom, in forced colours, without motion, by ear.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { PNG } from "pngjs";

import { openTown } from "../story/guest.mjs";
import { accessibilityTree, announced, listenToScreen } from "../story/listener.mjs";
import { every, LANGUAGES, MODES, openStage, settle, STEPS, THEMES, walk, WIDTHS } from "../story/steps.mjs";
import { waitFor } from "../story/server.mjs";

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

for (const [mode, lang, theme, width] of every(Object.keys(MODES), LANGUAGES, THEMES, WIDTHS)) {
  test(`axe finds nothing in any step: ${mode}, ${lang}, ${theme}, ${width} px`, async (t) => {
    const stage = await stageFor({ mode, lang, theme, width });
    const found = {};
    const advised = {};
    await walk(stage, async ({ name }, { page }) => {
      const { broken, advice } = await examine(page);
      if (broken.length) found[name] = broken;
      for (const said of advice) (advised[said] ??= []).push(name);
    });
    for (const [said, names] of Object.entries(advised)) t.diagnostic(`axe would advise in ${names.join(", ")}: ${said}`);
    assert.deepEqual(found, {});
    await stage.context.close();
  });
}

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

/** Goes once around with Tab from the top of the page; says where the focus was inside the form, and whether it could be seen. */
async function tabThrough({ page, form }) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    const before = document.querySelector("#before");
    before.tabIndex = -1;
    before.focus();
  });
  const places = [];
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press("Tab");
    const place = await form.evaluate((element) => {
      const node = element.shadowRoot.activeElement;
      if (!node) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      const { top, bottom, left, right, height } = node.getBoundingClientRect();
      return {
        index: [...element.shadowRoot.querySelectorAll("*")].indexOf(node),
        name: node.name || node.className || node.localName,
        seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
        inside: left >= 0 && right <= innerWidth && (height > innerHeight || (top >= 0 && bottom <= innerHeight + 1)),
      };
    });
    if (!place && places.length) return places;
    // A date has stops of its own inside; the browser shows them.
    if (place && place.index !== places.at(-1)?.index) places.push(place);
  }
  assert.fail(`the focus does not leave the form: ${places.map(({ name }) => name).join(", ")}`);
}

/** Everything in the form that can be used now. */
const usable = ({ form }) =>
  form.evaluate((element) =>
    [...element.shadowRoot.querySelectorAll("button,input,textarea,select,a[href]")]
      .filter((node) => node.checkVisibility() && !node.matches(":disabled"))
      .map((node) => node.name || node.className || node.localName),
  );

test("the keyboard reaches everything in every step in the order it is read, sees where it is, and gets out again", async () => {
  const stage = await stageFor();
  await walk(stage, async ({ name }) => {
    const places = await tabThrough(stage);
    assert.deepEqual(places.map(({ name }) => name), await usable(stage), name);
    assert.deepEqual(places.filter(({ seen }) => !seen).map(({ name }) => name), [], `${name}: the focus is seen`);
  }, "text");
  await stage.context.close();
});

test("by keyboard alone: leaves a contact, corrects what was missing, answers, goes back, finishes", async () => {
  const stage = await stageFor();
  const { page, me, form } = stage;
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => form.evaluate(({ shadowRoot }) => shadowRoot.activeElement?.name || shadowRoot.activeElement?.className);
  const reaches = (place) => waitFor(async () => (await focused()) === place, `the focus on ${place}`);
  const asked = async (text) => {
    await me.seeQuestion(text);
    await reaches("heading");
  };
  await form.locator("[name=reach]").waitFor();
  await page.locator("#before").evaluate((before) => {
    before.tabIndex = -1;
    before.focus();
  });
  await press("Tab");
  assert.equal(await focused(), "name");
  await page.keyboard.type("Anna");
  await press("Enter");
  await reaches("reach");
  await page.keyboard.type("keys@example.com");
  await press("Enter");
  await reaches("consent");
  await press("Space", "Enter");
  await me.seeThanks();
  await me.seeQuestion("What would you like to solve?");
  await reaches("thanks");
  await press("1");
  await form.locator(".entry").waitFor();
  await reaches("field");
  await page.keyboard.type("A table");
  await press("Enter");
  await asked("Who will it help first?");
  await press("1", "3");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(), "back");
  await press("Enter");
  await asked("What would you like to solve?");
  assert.equal(await form.locator(".entry .field").inputValue(), "A table");
  await press("2");
  await asked("Who will it help first?");
  await press("Tab", "Space", "Tab", "Tab", "Tab", "Enter");
  await asked("When do you plan to solve this at all?");
  await press("2");
  await asked("What else should we know?");
  await press("Tab", "Tab");
  await page.keyboard.type("Nothing");
  await press("Tab", "Enter");
  /** Goes on without an answer, by the button for it. */
  const pass = async () => {
    while ((await focused()) !== "skip") await press("Tab");
    await press("Enter");
  };
  await asked("How large is it?");
  await press("Tab");
  await page.keyboard.type("12,5");
  await press("Enter");
  await asked("What sum do you have in mind?");
  await press("Tab", "ArrowRight", "Enter");
  await asked("When shall we measure?");
  await press("Tab");
  await page.keyboard.type("01032027");
  await press("Enter");
  await asked("When are you away?");
  await pass();
  await asked("How much does the date matter?");
  await press("7");
  for (const question of ["Another phone?", "Where shall we send the estimate?"]) {
    await asked(question);
    await pass();
  }
  await asked("Shall we send the catalogue?");
  await press("Tab", "Space", "Enter");
  await asked("Which table is closer?");
  await press("2");
  await asked("A drawing, a photo or a brief?");
  await pass();
  await asked("Almost done, Anna");
  await press("Enter");
  await asked("It usually costs");
  await press("3");
  await asked("Close the request?");
  await press("Tab", "Tab", "Enter");
  await asked("It usually costs");
  await press("1");
  await asked("That is all, thank you!");
  await stage.context.close();
});

test("at 400 % zoom everything flows in one column, nothing is cut off, and the focus is never out of sight", async () => {
  // 1280 × 1024 seen at 400 %.
  const stage = await stageFor({ width: 320, height: 256 });
  await walk(stage, async ({ name }, { page, form }) => {
    const sizes = await form.evaluate((element) => {
      const cut = [...element.shadowRoot.querySelectorAll("*")].filter((node) => {
        const { left, right, width } = node.getBoundingClientRect();
        const typed = node.matches("input,textarea,style,progress");
        return width > 0 && (left < -0.5 || right > innerWidth + 0.5 || (!typed && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline"));
      });
      return { page: document.documentElement.scrollWidth, cut: cut.map((node) => node.className || node.localName) };
    });
    assert.deepEqual(sizes, { page: 320, cut: [] }, name);
    if (name !== "end") assert.deepEqual((await tabThrough(stage)).filter(({ inside }) => !inside).map(({ name }) => name), [], `${name}: the focus is in sight`);
    await page.evaluate(() => scrollTo(0, 0));
  });
  await stage.context.close();
});

test("in forced colours controls have borders, the focus is seen, and what is chosen is told apart", async () => {
  const stage = await stageFor({ options: { forcedColors: "active" } });
  await walk(stage, async ({ name }, { form }) => {
    assert.ok(await stage.page.evaluate(() => matchMedia("(forced-colors: active)").matches));
    const borderless = await form.evaluate(({ shadowRoot }) =>
      [...shadowRoot.querySelectorAll(".button,.choice,.field:not(.tick)")]
        .filter((node) => {
          const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(node);
          return parseFloat(borderTopWidth) < 1 || borderTopStyle === "none" || borderTopColor === backgroundColor || /^rgba\(.*, 0\)$/.test(borderTopColor);
        })
        .map((node) => node.className),
    );
    assert.deepEqual(borderless, [], name);
    if (name === "several-chosen") {
      const widths = await form.evaluate(({ shadowRoot }) => [...shadowRoot.querySelectorAll(".choice")].map((node) => [node.getAttribute("aria-pressed"), parseFloat(getComputedStyle(node).borderTopWidth)]));
      const width = (pressed) => widths.find(([is]) => is === pressed)[1];
      assert.ok(width("true") > width("false"), JSON.stringify(widths));
    }
    if (name !== "end") assert.deepEqual((await tabThrough(stage)).filter(({ seen }) => !seen).map(({ name }) => name), [], `${name}: the focus is seen`);
  });
  await stage.context.close();
});

test(
  "in forced colours the way that is done is told apart from the way that is left",
  async () => {
    const stage = await stageFor({ options: { forcedColors: "active" } });
    await walk(stage, () => {}, "text");
    const bar = PNG.sync.read(await stage.form.locator("progress").screenshot({ animations: "disabled" }));
    const colour = (share) => {
      const at = 4 * (Math.floor(bar.height / 2) * bar.width + Math.floor(share * bar.width));
      return [...bar.data.subarray(at, at + 3)];
    };
    // Three of four are done here.
    assert.notDeepEqual(colour(0.1), colour(0.95));
    await stage.context.close();
  },
);

for (const reducedMotion of ["no-preference", "reduce"]) {
  test(`motion: ${reducedMotion}`, async () => {
    const stage = await stageFor({ options: { reducedMotion } });
    await stage.form.locator("[name=reach]").waitFor();
    await stage.form.evaluate((element) => {
      element.moved = [];
      for (const kind of ["animationstart", "transitionrun"]) {
        element.shadowRoot.addEventListener(kind, ({ target, animationName, propertyName }) => element.moved.push(`${target.className || target.localName} ${animationName ?? propertyName}`));
      }
    });
    await walk(stage, () => {});
    const moved = await stage.form.evaluate((element) => element.moved);
    if (reducedMotion === "reduce") assert.deepEqual(moved, []);
    // Else the other half of this test could not fail.
    else assert.ok(moved.length > 0);
    await stage.context.close();
  });
}

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
        if (name === STEPS[0].name) await listenToScreen(stage);
        await stage.page.waitForTimeout(100);
        said.push(...(await announced(stage)));
        const joined = (await accessibilityTree(stage.page)).split("\n").filter((line) => JOINED.test(line));
        if (name === STEPS[0].name) assert.deepEqual(joined, []);
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
      if (name === STEPS[0].name) await listenToScreen(stage);
      // The browser builds its tree a moment after the screen.
      await stage.page.waitForTimeout(100);
      heard[name] = await announced(stage);
      script += `# ${name}\n${heard[name].map((said) => `> ${said}\n`).join("")}${await accessibilityTree(stage.page)}\n\n`;
    });
    const said = (name, pattern) => assert.ok(heard[name].some((line) => pattern.test(line)), `${name}: ${pattern} among ${JSON.stringify(heard[name])}`);
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
