// The form as a guest: one page per quirk, and on each the form works and leaves nothing behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { visitor } from "../story/browser.mjs";
import { FIRST_QUESTION, openTown } from "../story/guest.mjs";
import { inventory, NOTHING_STORED, stored } from "../story/manners.mjs";
import { waitFor } from "../story/server.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

/** The first question stands where the page lets it: in place, or in our own frame. */
const questionIn = {
  place: (page) => visitor(page),
  frame: (page) => visitor(page.frameLocator("first-contact iframe")),
};

const PAGES = [
  { page: "plain.html" },
  { page: "bootstrap.html" },
  { page: "bulma.html" },
  { page: "foundation.html" },
  { page: "materialize.html" },
  { page: "tailwind_preflight.html" },
  { page: "blog_theme.html" },
  { page: "css_reset.html" },
  { page: "registered_properties.html" },
  { page: "right_to_left.html" },
  { page: "reserved.html" },
  { page: "nonce.html", questions: "frame" },
  { page: "nonce_trusts.html" },
  { page: "strict_csp.html", questions: "frame" },
  { page: "trusted_types.html" },
  { page: "tag_manager.html" },
  {
    page: "patched_prototypes.html",
  },
  {
    page: "patched_fetch.html",
    // What the page's own fetch did wrong, the browser reports.
    noise: /blocked by CORS policy|net::ERR_FAILED/,
  },
  { page: "background.html" },
  { page: "twice.html" },
  { page: "custom_element.html" },
  { page: "moving.html" },
  { page: "react_strict.html" },
  { page: "react_strict.html?way=tag" },
  { page: "turbo_first.html" },
  { page: "transition_first.html" },
];

for (const { page: name, questions = "place", noise } of PAGES) {
  test(name, async () => {
    const bare = await town.visit(name, { bare: true });
    await bare.page.waitForLoadState("load");
    const without = await inventory(bare.page);
    await bare.context.close();

    const { page, context, heard, fetched, told, me } = await town.visit(name);
    await me.form.locator("[name=reach]").waitFor();
    await page.waitForLoadState("networkidle");
    assert.deepEqual(await stored(page), NOTHING_STORED, "nothing is stored before anybody acts");
    const having = await inventory(page);
    const added = having.globals.filter((name) => !without.globals.includes(name));
    assert.deepEqual(added, ["firstContact"]);
    assert.deepEqual(without.globals.filter((name) => !having.globals.includes(name)), []);
    assert.deepEqual({ ...having, globals: [] }, { ...without, globals: [] });
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement === null), "nothing is focused on load");

    await me.leaveContact("guest@example.ru");
    const lead = await town.recorded(told);
    assert.deepEqual(lead.contact.emails, ["guest@example.ru"]);
    await questionIn[questions](page).seeQuestion(FIRST_QUESTION);
    await waitFor(async () => (await told("ready")).length > 0, "the event ready");
    const strangers = fetched.filter((url) => !url.startsWith(town.server.url) && !url.startsWith(town.host.url("")));
    assert.deepEqual(strangers, [], "no third party is asked");
    // What a policy forbids, the browser reports; that is how the form learns of it.
    const errors = questions === "frame" ? heard.filter((said) => !/Content Security Policy|violates/.test(said)) : heard;
    assert.deepEqual(errors.filter((said) => !noise?.test(said)), []);
    await context.close();
  });
}
