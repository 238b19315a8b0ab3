// Stories of the configuration: drafted, checked, rehearsed, published as a version, and an old one taken up again.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { openBrowser, seller } from "../story/browser.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const run = promisify(execFile);

const COMPANY = `
name = "Мастерская"
language = "ru"
time_zone = "Europe/Moscow"
working_hours = { days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from = "00:00", to = "23:59" }
team = [
  { id = "anna", name = "Анна Соколова", role = "seller", capacity = 20 },
  { id = "boris", name = "Борис Ким", role = "seller" },
  { id = "max", name = "Максим", role = "marketer" },
  { id = "vera", name = "Вера Андреева", role = "head" },
  { id = "olga", name = "Ольга Дубова", role = "owner" },
]
teams = [{ id = "kitchens", name = "Кухни", members = ["anna", "boris"] }]
sites = [{ id = "shop", name = "Мастерская" }]
forms = [{ id = "price" }]

[[rules]]
id = "yandex-direct"
when = { channel = ["paid"], network = ["yandex"], not = { campaign = ["brand-*"] } }
assign = "anna"
deliver = ["crm"]

[[rules]]
id = "social"
when = { channel = ["social"], days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] }
assign = "kitchens"
otherwise = ["vera"]

[catch_all]
assign = "anna"

[[destinations]]
kind = "webhook"
id = "crm"
url = "env:DEMO_WEBHOOK_URL"
secret = "env:DEMO_WEBHOOK_SECRET"
`;

let server;
let browser;
let client;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  client = await makeWorkspace(server, undefined, () => COMPANY);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Calls the API with the workspace's key; gives status and body. */
async function call(method, path, body, headers = { authorization: `Bearer ${client.apiKey}` }) {
  const sent = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(server.url + path, { method, headers, body: sent });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
}
const from = (landing) => ({ source: { landing: `https://shop.example${landing}` } });
const MASK = "********";

test("a draft is checked with the line of every problem, and published as a numbered version", async () => {
  const { body: settings } = await call("GET", "/api/config");
  assert.equal(settings.version, 1);
  assert.equal(settings.draft, null);
  assert.deepEqual(settings.versions.map(({ version, published_by }) => [version, published_by]), [[1, "operator"]]);
  assert.equal(settings.config.destinations[0].secret, MASK);
  assert.ok(!JSON.stringify(settings).includes("whsec_"));

  // Not a configuration at all: named with its line, and not kept.
  const text = JSON.stringify(settings.config, null, 2);
  const broken = text.replace('"rules": [', '"rules": [\n{ "id": "x" },');
  const refused = await call("PUT", "/api/config/draft", broken);
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, "config_invalid");
  const [problem] = refused.body.problems;
  assert.match(problem.pointer, /^\/rules\/0/);
  const line = broken.split("\n").findIndex((line) => line === '{ "id": "x" },') + 1;
  assert.equal(problem.line, line, JSON.stringify(problem));
  assert.equal((await call("PUT", "/api/config/draft", text.slice(0, 100))).status, 422);
  assert.equal((await call("GET", "/api/config")).body.draft, null);

  // A configuration with problems is kept, and named with its lines.
  const wrong = text.replace('"assign": "kitchens"', '"assign": "nobody"');
  const kept = await call("PUT", "/api/config/draft", wrong);
  assert.equal(kept.status, 200);
  const place = wrong.split("\n").findIndex((line) => line.includes('"nobody"')) + 1;
  assert.deepEqual(kept.body.problems, [
    { at: "rules[1].assign", pointer: "/rules/1/assign", line: place, column: 7, problem: "nobody in the team has this id" },
  ]);
  assert.equal((await call("POST", "/api/config/publish")).status, 422);
  assert.equal((await call("POST", "/api/config/rehearse")).status, 422);

  const changed = { ...settings.config, catch_all: { assign: "boris" } };
  assert.deepEqual((await call("PUT", "/api/config/draft", changed)).body.problems, []);
  assert.equal((await client.lead((await client.inquire("price", "+79990002001")).lead)).lead.assigned_to, "anna", "a draft is not in force");
  const published = await call("POST", "/api/config/publish");
  assert.deepEqual([published.status, published.body.version], [200, 2]);
  assert.equal((await client.lead((await client.inquire("price", "+79990002002")).lead)).lead.assigned_to, "boris");
  const now = (await call("GET", "/api/config")).body;
  assert.deepEqual([now.version, now.draft], [2, null]);
  assert.deepEqual(now.versions.map(({ version, published_by }) => [version, published_by]), [[2, "api"], [1, "operator"]]);
  // The secret that was sent back masked is the one that was there: the webhook of a paid lead still arrives signed.
  const { lead } = await client.inquire("price", "+79990002003", from("/?yclid=7"));
  await waitFor(async () => (await client.lead(lead)).deliveries.some(({ state }) => state === "sent"), "the delivery");
  await waitFor(async () => (await server.webhooks()).some((got) => got.holds !== false && JSON.stringify(got).includes(lead)), "the signed webhook");
});

