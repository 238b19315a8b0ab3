// Stories of other languages, of a quiz that asks for the contact last, and of help while typing.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

const CONSENT = `
[forms.contact.consent]
kind = "notice"
version = "1"
text = { ru = "Отправляя, вы соглашаетесь.", en = "By sending you agree.", de = "Mit dem Senden stimmen Sie zu." }
`;

const FORMS = `
[words.de]
reach = "Telefon oder E-Mail"
send = "Senden"
thanks = "Danke! Ihre Anfrage ist notiert; wir antworten "
by = " bis "
on = "am "

[words.ar]
reach = "الهاتف أو البريد"
send = "إرسال"

[[forms]]
id = "price"
questions = ["buying_stage"]
[forms.contact]
title = { ru = "Как с вами связаться?", en = "How can we reach you?", de = "Wie erreichen wir Sie?", ar = "كيف نتواصل معك؟" }
button = { ru = "Узнать цену", en = "Get the price", de = "Preis erfahren" }
${CONSENT}

[[forms]]
id = "quiz"
questions = ["buying_stage", "timing"]
[forms.contact]
place = "last"
title = { ru = "Куда прислать расчёт?", en = "Where shall we send it?" }
${CONSENT}

[[forms]]
id = "short"
questions = []
[forms.contact]
title = { ru = "Как с вами связаться?", en = "How can we reach you?" }
${CONSENT}
[forms.end]
title = { ru = "Каталог ваш" }
redirect = "/thanks.html"
[forms.end.file]
url = "https://files.example/catalogue.pdf"
text = { ru = "Скачать каталог" }
`;

let town;
let server;
let company;
let browser;
let host;
before(async () => {
  town = await openMadeTown();
  ({ server, browser, host } = town);
  company = await makeCompany(server, FORMS);
});
after(() => town?.close());

async function visit(form, { lang, attributes, options } = {}) {
  const html = madePage(`<h1>Page</h1>${tag({ ...company, form }, attributes)}`, { lang });
  const someone = await person(browser, host, { "made.html": html, "thanks.html": madePage("<h1>Спасибо вам</h1>") }, options);
  return { ...(await someone.open("made.html")), context: someone.context };
}

test("our own words are the same in Russian and English, none is empty, and none is left in the other language", async () => {
  const read = async (lang) => JSON.parse(await readFile(new URL(`../../site/words/${lang}.json`, import.meta.url), "utf8"));
  const [russian, english] = [await read("ru"), await read("en")];
  const names = (words) => Object.entries(words).map(([part, said]) => [part, Object.keys(said).sort()]);
  assert.deepEqual(names(russian), names(english));
  for (const [part, said] of Object.entries(english)) {
    for (const [name, words] of Object.entries(said)) {
      assert.match(words, /^[^а-яё]*[a-z][^а-яё]*$/i, `${part}.${name} in English`);
      // «в понедельник»: a Russian day brings its preposition along.
      if (name !== "on") assert.match(russian[part][name], /[а-яё]/i, `${part}.${name} in Russian`);
    }
  }
});

test("a language of a form's own: its words, its button, its times; what it lacks is English", async () => {
  const { page, me, heard, context } = await visit("price", { lang: "de" });
  await page.getByLabel("Telefon oder E-Mail").fill("de@example.de");
  await page.getByText("optional").first().waitFor();
  await page.getByRole("button", { name: "Preis erfahren" }).click();
  const thanks = page.getByText("Danke! Ihre Anfrage ist notiert");
  await thanks.waitFor();
  await waitFor(async () => /antworten (heute|morgen) bis \d{1,2}:\d\d\./.test(await thanks.textContent()), "the time of the answer");
  assert.equal(await me.form.evaluate((element) => element.shadowRoot.querySelector(".fc").lang), "de");
  assert.deepEqual(heard, []);
  await context.close();
});

test("from right to left: the form turns round, also on a page that does not", async () => {
  const { page, me, heard, context } = await visit("price", { attributes: 'data-lang="ar"' });
  await page.getByRole("button", { name: "إرسال" }).or(page.getByRole("button", { name: "Get the price" })).waitFor();
  const sides = await me.form.evaluate((element) => {
    const box = element.shadowRoot.querySelector(".fc");
    const title = element.shadowRoot.querySelector(".title");
    return { dir: getComputedStyle(box).direction, align: getComputedStyle(title).textAlign, page: getComputedStyle(document.body).direction };
  });
  assert.deepEqual(sides, { dir: "rtl", align: "start", page: "ltr" });
  assert.deepEqual(heard, []);
  await context.close();
});

