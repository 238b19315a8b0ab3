// Stories of inquiries that go on elsewhere or later: in a frame of ours, in a tab of ours, on another page, after a
// reload, in a form that was closed. What was known where they began is known where they go on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

const two = `choices = [{ code = "yes", text = { ru = "Да, конечно" } }, { code = "no", text = { ru = "Скорее нет" } }]`;
const NOTICE = `consent = { kind = "notice", version = "1", text = { ru = "Отправляя, вы соглашаетесь" } }`;
const FORMS = `
[[forms]]
id = "known"
contact = { title = { ru = "Как с вами связаться?" }, ${NOTICE} }

[[forms.questions]]
id = "first"
text = { ru = "Первый вопрос" }
${two}

[[forms.questions]]
id = "pro"
text = { ru = "Вопрос для {{field.plan|всех}}, {{name|друг}}, вы сказали: {{first|ничего}}" }
when = { all = [{ field = { name = "plan", one_of = ["pro"] } }, { source = { key = "utm_source", one_of = ["yandex"] } }] }
${two}

[[forms.questions]]
id = "last"
text = { ru = "Последний вопрос" }
${two}

[[forms]]
id = "quiz"
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, ${NOTICE} }

[[forms.questions]]
id = "one"
text = { ru = "Раз?" }
${two}

[[forms.questions]]
id = "two"
text = { ru = "Два после «{{one}}»?" }
${two}

[[forms]]
id = "tongues"
contact = { title = { ru = "Как с вами связаться?", en = "How can we reach you?" }, ${NOTICE} }

[[forms.questions]]
id = "first"
text = { ru = "Первый вопрос", en = "The first question" }
choices = [{ code = "yes", text = { ru = "Да, конечно", en = "Yes, of course" } }]

[[forms.questions]]
id = "russian"
text = { ru = "Только по-русски, после «{{first}}»", en = "Asked of whoever began in Russian, after “{{first}}”" }
when = { lang = ["ru"] }
choices = [{ code = "yes", text = { ru = "Понятно", en = "I see" } }]

[[forms.questions]]
id = "english"
text = { ru = "Только по-английски", en = "Asked of whoever began in English" }
when = { lang = ["en"] }
choices = [{ code = "yes", text = { ru = "Ясно", en = "Fine" } }]

[[forms]]
id = "short"
questions = []
contact = { title = { ru = "Как с вами связаться?" }, ${NOTICE} }
`;

let town;
let server;
let browser;
let host;
let company;
before(async () => {
  town = await openMadeTown();
  ({ server, browser, host } = town);
  company = await makeCompany(server, FORMS);
});
after(() => town?.close());

const tagOf = (form, attributes) => tag({ url: server.url, site: company.site, form }, attributes);
const policy = (more = "") => `<meta http-equiv="Content-Security-Policy" content="script-src ${server.url}; ${more}">`;

/** Somebody on a site of these pages; nothing is taken from the browser's cache, so that a new version is seen at once. */
async function somebody(pages) {
  const someone = await person(browser, host, pages);
  await someone.context.route("**/nothing", (route) => route.abort());
  return someone;
}

const leave = async (seen, reach, name) => {
  await seen.me.fillContact(reach, { name });
  await seen.me.send();
  await seen.me.seeThanks();
};

const PRO = "Вопрос для pro, Ольга, вы сказали: Да, конечно";

test("in our frame the questions know the fields, the source and the name of the page around it", async () => {
  const someone = await somebody({ "frame.html": madePage(tagOf("known", 'data-field-plan="pro"'), { head: policy() }) });
  const seen = await someone.open("frame.html?utm_source=yandex");
  await leave(seen, "frame@example.ru", "Ольга");
  const frame = seen.page.frameLocator("first-contact iframe");
  await frame.getByRole("button", { name: "Да, конечно" }).click();
  await frame.getByText(PRO).waitFor();
  const inside = seen.page.frames().find((each) => each.url().includes("frame=1"));
  assert.equal(await inside.evaluate(() => location.hash), "", "nothing stays in the address");
  assert.ok(!/plan|yandex|%D0/.test(inside.url()), inside.url());
  await frame.getByRole("button", { name: "Скорее нет" }).click();
  await frame.getByText("Последний вопрос").waitFor();
  await someone.context.close();
});