test("an older version is taken up again under a new number; all of it is audited", async () => {
  const rolled = await call("POST", "/api/config/rollback", { version: 1 });
  assert.deepEqual([rolled.status, rolled.body.version], [200, 3]);
  const { body } = await call("GET", "/api/config");
  assert.equal(body.config.catch_all.assign, "anna");
  assert.deepEqual(body.versions.map(({ version, again }) => [version, again]), [[3, 1], [2, null], [1, null]]);
  assert.equal((await call("POST", "/api/config/rollback", { version: 77 })).status, 404);
  const { audit } = await client.api("/api/audit");
  const done = audit.filter(({ outcome }) => outcome === "done").map(({ who, action, target }) => [who, action, target]);
  assert.deepEqual(done, [["api", "config_rolled_back", "version 3 to 1"], ["api", "config_published", "version 2"]]);
});

test("a draft begun before another version was published is not published over it unseen", async () => {
  const { config, version } = (await call("GET", "/api/config")).body;
  await call("PUT", "/api/config/draft", { ...config, name: "Первая" });
  await client.publish((text) => text.replace('name = "Мастерская"\nlanguage', 'name = "Вторая"\nlanguage'));
  const refused = await call("POST", "/api/config/publish");
  assert.deepEqual([refused.status, refused.body.code], [409, "config_moved"]);
  assert.equal((await call("POST", "/api/config/publish", { version: version + 1 })).status, 200);
  assert.equal((await call("GET", "/api/config")).body.config.name, "Первая");
  assert.equal((await call("POST", "/api/config/publish")).body.code, "no_draft");
});

test("a draft that was made from an older version says so, whenever it was sent, and is not published unseen", async () => {
  const { config, version } = (await call("GET", "/api/config")).body;
  await client.publish((text) => text.replace('name = "Мастерская"\nlanguage', 'name = "Третья"\nlanguage'));
  const put = await call("PUT", `/api/config/draft?based_on=${version}`, { ...config, name: "Из старой" });
  assert.deepEqual([put.status, put.body.based_on], [200, version]);
  // Saved again by somebody who has seen the new one, it is still made from the old one.
  assert.equal((await call("PUT", `/api/config/draft?based_on=${version + 1}`, { ...config, name: "Из старой" })).body.based_on, version);
  assert.equal((await call("POST", "/api/config/publish")).body.code, "config_moved");
  assert.equal((await call("DELETE", "/api/config/draft")).status, 204);
  assert.equal((await call("POST", "/api/config/rollback", { version })).status, 200);
});

