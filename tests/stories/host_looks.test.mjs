// The form looks the same, pixel for pixel, whatever styles the page has.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { FIRST_QUESTION, openTown, withoutTimes } from "../story/guest.mjs";
import { difference, lift, pictureOf } from "../story/pictures.mjs";
import { settle } from "../story/steps.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

// Three pictures of the same visit: the first step, its faults, and the first question below the thanks.
const LOOKS = [
  ["bootstrap.html", "plain.html"],
  ["bulma.html", "plain.html"],
  ["foundation.html", "plain.html"],
  ["materialize.html", "plain.html"],
  ["tailwind_preflight.html", "plain.html"],
  ["blog_theme.html", "plain.html"],
  ["css_reset.html", "plain.html"],
  ["registered_properties.html", "plain.html"],
  ["right_to_left.html", "english.html"],
];
// Without motion: what has just moved is drawn with softer edges for a while.
const look = async (name) => {
  const { page, context, me } = await town.visit(name, { viewport: { width: 1280, height: 1200 }, reducedMotion: "reduce" });
  await withoutTimes(page, town.server);
  await me.form.locator("[name=reach]").waitFor();
  await lift(page);
  const pictures = { contact: await pictureOf(page) };
  await me.fillContact("look@example.ru", { name: "Анна" });
  await me.send();
  await me.form.locator("#consent-fault:not(:empty)").waitFor();
  pictures.fault = await pictureOf(page);
  await me.agree();
  await me.send();
  await me.seeThanks();
  await me.seeQuestion(FIRST_QUESTION);
  await settle(page);
  pictures.question = await pictureOf(page);
  await context.close();
  return pictures;
};
const plain = {};
for (const [name, model] of LOOKS) {
  test(name, async () => {
    const kept = (plain[model] ??= await look(model));
    const found = await look(name);
    for (const step of Object.keys(kept)) assert.equal(await difference(`${name}-${step}`, found[step], kept[step]), null, step);
  });
}