test("from right to left a bubble and its panel stand at the same side, the left", async () => {
  const { page, me, context } = await visit("price", { attributes: 'data-lang="ar" data-mode="bubble"' });
  await page.getByRole("button", { name: "كيف نتواصل معك؟" }).click();
  await me.form.locator("[name=reach]").waitFor();
  const lefts = await me.form.evaluate(({ shadowRoot }) => ["dialog", ".opener"].map((part) => shadowRoot.querySelector(part).getBoundingClientRect().left));
  assert.deepEqual(lefts, [20, 20]);
  await context.close();
});

test("a quiz: the first question is there in one request, the contact comes last, and all answers arrive with it", async () => {
  const known = (await company.api("/api/leads")).leads.length;
  const { page, me, told, fetched, heard, context } = await visit("quiz");
  await page.getByRole("button", { name: "Выбираем, что и у кого купить" }).waitFor();
  assert.equal(fetched.filter((url) => url.startsWith(server.url)).length, 1, "one request");
  await page.getByRole("button", { name: "Выбираем, что и у кого купить" }).focus();
  await page.keyboard.press("Enter");
  await me.seeQuestion("Когда вообще планируете");
  assert.equal((await company.api("/api/leads")).leads.length, known, "nobody can be reached yet");
  await page.getByRole("button", { name: "В ближайший месяц" }).click();
  await me.form.locator("[name=reach]").fill("quiz@example.ru");
  await page.getByRole("button", { name: "Отправить" }).click();
  await me.seeThanks();
  await waitFor(async () => (await told("completed")).length === 1, "the end");
  const { leads } = await company.api("/api/leads");
  const lead = leads.find(({ contact }) => contact.emails.includes("quiz@example.ru"));
  const answers = await waitFor(async () => {
    const { answers } = (await company.api(`/api/leads/${lead.id}`)).lead;
    return answers.length === 2 && answers;
  }, "the answers");
  assert.deepEqual(answers.map(({ question }) => question), ["buying_stage", "timing"]);
  assert.deepEqual(heard, []);
  await context.close();
});

test("a quiz whose module cannot be had asks for the contact at once, and loses no answer", async () => {
  const someone = await person(browser, host, { "made.html": madePage(tag({ ...company, form: "quiz" })) });
  await someone.context.route("**/visit.js", (route) => route.abort());
  const { page, me } = await someone.open("made.html");
  const answers = page.waitForRequest((request) => request.url().endsWith("/answers"));
  await page.getByRole("button", { name: "Выбираем, что и у кого купить" }).click();
  await me.form.locator("[name=reach]").fill("quizalone@example.ru");
  await page.getByRole("button", { name: "Отправить" }).click();
  await me.seeThanks();
  assert.deepEqual(JSON.parse((await answers).postData()).answers, { buying_stage: "choosing_vendor" });
  await someone.context.close();
});