test("nobody replaces, publishes or drops a draft of somebody else's that he has not seen", async () => {
  const { config, version } = (await call("GET", "/api/config")).body;
  const vera = { cookie: (await fetch(await client.link("vera"), { redirect: "manual" })).headers.get("set-cookie").split(";")[0], origin: server.url };
  const put = async (name, seen, who) => call("PUT", `/api/config/draft?seen=${seen}`, { ...config, name }, who);
  const first = (await put("Первая", "", vera)).body;
  const refused = async (answer) => assert.deepEqual([(await answer).status, (await answer).body.code], [409, "draft_changed"]);
  await refused(put("Вторая", ""));
  const second = await put("Вторая", first.saved_at);
  assert.equal(second.status, 200);
  await refused(put("Третья", first.saved_at, vera));
  await refused(call("POST", "/api/config/publish", { version, seen: first.saved_at }, vera));
  await refused(call("DELETE", "/api/config/draft", { seen: first.saved_at }, vera));
  assert.equal((await call("GET", "/api/config")).body.draft.config.name, "Вторая");
  // His own that he has sent a moment ago is not somebody else's; and who says nothing of what he has seen means it.
  assert.equal((await put("Вторая ещё раз", first.saved_at)).status, 200);
  assert.equal((await call("PUT", "/api/config/draft", config, vera)).status, 200);
  assert.equal((await call("DELETE", "/api/config/draft")).status, 204);
});

test("a draft is rehearsed on the leads that came", async () => {
  for (let n = 0; n < 3; n++) await client.inquire("price", `+7999000300${n}`, from("/?yclid=1"));
  const { config } = (await call("GET", "/api/config")).body;
  const all = (await call("PUT", "/api/config/draft", config)) && (await call("POST", "/api/config/rehearse")).body;
  assert.deepEqual(all.elsewhere, []);
  assert.ok(all.leads >= 6);
  const draft = structuredClone(config);
  draft.rules[0].assign = "kitchens";
  await call("PUT", "/api/config/draft", draft);
  const { leads, elsewhere, next } = (await call("POST", "/api/config/rehearse", { days: 31 })).body;
  assert.deepEqual([leads, next], [all.leads, null]);
  // The three of this story, and the paid lead of the first one.
  assert.equal(elsewhere.length, 4);
  for (const { from, to } of elsewhere) {
    assert.deepEqual([from, to], [
      { rule: "yandex-direct", to: "anna", deliver: ["crm"] },
      { rule: "yandex-direct", to: "kitchens", deliver: ["crm"] },
    ]);
  }
  assert.equal((await call("DELETE", "/api/config/draft")).status, 204);
  assert.equal((await call("GET", "/api/config")).body.draft, null);
});

test("only heads, owners and programs with a key configure, and only from our own pages", async () => {
  assert.equal((await call("GET", "/api/config", undefined, {})).status, 401);
  for (const [member, status] of [["anna", 403], ["max", 403], ["vera", 200], ["olga", 200]]) {
    const link = await client.link(member);
    const signedIn = await fetch(link, { redirect: "manual" });
    const cookie = signedIn.headers.get("set-cookie").split(";")[0];
    assert.equal((await call("GET", "/api/config", undefined, { cookie })).status, status, member);
    assert.equal((await call("POST", "/api/config/rollback", { version: 1 }, { cookie })).status, 403, `${member} without an origin`);
    const foreign = await call("PUT", "/api/config/draft", "{}", { cookie, origin: "https://elsewhere.example" });
    assert.equal(foreign.body.code, "foreign_origin");
  }
});

