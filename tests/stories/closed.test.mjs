// Stories of what a form costs a page whose visitors never turn to it, and of what it leaves when it is taken away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";

let town;
let server;
let browser;
let host;
before(async () => {
  town = await openMadeTown();
  ({ server, browser, host } = town);
});
after(() => town?.close());

const LINK = '<a id="link" href="#firstcontact">Связаться</a>';
const ready = (seen) => waitFor(async () => (await seen.told("ready")).length === 1, "the form");

for (const mode of ["popup", "slider"]) {
  test(`a closed ${mode} is nothing but its element: nothing drawn, dressed or looked at; the pointer near its link begins it`, async () => {
    const someone = await person(browser, host, { "made.html": madePage(`${LINK}${tag(server, `data-mode="${mode}"`)}`) });
    await someone.context.addInitScript(() => {
      window.looked = [];
      const watch = (object, name) => {
        const real = object[name];
        object[name] = function (...said) {
          window.looked.push(name);
          return real.apply(this, said);
        };
      };
      watch(window, "getComputedStyle");
      watch(window, "matchMedia");
      watch(Element.prototype, "getBoundingClientRect");
      watch(Crypto.prototype, "getRandomValues");
    });
    const seen = await someone.open("made.html");
    await ready(seen);
    await seen.page.waitForTimeout(300);
    assert.deepEqual(await seen.page.evaluate(() => window.looked), []);
    const root = () => seen.page.evaluate(() => {
      const { childNodes, adoptedStyleSheets } = document.querySelector("first-contact").shadowRoot;
      return [childNodes.length, adoptedStyleSheets.reduce((sum, { cssRules }) => sum + cssRules.length, 0)];
    });
    assert.deepEqual(await root(), [0, 2], "nothing in it, and the two rules of how it takes no place");
    const { width, height } = await seen.page.evaluate(() => document.querySelector("first-contact").getBoundingClientRect());
    assert.equal(width * height, 0);
    await seen.page.locator("#link").hover();
    await waitFor(async () => (await root())[0] > 0, "the form to be made");
    await seen.page.locator("#link").click();
    await seen.page.locator("first-contact [name=reach]").waitFor();
    assert.deepEqual(seen.heard, []);
    await someone.context.close();
  });
}

test("a closed form takes no place among a page's columns either", async () => {
  const columns = "<style>body{display:flex;gap:40px;flex-wrap:wrap;margin:0} body>div{flex:1;height:100px}</style><div></div><div></div>";
  const widths = [];
  for (const more of ["", tag(server, 'data-mode="popup"')]) {
    const someone = await person(browser, host, { "made.html": madePage(columns + more) });
    const seen = await someone.open("made.html");
    if (more) await ready(seen);
    widths.push(await seen.page.evaluate(() => document.querySelector("div").getBoundingClientRect().width));
    await someone.context.close();
  }
  assert.equal(widths[1], widths[0]);
});

test("the tag costs at most 8 KB on the wire, headers included", async () => {
  const someone = await person(browser, host, { "made.html": madePage(`${LINK}${tag(server, 'data-mode="popup"')}`) });
  const page = await someone.context.newPage();
  const cdp = await someone.context.newCDPSession(page);
  const ours = new Map();
  cdp.on("Network.responseReceived", ({ requestId, response }) => response.url.startsWith(server.url) && ours.set(requestId, 0));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => ours.has(requestId) && ours.set(requestId, encodedDataLength));
  await cdp.send("Network.enable");
  await page.goto(host.url("made.html"));
  await waitFor(() => [...ours.values()].some(Boolean), "the script");
  await page.waitForTimeout(500);
  const bytes = [...ours.values()];
  assert.equal(bytes.length, 1);
  assert.ok(bytes[0] > 1000 && bytes[0] <= 8192, `${bytes[0]} bytes`);
  await someone.context.close();
});

