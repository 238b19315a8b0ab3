// What looks as if nobody had sent it: set aside, seen, judged, let go.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, seller } from "../story/browser.mjs";
import { startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const COMPANY = (rule = "") => `
name = "Мастерская"
language = "ru"
phone_region = "RU"
${rule}
[working_hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "00:00"
to = "23:59"
[[team]]
id = "anna"
name = "Анна"
role = "seller"
[[team]]
id = "boris"
name = "Борис"
role = "seller"
[[team]]
id = "vera"
name = "Вера"
role = "head"
[[team]]
id = "olga"
name = "Ольга"
role = "owner"
[[team]]
id = "mark"
name = "Марк"
role = "marketer"
[[sites]]
id = "shop"
name = "Мастерская"
origins = []
[[forms]]
id = "price"
questions = ["need"]
[catch_all]
assign = "anna"
deliver = ["crm"]
[[destinations]]
id = "crm"
kind = "webhook"
url = "env:DEMO_WEBHOOK_URL"
secret = "env:DEMO_WEBHOOK_SECRET"
`;

/** `suspicion` is the company's rule; nobody is drawn to be judged unless it says so. */
const company = (suspicion = "judge_one_in = 0\njudge_suspects_one_in = 0") =>
  makeWorkspace(server, undefined, () => `${COMPANY()}\n[suspicion]\n${suspicion}\n`.replace("env:DEMO_WEBHOOK_URL", `${server.url}/demo/receiver`));

const command = async (made, lead, name, key = made.apiKey) => {
  const response = await fetch(`${server.url}/api/leads/${lead}/commands`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ command: name }),
  });
  return { status: response.status, body: await response.json() };
};
const heard = async (lead) => (await server.webhooks()).filter(({ body }) => body?.data?.lead?.id === lead || JSON.stringify(body).includes(lead));

test("a suspect is a lead at first contact, counted and routed, and nobody is disturbed by it until it is let go", async () => {
  const made = await company();
  const { lead, status } = await made.inquire("price", "+7 999 100-20-30", { trap: "x", contact: { reach: "+7 999 100-20-30", name: "Глеб" } });
  assert.equal(status, 201);
  const detail = await made.lead(lead);
  assert.deepEqual([detail.lead.stage, detail.lead.status, detail.lead.assigned_to], ["first_contact", "suspect", "anna"]);
  assert.deepEqual(detail.signals, [{ sign: "trap", score: 100, n: 0 }]);
  assert.deepEqual(detail.deliveries.map(({ event, state }) => [event, state]), [["lead.created", "held"]]);
  assert.equal(detail.tasks.length, 1);
  // Not in the queues, in every count (I-12).
  assert.deepEqual((await made.api("/api/leads")).leads, []);
  assert.equal((await made.api("/api/reports/questions")).recorded, 1);
  // Answers go on as ever, and are held once, however many there are.
  const known = await made.inquire("price", "+7 999 100-20-31", { trap: "x" });
  await made.answer(known, 1, { need: "specific" });
  await made.answer(known, 2, { need: "looking" });
  const held = (await made.lead(known.lead)).deliveries.map(({ event, state }) => [event, state]);
  assert.deepEqual(held, [["lead.created", "held"], ["lead.answered", "held"]]);

  const before = detail.lead;
  const done = await command(made, lead, "genuine");
  assert.equal(done.status, 200);
  assert.equal(done.body.lead.status, "open");
  for (const kept of ["opened_at", "answer_by", "source", "assigned_to", "rule"]) assert.deepEqual(done.body.lead[kept], before[kept], kept);
  await waitFor(async () => (await made.lead(lead)).deliveries.every(({ state }) => state === "sent"), "the webhook");
  assert.equal((await heard(lead)).length, 1);
  assert.equal((await heard(known.lead)).length, 0);
  assert.deepEqual((await made.api("/api/leads")).leads.map(({ id }) => id), [lead]);
  const kinds = (await made.lead(lead)).history.map(({ kind }) => kind);
  assert.ok(kinds.includes("lead_set_aside") && kinds.includes("lead_released"));
  assert.ok(!JSON.stringify((await made.lead(lead)).history).includes("Глеб"));
});

test("confirmed as spam it is closed with that reason and kept; taken back it goes on", async () => {
  const made = await company();
  const { lead } = await made.inquire("price", "spam@example.ru", { trap: "x" });
  assert.equal((await command(made, lead, "spam")).status, 200);
  const closed = await made.lead(lead);
  assert.deepEqual([closed.lead.status, closed.lead.closed.reason], ["lost", "spam"]);
  assert.ok(closed.tasks.every(({ done_at }) => done_at));
  assert.deepEqual((await made.api("/api/quarantine")).confirmed.map(({ lead }) => lead.id), [lead]);
  assert.equal((await made.api("/api/reports/questions")).recorded, 1);
  const audited = (await made.api("/api/audit")).audit.map(({ action, target }) => [action, target]);
  assert.deepEqual(audited[0], ["spam", lead]);

  assert.equal((await command(made, lead, "genuine")).status, 200);
  const back = await made.lead(lead);
  assert.equal(back.lead.status, "open");
  assert.ok(back.tasks.some(({ done_at }) => !done_at), "a first response is owed again");
  await waitFor(async () => (await made.lead(lead)).deliveries.every(({ state }) => state === "sent"), "the webhook");
});

