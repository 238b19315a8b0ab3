// Pages that move, swap, hide and share the form while somebody uses it.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { visitor } from "../story/browser.mjs";
import { FIRST_QUESTION, openTown } from "../story/guest.mjs";
import { shifts } from "../story/manners.mjs";
import { waitFor } from "../story/server.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

const move = (page, to) =>
  page.evaluate((to) => {
    const form = document.querySelector("first-contact") ?? window.put;
    window.put = form;
    if (to) document.querySelector(to).append(form);
    else form.remove();
  }, to);
const reach = (scope) => scope.locator("first-contact [name=reach]:visible");

/** What went to the ledger from this page: the bodies of inquiries. */
const posted = (page, bodies = []) => {
  page.on("request", (request) => request.url().endsWith("/v1/inquiries") && bodies.push(JSON.parse(request.postData())));
  return bodies;
};

test("moved, taken away and brought back while somebody types: what was typed stays, and is sent once", async () => {
  const { page, me, told, heard } = await town.visit("moving.html");
  const bodies = posted(page);
  await me.fillContact("moved@example.ru", { name: "Мария" });
  await move(page, "#there");
  assert.equal(await reach(page).inputValue(), "moved@example.ru");
  await move(page, null);
  await page.waitForTimeout(200);
  await move(page, "#here");
  assert.equal(await reach(page).inputValue(), "moved@example.ru");
  await me.agree();
  await me.send();
  await me.seeThanks();
  await me.seeQuestion(FIRST_QUESTION);
  await move(page, "#there");
  await me.seeThanks();
  await page.getByRole("button", { name: /Что-то не устраивает/ }).click();
  await me.seeQuestion("На каком вы этапе?");
  await move(page, null);
  await move(page, "#here");
  await me.seeQuestion("На каком вы этапе?");
  assert.equal(bodies.length, 1);
  assert.equal((await told("recorded")).length, 1);
  assert.deepEqual(heard, []);
});

test("taken away while it is being sent: the lead is recorded all the same, and brought back it says thanks", async () => {
  const { page, context, me, heard } = await town.visit("moving.html");
  let arrive;
  const arrived = new Promise((resolve) => (arrive = resolve));
  await context.route(`${town.server.url}/v1/inquiries`, async (route) => {
    await arrived;
    await route.continue();
  });
  await me.fillContact("flight@example.ru");
  await me.agree();
  await me.send();
  await move(page, null);
  const reply = page.waitForResponse((response) => response.url().endsWith("/v1/inquiries"));
  arrive();
  assert.equal((await reply).status(), 201);
  await move(page, "#there");
  await me.seeThanks();
  await me.seeQuestion(FIRST_QUESTION);
  assert.deepEqual(heard, []);
});

test(
  "a place the page hides shows nothing of the form, and lets clicks through",
  async () => {
    const { page, me } = await town.visit("hidden_place.html");
    await me.form.locator("[name=reach]").waitFor({ state: "attached" });
    const field = page.locator("first-contact [name=reach]");
    const hit = () => page.evaluate(() => {
      const { left, top } = document.querySelector("first-contact").getBoundingClientRect();
      return document.elementFromPoint(left + 60, top + 60)?.nodeName;
    });
    assert.equal(await field.isVisible(), false);
    assert.notEqual(await hit(), "FIRST-CONTACT");
    await page.locator(".tab").evaluate((tab) => tab.classList.add("open"));
    assert.equal(await field.isVisible(), true);
    assert.equal(await hit(), "FIRST-CONTACT");
  },
);

test(
  "two clients on one page, whose forms have the same name: two forms, and each lead goes to its own client",
  async () => {
    const { page, told, heard } = await town.visit("two_clients.html");
    const bodies = posted(page);
    const [first, second] = ["#first", "#second"].map((place) => visitor(page.locator(place)));
    await reach(page.locator("#first")).waitFor();
    await reach(page.locator("#second")).waitFor();
    await second.fillContact("second@example.ru");
    await second.send();
    await second.seeThanks();
    await first.leaveContact("first@example.ru");
    await first.seeQuestion(FIRST_QUESTION);
    assert.deepEqual(bodies.map(({ site, form, contact }) => [site, form, contact.reach]), [
      [town.second, "price", "second@example.ru"],
      [town.server.site, town.server.form, "first@example.ru"],
    ]);
    assert.equal((await told("recorded")).length, 2);
    assert.deepEqual(heard, []);
  },
);

