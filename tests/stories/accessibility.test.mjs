// The form for everybody: by keyboard, at 400 % zoom, in forced colours, without motion. What axe says: axe.test.mjs; by ear: by_ear.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PNG } from "pngjs";

import { openTown } from "../story/guest.mjs";
import { openStage, walk } from "../story/steps.mjs";
import { waitFor } from "../story/server.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

const stageFor = (asked) => openStage(town.browser, town.server, town.host, town.second, asked);

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

/** Everything in the form that a person can use now; the trap for machines is out of everybody's way. */
const usable = ({ form }) =>
  form.evaluate((element) =>
    [...element.shadowRoot.querySelectorAll("button,input,textarea,select,a[href]")]
      .filter((node) => node.checkVisibility() && !node.matches(":disabled") && !node.closest("[aria-hidden=true]"))
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
