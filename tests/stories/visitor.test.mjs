// Stories of visitors, marketers' pages and the desk, in Chromium against the real Worker.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { listen, openBrowser, openHost, rememberEvents, seller, visitor } from "../story/browser.mjs";
import { acknowledgedTo, everythingArrives } from "../story/oracle.mjs";
import { startServer, waitFor } from "../story/server.mjs";

const STRICT = (server) =>
  `default-src 'none'; script-src ${server.url}; connect-src ${server.url}; frame-src ${server.url}; style-src 'none'; img-src 'none'`;

let server;
let browser;
let host;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  host = await openHost(server, {
    "strict_csp.html": { "content-security-policy": STRICT(server) },
    "no_frames.html": { "content-security-policy": STRICT(server).replace(/frame-src [^;]+/, "frame-src 'none'") },
    "trusted_types.html": { "content-security-policy": "require-trusted-types-for 'script'; trusted-types 'none'" },
  });
});
after(async () => {
  await browser?.close();
  host?.close();
  await server?.stop();
});

async function visit(name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: "Europe/Moscow", ...options });
  const page = await context.newPage();
  const heard = listen(page);
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  const told = await rememberEvents(page);
  await page.goto(name.startsWith("http") ? name : host.url(name));
  return { page, context, heard, fetched, told, me: visitor(page) };
}

const newest = async (reach) => {
  const { leads } = await server.api("/api/leads");
  const shown = ({ contact }) => [...contact.phones.map(({ e164 }) => e164), ...contact.emails, ...contact.messengers, ...contact.other];
  return leads.find((lead) => shown(lead).includes(reach));
};

test("a visitor leaves a phone and closes the tab: a lead at first contact on the desk, as it arrives", async () => {
  const desk = await seller(browser, server.desk);
  const { page, context, fetched, me, heard } = await visit("plain.html");
  await me.form.locator("[name=reach]").waitFor();
  assert.ok(!fetched.some((url) => url.endsWith(".wasm")), "no WebAssembly before anybody turns to the form");
  assert.equal((await context.cookies()).length, 0);
  await me.leaveContact("8 (912) 345-67-89", { name: "Мария" });
  await page.close();
  await desk.seeLead("Мария");
  const lead = await newest("+79123456789");
  assert.equal(lead.stage, "first_contact");
  assert.equal(lead.priority, null);
  assert.equal(lead.rank, 2);
  await desk.openLead("Мария");
  await desk.see("Первый контакт");
  assert.deepEqual(heard, []);
  assert.deepEqual(desk.heard, []);
  await desk.context.close();
});

test("until the first step is usable there is one request of at most 8 KB", async () => {
  const { fetched, me, page } = await visit("plain.html");
  await me.form.locator("[name=reach]").waitFor();
  assert.deepEqual(fetched.filter((url) => url.startsWith(server.url)).length, 1);
  const bytes = await page.evaluate((url) => performance.getEntriesByName(url)[0].encodedBodySize, fetched.find((url) => url.startsWith(server.url)));
  const sent = bytes || Number((await fetch(`${server.url}/embed/${server.site}/${server.form}.js`, { headers: { "accept-encoding": "br" } })).headers.get("content-length"));
  assert.ok(sent > 0 && sent <= 8192, `${sent} bytes`);
});