test("two forms of one client on one page: each asks its own", async () => {
  const { page, told, heard } = await town.visit("two_forms.html");
  const bodies = posted(page);
  const [first, second] = ["#first", "#second"].map((place) => visitor(page.locator(place)));
  await reach(page.locator("#first")).waitFor();
  await second.fillContact("short@example.ru");
  await second.send();
  await second.seeThanks();
  await waitFor(async () => (await told("completed")).length === 1, "the end of a form without questions");
  assert.equal(await reach(page.locator("#first")).inputValue(), "");
  await first.leaveContact("long@example.ru");
  await first.seeQuestion(FIRST_QUESTION);
  assert.deepEqual(bodies.map(({ form }) => form), ["price", "steps"]);
  assert.notEqual(bodies[0].id, bodies[1].id);
  assert.deepEqual(heard, []);
});

test("Turbo swaps the body: one form on each page, also when going back", async () => {
  const { page, me, told, heard } = await town.visit("turbo_first.html");
  await reach(page).waitFor();
  await page.evaluate(() => (window.stillTheSame = true));
  await page.locator("#other").click();
  await page.getByRole("heading", { name: "Вторая страница" }).waitFor();
  await reach(page).waitFor();
  assert.equal(await page.locator("first-contact").count(), 1);
  await me.fillContact("turbo@example.ru");
  await page.goBack();
  await page.getByRole("heading", { name: "Первая страница" }).waitFor();
  await reach(page).waitFor();
  assert.equal(await page.locator("first-contact").count(), 1);
  await page.goForward();
  await page.getByRole("heading", { name: "Вторая страница" }).waitFor();
  await reach(page).waitFor();
  assert.equal(await page.locator("first-contact").count(), 1);
  await me.leaveContact("turbo@example.ru");
  await me.seeQuestion(FIRST_QUESTION);
  assert.equal((await told("recorded")).length, 1);
  assert.equal(await page.evaluate(() => window.stillTheSame), true, "no page was loaded anew");
  assert.deepEqual(heard, []);
});

test("a router of view transitions: an element that is kept keeps what was typed, a fresh one is drawn", async () => {
  const { page, me, told, heard } = await town.visit("transition_first.html");
  const shown = () => page.evaluate(() => new Promise((resolve) => document.addEventListener("page-shown", resolve, { once: true })).then(() => {}));
  await me.fillContact("kept@example.ru");
  let done = shown();
  await page.locator("#other").click();
  await done;
  await page.getByRole("heading", { name: "Вторая страница" }).waitFor();
  assert.equal(await reach(page).inputValue(), "kept@example.ru");
  done = shown();
  await page.evaluate(() => show("transition_first.html?fresh"));
  await done;
  assert.equal(await reach(page).inputValue(), "");
  assert.equal(await page.locator("first-contact").count(), 1);
  await me.leaveContact("fresh@example.ru");
  await me.seeQuestion(FIRST_QUESTION);
  assert.equal((await told("recorded")).length, 1);
  assert.deepEqual(heard, []);
});

for (const [name, what] of [
  ["turbo_head", "Turbo, with the tag in the head"],
  ["transition_tag", "a router of view transitions, with the tag in the body"],
]) {
  test(`${what}: the form is there on the next page too`, async () => {
    const { page, me, heard } = await town.visit(`${name}_first.html`);
    await reach(page).waitFor();
    await page.locator("#other").click();
    await page.getByRole("heading", { name: "Вторая страница" }).waitFor();
    await reach(page).waitFor();
    assert.equal(await page.locator("first-contact").count(), 1);
    await me.leaveContact("next@example.ru");
    await me.seeQuestion(FIRST_QUESTION);
    assert.deepEqual(heard, []);
  });
}

for (const way of ["element", "tag"]) {
  test(`React in strict mode, by ${way}: one form; rendering anew keeps it, mounting anew draws it`, async () => {
    const { page, me, told, heard } = await town.visit(`react_strict.html?way=${way}`);
    await reach(page).waitFor();
    if (way === "tag") assert.equal(await page.evaluate(() => window.mounted), 2, "strict mode mounts twice");
    assert.equal(await page.locator("first-contact").count(), 1);
    await me.fillContact("react@example.ru");
    await page.locator("#render").click();
    assert.equal(await reach(page).inputValue(), "react@example.ru");
    await page.locator("#toggle").click();
    await page.locator("first-contact").waitFor({ state: "detached" });
    await page.locator("#toggle").click();
    await reach(page).waitFor();
    assert.equal(await page.locator("first-contact").count(), 1);
    await me.leaveContact("react@example.ru");
    await me.seeQuestion(FIRST_QUESTION);
    await page.locator("#render").click();
    await page.getByRole("button", { name: /Что-то не устраивает/ }).click();
    await me.seeQuestion("На каком вы этапе?");
    assert.equal((await told("recorded")).length, 1);
    assert.deepEqual(heard, []);
  });
}

