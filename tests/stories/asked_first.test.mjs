// Stories of what is asked first: a quiz's first question, which is there before the module, and how a quiz ends, with the
// contact or without; and of files that are asked for once more.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

const NOTICE = `consent = { kind = "notice", version = "1", text = { ru = "Отправляя, вы соглашаетесь" } }`;
const FORMS = `
[[forms]]
id = "words"
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, ${NOTICE} }

[[forms.questions]]
id = "piece"
text = { ru = "{{name|Друг}}, что делаем для {{field.city|вас}}?" }
choices = [{ code = "table", text = { ru = "Стол" } }, { code = "own", text = { ru = "Своё" }, takes = "words" }]

[[forms.questions]]
id = "after"
text = { ru = "Дальше после «{{piece}}»?" }
choices = [{ code = "yes", text = { ru = "Да" } }]

[[forms]]
id = "scale"
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, ${NOTICE} }
questions = [
  { id = "weight", kind = "scale", min = 0, max = 10, low = { ru = "совсем нет" }, high = { ru = "очень" }, text = { ru = "Насколько важен срок?" } },
  { id = "after", text = { ru = "Дальше после {{weight}}?" }, choices = [{ code = "yes", text = { ru = "Да" } }] },
]

[[forms]]
id = "typed"
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, ${NOTICE} }
questions = [{ id = "area", kind = "number", text = { ru = "Какая площадь?" } }]

[[forms]]
id = "file"
contact = { title = { ru = "Как с вами связаться?" }, ${NOTICE} }

[[forms.questions]]
id = "drawing"
kind = "file"
endings = ["jpg", "pdf"]
text = { ru = "Есть чертёж?" }

[[forms.questions]]
id = "more"
text = { ru = "Что ещё?" }
choices = [{ code = "yes", text = { ru = "Да" } }]

[[forms]]
id = "any"
contact = { title = { ru = "Как с вами связаться?" }, ${NOTICE} }

[[forms.questions]]
id = "drawing"
kind = "file"
text = { ru = "Есть чертёж?" }
`;

const BAND = `kind = "price", price = { min = 15000, max = 90000, currency = "₽" }, text = { ru = "Обычно {{min}}–{{max}} {{cur}}. Подходит?" }, choices = [{ code = "fits", means = "accept", text = { ru = "Подходит" } }, { code = "dear", means = "decline", text = { ru = "Дорого" } }]`;
const ENDS = `
[[forms]]
id = "band"
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, ${NOTICE} }
questions = [
  { id = "piece", text = { ru = "Что делаем?" }, choices = [{ code = "table", text = { ru = "Стол" } }] },
  { id = "price", ${BAND} },
  { id = "more", kind = "text", text = { ru = "Что ещё?" } },
]
end = { title = { ru = "Пришлём расчёт" }, redirect = "/thanks.html" }

[[forms]]
id = "reached"
contact = { title = { ru = "Как с вами связаться?" }, ${NOTICE} }
questions = [{ id = "price", ${BAND} }, { id = "more", kind = "text", text = { ru = "Что ещё?" } }]
end = { redirect = "/thanks.html" }

[[forms]]
id = "filled"
questions = [
  { id = "piece", text = { ru = "Что делаем?" }, choices = [{ code = "table", text = { ru = "Стол для {{field.city|вас}}" } }, { code = "own", text = { ru = "Своё" }, takes = "words" }] },
  { id = "area", kind = "number", text = { ru = "Какая площадь?" } },
]
values = [{ id = "cost", of = { product = [{ answer = "area" }, { number = 1500 }] } }]

[forms.contact]
place = "last"
title = { ru = "Куда прислать расчёт на {{cost|всё}} ₽?" }
lead_in = { ru = "{{area|Сколько-то}} м² в {{field.city|вашем городе}}" }
button = { ru = "Получить {{cost|расчёт}}" }
consent = { kind = "notice", version = "1", text = { ru = "Согласен, {{name|гость}}" } }

[forms.end]
title = { ru = "Спасибо, {{name|до встречи}}!" }
text = { ru = "Всё за {{ cost | недорого }} ₽, {{area}} м², {{field.city|где угодно}}" }
file = { url = "https://files.example/a.pdf", text = { ru = "Смета на {{cost}}" } }

[[forms]]
id = "bare"
questions = []
contact = { title = { ru = "Перезвоним в {{field.city|ваш город}}" }, ${NOTICE} }
end = { title = { ru = "Ждите, {{name|друг}}, в {{ field.city | городе}}" } }
`;

