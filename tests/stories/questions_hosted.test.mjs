// The hosted page with scripts off: every kind of question, and a visitor who began on one version of a form.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { listen, openBrowser, openHost, rememberEvents, visitor } from "../story/browser.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const MEGABYTE = 1024 * 1024;

let server;
let browser;
let client;
let files;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  client = await makeWorkspace(server);
  files = await mkdtemp(join(tmpdir(), "first-contact-files-"));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const file = async (name, content) => {
  await writeFile(join(files, name), content);
  return join(files, name);
};

async function hosted(form, query = "lang=ru", { workspace = client, ...options } = {}) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, ...options });
  const page = await context.newPage();
  const heard = listen(page);
  await page.goto(`${server.url}/f/${workspace.site}/${form}?${query}`);
  return {
    page,
    heard,
    context,
    async leave(reach, name) {
      if (name) await page.locator("[name=name]").fill(name);
      await page.locator("[name=reach]").fill(reach);
      await page.locator("button[type=submit]").click();
    },
    see: (text) => page.getByText(text).first().waitFor(),
    ask: (text) => page.getByRole("heading", { name: text, exact: true }).waitFor(),
    tick: (label) => page.getByLabel(label, { exact: true }).check(),
    write: (text) => page.locator("[name=text]").fill(text),
    goOn: () => page.locator("button[value=answer]").click(),
    skip: () => page.locator("button[value=skip]").click(),
  };
}

async function answersOf(workspace, reach) {
  const { leads } = await workspace.api("/api/leads");
  const lead = leads.find(({ contact }) => [...contact.emails, ...contact.phones.map(({ e164 }) => e164)].includes(reach));
  return { lead, detail: await workspace.lead(lead.id), answers: Object.fromEntries(lead.answers.map(({ question, answered }) => [question, answered])) };
}

test("every kind of question, with what was said before in its wording", async () => {
  const me = await hosted("everything", "lang=ru&field.plan=золотой&utm_source=yandex");
  await me.page.getByRole("button", { name: "Посчитать" }).waitFor();
  await me.leave("kinds@example.ru", "Ира");
  await me.ask("Несколько вопросов, Ира");
  await me.see("Это займёт две минуты");
  assert.equal(await me.page.locator("button[value=skip]").count(), 0);
  await me.goOn();
  await me.ask("Какая комната?");
  await me.see("Тариф золотой");
  assert.equal(await me.page.locator("img").count(), 2);
  await me.tick("Кухня");
  await me.goOn();
  await me.ask("Что нужно в «Кухня»?");
  await me.tick("Стол");
  await me.tick("Полка");
  await me.goOn();
  await me.ask("Площадь");
  await me.see("от 1 до 500 м²");
  await me.write("12,5");
  await me.goOn();
  await me.ask("Сколько готовы потратить?");
  await me.write("50 000");
  await me.goOn();
  await me.ask("Примерно 25\u202f000 ₽");
  await me.goOn();
  await me.ask("Когда начать?");
  await me.write("2027-02-01");
  await me.goOn();
  await me.ask("Когда вас не будет дома?");
  await me.page.getByLabel("С", { exact: true }).fill("2027-03-01");
  await me.page.getByLabel("По", { exact: true }).fill("2027-03-09");
  await me.goOn();
  await me.ask("Насколько срочно?");
  await me.see("Вчера");
  await me.tick("4");
  await me.goOn();
  await me.ask("Запасной телефон");
  await me.write("8 (900) 1");
  await me.goOn();
  await me.ask("Почта для сметы");
  await me.write("ira@@example");
  await me.goOn();
  // The question for phones is left out on a computer; the one for visitors from Yandex is asked.
  await me.ask("Вы искали нас в Яндексе?");
  await me.skip();
  await me.ask("Расскажите подробнее");
  await me.page.locator("textarea[name=text]").fill("Две строки\nтекста");
  await me.goOn();
  await me.ask("Согласие на замер");
  await me.tick("Согласен на замер");
  await me.goOn();

  await me.ask("Есть чертёж, фото или задание? Приложите файл");
  assert.equal(await me.page.locator("form").getAttribute("enctype"), "multipart/form-data");
  await me.page.locator("[name=file]").setInputFiles(await file("program.exe", "MZ\0\0"));
  await me.goOn();
  await me.see("Такой файл мы не сможем открыть.");
  await me.page.locator("[name=file]").setInputFiles(await file("большой.pdf", Buffer.concat([Buffer.from("%PDF-1.7"), Buffer.alloc(10 * MEGABYTE)])));
  await me.goOn();
  await me.see("Файл больше 10 МБ.");
  // One so large that it is not even read is answered in the same words.
  await me.page.locator("[name=file]").setInputFiles(await file("огромный.pdf", Buffer.concat([Buffer.from("%PDF-1.7"), Buffer.alloc(30 * MEGABYTE)])));
  const refused = me.page.waitForResponse((response) => response.request().method() === "POST");
  await me.goOn();
  assert.equal((await refused).status(), 422);
  await me.see("Файл больше 10 МБ.");
  await me.page.locator("[name=file]").setInputFiles(await file("кухня.pdf", "%PDF-1.7 кухня"));
  await me.goOn();
  await me.ask("Чертёж в PDF");
  assert.equal(await me.page.locator("[name=file]").getAttribute("accept"), ".pdf");
  await me.skip();

  await me.ask("Готово, Ира!");
  await me.see("Выбрана комната: Кухня");
  assert.equal(await me.page.getByRole("link", { name: "Памятка" }).getAttribute("href"), "https://files.example/guide.pdf");

  const { detail, answers } = await answersOf(client, "kinds@example.ru");
  assert.deepEqual(answers, {
    hello: "", room: "Кухня", parts: "Стол, Полка", area: "12.5\u00a0м²", budget: "50\u202f000\u00a0₽", estimate: "",
    begin: "2027-02-01", stay: "2027-03-01/2027-03-09", mood: "4", second_phone: "8 (900) 1", second_email: "ira@@example",
    from_yandex: "", words: "Две строки\nтекста", agree: "Согласен на замер", file: "кухня.pdf", drawing: "",
  });
  assert.deepEqual(detail.files.map(({ name, question }) => [name, question]), [["кухня.pdf", "file"]]);
  assert.deepEqual(detail.inquiries[0].fields, [["plan", "золотой"]]);

  const report = await client.api("/api/reports/questions?form=everything");
  assert.deepEqual([report.minted, report.recorded, report.completed], [1, 1, 1]);
  assert.deepEqual(report.questions.filter(({ shown }) => shown > 0).length, 16);
  assert.deepEqual(report.questions.filter(({ skipped }) => skipped > 0).map(({ question }) => question), ["from_yandex", "drawing"]);
  await me.context.close();
});

