// What a visitor sees while parts of the product fail: nothing of it, or that his inquiry is still on its way.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../story/browser.mjs";
import { madePage, openMadeHost, person, tag } from "../story/made.mjs";
import { accountedFor, acknowledgedTo, letEverythingEnd } from "../story/oracle.mjs";
import { startServer, waitFor } from "../story/server.mjs";

const KEPT = "Мы сохранили обращение и отправим его сами";

let server;
let browser;
let host;
before(async () => {
  server = await startServer({ faults: true });
  browser = await openBrowser();
  host = await openMadeHost();
});
after(async () => {
  await browser?.close();
  host?.close();
  await server?.stop();
});

const faults = (plan) => fetch(`${server.url}/faults`, { method: "POST", body: JSON.stringify(plan) });
const throwing = (...calls) => ({ fault: "throw_before", times: -1, calls });
const heal = () => faults({ ledger: null, spill: null });

async function somebody() {
  const someone = await person(browser, host, { "form.html": madePage(`<h1>Ремонт</h1>${tag(server)}`) });
  const acknowledged = acknowledgedTo(someone.context);
  return { ...someone, acknowledged, ...(await someone.open("form.html")) };
}

/** Whatever was acknowledged to somebody is there once, and every message about it ends. */
async function nothingLost({ acknowledged }) {
  assert.ok(acknowledged.size > 0, "something was acknowledged");
  await accountedFor(server, acknowledged);
  await letEverythingEnd(server, acknowledged);
}

/** Fills in the form and sends it, once everything of it is there. */
async function send({ page, me }, reach) {
  const joined = page.waitForResponse((response) => response.url().endsWith("_bg.wasm"));
  await me.form.locator("[name=reach]").focus();
  await joined;
  await me.fillContact(reach);
  await me.agree();
  await me.send();
}

/** The one lead with this mailbox, and its one inquiry. */
async function theOne(email) {
  const mine = async () => (await server.api("/api/leads")).leads.filter(({ contact }) => contact.emails.includes(email));
  const found = await waitFor(async () => (await mine()).length && mine(), "the lead", 30_000);
  assert.equal(found.length, 1);
  const lead = await server.lead(found[0].id);
  assert.equal(lead.inquiries.length, 1);
  return lead;
}

test("the ledger fails: the visitor is thanked and asked on, and his lead comes with his answers", async () => {
  await faults({ ledger: throwing("record", "answer") });
  const someone = await somebody();
  const { page, me, told, context } = someone;
  await send(someone, "spilled@example.ru");
  await me.seeThanks();
  assert.equal((await told("recorded")).length, 1);
  await me.seeQuestion("Какую задачу хотите решить?");
  const answered = page.waitForResponse((response) => response.url().endsWith("/answers"));
  await me.choose("Есть конкретная задача");
  assert.equal((await answered).status(), 202);
  await heal();
  await theOne("spilled@example.ru");
  await waitFor(async () => (await theOne("spilled@example.ru")).lead.need === "yes", "the answer", 30_000);
  await nothingLost(someone);
  await context.close();
});

test("nothing durable can be reached: it says that it is kept, and then it gets through once", async () => {
  await faults({ ledger: throwing("record", "answer"), spill: throwing("keep") });
  const someone = await somebody();
  await send(someone, "nowhere@example.ru");
  await someone.page.getByText(KEPT).waitFor();
  assert.deepEqual(await someone.told("recorded"), []);
  await heal();
  await someone.me.seeThanks();
  await theOne("nowhere@example.ru");
  await nothingLost(someone);
  await someone.context.close();
});

test("offline for ten minutes: it says that it is kept, and then it gets through once", async () => {
  const someone = await somebody();
  const { page, me, context } = someone;
  await page.clock.install();
  const joined = page.waitForResponse((response) => response.url().endsWith("_bg.wasm"));
  await me.form.locator("[name=reach]").focus();
  await joined;
  await me.fillContact("offline@example.ru");
  await me.agree();
  await context.setOffline(true);
  await me.send();
  await page.getByText(KEPT).waitFor();
  await page.clock.runFor("10:00");
  assert.deepEqual(await someone.told("recorded"), []);
  await context.setOffline(false);
  await page.clock.runFor("00:40");
  await me.seeThanks();
  await theOne("offline@example.ru");
  await nothingLost(someone);
  await context.close();
});

test("the hosted page without script works while the ledger cannot record", async () => {
  const page = await (await fetch(`${server.url}/f/${server.site}/price?lang=ru`)).text();
  assert.match(page, /name="reach"/);
  await faults({ ledger: throwing("record") });
  const fields = Object.fromEntries([...page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [/name="([^"]*)"/.exec(tag)?.[1], /value="([^"]*)"/.exec(tag)?.[1] ?? ""]));
  const posted = await fetch(`${server.url}/f/${server.site}/price?lang=ru`, { method: "POST", body: new URLSearchParams({ ...fields, reach: "hosted@example.ru", consent: "yes" }) });
  assert.equal(posted.status, 200);
  assert.match(await posted.text(), /Спасибо! Мы уже записали/);
  await heal();
  await theOne("hosted@example.ru");
});

for (const [fault, plan] of [
  ["throws at everything", { fault: "throw_before", times: -1 }],
  ["hangs at everything", { fault: "hang", times: -1 }],
]) {
  test(`a form without script is kept while the ledger ${fault}, which also knows the form`, { timeout: 90_000 }, async () => {
    await faults({ ledger: plan });
    const reach = `${fault.split(" ")[0]}@example.ru`;
    const posted = await fetch(`${server.url}/f/${server.site}/price?lang=ru`, { method: "POST", body: new URLSearchParams({ reach, name: "Пётр" }) });
    const text = await posted.text();
    await heal();
    assert.equal(posted.status, 200, text);
    assert.match(text, /Спасибо! Мы уже записали/);
    const { inquiries } = await theOne(reach);
    assert.equal(inquiries[0].consent_processing, false, "what he was not asked he has not agreed to");
  });
}

test("nothing durable is there for a form without script: he is told so, and what he wrote is on the page", async () => {
  await faults({ ledger: { fault: "throw_before", times: -1 }, spill: throwing("keep") });
  const posted = await fetch(`${server.url}/f/${server.site}/price?lang=ru`, { method: "POST", body: new URLSearchParams({ reach: "typed@example.ru" }) });
  const text = await posted.text();
  await heal();
  assert.deepEqual([posted.status, /typed@example\.ru/.test(text)], [503, true]);
  assert.ok(Number(posted.headers.get("retry-after")) > 0);
});

test("a form that is no longer there, or never was, is a lead all the same; a key that is not ours is none", async () => {
  const post = (path, reach) => fetch(server.url + path, { method: "POST", body: new URLSearchParams({ reach }) });
  assert.equal((await post(`/f/${server.site}/gone`, "form-gone@example.ru")).status, 200);
  await theOne("form-gone@example.ru");
  assert.equal((await post("/f/site_0000/price", "no-key@example.ru")).status, 403);
});

test("a served product has no such layer: nothing outside can make it fail", async () => {
  const served = await startServer({ command: "serve" });
  try {
    for (const path of ["/faults", "/faults/ledger/0000000000000000"]) {
      const response = await fetch(served.url + path, { method: "POST", body: '{"clock":1000000000}' });
      assert.equal(response.status, 404, path);
    }
    assert.ok(Math.abs(Date.parse((await fetch(`${served.url}/v1/health`)).headers.get("date") ?? new Date()) - Date.now()) < 60_000);
  } finally {
    await served.stop();
  }
});
