// Stories of forms that are opened and closed: popup, slider, bubble, and what opens them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";

const LONG = "<p>Мы делаем ремонт двенадцать лет и отвечаем за сроки.</p>".repeat(60);

let town;
let server;
let browser;
let host;
before(async () => {
  town = await openMadeTown();
  ({ server, browser, host } = town);
});
after(() => town?.close());

/** A page with the tag in this mode, a link and a field of its own. */
const page = (attributes, more = "") =>
  madePage(`<h1>Ремонт</h1><a id="link" href="#firstcontact">Узнать цену</a> <button id="own">Кнопка</button> <input id="search">${more}${LONG}${tag(server, attributes)}`);

async function visit(attributes, { more, options, wait = true } = {}) {
  const someone = await person(browser, host, { "made.html": page(attributes, more) }, options);
  const seen = await someone.open("made.html");
  if (wait) await waitFor(async () => (await seen.told("ready")).length === 1, "the form");
  const isOpen = () => seen.page.evaluate(() => !!document.querySelector("first-contact").shadowRoot.querySelector("dialog[open]"));
  return { ...seen, ...someone, isOpen };
}

const inside = (page) =>
  page.evaluate(() => {
    const active = document.activeElement?.shadowRoot?.activeElement;
    return active && (active.name || active.className);
  });

test("a closed popup costs the page nothing: no request, no storage, no click, no shift", async () => {
  const someone = await person(browser, host, { "made.html": page('data-mode="popup"') });
  await someone.context.addInitScript(() => {
    window.noticed = [];
    new PerformanceObserver((list) => window.noticed.push(...list.getEntries().map(({ entryType }) => entryType))).observe({ type: "layout-shift", buffered: true });
  });
  const { page: tab, told, fetched, heard } = await someone.open("made.html");
  await waitFor(async () => (await told("ready")).length === 1, "the form");
  await tab.waitForTimeout(500);
  assert.deepEqual(await tab.evaluate(() => window.noticed), []);
  assert.equal(fetched.filter((url) => url.startsWith(server.url)).length, 1);
  const taken = await tab.evaluate(() => {
    const { width, height } = document.querySelector("first-contact").getBoundingClientRect();
    const hit = [];
    for (let x = 5; x < innerWidth; x += 40) for (let y = 5; y < innerHeight; y += 40) hit.push(document.elementFromPoint(x, y)?.localName);
    return { area: width * height, hit: hit.includes("first-contact"), stored: localStorage.length + sessionStorage.length + document.cookie.length };
  });
  assert.deepEqual(taken, { area: 0, hit: false, stored: 0 });
  assert.deepEqual(heard, []);
  await someone.context.close();
});

test("a popup takes the focus, holds it and the page, and gives both back", async () => {
  const { page: tab, told, isOpen, heard, context } = await visit('data-mode="popup"');
  await tab.locator("#link").click();
  await waitFor(isOpen, "the popup");
  assert.equal(await inside(tab), "name");
  assert.equal(new URL(tab.url()).hash, "", "the link leads nowhere else");
  // A browser's own controls come after the last field, and then the first again; never the page below.
  for (let step = 0; step < 14; step++) {
    await tab.keyboard.press("Tab");
    assert.ok(!["link", "own", "search"].includes(await tab.evaluate(() => document.activeElement.id)));
  }
  await tab.mouse.move(20, 450);
  await tab.mouse.wheel(0, 800);
  await tab.waitForTimeout(200);
  assert.equal(await tab.evaluate(() => scrollY), 0, "the page is held");
  await tab.keyboard.press("Escape");
  await waitFor(async () => !(await isOpen()), "the end of the popup");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "link");
  assert.equal(await tab.evaluate(() => document.documentElement.style.overflow), "");
  assert.equal((await told("open")).length, 1);
  await waitFor(async () => (await told("close")).length === 1, "the close event");

  await tab.evaluate(() => window.firstContact.open());
  await waitFor(isOpen, "the popup again");
  await tab.mouse.click(10, 10);
  await waitFor(async () => !(await isOpen()), "closing by a click beside it");
  assert.deepEqual(heard, []);
  await context.close();
});

