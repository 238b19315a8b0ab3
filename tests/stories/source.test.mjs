// Stories of where a visitor came from: what is known, what is kept, and only with consent.
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

const COOKIES = "for (const each of ['_ga=GA1.1.11.22', '_ym_uid=777', '_fbp=fb.1.2.3', 'session=mine']) document.cookie = each + ';path=/';";

const somebody = (attributes) =>
  person(browser, host, {
    "landing.html": madePage(`<script>${COOKIES}</script><h1>Акция</h1><a id="on" href="contact.html">Связаться</a>${tag(server, `data-mode="popup" ${attributes}`)}`),
    "contact.html": madePage(`<h1>Связь</h1>${tag(server, attributes)}`),
  });

/** Lands from an advertisement, goes on to the page with the form, sends, and shows what was sent. */
async function comeAndSend(someone, reach, between = async () => {}) {
  const seen = await someone.open("landing.html?utm_source=yandex&utm_campaign=Kuhni&fbclid=IwAR_Case");
  await waitFor(async () => (await seen.told("ready")).length === 1, "the form");
  await between(seen.page);
  assert.ok(!seen.fetched.some((url) => url.endsWith(".wasm")), "consent alone fetches no WebAssembly");
  await seen.page.locator("#on").click();
  await seen.me.form.locator("[name=reach]").focus();
  await seen.page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("_bg.wasm")));
  await seen.me.fillContact(reach);
  await seen.me.agree();
  const sent = seen.page.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
  await seen.me.send();
  const { source } = JSON.parse((await sent).postData());
  await seen.me.seeThanks();
  return { source, seen };
}

const kept = (page) => page.evaluate(() => localStorage.getItem("firstcontact:source"));

const waitKept = (page) => waitFor(() => kept(page), "the source to be kept");

test("with consent the source goes from page to page, with the cookies of analytics and of nobody else", async () => {
  const someone = await somebody('data-consent="granted"');
  const { source, seen } = await comeAndSend(someone, "granted@example.ru", waitKept);
  assert.match(source.landing, /landing\.html\?utm_source=yandex&utm_campaign=Kuhni&fbclid=IwAR_Case$/);
  assert.equal(source.first.landing, source.landing);
  assert.ok(Date.parse(source.first.at));
  const { _fbc, ...cookies } = source.cookies;
  assert.deepEqual(cookies, { _ga: "GA1.1.11.22", _ym_uid: "777", _fbp: "fb.1.2.3" });
  assert.match(_fbc, /^fb\.1\.\d{13}\.IwAR_Case$/);

  // He comes back later from elsewhere: the first touch stays, the last is new.
  await seen.page.goto(host.url("contact.html?utm_source=letter"));
  await waitFor(async () => (await kept(seen.page)).includes("letter"), "the new touch");
  const { first, last } = JSON.parse(await kept(seen.page));
  assert.match(first.landing, /utm_source=yandex/);
  assert.match(last.landing, /utm_source=letter/);
  await someone.context.close();
});

test("without consent nothing is kept and no cookie is read, and the page before still stands as the landing", async () => {
  for (const attributes of ["", 'data-consent="wait"', 'data-consent="denied"']) {
    const someone = await somebody(attributes);
    const { source, seen } = await comeAndSend(someone, `none${attributes.length}@example.ru`);
    assert.equal(await kept(seen.page), null, attributes);
    assert.equal(source.cookies, undefined, attributes);
    assert.equal(source.first, undefined, attributes);
    assert.match(source.landing, /landing\.html/, attributes);
    await someone.context.close();
  }
});

test("consent that comes later keeps what was held; taken back, it is removed", async () => {
  const someone = await somebody('data-consent="wait"');
  const { source, seen } = await comeAndSend(someone, "wait@example.ru", async (page) => {
    assert.equal(await kept(page), null);
    await page.evaluate(() => window.firstContact.consent(true));
    await waitKept(page);
  });
  // The second page waits again: only what the page itself knows goes with the inquiry.
  assert.equal(source.cookies, undefined);
  await seen.page.evaluate(() => window.firstContact.consent(true));
  assert.match(await waitKept(seen.page), /utm_source=yandex/);
  await seen.page.evaluate(() => window.firstContact.consent(false));
  await waitFor(async () => (await kept(seen.page)) === null, "the source to be removed");
  await someone.context.close();
});

test("no value is longer than 512 characters, and hidden fields go along", async () => {
  const someone = await person(browser, host, { "long.html": madePage(tag(server, 'data-field-plan="pro"')) });
  const seen = await someone.open(`long.html?gclid=${"A".repeat(3000)}&utm_source=x`);
  await seen.page.evaluate(() => window.firstContact.set("city", "Тверь"));
  await seen.me.fillContact("long@example.ru");
  await seen.me.agree();
  const sent = seen.page.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
  await seen.me.send();
  const { source, fields } = JSON.parse((await sent).postData());
  assert.equal(new URL(source.landing).searchParams.get("gclid"), "A".repeat(512));
  assert.equal(new URL(source.page).searchParams.get("utm_source"), "x");
  assert.deepEqual(fields, { plan: "pro", city: "Тверь" });
  await seen.me.seeThanks();
  await someone.context.close();
});

test("a page that patched prototypes before us changes nothing of what is sent", async () => {
  const patched = `<script>
    Array.prototype.extra = function () {};
    Object.prototype.extend = function () {};
    Array.prototype.toJSON = function () { return "[broken]"; };
    Object.prototype.toJSON = function () { return { broken: true }; };
    const { fetch } = window;
    window.fetch = (...said) => { window.asked = (window.asked || 0) + 1; return fetch(...said); };
  </script>`;
  const someone = await person(browser, host, { "patched.html": madePage(tag(server), { head: patched }) });
  const seen = await someone.open("patched.html");
  await seen.me.fillContact("patched@example.ru", { name: "Ольга" });
  await seen.me.agree();
  const sent = seen.page.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
  await seen.me.send();
  const body = JSON.parse((await sent).postData());
  assert.equal(body.contact.name, "Ольга");
  assert.deepEqual(body.fields, {});
  await seen.me.seeThanks();
  await seen.me.seeQuestion("Какую задачу хотите решить?");
  const answer = seen.page.waitForRequest((request) => request.url().endsWith("/answers"));
  await seen.page.getByRole("button", { name: "Что-то не устраивает" }).click();
  assert.deepEqual(JSON.parse((await answer).postData()).answers, { need: "unclear" });
  assert.deepEqual(seen.heard, []);
  assert.deepEqual(await seen.page.evaluate(() => Object.keys(window).filter((name) => /first|contact/i.test(name))), ["firstContact"]);
  await someone.context.close();
});