test("a visitor answers all: AAA on the desk, and browser and Worker agree at each step", async () => {
  const { page, me, told, heard } = await visit("plain.html");
  await me.leaveContact("answers@example.ru");
  const [{ id, lead }] = await told("recorded");
  const way = [
    ["Какую задачу хотите решить?", "Что-то не устраивает, но пока не сформулировали", "need", "unclear"],
    ["На каком вы этапе?", "Выбираем, что и у кого купить", "buying_stage", "choosing_vendor"],
    ["Когда вообще планируете решать этот вопрос?", "Через 2–3 месяца", "timing", "quarter"],
    ["А если будет действительно интересное предложение", "Да", "offer", "yes"],
    ["Как удобнее оплатить?", "Бюджет есть", "pay", "own"],
  ];
  const answered = [];
  const form = await (await fetch(`${server.url}/v1/forms/${server.site}/${server.form}`)).text();
  for (const [question, choice, code, answer] of way) {
    await me.seeQuestion(question);
    const reply = page.waitForResponse((response) => response.url().endsWith(`/v1/inquiries/${id}/answers`));
    await page.getByRole("button", { name: choice, exact: false }).first().click();
    const next = (await (await reply).json()).next;
    answered.push([code, answered.length + 1, answer]);
    const last = (await waitFor(async () => (await told("answered")).length === answered.length && told("answered"), "the answer's event")).at(-1);
    assert.deepEqual(last, { question: code, next });

    // The same crate in the browser says the same facts as the Worker's, at every step.
    const explained = await page.evaluate(
      async ([form, answers]) => {
        const glue = performance.getEntriesByType("resource").map(({ name }) => name).find((name) => name.endsWith("/widget.js"));
        const { explain } = await import(glue);
        const now = new Date();
        const today = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
        return JSON.parse(explain(form, answers, today));
      },
      [form, JSON.stringify(answered)],
    );
    const { facts } = await server.lead(lead);
    assert.deepEqual(explained.facts, facts);
    assert.equal(explained.next, next);
  }
  await waitFor(async () => (await told("completed")).length === 1, "the end");
  const summary = (await server.lead(lead)).lead;
  assert.equal(summary.priority, "AAA");
  assert.equal(summary.by_offer, true);
  assert.ok(!/AAA|BBB|CCC/.test(await page.locator("first-contact").evaluate((element) => element.shadowRoot.textContent)));
  assert.deepEqual(heard, []);

  const desk = await seller(browser, server.desk);
  await desk.seeLead("answers@example.ru");
  await desk.openLead("answers@example.ru");
  await desk.see("AAA");
  await desk.see("Бюджет есть");
  await desk.context.close();
});

test("going back and changing an answer leaves its branch behind", async () => {
  const { page, me, told } = await visit("english.html", { locale: "en-GB" });
  await me.leaveContact("back@example.com");
  const [{ lead }] = await told("recorded");
  await me.seeQuestion("What would you like to solve?");
  await page.getByRole("button", { name: "Skip" }).click();
  await me.seeQuestion("Where are you now?");
  await page.getByRole("button", { name: "Skip" }).click();
  await me.seeQuestion("When do you plan to solve this at all?");
  await page.getByRole("button", { name: "No plans yet" }).click();
  await me.seeQuestion("If a really interesting offer came up");
  await page.getByRole("button", { name: "No", exact: false }).first().click();
  await me.seeQuestion("How would you prefer to pay?");
  for (const question of ["If a really interesting offer", "When do you plan"]) {
    await page.getByRole("button", { name: "Back" }).click();
    await me.seeQuestion(question);
  }
  await page.getByRole("button", { name: "Within a month" }).click();
  await me.seeQuestion("How would you prefer to pay?");
  await page.getByRole("button", { name: "We have the budget" }).click();
  await waitFor(async () => (await told("completed")).length === 1, "the end");
  const detail = await waitFor(async () => {
    const detail = await server.lead(lead);
    return detail.lead.budget === "yes" && detail;
  }, "the last answer");
  assert.equal(detail.lead.urgency, "yes");
  assert.equal(detail.facts.find((fact) => fact.key === "ready_on_offer").known, "unknown");
  assert.equal(detail.lead.answers.find((answer) => answer.question === "offer").left, true);
});

test("the webhook arrives and a third-party library verifies it", async () => {
  const { me, told } = await visit(server.demo);
  await me.leaveContact("+7 905 111-22-33", { name: "Пётр" });
  const [{ lead }] = await told("recorded");
  const webhook = await waitFor(async () => (await server.webhooks()).find((webhook) => webhook.body.data?.id === lead), "the webhook");
  assert.equal(webhook.verified, true, webhook.reason);
  assert.equal(webhook.type, "lead.created");
  assert.equal(webhook.body.data.contact.phones[0].e164, "+79051112233");
  assert.equal(webhook.body.data.stage, "first_contact");
  const [inquiry] = (await server.lead(lead)).inquiries;
  assert.equal(inquiry.channel, "widget");
});