test("everything can be skipped, a jump is taken, and the phone's own question is asked on a phone", async () => {
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
  const me = await hosted("everything", "lang=en", { userAgent: phone });
  await me.leave("skips@example.ru");
  await me.ask("A few questions, friend");
  await me.goOn();
  await me.see("Plan usual");
  for (const wording of ["Which room?", "What is needed in ?", "Area", "How much would you spend?", "When to begin?", "When will you be away?", "How urgent?", "Another phone", "E-mail for the estimate", "A question for phones", "Tell us more", "Consent to a visit"]) {
    await me.ask(wording);
    await me.skip();
  }
  await me.see("A drawing, a photo or a brief?");
  await me.skip();
  await me.ask("Done, thank you!");
  await me.context.close();

  const jumper = await hosted("everything", "lang=en");
  await jumper.leave("jumps@example.ru");
  await jumper.goOn();
  for (const wording of ["Which room?", "What is needed in ?", "Area", "How much would you spend?", "When to begin?", "When will you be away?"]) {
    await jumper.ask(wording);
    await jumper.skip();
  }
  await jumper.ask("How urgent?");
  await jumper.tick("1");
  await jumper.goOn();
  await jumper.ask("Consent to a visit");
  await jumper.context.close();
});

test("the price band: declined only after one confirmation, on a page of its own", async () => {
  const me = await hosted("band");
  await me.leave("band1@example.ru");
  await me.ask("Обычно это стоит 15\u202f000–90\u202f000 ₽. Вам подходит такой порядок цен?");
  await me.tick("Нет, спасибо");
  await me.goOn();
  await me.ask("Закрыть заявку? Больше не побеспокоим");
  const { lead } = await answersOf(client, "band1@example.ru");
  assert.deepEqual(lead.answers, [], "nothing is said before it is confirmed");
  await me.page.getByRole("button", { name: "Нет, вернуться" }).click();
  await me.ask("Обычно это стоит 15\u202f000–90\u202f000 ₽. Вам подходит такой порядок цен?");
  await me.tick("Нет, спасибо");
  await me.goOn();
  await me.page.getByRole("button", { name: "Да, закрыть" }).click();
  await me.ask("Спасибо за внимание и честный ответ!");
  assert.equal((await client.lead(lead.id)).lead.closed.reason, "price_bar_declined");
  await me.context.close();

  const other = await hosted("band");
  await other.leave("band2@example.ru");
  await other.tick("Хочу обсудить");
  await other.goOn();
  await other.ask("Какую задачу хотите решить?");
  await other.context.close();
});