test("a form without questions ends with the owner's words and file, and leads on", async () => {
  const { page, me, fetched, context } = await visit("short");
  // The next page comes when this one was read.
  const { promise: wasRead, resolve: read } = Promise.withResolvers();
  await context.route("**/thanks.html", async (route) => {
    await wasRead;
    await route.continue();
  });
  await me.fillContact("short@example.ru");
  await me.send();
  await me.seeThanks();
  await page.getByRole("heading", { name: "Каталог ваш" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Скачать каталог" }).getAttribute("href"), "https://files.example/catalogue.pdf");
  read();
  await page.waitForURL(/thanks\.html$/);
  assert.ok(!fetched.some((url) => url.endsWith(".wasm")));
  await context.close();
});

test("whoever began on one version finishes on it", async () => {
  const { page, me, fetched, context } = await visit("price", { lang: "ru" });
  await me.form.locator("[name=reach]").waitFor();
  const { version } = await (await fetch(`${company.url}/v1/forms/${company.site}/price`)).json();
  await company.publish(FORMS.replace('id = "price"\nquestions = ["buying_stage"]', 'id = "price"\nquestions = ["timing"]'));
  await me.fillContact("version@example.ru");
  await page.getByRole("button", { name: "Узнать цену" }).click();
  await me.seeQuestion("На каком вы этапе?");
  assert.ok(fetched.includes(`${company.url}/v1/forms/${company.site}/price/${version}`));
  await company.publish(FORMS);
  await context.close();
});

test("a phone is written readably and a mistyped mailbox is offered right, and neither stands in the way", async () => {
  const { page, me, heard, context } = await visit("price", { lang: "ru" });
  const reach = me.form.locator("[name=reach]");
  const leave = async (typed) => {
    await reach.fill(typed);
    await me.form.locator("[name=message]").focus();
  };
  await reach.focus();
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("_bg.wasm")));
  await leave("89123456789");
  await waitFor(async () => (await reach.inputValue()) === "+7 912 345-67-89", "the phone");
  for (const typed of ["8 029 123-45-67", "@telegram_name", "+49 30 901820", "12-34"]) {
    await leave(typed);
    assert.equal(await reach.inputValue(), typed);
  }
  await leave("anna@gmial.com");
  await page.getByRole("button", { name: "anna@gmail.com" }).click();
  assert.equal(await reach.inputValue(), "anna@gmail.com");
  for (const right of ["anna@mail.ru", "anna@yandex.ru", "anna@company.ru", "anna@bk.ru", "anna@domain.su", "x@y.ru"]) {
    await leave(right);
    assert.equal(await me.form.locator(".offer").count(), 0, right);
  }
  await leave("anna@gmial.com");
  await page.getByRole("button", { name: "Узнать цену" }).click();
  await me.seeThanks();
  assert.deepEqual(heard, []);
  await context.close();
});

test("an accent of any colour stays legible", async () => {
  for (const [accent, theme] of [["#ffcc00", "light"], ["#ffcc00", "dark"], ["#1133aa", "light"], ["#1133aa", "dark"], ["#7a7a7a", "light"], ["#7a7a7a", "dark"]]) {
    const { page, me, context } = await visit("price", { lang: "ru", attributes: `data-accent="${accent}" data-theme="${theme}"` });
    await me.form.locator("[name=reach]").waitFor();
    const ratios = async () =>
      me.form.evaluate((element) => {
        const canvas = document.createElement("canvas").getContext("2d");
        const luminance = (colour) => {
          canvas.fillStyle = "#000";
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ratio = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
        const style = (selector) => getComputedStyle(element.shadowRoot.querySelector(selector));
        const button = style(".button");
        return { words: ratio(button.color, button.backgroundColor), focus: ratio(style("[name=reach]").outlineColor, style(".card").backgroundColor) };
      });
    await me.form.locator("[name=reach]").focus();
    const still = await ratios();
    assert.ok(still.words >= 4.5, `${accent} ${theme}: words on the button ${still.words}`);
    assert.ok(still.focus >= 4.5, `${accent} ${theme}: the focus ${still.focus}`);
    await me.form.locator(".button").hover();
    await page.waitForTimeout(50);
    assert.ok((await ratios()).words >= 4.5, `${accent} ${theme}: under the pointer`);
    await context.close();
  }
});

test("at 400 % nothing sticks out, and the font is the page's if so asked", async () => {
  const narrow = await visit("price", { lang: "ru", attributes: 'data-font="inherit"', options: { viewport: { width: 320, height: 256 } } });
  await narrow.me.form.locator("[name=reach]").waitFor();
  assert.ok((await narrow.page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
  const fonts = await narrow.me.form.evaluate((element) => [getComputedStyle(element.shadowRoot.querySelector(".title")).fontFamily, getComputedStyle(document.body).fontFamily]);
  assert.equal(fonts[0], fonts[1]);
  await narrow.context.close();
});

test("a page opened from a file is told calmly that the form works on the website", async () => {
  const folder = await mkdtemp(join(tmpdir(), "first-contact-file-"));
  const file = join(folder, "page.html");
  await writeFile(file, madePage(tag({ ...company, form: "price" })));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.getByText("Форма работает на сайте").waitFor();
  assert.equal(await page.locator("first-contact input").count(), 0);
  await context.close();
  await rm(folder, { recursive: true });
});
