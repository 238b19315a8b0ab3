// Visits that are not over with one form sent: a second quiz, a file still on its way, a page with capitals in its names.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

const CONSENT = `
[forms.contact.consent]
kind = "notice"
version = "1"
text = { ru = "Отправляя, вы соглашаетесь." }
`;

const FORMS = `
[[forms]]
id = "quiz"
questions = ["buying_stage", "timing"]
[forms.contact]
place = "last"
title = { ru = "Куда прислать расчёт?" }
${CONSENT}

[[forms]]
id = "drawing"
questions = ["file"]
[forms.contact]
title = { ru = "Как с вами связаться?" }
${CONSENT}
[forms.end]
redirect = "/thanks.html"

[[forms]]
id = "call"
questions = []
[forms.contact]
title = { ru = "Перезвоним" }
${CONSENT}
`;

let town;
let company;
before(async () => {
  town = await openMadeTown();
  company = await makeCompany(town.server, FORMS);
});
after(() => town?.close());

async function visit(body, form, told = 1) {
  const someone = await person(town.browser, town.host, { "made.html": madePage(body), "thanks.html": madePage("<h1>Спасибо вам</h1>") });
  const seen = await someone.open("made.html");
  await waitFor(async () => (await seen.told("ready")).length === told, "the form");
  return { ...seen, context: someone.context };
}

test("the same person takes the same quiz again within the hour: each time is an inquiry with its own answers", async () => {
  const { page, me, told, heard, context } = await visit(tag({ ...company, form: "quiz" }));
  const take = async (stage, timing) => {
    await page.getByRole("button", { name: stage }).click();
    await me.seeQuestion("Когда вообще планируете");
    await page.getByRole("button", { name: timing }).click();
    await me.form.locator("[name=reach]").fill("twice-asked@example.ru");
    await page.getByRole("button", { name: "Отправить" }).click();
    await me.seeThanks();
    await waitFor(async () => (await told("completed")).length === 1, "the end");
    return (await told("recorded"))[0];
  };
  const first = await take("Выбираем, что и у кого купить", "В ближайший месяц");
  const said = (lead) =>
    waitFor(async () => {
      const { answers } = (await company.lead(lead)).lead;
      return answers.length === 2 && Object.fromEntries(answers.map(({ question, answered }) => [question, answered]));
    }, "the answers");
  assert.deepEqual(await said(first.lead), { buying_stage: "Выбираем, что и у кого купить", timing: "В ближайший месяц" });

  await page.reload();
  await waitFor(async () => (await told("ready")).length === 1, "the form again");
  const second = await take("Прикидываем бюджет", "Пока не планируем");
  assert.notEqual(second.id, first.id);
  assert.equal(second.lead, first.lead, "one person, one open lead");
  await waitFor(async () => (await said(first.lead)).timing === "Пока не планируем", "what he said last");
  assert.equal((await said(first.lead)).buying_stage, "Прикидываем бюджет");
  assert.equal((await company.lead(first.lead)).inquiries.length, 2);
  assert.deepEqual(heard, []);
  await context.close();
});

test("a file still on its way is waited for before the page leads on, and hangs on the lead", async () => {
  const { page, me, told, context } = await visit(tag({ ...company, form: "drawing" }));
  let arrived = false;
  // A slow line: longer than the pause in which the thanks can be read.
  const { promise: released, resolve: release } = Promise.withResolvers();
  await context.route("**/files", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await released;
    await route.continue();
    arrived = true;
  });
  await me.fillContact("drawing@example.ru");
  await me.send();
  await me.seeThanks();
  const [{ lead }] = await told("recorded");
  const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  await page.locator("first-contact [type=file]").setInputFiles({ name: "kitchen.png", mimeType: "image/png", buffer: picture });
  await page.getByRole("button", { name: "Продолжить" }).click();
  await waitFor(async () => (await told("completed")).length === 1, "the end");
  // Without the file it would have led on after two and a half seconds.
  await page.waitForTimeout(4_000);
  assert.ok(!/thanks\.html$/.test(page.url()), "it waits for the file");
  assert.ok(!arrived);
  release();
  await page.waitForURL(/thanks\.html$/, { timeout: 20_000 });
  assert.ok(arrived, "it led on after the file");
  const { files } = await company.lead(lead);
  assert.deepEqual(files.map(({ name, question }) => [name, question]), [["kitchen.png", "file"]]);
  await context.close();
});

test("ids and names in capitals on the client's page: placed by them, opened by them, and never mixed up with ours", async () => {
  const body = `
    <h1>Ремонт</h1>
    <form name="Reach" id="FirstContact"><input name="Name" value="чужое"><input name="REACH" value="чужое"><button type="button" id="CallMe">Позвонить</button></form>
    <div id="LeadForm"></div><div id="leadform"></div>
    ${tag({ ...company, form: "call" }, 'data-target="#LeadForm" data-field-Plan="Pro Max" data-field-UTM_Term="Обои"')}
    <section id="Popup">${tag({ ...company, form: "drawing" }, 'data-mode="popup" data-open-on="#CallMe"')}</section>`;
  const { page, heard, told, context } = await visit(body, "call", 2);
  assert.deepEqual(await page.evaluate(() => ["LeadForm", "leadform"].map((id) => document.getElementById(id).querySelectorAll("first-contact").length)), [1, 0]);
  await page.locator("#CallMe").click();
  const dialog = page.locator("first-contact[form=drawing] dialog");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  const sent = page.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
  const form = page.locator("#LeadForm first-contact");
  await form.locator("[name=reach]").fill("capitals@example.ru");
  await form.locator(".button").click();
  const { contact, fields } = JSON.parse((await sent).postData());
  assert.deepEqual([contact.reach, contact.name], ["capitals@example.ru", ""]);
  // A browser writes the names of attributes in small letters; what stands in them is the owner's.
  assert.deepEqual(fields, { plan: "Pro Max", utm_term: "Обои" });
  await form.getByText("Спасибо! Мы уже записали").waitFor();
  assert.equal((await told("recorded")).length, 1);
  assert.deepEqual(await page.evaluate(() => [...document.forms[0].elements].slice(0, 2).map(({ value }) => value)), ["чужое", "чужое"]);
  assert.deepEqual(heard, []);
  await context.close();
});

test("elements of the page called as our script is do not stand in its way", async () => {
  // A name on a form makes it a member of the window.
  const body = `<form name="firstContact"><input name="q" value="1"><input name="d" value="2"></form>${tag({ ...company, form: "call" })}`;
  const { me, told, heard, context } = await visit(body, "call");
  await me.fillContact("named@example.ru");
  await me.send();
  await me.seeThanks();
  assert.equal((await told("recorded")).length, 1);
  assert.deepEqual(heard, []);
  await context.close();
});