test("a quiz without script asks for the contact first, and its end leads to another page", async () => {
  const me = await hosted("quiz");
  await me.page.route("https://thanks.example/**", (route) => route.fulfill({ body: "thanks elsewhere" }));
  await me.ask("Куда прислать ответ?");
  await me.leave("quiz@example.ru");
  await me.skip();
  await me.tick("Бюджет есть");
  await me.goOn();
  await me.page.waitForURL("https://thanks.example/after");
  const { lead } = await answersOf(client, "quiz@example.ru");
  assert.equal(lead.budget, "yes");
  await me.context.close();
});

test("a language of the form's own is read in its own direction, its missing words in English", async () => {
  const me = await hosted("everything", "x=1", { locale: "ar-EG" });
  assert.deepEqual(
    await me.page.locator("html").evaluate((html) => [html.lang, html.dir]),
    ["ar", "rtl"],
  );
  await me.ask("كيف نتواصل معك؟");
  await me.see("الهاتف أو البريد");
  await me.leave("ar@example.ru");
  await me.ask("بضعة أسئلة");
  await me.page.getByRole("button", { name: "التالي" }).click();
  await me.page.getByRole("button", { name: "تخطي" }).click();
  await me.see("You may choose several");
  await me.context.close();
});

const reworded = (text) =>
  text.replace('id = "room"\ntext = { ru = "Какая комната?"', 'id = "room"\ntext = { ru = "Которая комната?"').replaceAll('code = "hall"', 'code = "salon"').replace('[[forms.questions]]\nid = "parts"', '[[forms.questions]]\nid = "added"\nkind = "text"\ntext = { ru = "Новый вопрос" }\n\n[[forms.questions]]\nid = "parts"');

test("without script: who began on version 1 finishes on version 1, whatever is published meanwhile", async () => {
  const shop = await makeWorkspace(server);
  const me = await hosted("everything", "lang=ru", { workspace: shop });
  const second = await hosted("everything", "lang=ru", { workspace: shop });
  await me.leave("version@example.ru");
  await me.goOn();
  await me.ask("Какая комната?");
  const first = await (await fetch(`${server.url}/v1/forms/${shop.site}/everything/1`)).text();
  assert.equal(await shop.publish(reworded), 2);
  assert.equal(await (await fetch(`${server.url}/v1/forms/${shop.site}/everything/1`)).text(), first);
  await me.tick("Гостиная");
  await me.goOn();
  await me.ask("Что нужно в «Гостиная»?");
  const { detail, answers } = await answersOf(shop, "version@example.ru");
  assert.equal(detail.inquiries[0].form, "everything 1");
  assert.equal(answers.room, "Гостиная");
  // Who had opened the page before it was published, too; who opens it now sees the new one.
  await second.leave("version2@example.ru");
  await second.goOn();
  await second.ask("Какая комната?");
  const late = await hosted("everything", "lang=ru", { workspace: shop });
  await late.leave("version3@example.ru");
  await late.goOn();
  await late.ask("Которая комната?");
  for (const { context } of [me, second, late]) await context.close();
});

test("in the browser: who began on version 1 finishes on version 1, and is qualified by it", async () => {
  const shop = await makeWorkspace(server, "worker/demo/workspace.toml");
  const host = await openHost({ url: server.url, site: shop.site, form: "price" });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const told = await rememberEvents(page);
  await page.goto(host.url("plain.html"));
  const me = visitor(page);
  await me.leaveContact("browser@example.ru");
  await me.seeQuestion("Какую задачу хотите решить?");
  // The next version asks nothing but how it is decided.
  assert.equal(await shop.publish((text) => text.replace('questions = ["need", "buying_stage", "timing", "offer", "pay"]', 'questions = ["decide"]')), 2);
  await page.getByRole("button", { name: "Что-то не устраивает" }).click();
  await me.seeQuestion("На каком вы этапе?");
  await page.getByRole("button", { name: "Выбираем, что и у кого купить" }).click();
  await me.seeQuestion("Когда вообще планируете");
  await page.getByRole("button", { name: "В ближайший месяц" }).click();
  await me.seeQuestion("Как удобнее оплатить?");
  await page.getByRole("button", { name: "Бюджет есть" }).click();
  await waitFor(async () => (await told("completed")).length === 1, "the end");
  const [{ lead }] = await told("recorded");
  await waitFor(async () => (await shop.lead(lead)).lead.priority === "AAA", "the priority by version 1");
  assert.equal((await shop.lead(lead)).inquiries[0].form, "price 1");
  const inForce = await (await fetch(`${server.url}/v1/forms/${shop.site}/price`)).json();
  assert.deepEqual([inForce.version, inForce.questions.map(({ id }) => id)], [2, ["decide"]]);
  await context.close();
  host.close();
});