test("an operator checks a file with its lines, lists versions and rolls back", async () => {
  const at = ["--data", server.data, "--url", server.url];
  const config = (...action) => run(process.env.XTASK, ["workspace", "config", ...action]);
  const file = join(server.data, "wrong.toml");
  await writeFile(file, COMPANY.replace('assign = "kitchens"', 'assign = "nobody"'));
  const line = COMPANY.split("\n").findIndex((line) => line.includes('assign = "kitchens"')) + 1;
  await assert.rejects(config("check", file), ({ stderr }) => stderr.includes(`${line}:1: rules[1].assign: nobody in the team has this id`));
  await writeFile(file, COMPANY.replace('when = { channel = ["social"]', 'when = { need = ["social"]'));
  await assert.rejects(config("check", file), ({ stderr }) => /unknown field `need`/.test(stderr));
  // What is wrong with a destination has its line too, also where only the server knows it.
  await writeFile(file, `${COMPANY}events = ["lead.forgotten"]\n`);
  await assert.rejects(config("check", file), ({ stderr }) => stderr.includes(`${COMPANY.split("\n").length}:1: destinations[0].events: lead.forgotten is not an event`));
  await writeFile(file, COMPANY.replace("env:DEMO_WEBHOOK_URL", "https://169.254.169.254/latest"));
  const address = COMPANY.split("\n").findIndex((line) => line.includes("DEMO_WEBHOOK_URL")) + 1;
  await assert.rejects(config("check", file), ({ stderr }) => stderr.includes(`${address}:1: destinations[0].url: `));
  await writeFile(file, COMPANY.replace("env:DEMO_WEBHOOK_URL", "https://crm.example/in").replace("env:DEMO_WEBHOOK_SECRET", "too short"));
  const secret = COMPANY.split("\n").findIndex((line) => line.includes("DEMO_WEBHOOK_SECRET")) + 1;
  for (const action of [["new", file], ["publish", client.workspace, file, "--over", String((await call("GET", "/api/config")).body.version)]]) {
    await assert.rejects(run(process.env.XTASK, ["workspace", ...action, ...at]), ({ stderr }) => stderr.includes(`${secret}:1: destinations[0].secret: `));
  }
  await writeFile(file, COMPANY);
  assert.match((await config("check", file)).stdout, /can be published/);
  const { version } = (await call("GET", "/api/config")).body;
  const { stdout } = await config("rollback", client.workspace, "1", ...at);
  assert.equal(JSON.parse(stdout).version, version + 1);
  const listed = (await config("versions", client.workspace, ...at)).stdout.trim().split("\n");
  assert.equal(listed.length, version + 1);
  assert.match(listed[0], new RegExp(`^\\s*${version + 1} .* operator {2}\\(version 1 again\\)$`));
});

