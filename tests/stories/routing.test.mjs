// Stories of who gets a lead: rules, turns, the person's own seller, and why.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, openHost, seller, visitor } from "../story/browser.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const COMPANY = `
name = "Мастерская"
time_zone = "Europe/Moscow"
working_hours = { days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from = "00:00", to = "23:59" }
team = [
  { id = "anna", name = "Анна", role = "seller", capacity = 20 },
  { id = "boris", name = "Борис", role = "seller", capacity = 10 },
  { id = "vera", name = "Вера", role = "seller", absent = [{ from = "2020-01-01", to = "2100-01-01" }] },
  { id = "tim", name = "Тимур", role = "trainee" },
  { id = "max", name = "Максим", role = "marketer" },
  { id = "ivan", name = "Иван", role = "head" },
]
teams = [{ id = "kitchens", name = "Кухни", members = ["vera", "tim", "anna", "boris"] }]
sites = [{ id = "shop", name = "Мастерская" }]

[[forms]]
id = "price"
questions = [{ ready = "price", price = { min = 1, max = 2, currency = "₽" } }]

[[forms]]
id = "quiz"
questions = [
  { id = "piece", text = { ru = "Что делаем?", en = "What?" }, choices = [
    { code = "table", text = { ru = "Стол", en = "Table" } },
    { code = "kitchen", text = { ru = "Кухню", en = "Kitchen" } },
  ] },
  "timing",
]
contact = { place = "last", title = { ru = "Куда ответить?", en = "Where?" }, consent = { kind = "notice", version = "1", text = { ru = "Согласие", en = "Consent" } } }

[[rules]]
id = "brand"
when = { campaign = ["brand-*"], not = { landing = ["/jobs"] } }
assign = "boris"

[[rules]]
id = "kitchens"
when = { answer = { piece = "kitchen" } }
assign = "kitchens"

[[rules]]
id = "paid"
when = { channel = ["paid"] }
assign = "kitchens"

[[rules]]
id = "nobody-there"
when = { field = { plan = "pro" } }
assign = "vera"
otherwise = ["ivan"]

[catch_all]
assign = "anna"
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

let number = 1000;
const phone = () => `+7 999 000 ${String(number++).padStart(4, "0")}`;
const from = (landing) => ({ source: { landing: `https://shop.example${landing}`, page: "https://shop.example/" } });
const inquire = async (more = {}, form = "price", reach = phone()) => client.lead((await client.inquire(form, reach, more)).lead);

test("the first rule that matches decides, and the lead says which were tried and what each saw", async () => {
  const { lead, why, history } = await inquire(from("/oak?utm_source=vk&utm_medium=cpc&utm_campaign=Brand-Autumn"));
  assert.equal(lead.rule, "brand");
  assert.equal(lead.assigned_to, "boris");
  assert.equal(why.version, 1);
  assert.deepEqual(why.tried, [
    {
      rule: "brand",
      matched: true,
      checks: [
        { fact: "campaign", held: true, wanted: ["brand-*"], saw: ["Brand-Autumn"] },
        { fact: "landing", not: true, held: true, wanted: ["/jobs"], saw: ["/oak"] },
      ],
    },
  ]);
  assert.deepEqual(why.asked.map(({ target, given_to, people }) => [target, given_to, people.length]), [["boris", "boris", 1]]);
  assert.ok(history.some(({ kind, data }) => kind === "routed" && data.rule === "brand"));

  const jobs = await inquire(from("/jobs?utm_campaign=brand-x"));
  assert.equal(jobs.lead.rule, "catch-all");
  assert.deepEqual(jobs.why.tried.map(({ rule, matched = false }) => [rule, matched]), [["brand", false], ["kitchens", false], ["paid", false], ["nobody-there", false]]);
});

test("a team's turns follow load and capacity; who is away or practises takes none", async () => {
  const given = [];
  for (let n = 0; n < 6; n++) {
    const { lead, why } = await inquire(from("/?yclid=1"));
    assert.equal(lead.rule, "paid");
    given.push(lead.assigned_to);
    const [turn] = why.asked;
    assert.equal(turn.target, "kitchens");
    assert.deepEqual(turn.people.filter(({ out }) => out).map(({ member, out }) => [member, out]), [["vera", "absent"], ["tim", "trainee"]]);
    const took = turn.people.find(({ member }) => member === lead.assigned_to);
    assert.ok(took.open >= 0 && took.capacity > 0);
  }
  // Boris had one lead of the first story and Anna one; twice the room takes twice the leads.
  const counts = { anna: given.filter((who) => who === "anna").length, boris: given.filter((who) => who === "boris").length };
  assert.deepEqual(counts, { anna: 4, boris: 2 }, given.join(" "));
});

