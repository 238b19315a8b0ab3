// What an owner may change of the form's look: every custom property and every part that README names, and the theme.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { every, LANGUAGES, openStage, settle, WIDTHS, walk } from "../story/steps.mjs";
import { makeCompany } from "../story/workspace.mjs";

// Scales of every length, each as a form of its own: the last in the page, the first as a quiz begins.
const ENDS = `low = { ru = "совсем не важен", en = "not at all" }, high = { ru = "очень важен", en = "very much" }`;
const CONTACT = (place) => `contact = { place = "${place}", title = { ru = "Как с вами связаться?", en = "How can we reach you?" }, consent = { kind = "notice", version = "1", text = { ru = "Отправляя, вы соглашаетесь", en = "By sending you agree" } } }`;
const SPANS = [[0, 10], [1, 10], [1, 7], [0, 5], [1, 5]];
const SCALES = ["first", "last"]
  .flatMap((place) =>
    SPANS.map(
      ([min, max]) => `
[[forms]]
id = "${place}-${min}-${max}"
${CONTACT(place)}
questions = [{ id = "weight", kind = "scale", min = ${min}, max = ${max}, ${ENDS}, text = { ru = "Насколько важен срок?", en = "How much does the date matter?" } }]
`,
    ),
  )
  .join("");

let town;
let readme;
let company;
before(async () => {
  readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  town = await openTown();
  company = await makeCompany(town.server, SCALES);
});
after(() => town?.close());

const stageFor = (asked) => openStage(town.browser, town.server, town.host, town.second, asked);