test("an origin that the site does not list is recorded and labelled, not refused", async () => {
  const { me, told, page } = await visit("plain.html");
  await me.leaveContact("elsewhere@example.ru");
  const [{ lead }] = await told("recorded");
  const [inquiry] = (await server.lead(lead)).inquiries;
  assert.equal(inquiry.unlisted_origin, new URL(page.url()).origin);
  assert.equal(inquiry.consent_processing, true);
  assert.equal(inquiry.consent_marketing, false);
  assert.equal(inquiry.consent_version, "2026-11");
});

test("a page whose policy forbids WebAssembly: the lead is recorded, the questions go on in our frame", async () => {
  const { page, me, told, fetched } = await visit("strict_csp.html");
  await me.leaveContact("csp@example.ru");
  const [{ lead }] = await told("recorded");
  const frame = page.frameLocator("first-contact iframe");
  const inside = visitor(frame);
  await inside.seeQuestion(/Какую задачу хотите решить/);
  await frame.getByRole("button", { name: /Есть конкретная задача|Что-то не устраивает/ }).nth(1).click();
  await waitFor(async () => (await server.lead(lead)).lead.need === "yes", "the answer from the frame");
  assert.equal((await told("answered"))[0].question, "need");
  assert.ok(fetched.every((url) => url.startsWith(server.url) || url.startsWith(host.url(""))), "no third party is asked");
});

test("a page that forbids frames too: a link leads to the hosted page, where the questions go on", async () => {
  const { page, context, me, told } = await visit("no_frames.html");
  await me.leaveContact("noframes@example.ru");
  const [{ lead }] = await told("recorded");
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: /Продолжить на нашей странице|Continue on our page/ }).click({ timeout: 20_000 });
  const hosted = await opened;
  await visitor(hosted).seeQuestion(/Какую задачу хотите решить|What would you like to solve/);
  await hosted.getByRole("button", { name: /Что-то не устраивает|Something is not right/ }).click();
  await waitFor(async () => (await server.lead(lead)).lead.need === "yes", "the answer from the hosted page");
});

test("enforced Trusted Types: the contact and the questions work in place", async () => {
  const { page, me, told, heard } = await visit("trusted_types.html");
  await me.leaveContact("tt@example.ru");
  await me.seeQuestion(/Какую задачу хотите решить/);
  await page.getByRole("button", { name: /Что-то не устраивает/ }).click();
  await me.seeQuestion("На каком вы этапе?");
  assert.equal((await told("answered"))[0].question, "need");
  assert.deepEqual(heard, []);
});

test("scripts off: the hosted page records, and asks question by question", async () => {
  const { page } = await visit(`${server.url}/f/${server.site}/${server.form}?lang=ru&utm_source=yandex&utm_medium=cpc`, { javaScriptEnabled: false });
  await page.getByLabel("Телефон, почта или мессенджер").fill("8 916 000-11-22");
  await page.getByRole("button", { name: "Отправить" }).click();
  // The browser itself asks for the required box; ticking it is enough.
  await page.getByLabel("Согласен(на) на обработку").check();
  await page.getByRole("button", { name: "Отправить" }).click();
  await page.getByText("Спасибо! Мы уже записали").waitFor();
  const lead = await waitFor(() => newest("+79160001122"), "the lead");
  assert.equal(lead.rule, "yandex-direct");
  await page.getByLabel("Есть конкретная задача", { exact: true }).check();
  await page.getByLabel("Есть конкретная задача: ").fill("Стол в гостиную");
  await page.getByRole("button", { name: "Дальше" }).click();
  await page.getByRole("heading", { name: "На каком вы этапе?" }).waitFor();
  await page.getByRole("button", { name: "Пропустить" }).click();
  await page.getByLabel("В ближайший месяц").check();
  await page.getByRole("button", { name: "Дальше" }).click();
  await page.getByLabel("Бюджет есть").check();
  await page.getByRole("button", { name: "Дальше" }).click();
  await page.getByRole("heading", { name: "Готово" }).waitFor();
  const after = (await server.lead(lead.id)).lead;
  assert.equal(after.priority, "AAA");
  assert.equal(after.answers[0].answered, "Есть конкретная задача: Стол в гостиную");
  assert.equal((await server.lead(lead.id)).inquiries[0].channel, "hosted");
});