test("loads are right after a lead is closed", async () => {
  const load = async (member) => (await client.api("/api/config")).loads.find((load) => load.member === member).open;
  const before = await load("anna");
  const inquiry = await client.inquire("price", phone());
  assert.equal(await load("anna"), before + 1);
  await client.answer(inquiry, 1, { price: "decline" });
  await waitFor(async () => (await client.lead(inquiry.lead)).lead.status === "lost", "the closing");
  assert.equal(await load("anna"), before);
  await client.answer(inquiry, 2, { price: "discuss" });
  await waitFor(async () => (await client.lead(inquiry.lead)).lead.status === "open", "the reopening");
  assert.equal(await load("anna"), before + 1);
});

test("a person who comes back goes to the seller who had him, whatever the rules say", async () => {
  const reach = phone();
  const inquiry = await client.inquire("price", reach, from("/?utm_campaign=brand-1"));
  assert.equal((await client.lead(inquiry.lead)).lead.assigned_to, "boris");
  await client.answer(inquiry, 1, { price: "decline" });
  await waitFor(async () => (await client.lead(inquiry.lead)).lead.status === "lost", "the closing");
  const { lead, why } = await inquire({}, "price", reach);
  assert.notEqual(lead.id, inquiry.lead);
  assert.deepEqual([lead.assigned_to, lead.rule, why.owner.member, why.asked], ["boris", "catch-all", "boris", undefined]);
});

test("where nobody of the rule is there, whoever it names otherwise gets it", async () => {
  const { lead, why } = await inquire({ fields: { plan: "pro" } });
  assert.deepEqual([lead.rule, lead.assigned_to], ["nobody-there", "ivan"]);
  assert.deepEqual(why.asked.map(({ target, given_to }) => [target, given_to]), [["vera", undefined], ["ivan", "ivan"]]);
  assert.equal(why.asked[0].people[0].out, "absent");
});

test("what a visitor chooses in a quiz before the contact decides who answers; timing never does", async () => {
  const host = await openHost({ ...server, site: client.site, form: "quiz" });
  const page = await browser.newPage({ locale: "ru-RU" });
  await page.goto(host.url("plain.html"));
  const me = visitor(page);
  await me.choose("Кухню");
  await me.seeQuestion(/Когда вообще планируете/);
  await me.choose("В ближайший месяц");
  await me.fillContact(phone());
  await me.send();
  const found = await waitFor(async () => (await client.api("/api/leads")).leads.find(({ rule }) => rule === "kitchens"), "the quiz's lead");
  const { why } = await client.lead(found.id);
  const tried = why.tried.find(({ rule }) => rule === "kitchens");
  assert.deepEqual(tried.checks, [{ fact: "answer.piece", held: true, wanted: ["kitchen"], saw: ["kitchen"] }]);
  await page.close();
  host.close();
  // Sent by hand, without the choice, the same form goes by the next rules.
  assert.equal((await inquire({ chosen: { timing: "month" } }, "quiz")).lead.rule, "catch-all");
});

test("the lead page says why it is here", async () => {
  const inquiry = await client.inquire("price", phone(), from("/?yclid=2&utm_campaign=brand%E2%80%AE"));
  const { lead } = await client.lead(inquiry.lead);
  for (const [size, scheme, language] of [[{ width: 1280, height: 900 }, "light", "Русский"], [{ width: 390, height: 844 }, "dark", "English"]]) {
    const { page, heard, context } = await seller(browser, await client.link("ivan"), { viewport: size, colorScheme: scheme });
    await page.getByRole("button", { name: language }).click();
    await page.goto(`${server.url}/desk/leads/${lead.id}`);
    const why = page.locator("details.why");
    await why.locator("summary").focus();
    await page.keyboard.press("Enter");
    await why.getByText(language === "Русский" ? /Чья очередь/ : /Whose turn/).waitFor();
    assert.equal(await why.locator(".why-rules > li").count(), 3);
    assert.equal(await why.locator(".why-people > li").count(), 4);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/why-${size.width}-${scheme}.png`, fullPage: true });
    assert.deepEqual(heard, []);
    await context.close();
  }
});