test("a popup records the lead and asks on; selecting text out of a field does not close it", async () => {
  const { page: tab, me, told, isOpen, heard, context } = await visit('data-mode="popup"');
  await tab.locator("#link").click();
  await waitFor(isOpen, "the popup");
  await me.fillContact("popup@example.ru");
  const field = await tab.locator("first-contact [name=reach]").boundingBox();
  await tab.mouse.move(field.x + 20, field.y + 10);
  await tab.mouse.down();
  await tab.mouse.move(10, 10);
  await tab.mouse.up();
  assert.equal(await isOpen(), true);
  await me.agree();
  await me.send();
  await me.seeThanks();
  await me.seeQuestion("Какую задачу хотите решить?");
  assert.equal((await told("recorded")).length, 1);
  assert.deepEqual(heard, []);
  await context.close();
});

test("a slider stands at the side that was asked for, and on a phone is a sheet of full width", async () => {
  for (const [attributes, options, expected] of [
    ['data-mode="slider"', {}, { left: 800, right: 1280, bottom: 900 }],
    ['data-mode="slider" data-side="left"', {}, { left: 0, right: 480, bottom: 900 }],
    ['data-mode="slider"', { viewport: { width: 390, height: 844 } }, { left: 0, right: 390, bottom: 844 }],
    ['data-mode="popup"', { viewport: { width: 390, height: 844 } }, { left: 0, right: 390, bottom: 844 }],
  ]) {
    const { page: tab, isOpen, context } = await visit(attributes, { options: { ...options, reducedMotion: "reduce" } });
    await tab.evaluate(() => window.firstContact.open());
    await waitFor(isOpen, "the slider");
    const found = await tab.evaluate(() => {
      const dialog = document.querySelector("first-contact").shadowRoot.querySelector("dialog");
      const { left, right, bottom } = dialog.getBoundingClientRect();
      return { place: { left, right, bottom }, moves: getComputedStyle(dialog).animationName };
    });
    assert.deepEqual(found, { place: expected, moves: "none" }, attributes);
    await context.close();
  }
});

test("a bubble is a round button above the page, and its panel leaves the page alone", async () => {
  const { page: tab, isOpen, me, heard, context } = await visit('data-mode="bubble" data-side="left"', { more: "<style>first-contact{--fc-z:77}</style>" });
  const button = tab.getByRole("button", { name: "Как с вами связаться?" });
  const { x, width, height } = await button.boundingBox();
  assert.ok(width >= 44 && height >= 44 && x < 40);
  const layer = await button.evaluate((node) => getComputedStyle(node.parentNode).zIndex);
  assert.equal(layer, "77");
  await button.click();
  await waitFor(isOpen, "the panel");
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  assert.equal(await inside(tab), "name");
  await tab.locator("#search").fill("плитка");
  assert.equal(await isOpen(), true, "the page may be used beside it");
  await me.form.locator("[name=reach]").focus();
  await tab.keyboard.press("Escape");
  await waitFor(async () => !(await isOpen()), "the end of the panel");
  assert.equal(await inside(tab), "opener");
  await button.click();
  await waitFor(isOpen, "the panel again");
  await button.click();
  await waitFor(async () => !(await isOpen()), "closing by the button");
  assert.deepEqual(heard, []);
  await context.close();
});

test("on a touch screen opening brings up no keyboard", async () => {
  const { page: tab, isOpen, context } = await visit('data-mode="popup"', { options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } });
  await tab.locator("#link").tap();
  await waitFor(isOpen, "the popup");
  assert.equal(await inside(tab), "title");
  await context.close();
});