const JPEG = Buffer.from("ffd8ffe000104a464946", "hex");

let town;
let server;
let browser;
let host;
let company;
before(async () => {
  town = await openMadeTown();
  ({ server, browser, host } = town);
  company = await makeCompany(server, FORMS + ENDS);
});
after(() => town?.close());

const tagOf = (form, attributes) => tag({ url: server.url, site: company.site, form }, attributes);

test("the first question names what is known and takes words beside a choice, without waiting for the module", async () => {
  const someone = await person(browser, host, { "made.html": madePage(tagOf("words", 'data-field-city="Твери"')) });
  let load;
  const loaded = new Promise((resolve) => (load = resolve));
  await someone.context.route(/\/(visit\.js|widget\.js|widget_bg\.wasm)$/, async (route) => {
    await loaded;
    await route.continue();
  });
  const seen = await someone.open("made.html");
  await seen.page.getByText("Друг, что делаем для Твери?").waitFor();
  await seen.page.getByRole("button", { name: "Своё" }).click();
  load();
  await seen.page.locator("first-contact .entry .field").fill("Лестницу");
  assert.equal(await seen.page.getByText("Друг, что делаем для Твери?").count(), 1);
  await seen.page.getByRole("button", { name: "Продолжить" }).click();
  await seen.page.getByText("Дальше после «Своё: Лестницу»?").waitFor();
  await seen.page.getByRole("button", { name: "Да" }).click();
  await seen.me.fillContact("words@example.ru");
  await seen.me.send();
  await seen.me.seeThanks();
  const [{ lead }] = await seen.told("recorded");
  await waitFor(async () => (await company.lead(lead)).lead.answers[0]?.answered === "Своё: Лестницу", "the words");
  assert.deepEqual(seen.heard, []);
  await someone.context.close();
});

for (const [way, number] of [["tapped", 10], ["by its digit", 0]]) {
  test(`a scale is there at once too, ${way}, and its number arrives`, async () => {
    const someone = await person(browser, host, { "made.html": madePage(tagOf("scale")) });
    let load;
    const loaded = new Promise((resolve) => (load = resolve));
    await someone.context.route(/\/(visit\.js|widget\.js|widget_bg\.wasm)$/, async (route) => {
      await loaded;
      await route.continue();
    });
    const seen = await someone.open("made.html");
    await seen.page.getByText("Насколько важен срок?").waitFor();
    assert.equal(seen.fetched.filter((url) => url.startsWith(server.url)).length, 1, "one request");
    const first = seen.page.locator("first-contact .choice").first();
    if (way === "tapped") await seen.page.getByRole("button", { name: String(number), exact: true }).click();
    else {
      await first.focus();
      await seen.page.keyboard.press(String(number));
    }
    load();
    await seen.page.getByText(`Дальше после ${number}?`).waitFor();
    await seen.page.getByRole("button", { name: "Да" }).click();
    await seen.me.fillContact(`scale${number}@example.ru`);
    await seen.me.send();
    await seen.me.seeThanks();
    const [{ lead }] = await seen.told("recorded");
    await waitFor(async () => (await company.lead(lead)).lead.answers[0]?.answered === String(number), "the number");
    assert.deepEqual(seen.heard, []);
    await someone.context.close();
  });
}

test("the check of a configuration says which quiz begins with a question that has to wait for the module", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "first-contact-check-")), "client.toml");
  const whole = await readFile(new URL("../forms/every_kind.toml", import.meta.url), "utf8");
  await writeFile(file, `${whole}\n${FORMS}`);
  const { stdout } = await promisify(execFile)(process.env.XTASK, ["workspace", "config", "check", file]);
  const said = stdout.split("\n").filter((line) => line.includes("WebAssembly"));
  assert.equal(said.length, 1, stdout);
  assert.match(said[0], /^ +\d+:\d+: forms\.typed\.questions\[0\]: /);
  assert.match(stdout, /can be published/);
  await rm(dirname(file), { recursive: true });
});