test("the head changes order, target and absences, tries it, publishes, and takes the old version up again", async () => {
  const { page, heard, context } = await seller(browser, await client.link("vera"));
  await page.getByRole("link", { name: "Настройки" }).click();
  await page.waitForURL(/\/desk\/settings$/);
  const rules = page.locator(".rules > .rule");
  await rules.first().getByText("yandex-direct").waitFor();
  assert.deepEqual(await rules.locator("h3").allInnerTexts(), ["yandex-direct", "social", "Всё остальное"]);
  await rules.first().getByText("канал: платный переход").waitFor();
  await rules.first().getByText("кампания: не brand-*").waitFor();
  const before = (await call("GET", "/api/config")).body.version;

  // By keyboard alone: the second rule goes up, and the focus goes with it.
  await page.getByRole("button", { name: "Выше: social" }).focus();
  await page.keyboard.press("Enter");
  await waitFor(async () => (await rules.locator("h3").allInnerTexts())[0] === "social", "the new order");
  await waitFor(async () => (await page.evaluate(() => document.activeElement.ariaLabel)) === "Выше: social", "the focus");
  await page.getByText("Можно публиковать").waitFor();

  await rules.nth(1).locator("select").selectOption({ label: "Борис Ким" });
  await page.locator(".person").first().locator("summary").click();
  await page.getByRole("form", { name: "Нет на месте: Анна Соколова" }).getByLabel("с", { exact: true }).fill("2026-12-28");
  await page.getByRole("form", { name: "Нет на месте: Анна Соколова" }).getByLabel("по", { exact: true }).fill("2027-01-08");
  await page.getByRole("form", { name: "Нет на месте: Анна Соколова" }).getByRole("button", { name: "Добавить" }).click();
  await page.getByText("28 декабря 2026 – 8 января 2027").waitFor();
  await waitFor(async () => (await call("GET", "/api/config")).body.draft?.config.team[0].absent?.length === 1, "the draft");

  await page.getByRole("button", { name: "Примерить на лидах за месяц" }).click();
  await page.getByText(/За месяц ушло бы в другое место: 4 из \d+/).waitFor();
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/settings-1280-light.png`, fullPage: true });
  await page.getByRole("button", { name: "Опубликовать" }).click();
  await page.getByText(`Действует версия ${before + 1}`).waitFor();
  const now = (await call("GET", "/api/config")).body;
  assert.deepEqual(now.config.rules.map(({ id, assign }) => [id, assign]), [["social", "kitchens"], ["yandex-direct", "boris"]]);
  assert.equal(now.versions[0].published_by, "vera");

  await page.getByRole("button", { name: `Вернуть версию ${before}`, exact: true }).click();
  await page.getByText(`Действует версия ${before + 2}`).waitFor();
  await page.getByText(`снова версия ${before}`).waitFor();
  assert.deepEqual((await call("GET", "/api/config")).body.config.rules.map(({ id }) => id), ["yandex-direct", "social"]);
  assert.deepEqual(heard, []);
  await context.close();
});

test("who edits beside somebody else sees the other's draft, and that his last change is not in it", async () => {
  const { page, heard, context } = await seller(browser, await client.link("vera"));
  await page.goto(`${server.url}/desk/settings`);
  const rules = page.locator(".rules > .rule");
  await rules.first().getByText("yandex-direct").waitFor();
  const { config } = (await call("GET", "/api/config")).body;
  const others = structuredClone(config);
  others.rules[0].assign = "vera";
  assert.equal((await call("PUT", "/api/config/draft", others)).status, 200);
  await rules.nth(1).locator("select").selectOption({ label: "Борис Ким" });
  await page.getByText("Черновик только что изменил кто-то ещё").waitFor();
  assert.equal(await rules.first().locator("select").evaluate((select) => select.selectedOptions[0].label), "Вера Андреева");
  assert.equal((await call("GET", "/api/config")).body.draft.config.rules[1].assign, config.rules[1].assign);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/overtaken-1280-light.png` });
  // Done again it is in both.
  await rules.nth(1).locator("select").selectOption({ label: "Борис Ким" });
  await waitFor(async () => (await call("GET", "/api/config")).body.draft.config.rules[1].assign === "boris", "the change");
  assert.equal((await call("GET", "/api/config")).body.draft.config.rules[0].assign, "vera");
  await page.getByText("Черновик только что изменил кто-то ещё").waitFor({ state: "detached" });
  // Neither is published unseen.
  others.rules[0].assign = "kitchens";
  assert.equal((await call("PUT", "/api/config/draft", others)).status, 200);
  await page.getByRole("button", { name: "Опубликовать" }).click();
  await page.getByText("Черновик только что изменил кто-то ещё").waitFor();
  await page.getByRole("button", { name: "Убрать черновик" }).click();
  await waitFor(async () => (await call("GET", "/api/config")).body.draft === null, "no draft");
  // A browser notes every refused call; nothing else may be said.
  assert.deepEqual(heard.filter((said) => !/409/.test(said)), []);
  await context.close();
});