test("the hosted page with scripts on is the widget, and one visit is one inquiry", async () => {
  const { page, me, told } = await visit(`${server.url}/f/${server.site}/${server.form}?lang=en`);
  await waitFor(async () => (await told("ready")).length === 1, "the widget");
  assert.equal(await page.locator("form:visible").count(), 1);
  await me.leaveContact("hosted@example.com");
  const [{ lead }] = await told("recorded");
  await me.seeQuestion("What would you like to solve?");
  assert.equal((await server.lead(lead)).inquiries.length, 1);
});

test("the tag loaded twice draws one form and records once", async () => {
  const { page, me, told, heard } = await visit("twice.html");
  await me.form.first().locator("[name=reach]").waitFor();
  assert.equal(await page.locator("first-contact").count(), 1);
  await me.leaveContact("twice@example.ru");
  assert.equal((await told("recorded")).length, 1);
  assert.equal((await newest("twice@example.ru")).touches, 1);
  assert.deepEqual(heard, []);
});

test("a double click is one inquiry", async () => {
  const { page, me, context } = await visit("plain.html");
  const acknowledged = acknowledgedTo(context);
  await me.fillContact("double@example.ru");
  await me.agree();
  await page.getByRole("button", { name: "Отправить" }).dblclick();
  await me.seeThanks();
  assert.equal((await newest("double@example.ru")).touches, 1);
  assert.equal(acknowledged.size, 1);
  await everythingArrives(server, acknowledged);
});

test("390 px wide: nothing sticks out, targets are large enough for a thumb", async () => {
  const { page, me } = await visit("narrow.html", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await me.form.locator("[name=reach]").waitFor();
  const check = async () => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `the page is ${wide} px wide`);
    const small = await page.locator("first-contact").evaluate((element) =>
      [...element.shadowRoot.querySelectorAll("button, input:not([type=checkbox]), textarea, label.box")]
        .map((node) => node.getBoundingClientRect())
        .filter(({ width, height }) => width > 0 && (height < 43.5 || width < 43.5)).length,
    );
    assert.equal(small, 0);
  };
  await check();
  await me.leaveContact("+7 903 222-33-44");
  await me.seeQuestion("Какую задачу хотите решить?");
  await check();
});

test("by keyboard alone: from the first field to the last answer", async () => {
  const { page, me, told } = await visit("plain.html");
  await me.form.locator("[name=name]").focus();
  await page.keyboard.type("Клава");
  await page.keyboard.press("Tab");
  await page.keyboard.type("keys@example.ru");
  await page.keyboard.press("Enter");
  // Consent is asked for gently; the keyboard goes there.
  await page.getByText("Отметьте согласие").waitFor();
  await me.form.locator("[name=consent]").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await me.seeThanks();
  await me.seeQuestion("Какую задачу хотите решить?");
  for (const [key, question] of [["2", "На каком вы этапе?"], ["3", "Когда вообще планируете"], ["1", "Как удобнее оплатить?"]]) {
    await page.keyboard.press(key);
    await me.seeQuestion(question);
  }
  await page.keyboard.press("1");
  await waitFor(async () => (await told("completed")).length === 1, "the end");
});

test("a host page with `all: unset` changes nothing of the widget", async () => {
  const look = async (name) => {
    const { page, me } = await visit(name);
    await me.form.locator("[name=reach]").waitFor();
    return me.form.evaluate((element) => {
      const style = (selector) => getComputedStyle(element.shadowRoot.querySelector(selector));
      return ["button", "[name=reach]", "h2, .title"].map((selector) => {
        const { color, backgroundColor, fontFamily, fontSize, borderRadius, paddingLeft, display } = style(selector);
        return { color, backgroundColor, fontFamily, fontSize, borderRadius, paddingLeft, display };
      });
    });
  };
  assert.deepEqual(await look("css_reset.html"), await look("plain.html"));
});