/** The names that README promises in the sentence that begins so. */
const promised = (pattern) => [...readme.match(pattern)[0].matchAll(/`([^`]+)`/g)].map(([, name]) => name);

/** Styles of what the selector finds in the form. */
const styleOf = ({ form }, selector) =>
  form.evaluate(({ shadowRoot }, selector) => {
    const node = shadowRoot.querySelector(selector);
    const { color, backgroundColor, borderTopLeftRadius, fontFamily, outlineColor, zIndex, accentColor, width } = getComputedStyle(node);
    return { color, backgroundColor, borderTopLeftRadius, fontFamily, outlineColor, zIndex, accentColor, width };
  }, selector);

/** Each property as an owner would set it, and what is then so: selector, style, value. */
const PROPERTIES = {
  "--fc-accent": ["rgb(12, 34, 200)", [[".button", "backgroundColor", "rgb(12, 34, 200)"]]],
  "--fc-on-accent": ["rgb(255, 250, 1)", [[".button", "color", "rgb(255, 250, 1)"]]],
  "--fc-mark": ["rgb(120, 20, 90)", [["[name=reach]", "outlineColor", "rgb(120, 20, 90)"], ["a", "color", "rgb(120, 20, 90)"], [".tick", "accentColor", "rgb(120, 20, 90)"]]],
  "--fc-background": ["rgb(250, 240, 230)", [[".card", "backgroundColor", "rgb(250, 240, 230)"]]],
  "--fc-radius": ["3px", [["[name=reach]", "borderTopLeftRadius", "3px"], [".button", "borderTopLeftRadius", "3px"], [".card", "borderTopLeftRadius", "11px"]]],
  "--fc-font": ["monospace", [[".title", "fontFamily", "monospace"], ["[name=reach]", "fontFamily", "monospace"], [".button", "fontFamily", "monospace"]]],
  "--fc-width": ["410px", [[".card", "width", "410px"]]],
};

for (const theme of ["light", "dark"]) {
  test(`every custom property of README does what it says: ${theme}`, async () => {
    const names = promised(/Colours and shapes are [^;]+;/);
    assert.deepEqual(names.filter((name) => name !== "--fc-z").sort(), Object.keys(PROPERTIES).sort());
    const stage = await stageFor({ theme });
    await stage.form.locator("[name=reach]").focus();
    for (const [name, [value, expected]] of Object.entries(PROPERTIES)) {
      for (const [selector, style, wanted] of expected) {
        const before = (await styleOf(stage, selector))[style];
        assert.notEqual(before, wanted, `${name}: ${selector} has it anyway`);
      }
      // As a page writes it: a rule of its own, outside.
      const rule = await stage.page.addStyleTag({ content: `first-contact{${name}:${value}}` });
      await settle(stage.page);
      for (const [selector, style, wanted] of expected) assert.equal((await styleOf(stage, selector))[style], wanted, `${name}: ${style} of ${selector}`);
      await rule.evaluate((node) => node.remove());
    }
    await stage.context.close();
  });
}

test("--fc-z lifts bubble and dialogs", async () => {
  for (const mode of ["bubble", "slider"]) {
    const stage = await stageFor({ mode });
    await walk(stage, () => {}, "contact");
    const selector = mode === "bubble" ? ".corner" : "dialog";
    assert.notEqual((await styleOf(stage, selector)).zIndex, "77");
    await stage.page.addStyleTag({ content: "first-contact{--fc-z:77}" });
    assert.equal((await styleOf(stage, selector)).zIndex, "77", mode);
    await stage.context.close();
  }
});

// Where in a visit a part is to be seen; `offer` is there once a mailbox was mistyped, `opener` and `close` in a bubble.
const PARTS_IN = {
  contact: ["card", "title", "label", "field", "box", "button"],
  waiting: ["status"],
  thanks: ["thanks", "heading", "choice", "skip"],
};

test("every part of README can be styled from outside, wherever it is to be seen", async () => {
  const names = promised(/reached by `::part\(\)`: [^.]+\./).filter((name) => name !== "::part()");
  assert.deepEqual([...Object.values(PARTS_IN).flat(), "opener", "close", "offer"].sort(), names.sort());
  const rules = names.map((name, at) => `first-contact::part(${name}){letter-spacing:${at + 2}px}`).join("\n");
  const has = (stage, name) =>
    stage.form.evaluate(
      ({ shadowRoot }, [name, spacing]) => {
        const found = [...shadowRoot.querySelectorAll(`.${name === "field" ? "field:not(.tick)" : name}`)].filter((node) => node.checkVisibility());
        return found.length > 0 && found.every((node) => getComputedStyle(node).letterSpacing === spacing);
      },
      [name, `${names.indexOf(name) + 2}px`],
    );
  // In every later step too: whatever looks like one of them is one of them.
  const without = (stage) =>
    stage.form.evaluate(
      ({ shadowRoot }, names) =>
        names.filter((name) => [...shadowRoot.querySelectorAll(`.${name}`)].some((node) => node.checkVisibility() && !node.part.contains(name))),
      names,
    );
  const inline = await stageFor({});
  await inline.page.addStyleTag({ content: rules });
  await walk(inline, async ({ name: step }) => {
    for (const name of PARTS_IN[step] ?? []) assert.ok(await has(inline, name), `${step}: ${name}`);
    assert.deepEqual(await without(inline), [], step);
  });
  await inline.context.close();

  const bubble = await stageFor({ mode: "bubble" });
  await bubble.page.addStyleTag({ content: rules });
  await walk(bubble, () => {}, "contact");
  for (const name of ["opener", "close"]) assert.ok(await has(bubble, name), name);
  const reach = bubble.form.locator("[name=reach]");
  await reach.fill("anna@gmial.com");
  await bubble.form.locator("[name=message]").focus();
  await bubble.form.locator(".offer").waitFor();
  assert.ok(await has(bubble, "offer"), "offer");
  await bubble.context.close();
});

const isDark = ({ form }) => form.evaluate(({ shadowRoot }) => shadowRoot.querySelector(".fc").classList.contains("dark"));

test("the theme auto follows the system, also when it changes while the form is open; a theme that is asked for does not", async () => {
  for (const mode of ["inline", "popup"]) {
    for (const [theme, expected] of [["auto", [false, true, false]], ["light", [false, false, false]], ["dark", [true, true, true]]]) {
      // A page that says it can do both, and paints nothing of its own.
      const stage = await stageFor({ mode, theme, options: { colorScheme: "light" } });
      await stage.page.addStyleTag({ content: ":root{color-scheme:light dark}body{background:none!important}" });
      await walk(stage, () => {}, "contact");
      const found = [];
      for (const colorScheme of ["light", "dark", "light"]) {
        await stage.page.emulateMedia({ colorScheme });
        await settle(stage.page);
        found.push(await isDark(stage));
      }
      assert.deepEqual(found, expected, `${mode}, ${theme}`);
      // What was typed stays typed.
      await stage.context.close();
    }
  }
});

test("the theme auto follows the page before the system: light on a light page at night, dark on a dark one by day", async () => {
  for (const [background, colorScheme, dark] of [["#fff", "dark", false], ["#101312", "light", true]]) {
    const stage = await stageFor({ theme: "auto", options: { colorScheme } });
    await stage.page.addStyleTag({ content: `body{background:${background}!important}` });
    await stage.form.evaluate((element) => element.setAttribute("theme", "auto"));
    await walk(stage, () => {}, "contact");
    assert.equal(await isDark(stage), dark, background);
    await stage.context.close();
  }
});

/** Where the numbers of a scale stand, row by row, and the words for its ends: all measured in the direction of reading. */
const scaleOf = (form) =>
  form.evaluate(({ shadowRoot }) => {
    const place = (node) => {
      const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
      return { left, right, top, bottom, width, height, words: (node.querySelector("span") ?? node).textContent };
    };
    const rows = new Map();
    for (const node of shadowRoot.querySelectorAll(".scale .choice")) {
      const { top } = node.getBoundingClientRect();
      rows.set(Math.round(top), [...(rows.get(Math.round(top)) ?? []), place(node)]);
    }
    const [low, high] = [...shadowRoot.querySelectorAll(".ends span")].map((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return { ...place(node), ...range.getBoundingClientRect().toJSON() };
    });
    return { rows: [...rows.values()], low, high };
  });

for (const [place, lang, width] of every(["first", "last"], LANGUAGES, WIDTHS)) {
  test(`a scale of any length stands in rows of about as many numbers, from edge to edge, and the words for its ends at its ends: contact ${place}, ${lang}, ${width} px`, async () => {
    for (const [min, max] of SPANS) {
      const name = `${min} to ${max}`;
      const stage = await openStage(town.browser, town.server, town.host, company.site, { lang, width, form: `${place}-${min}-${max}` });
      if (place === "first") {
        await stage.me.fillContact("scale@example.com");
        await stage.me.send();
      }
      await stage.form.locator(".scale").waitFor({ timeout: 20_000 });
      await settle(stage.page);
      const { rows, low, high } = await scaleOf(stage.form);
      assert.deepEqual(rows.flat().map(({ words }) => parseInt(words)), Array.from({ length: max - min + 1 }, (_, at) => min + at), name);
      assert.equal(rows.length, width === 390 && max - min >= 6 ? 2 : 1, `${name}: rows`);
      assert.ok(rows[0].length - rows.at(-1).length <= 1, `${name}: ${rows.map((row) => row.length)}`);
      for (const row of rows) {
        assert.ok(Math.abs(row[0].left - rows[0][0].left) < 1, `${name}: rows begin at one edge`);
        assert.ok(Math.abs(row.at(-1).right - rows[0].at(-1).right) < 1, `${name}: rows end at one edge`);
        for (const { width, height, words } of row) assert.ok(width >= 44 && height >= 44, `${name}: ${words} is ${width} × ${height}`);
      }
      // Each word stands beside its own number's row, above or below, and begins or ends where the row does.
      const beside = (end, row) => Math.min(Math.abs(end.bottom - row[0].top), Math.abs(row[0].bottom - end.top)) < 16;
      assert.ok(beside(low, rows[0]) && Math.abs(low.left - rows[0][0].left) < 1, `${name}: the low end`);
      assert.ok(beside(high, rows.at(-1)) && Math.abs(high.right - rows[0].at(-1).right) < 1, `${name}: the high end`);
      await stage.context.close();
    }
  });
}