async function askForFile(form) {
  const someone = await person(browser, host, { "made.html": madePage(tagOf(form)) });
  const seen = await someone.open("made.html");
  await seen.me.fillContact(`${form}-${Math.random()}@example.ru`);
  await seen.me.send();
  const field = seen.page.locator("first-contact .entry [type=file]");
  await field.waitFor({ timeout: 20_000 });
  const [{ lead }] = await seen.told("recorded");
  const give = async (name, buffer = JPEG) => {
    await field.setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await seen.page.locator("first-contact .entry .button").click();
  };
  const files = async () => (await company.lead(lead)).attachments ?? (await company.lead(lead)).files;
  return { ...seen, someone, field, give, files, lead };
}

test("every kind of file that is kept is taken, and a kind by each of its names", async () => {
  const any = await askForFile("any");
  const offered = (await any.field.getAttribute("accept")).split(",");
  for (const ending of [".bmp", ".heif", ".ppt", ".pptx", ".rtf", ".tif", ".tiff", ".jpeg"]) assert.ok(offered.includes(ending), ending);
  const kept = any.page.waitForResponse((response) => response.url().endsWith("/files"));
  await any.give("plan.bmp", Buffer.from("424d00000000", "hex"));
  assert.equal((await kept).status(), 201);
  await any.someone.context.close();

  const named = await askForFile("file");
  assert.equal(await named.field.getAttribute("accept"), ".pdf,.jpg,.jpeg");
  const photo = named.page.waitForResponse((response) => response.url().endsWith("/files"));
  await named.give("photo.JPEG");
  assert.equal((await photo).status(), 201);
  await named.someone.context.close();
});

test("a file that the ledger refuses: he is told in words, in that question, and chooses another", async () => {
  const seen = await askForFile("file");
  const refused = seen.page.waitForResponse((response) => response.url().endsWith("/files"));
  await seen.give("plan.pdf", Buffer.from("not what it says"));
  assert.equal((await refused).status(), 415);
  const again = seen.page.locator("first-contact .again");
  await again.getByText("Такой файл мы не сможем открыть.").waitFor();
  await again.getByText("Есть чертёж?").waitFor();
  // Nobody is torn away from what he is answering meanwhile.
  await seen.page.getByText("Что ещё?").waitFor();
  const kept = seen.page.waitForResponse((response) => response.url().endsWith("/files"));
  await again.locator("[type=file]").setInputFiles({ name: "plan.jpg", mimeType: "image/jpeg", buffer: JPEG });
  assert.equal((await kept).status(), 201);
  await again.waitFor({ state: "detached" });
  await waitFor(async () => (await company.lead(seen.lead)).lead.answers[0]?.answered === "plan.jpg", "the other file's name");
  await seen.page.getByRole("button", { name: "Да" }).click();
  await waitFor(async () => (await company.lead(seen.lead)).lead.answers.length === 2, "both answers");
  await seen.someone.context.close();
});

const LINK = '<a id="link" href="#firstcontact">Цена</a>';
const press = (seen, name) => seen.page.locator("first-contact").getByRole("button", { name, exact: true }).click();

