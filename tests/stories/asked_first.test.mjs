// Stories of a quiz's first question, and of files: what is asked before the module is there, and asked once more.
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

const JPEG = Buffer.from("ffd8ffe000104a464946", "hex");

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