/** How many listeners of each kind stand on what outlives every element. */
async function listeners(page) {
  const cdp = await page.context().newCDPSession(page);
  const found = {};
  for (const target of ["window", "document", "document.documentElement", "document.body"]) {
    const { result } = await cdp.send("Runtime.evaluate", { expression: target });
    const { listeners } = await cdp.send("DOMDebugger.getEventListeners", { objectId: result.objectId });
    for (const { type } of listeners) found[`${target} ${type}`] = (found[`${target} ${type}`] ?? 0) + 1;
  }
  await cdp.detach();
  return found;
}

test("added, used and removed many times, forms leave no listener behind, whichever way the questions went", async () => {
  const policy = `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' ${server.url}">`;
  const someone = await person(browser, host, {
    "free.html": madePage(tag(server)),
    "bound.html": madePage(tag(server), { head: policy }),
  });
  for (const name of ["free.html", "bound.html"]) {
    const seen = await someone.open(name);
    await ready(seen);
    const use = async (round) => {
      await seen.page.evaluate(() => sessionStorage.clear());
      await seen.me.leaveContact(`${round}-${name}@example.ru`);
      await seen.page.locator(name === "free.html" ? "first-contact .question" : "first-contact iframe").waitFor({ timeout: 20_000 });
    };
    await use("first");
    const renew = (mode) =>
      seen.page.evaluate((mode) => {
        const { site, form } = Object.fromEntries(["site", "form"].map((name) => [name, document.querySelector("first-contact").getAttribute(name)]));
        sessionStorage.clear();
        document.querySelector("first-contact").remove();
        const fresh = document.createElement("first-contact");
        for (const [name, value] of Object.entries({ site, form, ...(mode && { mode }) })) fresh.setAttribute(name, value);
        document.body.append(fresh);
      }, mode);
    await renew();
    await use("second");
    // What waits for the next paint listens a moment longer.
    await seen.page.waitForTimeout(500);
    const before = await listeners(seen.page);
    for (let round = 0; round < 3; round++) {
      await renew();
      await use(round);
    }
    await waitFor(async () => assert.deepEqual(await listeners(seen.page), before) ?? true, "no more listeners than before");
    await seen.page.evaluate(() => document.querySelector("first-contact").remove());
    const kinds = ["document visibilitychange", "window pagehide", "window message", "document securitypolicyviolation", "document click", "document pointerover"];
    await waitFor(async () => {
      const left = await listeners(seen.page);
      for (const kind of kinds) assert.equal(left[kind], undefined, `${name}: ${kind}`);
      return true;
    }, "no listeners");
  }
  await someone.context.close();
});

test("with the inquiry goes how long the contact step was before him, and what was put where nobody writes", async () => {
  const someone = await person(browser, host, { "made.html": madePage(tag(server)) });
  for (const [reach, bot] of [["person@example.ru", false], ["bot@example.ru", true]]) {
    const seen = await someone.open("made.html");
    await seen.me.form.locator("[name=reach]").focus();
    const trap = seen.page.locator("first-contact [name=website]");
    await trap.waitFor({ state: "attached" });
    // Nobody comes there by the keyboard, by the eye or by a screen reader.
    assert.equal(await trap.evaluate((field) => field.tabIndex), -1);
    assert.equal(await trap.evaluate((field) => getComputedStyle(field).opacity), "0");
    assert.equal(await trap.getAttribute("aria-hidden"), "true");
    await seen.me.fillContact(reach);
    await seen.me.agree();
    if (bot) await trap.evaluate((field) => (field.value = "https://casino.example"));
    await seen.page.waitForTimeout(300);
    const sent = seen.page.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
    await seen.me.send();
    const body = JSON.parse((await sent).postData());
    assert.ok(Number.isInteger(body.took) && body.took >= 300 && body.took < 60_000, String(body.took));
    assert.equal(body.trap, bot ? "https://casino.example" : "");
    assert.equal(body.contact.website, undefined);
    await seen.me.seeThanks();
    await seen.page.close();
  }
  await someone.context.close();
});