for (const mode of ["inline", "popup", "bubble"]) {
  test(`a quiz whose price band is declined asks for no contact and promises nothing: ${mode}`, async () => {
    const attributes = `data-consent="granted" ${mode === "inline" ? "" : `data-mode="${mode}"`}`;
    const someone = await person(browser, host, { "made.html": madePage(LINK + tagOf("band", attributes)) });
    await someone.context.addInitScript(() => (window.dataLayer = []));
    await someone.context.addInitScript(() => {
      navigator.sendBeacon = (url, body) => (localStorage.counted = [localStorage.counted, ...Object.keys(JSON.parse(body).steps)]);
    });
    const seen = await someone.open("made.html");
    const open = async () => mode !== "inline" && (await seen.page.locator("#link").click());
    await open();
    await press(seen, "Стол");
    await press(seen, "Дорого");
    await press(seen, "Нет, вернуться");
    await seen.me.seeQuestion("Обычно 15 000–90 000 ₽. Подходит?");
    await press(seen, "Дорого");
    await press(seen, "Да, закрыть");
    const thanks = seen.page.getByRole("heading", { name: "Спасибо за внимание и честный ответ!" });
    await thanks.waitFor();
    await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
    // Longer than the thanks are shown before the owner's page.
    await seen.page.waitForTimeout(3000);
    assert.match(seen.page.url(), /made\.html/);
    assert.equal(await thanks.isVisible(), true);
    assert.equal(await seen.page.locator("first-contact").getByText(/Куда прислать|Пришлём|Что ещё|записали/).count(), 0);
    assert.equal(await seen.page.locator("first-contact .back:visible, first-contact [name=reach]").count(), 0);
    const events = (await seen.page.evaluate(() => window.dataLayer)).map(({ event }) => event);
    assert.deepEqual(events.filter((event) => /declined|thanks|generate/.test(event)), ["lead_price_declined"]);
    if (mode !== "inline") {
      await seen.page.keyboard.press("Escape");
      await seen.page.locator("first-contact .card").waitFor({ state: "hidden" });
      await open();
      await thanks.waitFor();
      assert.equal(await seen.page.locator("first-contact [name=reach]").count(), 0);
    }
    assert.ok(!seen.fetched.some((url) => url.includes("/v1/inquiries")), "nothing is recorded of somebody who can't be reached");
    // Whoever comes back begins anew.
    await seen.page.reload();
    await open();
    await seen.me.seeQuestion("Что делаем?");
    const counted = await waitFor(() => seen.page.evaluate(() => localStorage.counted?.split(",")), "the count");
    assert.ok(counted.includes("answered:price"), counted.join());
    assert.deepEqual(counted.filter((step) => ["minted", "completed", "contact"].includes(step)), []);
    assert.deepEqual(seen.heard, []);
    await someone.context.close();
  });
}

test("a quiz declined and torn away in the same moment ends as declined when it is taken up again", async () => {
  const someone = await person(browser, host, { "made.html": madePage(tagOf("band", 'data-consent="granted"')) });
  const seen = await someone.open("made.html");
  await press(seen, "Стол");
  await seen.me.seeQuestion("Подходит?");
  await seen.page.evaluate(() => {
    const name = Object.keys(sessionStorage).find((name) => name.includes(":visit:"));
    const state = JSON.parse(sessionStorage[name]);
    sessionStorage[name] = JSON.stringify({ ...state, seq: 2, answers: [...state.answers, ["price", 2, "dear"]] });
  });
  await seen.page.reload();
  await seen.page.getByRole("heading", { name: "Спасибо за внимание и честный ответ!" }).waitFor();
  assert.equal(await seen.page.locator("first-contact [name=reach]").count(), 0);
  await someone.context.close();
});

test("who declines after he can be reached is asked no more and led nowhere, in place and in our frame", async () => {
  for (const head of ["", `<meta http-equiv="Content-Security-Policy" content="script-src ${server.url}">`]) {
    const someone = await person(browser, host, { "made.html": madePage(tagOf("reached"), { head }) });
    const seen = await someone.open("made.html");
    await seen.me.fillContact(`reached${head.length}@example.ru`);
    await seen.me.send();
    await seen.me.seeThanks();
    const [{ lead }] = await seen.told("recorded");
    const form = (head ? seen.page.frameLocator("first-contact iframe") : seen.page).locator("first-contact");
    await form.getByRole("button", { name: "Дорого" }).click({ timeout: 20_000 });
    await form.getByRole("button", { name: "Да, закрыть" }).click();
    await form.getByRole("heading", { name: "Спасибо за внимание и честный ответ!" }).waitFor();
    await waitFor(async () => (await seen.told("completed")).length === 1, "the end");
    await seen.page.waitForTimeout(3000);
    assert.match(seen.page.url(), /made\.html/);
    await waitFor(async () => (await company.lead(lead)).lead.closed?.reason === "price_bar_declined", "the closing");
    await someone.context.close();
  }
});