test("nothing that is not in question can be called spam", async () => {
  const made = await company();
  const { lead } = await made.inquire("price", "+7 999 100-20-40");
  const refused = await command(made, lead, "spam");
  assert.deepEqual([refused.status, refused.body.code], [409, "not_in_question"]);
  assert.equal((await made.lead(lead)).lead.status, "open");
});

test("a person who writes again is let go; a lead in work is never taken away", async () => {
  const made = await company();
  const first = await made.inquire("price", "again@example.ru", { trap: "x" });
  assert.equal((await made.lead(first.lead)).lead.status, "suspect");
  const second = await made.inquire("price", "again@example.ru");
  assert.equal(second.lead, first.lead);
  assert.equal((await made.lead(first.lead)).lead.status, "open");
  // What was held goes out by itself, though nothing else happens here.
  await waitFor(async () => {
    const { deliveries } = await made.lead(first.lead);
    return deliveries.some(({ event, state }) => event === "lead.created" && state === "sent");
  }, "what was held");
  await made.inquire("price", "again@example.ru", { trap: "x" });
  const { lead, signals } = await made.lead(first.lead);
  assert.deepEqual([lead.status, lead.touches, signals[0].sign], ["open", 3, "trap"]);
});

test("on the desk: who may do what, live, by keyboard, in both languages", async () => {
  const made = await company("judge_one_in = 1\njudge_suspects_one_in = 1");
  const anna = await seller(browser, await made.link("anna"));
  await anna.page.goto(`${server.url}/desk/quarantine`);
  await anna.see("Карантин пуст");
  const evil = "<img src=x onerror=window.ran=1>\u202egnp.exe";
  const { lead } = await made.inquire("price", "casino@mailinator.com", {
    contact: { reach: "casino@mailinator.com", name: evil, message: "см. http://a.example http://b.example http://c.example" },
    took: 300,
  });
  // It comes by itself, and disturbs nobody.
  const card = anna.page.locator(".suspect").first();
  await card.waitFor();
  assert.equal(await anna.page.evaluate(() => window.ran), undefined);
  assert.match(await card.locator(".suspect-name").innerText(), /<img src=x onerror=window\.ran=1>\ufffdgnp\.exe/);
  const signs = await card.locator(".sign").allInnerTexts();
  assert.deepEqual(signs, ["отправлено через 300 мс после показа", "ссылок на чужие сайты в тексте: 3", "одноразовый почтовый ящик"]);
  assert.ok(await card.locator(".drawn").isVisible());
  assert.equal(await card.getByRole("button", { name: /^Спам/ }).count(), 0, "a seller cannot be rid of a lead");
  assert.doesNotMatch(await anna.page.title(), /\(1\)/);
  await anna.page.goto(`${server.url}/desk/`);
  await anna.see("Пока тихо");

  const boris = await seller(browser, await made.link("boris"));
  await boris.page.goto(`${server.url}/desk/quarantine`);
  await boris.see("Карантин пуст");
  const mark = await seller(browser, await made.link("mark"));
  assert.equal(await mark.page.getByRole("link", { name: "Карантин" }).count(), 0);

  const vera = await seller(browser, await made.link("vera"));
  await vera.page.getByRole("link", { name: "Карантин" }).click();
  await vera.page.locator(".suspect").first().waitFor();
  await vera.page.getByRole("button", { name: /^Спам/ }).focus();
  await vera.page.keyboard.press("Enter");
  await vera.page.locator("#confirmed").waitFor();
  assert.equal((await made.lead(lead)).lead.closed.reason, "spam");
  await vera.page.getByRole("button", { name: /^Это человек/ }).click();
  await waitFor(async () => (await made.lead(lead)).lead.status === "open", "the lead let go");
  // The seller hears of it now.
  await anna.page.locator(".row").first().waitFor();

  // What was judged of the sample stands there with its number; a clean lead is drawn too.
  const clean = await made.inquire("price", "+7 999 100-20-50");
  await vera.page.reload();
  await vera.see("1 из 1");
  await vera.page.locator("#to-judge").waitFor();
  await vera.page.getByRole("button", { name: "en", exact: false }).first().waitFor();
  await vera.page.getByRole("button", { name: "English" }).click();
  await vera.see("Spam let through");
  await vera.page.locator("section[aria-labelledby=to-judge]").getByRole("button", { name: /^Spam/ }).click();
  await waitFor(async () => (await made.lead(clean.lead)).lead.closed?.reason === "spam", "the spam let through");
  const { let_through, wrongly_set_aside } = await made.api("/api/quarantine");
  assert.deepEqual([let_through.wrong, let_through.judged, wrongly_set_aside.wrong, wrongly_set_aside.judged], [1, 1, 1, 1]);
  for (const person of [anna, boris, vera]) assert.deepEqual(person.heard, []);
});