test("behind our link too, with the answers given before, and a reload of that page goes on there", async () => {
  const someone = await somebody({
    "free.html": madePage(tagOf("known", 'data-field-plan="pro"')),
    "bound.html": madePage(tagOf("known"), { head: policy("frame-src 'none'") }),
  });
  const seen = await someone.open("free.html?utm_source=yandex");
  await leave(seen, "link@example.ru", "Ольга");
  await seen.page.getByRole("button", { name: "Да, конечно" }).click();
  await seen.page.getByText(PRO).waitFor();
  // The next page of the same tab says nothing of the plan, and allows neither the module nor frames.
  await seen.page.goto(host.url("bound.html"));
  const opened = someone.context.waitForEvent("page");
  await seen.page.getByRole("link", { name: "Продолжить на нашей странице" }).click({ timeout: 20_000 });
  const hosted = await opened;
  await hosted.getByText(PRO).waitFor();
  assert.equal(new URL(hosted.url()).hash, "");
  await hosted.getByRole("button", { name: "Скорее нет" }).click();
  await hosted.getByText("Последний вопрос").waitFor();
  await hosted.reload();
  await hosted.getByText("Последний вопрос").waitFor();
  await someone.context.close();
});

test("a page that allows no request to us: our page records the lead with that page's fields, source and answers", async () => {
  const someone = await somebody({ "mute.html": madePage(tagOf("known", 'data-field-plan="pro"'), { head: policy("connect-src 'none'") }) });
  const seen = await someone.open("mute.html?utm_source=yandex");
  await seen.me.form.locator("[name=reach]").focus();
  await seen.me.fillContact("mute@example.ru", { name: "Ольга" });
  await seen.page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/visit.js")));
  await seen.me.send();
  const frame = seen.page.frameLocator("first-contact iframe");
  await frame.locator("first-contact [name=reach]:visible").waitFor();
  const sent = seen.page.waitForRequest((request) => request.url().endsWith("/v1/inquiries") && request.frame() !== seen.page.mainFrame());
  await frame.getByRole("button", { name: "Отправить" }).click();
  const body = JSON.parse((await sent).postData());
  assert.equal(body.contact.reach, "mute@example.ru");
  assert.deepEqual(body.fields, { plan: "pro" });
  assert.match(body.source.landing, /mute\.html\?utm_source=yandex$/);
  await someone.context.close();
});

test("resumed on another page it goes on with the fields, the source and the version it was recorded with", async () => {
  const someone = await somebody({
    "began.html": madePage(tagOf("known", 'data-field-plan="pro"')),
    "other.html": madePage(tagOf("known", 'data-field-plan="basic"')),
  });
  const seen = await someone.open("began.html?utm_source=yandex");
  await leave(seen, "version@example.ru", "Ольга");
  await seen.page.getByText("Первый вопрос").waitFor();
  await company.publish(FORMS.replaceAll("Вопрос для", "Новый вопрос для"));
  await seen.page.goto(host.url("other.html?utm_source=letter"));
  await seen.me.seeThanks();
  await seen.page.getByRole("button", { name: "Да, конечно" }).click();
  await seen.page.getByText(PRO).waitFor();
  assert.equal(await seen.page.getByText("Новый вопрос").count(), 0);
  await company.publish(FORMS);
  await someone.context.close();
});

test("begun in one language and gone on with in another: the words are the page's, the answers stay, and the way is the one it was recorded with", async () => {
  const someone = await somebody({
    "russian.html": madePage(tagOf("tongues")),
    "english.html": madePage(tagOf("tongues"), { lang: "en" }),
  });
  const seen = await someone.open("russian.html");
  await leave(seen, "tongues@example.ru", "Ольга");
  const [{ lead }] = await seen.told("recorded");
  await seen.page.getByRole("button", { name: "Да, конечно" }).click();
  await seen.page.getByText("Только по-русски, после «Да, конечно»").waitFor();
  await seen.page.goto(host.url("english.html"));
  await seen.page.getByText("Thank you! Your request is recorded").waitFor();
  await seen.page.getByText("Asked of whoever began in Russian, after “Yes, of course”").waitFor();
  await seen.page.getByText("2 of 2").waitFor();
  await seen.page.getByRole("button", { name: "I see" }).click();
  await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
  const found = await waitFor(async () => {
    const { lead: found } = await company.lead(lead);
    return found.answers.length === 2 && found;
  }, "both answers");
  // The server follows the same way: no answer stands on a branch that was left.
  assert.deepEqual(found.answers.map(({ question, left }) => [question, Boolean(left)]), [["first", false], ["russian", false]]);
  await someone.context.close();
});