test("it opens after a time, but never under the hands of somebody who types", async () => {
  const { page: tab, isOpen, told, context } = await visit('data-mode="popup" data-open-after="3"', { wait: false });
  await tab.locator("#search").pressSequentially("как выбрать плитку в ванную", { delay: 180 });
  assert.equal(await isOpen(), false);
  assert.equal(await tab.locator("#search").inputValue(), "как выбрать плитку в ванную");
  await tab.locator("#search").blur();
  await waitFor(isOpen, "the popup, once the field was left");
  assert.equal((await told("open")).length, 1);
  await context.close();
});

test("a bubble that opens by itself takes no focus", async () => {
  const { page: tab, isOpen, context } = await visit('data-mode="bubble" data-open-after="0.3"');
  await tab.locator("#own").focus();
  await waitFor(isOpen, "the panel");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "own");
  await context.close();
});

test("it opens at a depth of the page, when the pointer leaves for the tabs, and by whatever the page names", async () => {
  const deep = await visit('data-mode="slider" data-open-at="50%"');
  await deep.page.waitForTimeout(300);
  assert.equal(await deep.isOpen(), false);
  await deep.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 6));
  await deep.page.waitForTimeout(200);
  assert.equal(await deep.isOpen(), false);
  await deep.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await waitFor(deep.isOpen, "the slider at the end of the page");
  await deep.context.close();

  const leaving = await visit('data-mode="popup" data-open-on-exit');
  await leaving.page.waitForTimeout(300);
  await leaving.page.evaluate(() => document.body.dispatchEvent(new MouseEvent("mouseout", { bubbles: true, clientY: 300, relatedTarget: document.body })));
  assert.equal(await leaving.isOpen(), false);
  await leaving.page.evaluate(() => document.body.dispatchEvent(new MouseEvent("mouseout", { bubbles: true, clientY: -3, relatedTarget: null })));
  await waitFor(leaving.isOpen, "the popup of somebody who leaves");
  await leaving.context.close();

  const named = await visit('data-mode="popup" data-open-on="#own"');
  await named.page.locator("#own").click();
  await waitFor(named.isOpen, "the popup by the page's button");
  await named.context.close();

  const slip = await visit('data-mode="popup" data-open-on="#own[["');
  await slip.page.locator("#own").click();
  await slip.page.locator("#link").click();
  await waitFor(slip.isOpen, "the popup by its link");
  assert.deepEqual(slip.heard, []);
  await slip.context.close();
});

test("closed once by the visitor it does not open by itself again, if so asked; his own click still opens it", async () => {
  const { page: tab, isOpen, context, told } = await visit('data-mode="popup" data-open-after="0.2" data-once="visitor"');
  await waitFor(isOpen, "the popup");
  await tab.keyboard.press("Escape");
  await waitFor(async () => (await told("close")).length === 1, "closing");
  await tab.reload();
  await waitFor(async () => (await told("ready")).length === 1, "the form");
  await tab.waitForTimeout(900);
  assert.equal(await isOpen(), false);
  await tab.locator("#link").click();
  await waitFor(isOpen, "the popup by the link");
  await context.close();
});

test("closed once in this session it opens by itself again only in another, if so asked", async () => {
  const once = await visit('data-mode="popup" data-open-after="0.2" data-once="session"');
  await waitFor(once.isOpen, "the popup");
  await once.page.keyboard.press("Escape");
  await waitFor(async () => (await once.told("close")).length === 1, "closing");
  await once.page.reload();
  await waitFor(async () => (await once.told("ready")).length === 1, "the form");
  await once.page.waitForTimeout(900);
  assert.equal(await once.isOpen(), false);
  // A tab of its own is another session of the same browser.
  const tab = await once.context.newPage();
  await tab.goto(once.page.url());
  await tab.waitForFunction(() => document.querySelector("first-contact")?.shadowRoot?.querySelector("dialog[open]"));
  await once.context.close();
});