const CITY = 'data-field-city="Твери"';
async function takeQuiz(seen) {
  await press(seen, "Стол для Твери");
  await seen.page.locator("first-contact .entry .field").fill("40");
  await press(seen, "Продолжить");
  await seen.page.getByRole("heading", { name: "Куда прислать расчёт на 60 000 ₽?" }).waitFor();
  await seen.page.getByText("40 м² в Твери").waitFor();
}
async function seeEnd(scope, name) {
  await scope.getByRole("heading", { name: `Спасибо, ${name}!` }).waitFor({ timeout: 20_000 });
  await scope.getByText("за 60 000 ₽, 40 м², Твери").waitFor();
  await scope.getByRole("link", { name: "Смета на 60 000" }).waitFor();
  assert.ok(!(await scope.locator("first-contact .card").allInnerTexts()).join().includes("{{"));
}

for (const [mode, name] of [["inline", "Анна"], ["popup", ""], ["slider", "Анна"]]) {
  test(`the contact step and the end of a quiz name what was said: ${mode}, ${name || "without a name"}`, async () => {
    const attributes = `${CITY} ${mode === "inline" ? "" : `data-mode="${mode}"`}`;
    const someone = await person(browser, host, { "made.html": madePage(LINK + tagOf("filled", attributes)) });
    const seen = await someone.open("made.html");
    if (mode !== "inline") await seen.page.locator("#link").click();
    await takeQuiz(seen);
    await seen.page.getByText("Согласен, гость").waitFor();
    await seen.me.fillContact(`filled-${mode}@example.ru`, { name });
    await press(seen, "Получить 60 000");
    await seen.me.seeThanks();
    await seeEnd(seen.page, name || "до встречи");
    assert.deepEqual(seen.heard, []);
    await someone.context.close();
  });
}

test("the end of a quiz names what was said also where it was sent from another page, and from our own", async () => {
  const someone = await person(browser, host, {
    "began.html": madePage(tagOf("filled", CITY)),
    "other.html": madePage(tagOf("filled")),
    "mute.html": madePage(tagOf("filled", CITY)),
  });
  const pattern = /\/v1\/inquiries/;
  await someone.context.route(pattern, (route) => route.abort());
  const first = await someone.open("began.html");
  await takeQuiz(first);
  await first.me.fillContact("filled-unsent@example.ru", { name: "Анна" });
  await press(first, "Получить 60 000");
  await first.page.getByText("Мы сохранили обращение").waitFor();
  await first.page.close();
  await someone.context.unroute(pattern);
  const later = await someone.open("other.html");
  await later.me.seeThanks();
  await seeEnd(later.page, "Анна");

  const mute = await someone.open("mute.html");
  await takeQuiz(mute);
  // From here on the page allows no request to us.
  await mute.page.evaluate(() => {
    const policy = Object.assign(document.createElement("meta"), { httpEquiv: "Content-Security-Policy", content: "connect-src 'none'" });
    document.head.append(policy);
  });
  await mute.me.fillContact("filled-mute@example.ru", { name: "Ольга" });
  await press(mute, "Получить 60 000");
  const frame = mute.page.frameLocator("first-contact iframe");
  await frame.locator("first-contact form.contact .button").click({ timeout: 20_000 });
  await seeEnd(frame, "Ольга");
  await someone.context.close();
});

test("a form without questions names what the visit came with, and fetches no module for it", async () => {
  const someone = await person(browser, host, { "made.html": madePage(tagOf("bare", CITY)) });
  const seen = await someone.open("made.html");
  await seen.page.getByRole("heading", { name: "Перезвоним в Твери" }).waitFor();
  await seen.me.fillContact("bare@example.ru", { name: "Анна" });
  await seen.me.send();
  await seen.me.seeThanks();
  await seen.page.getByRole("heading", { name: "Ждите, Анна, в Твери" }).waitFor();
  assert.ok(!seen.fetched.some((url) => url.includes("widget")));
  await someone.context.close();
});