test("what could not be sent on one page and is sent on another asks on as the first would have", async () => {
  const someone = await somebody({
    "began.html": madePage(tagOf("known", 'data-field-plan="pro"')),
    "other.html": madePage(tagOf("known")),
  });
  const pattern = /\/v1\/inquiries/;
  await someone.context.route(pattern, (route) => route.abort());
  const first = await someone.open("began.html?utm_source=yandex");
  await first.me.form.locator("[name=reach]").focus();
  await first.me.fillContact("unsent@example.ru", { name: "Ольга" });
  await first.me.send();
  await first.page.getByText("Мы сохранили обращение").waitFor();
  await first.page.close();
  await someone.context.unroute(pattern);
  const later = await someone.open("other.html");
  await later.me.seeThanks();
  await later.page.getByRole("button", { name: "Да, конечно" }).click();
  await later.page.getByText(PRO).waitFor();
  await someone.context.close();
});

test("a quiz reloaded goes on where it was, if the site has the visitor's consent; without it nothing is kept", async () => {
  const someone = await somebody({
    "quiz.html": madePage(tagOf("quiz", 'data-consent="granted"')),
    "without.html": madePage(tagOf("quiz")),
  });
  const seen = await someone.open("quiz.html");
  await seen.page.getByRole("button", { name: "Да, конечно" }).click();
  await seen.page.getByText("Два после «Да, конечно»?").waitFor();
  await seen.page.reload();
  await seen.page.getByText("Два после «Да, конечно»?").waitFor();
  assert.equal(await seen.page.getByText("Раз?").count(), 0);
  await seen.page.getByRole("button", { name: "Скорее нет" }).click();
  await seen.page.getByText("Куда прислать расчёт?").waitFor();
  await seen.page.reload();
  await seen.page.getByText("Куда прислать расчёт?").waitFor();
  await leave(seen, "quiz@example.ru");
  const [{ lead }] = await waitFor(async () => (await seen.told("recorded")).length && seen.told("recorded"), "the record");
  const { answers } = await waitFor(async () => {
    const { lead: found } = await company.lead(lead);
    return found.answers.length === 2 && found;
  }, "both answers");
  assert.deepEqual(answers.map(({ question, answered }) => [question, answered]), [["one", "Да, конечно"], ["two", "Скорее нет"]]);
  await seen.page.reload();
  await seen.page.getByText("Раз?").waitFor();

  const other = await someone.open("without.html");
  await other.page.evaluate(() => sessionStorage.clear());
  await other.page.getByRole("button", { name: "Да, конечно" }).click();
  await other.page.getByText("Два после").waitFor();
  assert.equal(await other.page.evaluate(() => JSON.stringify({ ...sessionStorage })), "{}");
  await other.page.reload();
  await other.page.getByText("Раз?").waitFor();
  await someone.context.close();
});

for (const [form, ends] of [["known", "Первый вопрос"], ["short", null]]) {
  test(`an interrupted inquiry delivered behind a closed form: opened, it says thanks and ${ends ? "asks on" : "no more"}`, async () => {
    const someone = await somebody({ "popup.html": madePage(`<a id="link" href="#firstcontact">Связаться</a>${tagOf(form, 'data-mode="popup"')}`) });
    const pattern = /\/v1\/inquiries/;
    await someone.context.route(pattern, (route) => route.abort());
    const first = await someone.open("popup.html");
    await first.page.locator("#link").click();
    await first.page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/visit.js")));
    await first.me.fillContact(`${form}-behind@example.ru`);
    await first.me.send();
    await first.page.getByText("Мы сохранили обращение").waitFor();
    await first.page.close();
    await someone.context.unroute(pattern);
    const later = await someone.open("popup.html");
    await waitFor(async () => (await later.told("recorded")).length === 1, "the delivery");
    assert.equal(await later.page.evaluate(() => !!document.querySelector("first-contact").shadowRoot.querySelector("dialog[open]")), false);
    assert.deepEqual(await later.told("completed"), []);
    await later.page.locator("#link").click();
    await later.me.seeThanks();
    assert.equal(await later.page.locator("first-contact [name=reach]").count(), 0, "no empty form");
    if (ends) await later.page.getByText(ends).waitFor();
    else await waitFor(async () => (await later.told("completed")).length === 1, "the end");
    assert.equal((await later.told("recorded")).length, 1);

    // Reloaded while the questions are open, it says so as well.
    if (!ends) return someone.context.close();
    await later.page.reload();
    await waitFor(async () => (await later.told("ready")).length === 1, "the form");
    await later.page.locator("#link").click();
    await later.me.seeThanks();
    await later.page.getByText(ends).waitFor();
    await someone.context.close();
  });
}

