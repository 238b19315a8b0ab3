// What the page's analytics hear of a visit: each thing once, and nothing of the person.
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
id = "band"
questions = [
  { ready = "price", price = { min = 15000, max = 90000, currency = "₽" } },
  { id = "words", kind = "text", text = { ru = "Что ещё?" } },
]
[forms.contact]
title = { ru = "Как с вами связаться?" }
${CONSENT}

# The owner's own choices, under codes of his own.
[[forms]]
id = "own"
[[forms.questions]]
ready = "price"
price = { min = 15000, max = 90000, currency = "₽" }
choices = [
  { code = "suits_me", means = "accept", text = { ru = "Подходит" } },
  { code = "let_us_talk", means = "discuss", text = { ru = "Поговорим" } },
  { code = "too_dear", means = "decline", text = { ru = "Дорого" } },
]
[forms.contact]
title = { ru = "Как с вами связаться?" }
${CONSENT}
`;

/** What must not be heard by anybody else: what the visitor typed, and what is his alone. */
const PERSONAL = ["signals@example.ru", "Анна", "Зову соседа", "yclid", "123456"];

let town;
let company;
before(async () => {
  town = await openMadeTown();
  company = await makeCompany(town.server, FORMS);
});
after(() => town?.close());

async function visit(form, attributes = "", head = "") {
  const someone = await person(town.browser, town.host, { "made.html": madePage(`<a id="link" href="#firstcontact">Цена</a>${tag({ ...company, form }, attributes)}`, { head }) });
  await someone.context.addInitScript(() => (window.dataLayer = []));
  const seen = await someone.open("made.html?yclid=123456");
  await waitFor(async () => (await seen.told("ready")).length === 1, "the form");
  const { page } = seen;
  return {
    ...seen,
    context: someone.context,
    data: () => page.evaluate(() => window.dataLayer),
    press: (words) => page.locator("first-contact").getByRole("button", { name: words, exact: true }).click(),
    async contact() {
      await seen.me.fillContact("signals@example.ru", { name: "Анна" });
      await seen.me.send();
      await seen.me.seeThanks();
    },
  };
}

const counted = (data) => {
  const counts = {};
  for (const { event } of data) counts[event] = (counts[event] ?? 0) + 1;
  return counts;
};

for (const [mode, attributes] of [["inline", ""], ["popup", 'data-mode="popup"']]) {
  test(`accepted: opened, recorded, answered, accepted and thanked are each told once, with nothing personal (${mode})`, async () => {
    const seen = await visit("band", attributes);
    assert.deepEqual(await seen.data(), [], "nothing is told before anybody turns to the form");
    if (mode === "popup") await seen.page.locator("#link").click();
    await seen.contact();
    await seen.press("Да");
    await seen.me.seeQuestion("Что ещё?");
    // Back, and the same once more: the page has heard of it.
    await seen.press("Назад");
    await seen.press("Да");
    await seen.me.seeQuestion("Что ещё?");
    await seen.page.locator("first-contact .entry .field").fill("Зову соседа");
    await seen.press("Продолжить");
    await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
    await waitFor(async () => (await seen.data()).some(({ event }) => event === "lead_price_accepted"), "the price");
    await seen.page.waitForTimeout(200);
    const data = await seen.data();
    assert.deepEqual(counted(data), { lead_widget_open: 1, generate_lead: 1, lead_question_answered: 2, lead_price_accepted: 1, lead_thanks: 1 });
    for (const told of data) {
      const { event, form_id, ...more } = told;
      assert.equal(form_id, "band");
      assert.deepEqual(Object.keys(more), event === "lead_question_answered" ? ["question"] : []);
    }
    assert.deepEqual(data.filter(({ event }) => event === "lead_question_answered").map(({ question }) => question), ["price", "words"]);
    for (const word of PERSONAL) assert.ok(!JSON.stringify(data).includes(word), word);
    await seen.context.close();
  });
}

test("declined: told once, after the confirmation and not before, and never as accepted", async () => {
  const seen = await visit("band");
  await seen.contact();
  await seen.press("Нет, спасибо");
  await seen.me.seeQuestion("Закрыть заявку?");
  assert.ok(!(await seen.data()).some(({ event }) => event === "lead_price_declined"));
  await seen.press("Да, закрыть");
  await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
  await seen.page.waitForTimeout(200);
  const data = await seen.data();
  assert.deepEqual(counted(data), { lead_widget_open: 1, generate_lead: 1, lead_question_answered: 1, lead_price_declined: 1, lead_thanks: 1 });
  for (const word of PERSONAL) assert.ok(!JSON.stringify(data).includes(word), word);
  await seen.context.close();
});

test("a refusal under the owner's own code is confirmed once, closes the lead for that reason, and is told", async () => {
  const seen = await visit("own");
  await seen.contact();
  const [{ lead }] = await seen.told("recorded");
  await seen.press("Дорого");
  await seen.me.seeQuestion("Закрыть заявку?");
  await seen.press("Нет, вернуться");
  await seen.press("Дорого");
  await seen.press("Да, закрыть");
  await seen.me.seeQuestion(/Спасибо за внимание и честный ответ/);
  const closed = await waitFor(async () => {
    const detail = (await company.lead(lead)).lead;
    return detail.closed && detail;
  }, "the closed lead");
  assert.equal(closed.answers.find(({ question }) => question === "price").answered, "Дорого");
  assert.equal(closed.closed.reason, "price_bar_declined");
  assert.deepEqual(counted(await seen.data()).lead_price_declined, 1);
  await seen.context.close();
});

test("an acceptance under the owner's own code is told too", async () => {
  const seen = await visit("own");
  await seen.contact();
  await seen.press("Подходит");
  await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
  await seen.page.waitForTimeout(200);
  assert.equal(counted(await seen.data()).lead_price_accepted, 1);
  await seen.context.close();
});

for (const [price, event] of [["Да", "lead_price_accepted"], ["Нет, спасибо", "lead_price_declined"]]) {
  test(`asked in our frame, the page around it hears the same, each thing once, with nothing personal: ${event}`, async () => {
    const forbidden = `<meta http-equiv="Content-Security-Policy" content="script-src ${company.url} 'unsafe-inline'">`;
    const seen = await visit("band", "", forbidden);
    await seen.contact();
    const frame = seen.page.frameLocator("first-contact iframe");
    const press = (words) => frame.getByRole("button", { name: words, exact: true }).click();
    await press(price);
    if (event === "lead_price_declined") await press("Да, закрыть");
    else {
      await frame.locator("first-contact .entry .field").fill("Зову соседа");
      await press("Продолжить");
    }
    await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
    await waitFor(async () => (await seen.data()).some((told) => told.event === event), "the price");
    await seen.page.waitForTimeout(200);
    const data = await seen.data();
    const questions = event === "lead_price_declined" ? ["price"] : ["price", "words"];
    assert.deepEqual(counted(data), { lead_widget_open: 1, generate_lead: 1, lead_question_answered: questions.length, [event]: 1, lead_thanks: 1 });
    assert.deepEqual(data.filter(({ question }) => question).map(({ question }) => question), questions);
    for (const { event, form_id, ...more } of data) {
      assert.equal(form_id, "band");
      assert.deepEqual(Object.keys(more), event === "lead_question_answered" ? ["question"] : []);
    }
    for (const word of PERSONAL) assert.ok(!JSON.stringify(data).includes(word), word);
    await seen.context.close();
  });
}