for (const name of ["in_frame.html", "in_sandbox.html"]) {
  test(`inside a frame of another page (${name})`, async () => {
    const { page, heard } = await town.visit(name);
    const inside = visitor(page.frameLocator("iframe").first());
    const reply = page.waitForResponse((response) => response.url().endsWith("/v1/inquiries"));
    await inside.leaveContact("frame@example.ru");
    assert.equal((await reply).status(), 201);
    await inside.seeQuestion(FIRST_QUESTION);
    assert.deepEqual(heard, []);
  });
}

test("a tab in the background: drawn before anybody looks, and usable when somebody does", async () => {
  const { page, me, heard } = await town.visit("background.html");
  await reach(page).waitFor();
  await me.leaveContact("behind@example.ru");
  await me.seeQuestion(FIRST_QUESTION);
  await page.getByRole("button", { name: /Что-то не устраивает/ }).click();
  await me.seeQuestion("На каком вы этапе?");
  await page.evaluate(() => toFront());
  await waitFor(() => page.evaluate(() => document.querySelector("first-contact").shadowRoot.activeElement?.classList.contains("heading")), "the focus on the question");
  assert.deepEqual(heard, []);
});

test(
  "a page with an Array.from of its own: the inquiry's id is as random as ever",
  async () => {
    // Nineteen digits drawn twice without one letter happen once in sixty million times.
    let chance = "";
    for (const reach of ["one@example.ru", "two@example.ru"]) {
      const { page, me } = await town.visit("patched_prototypes.html");
      const bodies = posted(page);
      await me.leaveContact(reach);
      assert.match(bodies[0].id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      chance += bodies[0].id.slice(15).replace(/-./, "");
    }
    assert.match(chance, /[a-f]/);
  },
);

test("a tag manager's tag is drawn where it asks for, with its fields", async () => {
  const { page, me, told } = await town.visit("tag_manager.html");
  const bodies = posted(page);
  await page.locator("#place > first-contact").waitFor();
  await me.leaveContact("manager@example.ru");
  assert.deepEqual(bodies[0].fields, { via: "manager" });
  await town.recorded(told);
});

test("in a place reserved for it nothing around the form ever moves: drawn late, blamed, thanked, asked", async () => {
  const foot = (page) => page.locator("#after").evaluate((node) => node.getBoundingClientRect().top + scrollY);
  const { page, me } = await town.visit("reserved.html", { late: 400 });
  const before = await foot(page);
  await reach(page).waitFor();
  assert.deepEqual(await shifts(page), []);
  await me.fillContact("still@example.ru");
  await me.send();
  await me.form.locator("#consent-fault:not(:empty)").waitFor();
  await me.agree();
  await me.send();
  await me.seeThanks();
  await me.seeQuestion(FIRST_QUESTION);
  assert.equal(await foot(page), before);
  // Inside the form steps follow each other (the browser does not name what is in a shadow root); nothing of the page's moved.
  assert.deepEqual((await shifts(page)).filter(([, sources]) => sources.some((name) => name && name !== "FIRST-CONTACT")), []);
});

test(
  "a page opened from a folder of files: a polite sentence instead of a form",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "first-contact-page-"));
    const file = join(folder, "saved.html");
    await writeFile(file, `<!doctype html><html lang="ru"><meta charset="utf-8"><title>Файл</title><h1>Сохранено</h1>${town.server.tag}`);
    const { page, me, heard } = await town.visit(pathToFileURL(file).href);
    await me.form.waitFor({ state: "attached" });
    await waitFor(() => me.form.evaluate((element) => element.shadowRoot?.textContent.trim().length > 0), "something to read");
    assert.equal(await reach(page).count(), 0);
    assert.match(await me.form.evaluate((element) => element.shadowRoot.textContent), /\p{L}{3,}.*\./u);
    assert.deepEqual(heard, []);
    await rm(folder, { recursive: true });
  },
);