test("taken out of the page it lets go of everything, put back it is as it was", async () => {
  const someone = await person(browser, host, { "made.html": page('data-mode="popup" data-open-at="95%"') });
  await someone.context.addInitScript(() => {
    window.listening = new Set();
    for (const target of [window, document]) {
      const { addEventListener } = target;
      target.addEventListener = function (kind, act, options) {
        // Ours end by a signal; the page's and the test's own do not.
        if (options?.signal) {
          const entry = { kind };
          window.listening.add(entry);
          options.signal.addEventListener("abort", () => window.listening.delete(entry));
        }
        return addEventListener.call(target, kind, act, options);
      };
    }
  });
  const { page: tab, told, heard, me } = await someone.open("made.html");
  await waitFor(async () => (await told("ready")).length === 1, "the form");
  await tab.locator("#link").click();
  await me.fillContact("moved@example.ru");
  const held = () => tab.evaluate(() => ({ overflow: document.documentElement.style.overflow, listening: window.listening.size }));
  assert.equal((await held()).overflow, "hidden");
  assert.ok((await held()).listening > 0);
  await tab.evaluate(() => {
    window.kept = document.querySelector("first-contact");
    window.kept.remove();
  });
  assert.deepEqual(await held(), { overflow: "", listening: 0 });
  await tab.evaluate(() => document.body.append(window.kept));
  const modal = await tab.evaluate(() => window.kept.shadowRoot.querySelector("dialog").matches(":modal"));
  assert.equal(modal, true);
  assert.equal((await held()).overflow, "hidden");
  assert.equal(await tab.locator("first-contact [name=reach]").inputValue(), "moved@example.ru");
  await me.agree();
  await me.send();
  await me.seeThanks();
  assert.deepEqual(heard, []);
  await someone.context.close();
});

test("calls queued before the script are kept, and the script may come late", async () => {
  const html = madePage(`<h1>Поздно</h1><script>
    window.firstContact = window.firstContact || { q: [] };
    firstContact.q.push(["identify", { name: "Ада", reach: "ada@example.ru" }], ["set", "plan", "pro"]);
    addEventListener("load", () => setTimeout(() => { const s = document.createElement("script"); s.src = "${server.url}/embed/${server.site}/${server.form}.js"; s.dataset.mode = "popup"; document.head.append(s); firstContact.q.push(["open"]); }, 300));
  </script>`);
  const someone = await person(browser, host, { "made.html": html });
  const { page: tab, me, told } = await someone.open("made.html");
  await tab.locator("first-contact [name=reach]:visible").waitFor();
  assert.equal(await tab.locator("first-contact [name=reach]").inputValue(), "ada@example.ru");
  const sent = tab.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
  await me.agree();
  await me.send();
  const body = JSON.parse((await sent).postData());
  assert.deepEqual([body.contact.name, body.fields.plan, body.device], ["Ада", "pro", "computer"]);
  await me.seeThanks();
  assert.equal((await told("recorded")).length, 1);
  await someone.context.close();
});

test("without the visit script the popup opens in its place, and the lead is recorded with a link to go on", async () => {
  const someone = await person(browser, host, { "made.html": page('data-mode="popup"') });
  await someone.context.route("**/visit.js", (route) => route.abort());
  const { page: tab, me, told } = await someone.open("made.html");
  await waitFor(async () => (await told("ready")).length === 1, "the form");
  await tab.locator("#link").click();
  await me.fillContact("alone@example.ru");
  await me.agree();
  await me.send();
  await me.seeThanks();
  const [{ lead }] = await told("recorded");
  assert.equal((await server.lead(lead)).lead.stage, "first_contact");
  const link = tab.getByRole("link", { name: "Продолжить на нашей странице" });
  await link.waitFor();
  assert.match(await link.getAttribute("href"), /#fc=[0-9a-f-]{36}\./);
  await someone.context.close();
});