test("who comes while somebody decides waits aside: the button under the pointer stays that person's", async () => {
  const made = await company();
  const bot = (n) => made.inquire("price", `bot${n}@example.ru`, { trap: "x", contact: { reach: `bot${n}@example.ru`, name: `Бот ${n}` } });
  for (const n of [1, 2]) await bot(n);
  const vera = await seller(browser, await made.link("vera"));
  await vera.page.goto(`${server.url}/desk/quarantine`);
  const spam = vera.page.getByRole("button", { name: "Спам: Бот 2" });
  await spam.focus();
  const before = await spam.boundingBox();
  for (const n of [3, 4]) await bot(n);
  const show = vera.page.getByRole("button", { name: "2 новых, показать" });
  await show.waitFor();
  assert.deepEqual(await spam.boundingBox(), before);
  assert.ok(await spam.evaluate((button) => button === document.activeElement));
  // A decision that does not arrive is said on its card.
  await vera.page.route("**/commands", (route) => route.abort());
  await vera.page.keyboard.press("Enter");
  await vera.page.locator(".suspect").filter({ hasText: "Бот 2" }).getByText("обращение осталось здесь").waitFor();
  await vera.page.unroute("**/commands");
  await vera.page.keyboard.press("Enter");
  await vera.page.locator("#confirmed").waitFor();
  assert.deepEqual(await vera.page.locator("section[aria-labelledby=suspects] .suspect-name").allInnerTexts(), ["Бот 1"]);
  await show.click();
  await vera.page.getByRole("button", { name: "Спам: Бот 4" }).waitFor();
  assert.deepEqual(await vera.page.locator("section[aria-labelledby=suspects] .suspect-name").allInnerTexts(), ["Бот 4", "Бот 3", "Бот 1"]);
  assert.equal(await show.count(), 0);
  await vera.see("подозрение: 100");
  await vera.context.close();
});

test("the hosted page has a field that nobody reaches and a time that nobody can forge", async () => {
  const made = await company();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const send = async (fill, wait) => {
    await page.goto(`${server.url}/f/${made.site}/price?lang=ru`);
    assert.equal(await page.locator("[name=topic]").evaluate((field) => field.getBoundingClientRect().right < 0).catch(() => true), true);
    await page.locator("[name=reach]").fill(`${uuidv7().slice(-8)}@example.ru`);
    const consent = page.locator("[name=consent]");
    if (await consent.count()) await consent.check();
    await fill?.();
    if (wait) await page.waitForTimeout(wait);
    await page.locator("button[type=submit]").first().click();
    await page.waitForLoadState();
    return (await made.api("/api/leads")).leads.concat((await made.api("/api/quarantine")).suspects.map(({ lead }) => lead)).sort((a, b) => b.opened_at.localeCompare(a.opened_at))[0].id;
  };
  const calm = await send(null, 2_300);
  assert.deepEqual((await made.lead(calm)).signals, []);
  // Sent with the page's own time, and nothing in between that a slow machine could take long for.
  const tooFast = async () => {
    const shown = (await (await fetch(`${server.url}/f/${made.site}/price?lang=ru`)).text()).match(/name="shown" value="([^"]+)"/)[1];
    const reach = `${uuidv7().slice(-8)}@example.ru`;
    await fetch(`${server.url}/f/${made.site}/price`, { method: "POST", body: new URLSearchParams({ reach, consent: "yes", shown }) });
    const { leads } = await made.api("/api/leads");
    const hasty = leads.find(({ contact }) => contact.emails[0] === reach);
    return (await made.lead(hasty.id)).signals[0]?.sign === "too_fast";
  };
  await waitFor(tooFast, "one that is too fast");
  // Without a page of ours the time is unknown, and unknown is held against nobody.
  const body = new URLSearchParams({ reach: "own-form@example.ru", consent: "yes", shown: "1.forged" });
  await fetch(`${server.url}/f/${made.site}/price`, { method: "POST", body });
  const trapped = new URLSearchParams({ reach: "trapped@example.ru", consent: "yes", topic: "cheap" });
  await fetch(`${server.url}/f/${made.site}/price`, { method: "POST", body: trapped });
  const { suspects } = await made.api("/api/quarantine");
  assert.deepEqual(suspects.map(({ lead }) => lead.contact.emails[0]), ["trapped@example.ru"]);
  assert.equal((await made.api("/api/leads")).leads.length, 3);
  await context.close();
});
