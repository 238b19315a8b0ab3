// The form as a dialog: what it takes of the page while it is open, and gives back; targets large enough for a thumb in every step.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { MODES, openStage, settle, walk } from "../story/steps.mjs";
import { waitFor } from "../story/server.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

const stageFor = (asked) => openStage(town.browser, town.server, town.host, town.second, asked);

const isOpen = ({ form }) => form.evaluate(({ shadowRoot }) => !!shadowRoot.querySelector("dialog").open);

/** Where the focus is: an id of the page, a name or class of the form, or nothing of either. */
const focused = ({ page }) =>
  page.evaluate(() => {
    const inside = document.activeElement.shadowRoot?.activeElement;
    if (inside) return `form: ${inside.name || inside.className}`;
    return document.activeElement.id ? `page: ${document.activeElement.id}` : null;
  });

/** Presses a key so many times, and lists where the focus was. */
async function roam(stage, key, times) {
  const places = [];
  for (let press = 0; press < times; press++) {
    await stage.page.keyboard.press(key);
    places.push(await focused(stage));
  }
  return places;
}

const onThePage = (places) => places.filter((place) => place?.startsWith("page:"));

for (const mode of ["popup", "slider"]) {
  for (const width of [390, 1280]) {
    test(`a ${mode} takes, holds and returns the focus in every step, and the page behind it is out of reach: ${width} px`, async () => {
      const stage = await stageFor({ mode, width, lang: "en" });
      const { page } = stage;
      const outside = {};
      const lost = {};
      await walk(
        stage,
        async ({ name }) => {
          if (name === "closed") {
            await page.locator("#link").focus();
            return;
          }
          assert.equal(await isOpen(stage), true, name);
          const start = await focused(stage);
          if (!start) lost[name] = start;
          if (name === "contact") assert.equal(start, width === 390 ? "form: title" : "form: name");
          // Round and round, both ways: the browser's own controls come in between, the page never.
          const places = [...(await roam(stage, "Tab", 20)), ...(await roam(stage, "Shift+Tab", 20))];
          if (onThePage(places).length) outside[name] = places;
          assert.ok(places.includes("form: close"), `${name}: closing is within reach`);
          // Nor by hand: what is behind hears no click and takes no focus, and pressing it on a phone closes at most.
          await page.evaluate(() => document.querySelector("#own").focus());
          assert.notEqual(await focused(stage), "page: own", name);
        },
        "scale",
      );
      assert.deepEqual(outside, {});
      assert.deepEqual(lost, {});
      await page.keyboard.press("Escape");
      await waitFor(async () => !(await isOpen(stage)), "the end of the dialog");
      assert.equal(await focused(stage), "page: link");
      assert.equal((await roam(stage, "Tab", 1))[0], "page: own", "the page is in reach again");
      // Opened again, it is where the visitor was.
      await page.locator("#link").click();
      await waitFor(() => isOpen(stage), "the dialog again");
      assert.match(await stage.form.locator(".heading").innerText(), /How much does/);
      await stage.form.locator(".close").click();
      await waitFor(async () => !(await isOpen(stage)), "closing by its button");
      assert.equal(await focused(stage), "page: link");
      await stage.context.close();
    });
  }
}

test("a bubble lets the keyboard go on to the page, and Esc in any step leads back to its button", async () => {
  const stage = await stageFor({ mode: "bubble", lang: "en" });
  const { page, form } = stage;
  await walk(
    stage,
    async ({ name }) => {
      if (name === "closed" || name === "sending" || name === "waiting") return;
      assert.match((await focused(stage)) ?? "", /^form:/, name);
      const places = [...(await roam(stage, "Tab", 14)), ...(await roam(stage, "Shift+Tab", 14))];
      assert.ok(onThePage(places).length > 0, `${name}: ${places}`);
      await page.locator("#own").fill("still my page");
      assert.equal(await isOpen(stage), true, name);
      await form.locator(".close").focus();
      await page.keyboard.press("Escape");
      await waitFor(async () => !(await isOpen(stage)), "the end of the panel");
      assert.equal(await focused(stage), "form: opener", name);
      await page.keyboard.press("Enter");
      await waitFor(() => isOpen(stage), "the panel again");
      await settle(page);
    },
    "several",
  );
  await stage.context.close();
});

/**
 * Everything that can be pressed now and is smaller than a thumb, or lies under something else: name, width, height.
 * A box is pressed on its words as well. A link within a sentence is as high as its line, which WCAG 2.5.8 excepts.
 */
const hard = (form) =>
  form.evaluate(({ shadowRoot }) => {
    const pressed = (node) => (["checkbox", "radio"].includes(node.type) ? node.labels[0] : node);
    const covered = (node) => {
      node.scrollIntoView({ block: "nearest" });
      const { left, top, width, height } = node.getBoundingClientRect();
      const top_most = shadowRoot.elementFromPoint(left + width / 2, top + height / 2);
      return !node.contains(top_most) && !node.matches("[disabled] *, :disabled");
    };
    return [...shadowRoot.querySelectorAll("button,a[href],input,textarea,select,summary,iframe,[tabindex='0'],[role=button]")]
      .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest("[aria-hidden=true]") && !(node.localName === "a" && node.closest("label, p")))
      .map((node) => [node.name || node.className || node.localName, pressed(node)])
      .map(([name, node]) => [name, ...["width", "height"].map((side) => Math.round(node.getBoundingClientRect()[side] * 10) / 10), covered(node) ? "covered" : "free"])
      .filter(([, width, height, is]) => width < 44 || height < 44 || is === "covered");
  });

const KINDS = ["single", "several", "text", "number", "range", "date", "period", "scale", "phone", "email", "consent", "price", "file", "statement"];

test("the steps that are measured ask every kind of question there is", async () => {
  const { questions } = await (await fetch(`${town.server.url}/v1/forms/${town.second}/steps`)).json();
  assert.deepEqual([...new Set(questions.map(({ kind = "single" }) => kind))].sort(), KINDS.sort());
});

for (const mode of Object.keys(MODES)) {
  for (const width of [390, 1280]) {
    test(`targets are 44 px at least and lie free in every step: ${mode}, ${width} px`, async () => {
      const stage = await stageFor({ mode, width, lang: "ru" });
      const found = {};
      let steps = 0;
      await walk(stage, async ({ name }) => {
        steps++;
        const few = await hard(stage.form);
        if (few.length) found[name] = few;
      });
      assert.deepEqual(found, {});
      assert.ok(steps >= 27);
      await stage.context.close();
    });
  }
}