test("the text is checked while it is written, on a phone, in the dark, in English", async () => {
  const { page, heard, context } = await seller(browser, await client.link("olga"), { viewport: { width: 390, height: 844 }, colorScheme: "dark", locale: "en-GB" });
  await page.goto(`${server.url}/desk/settings`);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText("Everything as text").click();
  const text = page.getByRole("textbox", { name: "Everything as text" });
  const whole = await text.inputValue();
  await text.fill(whole.replace('"assign": "kitchens"', '"assign": "nobody"'));
  await page.getByText("nobody in the team has this id").waitFor();
  assert.equal(await page.getByRole("button", { name: "Publish" }).getAttribute("aria-disabled"), "true");
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/settings-390-dark.png`, fullPage: true });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await text.fill(whole.slice(0, 300));
  await page.getByText(/line \d+, column \d+/).waitFor();
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await page.getByText("Any change below begins a draft").waitFor();
  // A browser notes every refused call; nothing else may be said.
  assert.deepEqual(heard.filter((said) => !/422/.test(said)), []);
  await context.close();
});

test("nothing that was written as text is lost: it goes first, and the forms wait for it", async () => {
  const { page, context } = await seller(browser, await client.link("vera"));
  await page.goto(`${server.url}/desk/settings`);
  await page.getByText("Всё как текст").click();
  const text = page.getByRole("textbox", { name: "Всё как текст" });
  const whole = await text.inputValue();
  const publish = page.getByRole("button", { name: "Опубликовать" });
  const select = page.locator(".rules > .rule select").first();
  await text.fill(whole.replace(/"name": "[^"]*"/, '"name": "Сперва"'));
  await page.getByText("Можно публиковать").waitFor();
  // Published within the moment after the last key: what was written goes first.
  await text.fill(whole.replace(/"name": "[^"]*"/, '"name": "Потом"'));
  assert.equal(await publish.getAttribute("aria-disabled"), "true");
  assert.ok(await select.isDisabled());
  await publish.click({ force: true });
  await waitFor(async () => (await call("GET", "/api/config")).body.draft.config.name === "Потом", "the text");
  await page.getByText("Можно публиковать").waitFor();
  assert.match(await text.inputValue(), /"Потом"/);
  // What cannot be read stays as it was written, and no form replaces it.
  const broken = whole.replace("{", "{ oops");
  await text.fill(broken);
  await page.getByText(/line 1, column \d+/).waitFor();
  assert.ok(await select.isDisabled());
  assert.equal(await page.getByText("Изменения сохранены").count(), 0);
  assert.equal(await text.inputValue(), broken);
  // Somebody else saves meanwhile: neither is lost.
  const { config } = (await call("GET", "/api/config")).body;
  assert.equal((await call("PUT", "/api/config/draft", { ...config, name: "Чужое" })).status, 200);
  await text.fill(whole.replace(/"name": "[^"]*"/, '"name": "Своё"'));
  await page.getByText("Ваш текст остался ниже").waitFor();
  assert.match(await text.inputValue(), /"Своё"/);
  assert.equal((await call("GET", "/api/config")).body.draft.config.name, "Чужое");
  await page.getByRole("button", { name: "Попробовать ещё раз" }).click();
  await waitFor(async () => (await call("GET", "/api/config")).body.draft.config.name === "Своё", "the text once more");
  await page.getByRole("button", { name: "Убрать черновик" }).click();
  await page.getByText("Любое изменение ниже").waitFor();
  assert.equal(await text.inputValue(), whole);
  await waitFor(async () => (await page.evaluate(() => document.activeElement.tagName)) === "H1", "the focus");
  await context.close();
});

test("a capacity that is none, and days in the wrong order, are said at the field and not sent", async () => {
  const { page, context } = await seller(browser, await client.link("vera"));
  await page.goto(`${server.url}/desk/settings`);
  const person = page.locator(".person").first();
  const field = person.getByLabel("Сколько лидов ведёт");
  for (const odd of ["70000", "-3", "12.5", "0", "много"]) {
    await field.fill(odd);
    await field.blur();
    await person.getByText("Целое число от 1 до 65535").waitFor();
  }
  await person.locator("summary").click();
  await person.getByLabel("с", { exact: true }).fill("2027-01-08");
  await person.getByLabel("по", { exact: true }).fill("2026-12-28");
  await person.getByRole("button", { name: "Добавить" }).click();
  await person.getByText("Последний день раньше первого").waitFor();
  assert.equal((await call("GET", "/api/config")).body.draft, null);
  await context.close();
});

test("a seller and a marketer find no settings", async () => {
  for (const member of ["anna", "max"]) {
    const { page, context } = await seller(browser, await client.link(member));
    assert.equal(await page.getByRole("link", { name: "Настройки" }).count(), 0);
    await page.goto(`${server.url}/desk/settings`);
    await page.getByText("Настройки видят руководитель и владелец").waitFor();
    await context.close();
  }
});
