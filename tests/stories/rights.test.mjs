// What is owed to a person: everything taken along, kept for as long as the rules say, what he agreed to.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { parse } from "csv-parse/sync";
import readWorkbook from "read-excel-file/node";

import { openBrowser, seller } from "../story/browser.mjs";
import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { signedIn } from "../story/team.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let browser;
let client;
let head;
const RETENTION = "\n[retention]\nclosed_months = 24\nraw_months = 6\nspam_days = 30\n";
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  client = await makeWorkspace(server, "tests/forms/every_kind.toml", (text) => text + RETENTION);
  head = await signedIn(server.url, await client.link("vera"));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const take = (query, cookie = head.cookie) => fetch(`${server.url}/api/export?${query}`, { headers: { cookie } });

const NASTY = {
  name: "=HYPERLINK(\"https://evil.example\",\"Иван\")",
  message: "+1+cmd|' /C calc'!A0\nвторая строка, \"в кавычках\"; и \u202eобратно",
};

/** In a table nothing turns the direction of reading; what was typed is whole in the JSON. */
const straight = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

test("everything is taken along as JSON, CSV and XLSX; other people's programs read them alike", async () => {
  const made = [];
  for (let n = 0; n < 90; n++) {
    const two = String(n).padStart(2, "0");
    made.push(client.inquire("band", "", { contact: { reach: `+7 921 700-${two}-${two}`, name: `Имя ${n}` } }));
  }
  const nasty = await client.inquire("band", "+7 921 123-45-67", {
    contact: { reach: "+7 921 123-45-67, nasty@example.ru", ...NASTY, best_time: "-5" },
    lang: "ru",
    consent: { processing: true, marketing: false, version: "1" },
    source: { page: "https://shop.example/p", landing: "https://shop.example/?utm_source=yandex&utm_medium=cpc&utm_campaign=@autumn&yclid=77" },
    fields: { plan: "pro" },
  });
  await Promise.all(made);
  await client.answer(nasty, 1, { need: "specific" });

  const json = await (await take("format=json")).json();
  assert.equal(json.leads.length, 91);
  assert.equal(new Set(json.leads.map(({ lead }) => lead.id)).size, 91);
  const whole = json.leads.find(({ lead }) => lead.id === nasty.lead);
  assert.equal(whole.lead.contact.name, NASTY.name);
  assert.equal(whole.inquiries[0].consent_text.length > 10, true);
  assert.ok(whole.history.some(({ kind }) => kind === "lead_opened") && whole.facts.length && whole.lead.source.campaign === "@autumn");
  assert.equal(JSON.parse(whole.raw[0].body).contact.message, NASTY.message);
  assert.equal(JSON.stringify(json).includes(nasty.secret), false);

  const reply = await take("format=csv");
  assert.match(reply.headers.get("content-disposition"), /^attachment; filename="leads-\d{4}-\d\d-\d\d\.csv"$/);
  const bytes = Buffer.from(await reply.arrayBuffer());
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const rows = parse(bytes, { bom: true, columns: true, record_delimiter: "\r\n" });
  assert.equal(rows.length, 91);
  const row = rows.find(({ lead }) => lead === nasty.lead);
  assert.deepEqual([row.name, row.message, row.campaign, row.best_time], [`'${NASTY.name}`, `'${straight(NASTY.message)}`, "'@autumn", "'-5"]);
  assert.deepEqual([row.phone, row.emails, row.fact_need], ["+7 921 123-45-67", "nasty@example.ru", "yes"]);
  assert.deepEqual([row.consent_processing, row.consent_version], ["yes", "1"]);
  assert.equal(row.consent_text, whole.inquiries[0].consent_text);
  for (const cells of rows) {
    for (const [name, cell] of Object.entries(cells)) {
      assert.ok(!/^[\s]*[=+\-@]/.test(cell) || (/phone/.test(name) && /^\+\d+ [\d -]+$/.test(cell)), `${name}: ${cell}`);
    }
  }

  const book = Buffer.from(await (await take("format=xlsx")).arrayBuffer());
  if (process.env.KEEP_WORKBOOK) await writeFile(process.env.KEEP_WORKBOOK, book);
  const read = await readWorkbook(book);
  const sheet = Array.isArray(read[0]) ? read : (read[0]?.data ?? read);
  const [heading, ...cells] = sheet;
  assert.deepEqual(heading, Object.keys(rows[0]));
  assert.equal(cells.length, 91);
  const inBook = Object.fromEntries(heading.map((name, at) => [name, cells.find(([lead]) => lead === nasty.lead)[at]]));
  // In a workbook a text is a text by its type, so that it stands as it was typed.
  assert.deepEqual([inBook.name, inBook.message, inBook.campaign, inBook.phone], [NASTY.name, straight(NASTY.message), "@autumn", "+7 921 123-45-67"]);
  assert.ok(Math.abs(new Date(inBook.opened_at) - new Date(whole.lead.opened_at)) < 1000, `${inBook.opened_at}`);
  assert.equal(inBook.inquiries, 1);

  const actions = (await client.api("/api/audit")).audit.map(({ who, action, target }) => [who, action, target]);
  assert.deepEqual(actions.slice(0, 3), [["vera", "export xlsx", "all"], ["vera", "export csv", "all"], ["vera", "export json", "all"]]);
});

test("one person's data are taken along by themselves, with all his leads", async () => {
  const one = await client.inquire("band", "alone@example.ru", { contact: { reach: "alone@example.ru", name: "Одна" } });
  const { leads } = await (await take(`format=json&lead=${one.lead}`)).json();
  assert.deepEqual(leads.map(({ lead }) => lead.id), [one.lead]);
});

test("only head, owner and programs with a key take anything along", async () => {
  const anna = await signedIn(server.url, await client.link("anna"));
  for (const path of ["/api/export?format=csv", "/api/privacy", "/api/reports/losses"]) {
    assert.equal((await anna.get(path)).status, 403, path);
    assert.equal((await fetch(server.url + path)).status, 401, path);
    assert.equal((await fetch(server.url + path, { headers: { authorization: `Bearer ${client.apiKey}` } })).status, 200, path);
  }
  assert.equal((await take("format=pdf")).status, 400);
});

test("what he agreed to stands on the lead: the words he saw, their version, and when", async () => {
  const agreed = await client.inquire("band", "agreed@example.ru", { lang: "en", consent: { processing: true, version: "1" } });
  const detail = (await head.get(`/api/leads/${agreed.lead}`)).body;
  const [{ consent_text: text, consent_version: version, recorded_at: at }] = detail.inquiries;
  assert.ok(text.length > 5 && version === "1" && at);
  const other = await client.inquire("band", "other@example.ru", { consent: { processing: true, version: "of another day" } });
  assert.equal((await head.get(`/api/leads/${other.lead}`)).body.inquiries[0].consent_text, "", "a wording that was not ours is not made up");
  const desk = await seller(browser, await client.link("vera"));
  await desk.page.goto(`${server.url}/desk/leads/${agreed.lead}`);
  await desk.see(text);
  await desk.see("Согласие дано");
  await desk.context.close();
});

test("the rules of retention say what they will do, do it by the alarm, and spare who has an open or deferred lead", async () => {
  const leads = {};
  for (const name of ["old", "young", "open", "raw", "spam", "deferred"]) {
    leads[name] = (await client.inquire("band", `retain-${name}@example.ru`, { contact: { reach: `retain-${name}@example.ru`, name: `Хранение ${name}` } })).lead;
  }
  const month = 30 * 86_400_000;
  const closed = [["old", 25, "expensive", "lost"], ["young", 2, "expensive", "lost"], ["raw", 8, "expensive", "lost"], ["spam", 2, "spam", "lost"], ["deferred", 30, "later", "deferred"]];
  // As it is after two years: closed then, by hands that other stories show.
  const port = server.port;
  const { data } = server;
  await server.stop({ keep: true });
  const file = (await ledgerFiles(data)).find((path) => withLedger(path, (database) => database.prepare("SELECT count(*) AS n FROM contacts WHERE name LIKE 'Хранение%'").get().n > 0));
  withLedger(file, (database) => {
    for (const [name, months, reason, status] of closed) {
      const at = Date.now() - months * month - (name === "old" ? month : 0);
      database.prepare("UPDATE leads SET status = ?, opened_at = ? WHERE id = ?").run(status, at - month, leads[name]);
      database.prepare("INSERT INTO closings (lead, closed_at, assigned_to, reason, evidence) VALUES (?, ?, 'anna', ?, '')").run(leads[name], at, reason);
    }
    // One of the closed has come back since, and is being worked on.
    const again = database.prepare("SELECT contact FROM leads WHERE id = ?").get(leads.open).contact;
    database.prepare("INSERT INTO leads (id, contact, opened_at, stage, status, assigned_to, rule, source, rank, answer_by) SELECT 'older-lead', contact, 1, stage, 'lost', assigned_to, rule, source, rank, answer_by FROM leads WHERE id = ?").run(leads.open);
    database.prepare("INSERT INTO closings (lead, closed_at, assigned_to, reason, evidence) VALUES ('older-lead', 2, 'anna', 'expensive', '')").run();
    assert.ok(again);
  });
  server = await startServer({ data, port });
  head = await signedIn(server.url, await client.link("vera"));
  const page = (await head.get("/api/privacy")).body;
  assert.deepEqual(page.retention.map(({ rule, after, due }) => [rule, after, due]), [["closed", 24, 1], ["raw", 6, 2], ["spam", 30, 1]]);
  assert.ok(Date.parse(page.next_at) > Date.now() + 20 * 3_600_000, "there is a day to see what they will do");
  assert.equal((await head.get(`/api/leads/${leads.old}`)).body.lead.contact.name, "Хранение old");

  const desk = await seller(browser, await client.link("vera"));
  await desk.page.goto(`${server.url}/desk/privacy`);
  await desk.see("Люди, у которых все лиды закрыты, стираются");
  await desk.see("в следующий раз: 1 лид");
  await desk.context.close();

  await server.stop({ keep: true });
  withLedger(file, (database) => database.exec("UPDATE retention_due SET next_at = 1"));
  server = await startServer({ data, port });
  // The ledger wakes when somebody asks; its alarm does the rest.
  head = await signedIn(server.url, await client.link("vera"));
  const person = async (id) => (await head.get(`/api/leads/${id}`)).body.lead.contact;
  await waitFor(async () => (await person(leads.old)).erased, "the old one to be erased", 20_000);
  await waitFor(async () => (await person(leads.spam)).erased, "the spam to be erased");
  for (const name of ["young", "open", "raw", "deferred"]) assert.equal((await person(leads[name])).name, `Хранение ${name}`, name);
  const raw = (id) => withLedger(file, (database) => database.prepare("SELECT raw FROM inquiries WHERE lead = ?").get(id).raw);
  assert.equal(raw(leads.raw), "");
  assert.notEqual(raw(leads.young), "");
  assert.notEqual(raw(leads.open), "");
  const after = (await head.get("/api/privacy")).body;
  assert.deepEqual(after.retention.map(({ due }) => due), [0, 0, 0]);
  assert.deepEqual(after.erasures.map(({ by, reason }) => [by, reason]), [["retention", "retention"], ["retention", "retention"]]);
  assert.ok((await client.api("/api/audit")).audit.some(({ who, action }) => who === "retention" && action === "retention closed"));
});

test("a rule of retention harms nobody whose address was typed by another, and passes nothing by", async () => {
  const one = async (name, more) => (await client.inquire("band", `${name}@example.ru`, more)).lead;
  const day = 86_400_000;
  // An honest lead of last year, and spam in the same name.
  const honest = await one("typed-by-another");
  // Two closed at different times: when the first was due, the second was open.
  const first = await one("twice-closed");
  const { data, port } = server;
  await server.stop({ keep: true });
  const file = (await ledgerFiles(data)).find((path) => withLedger(path, (database) => database.prepare("SELECT count(*) AS n FROM leads WHERE id = ?").get(honest).n > 0));
  const close = (lead, daysAgo, reason) => withLedger(file, (database) => {
    const at = Date.now() - daysAgo * day;
    database.prepare("UPDATE leads SET status = 'lost', opened_at = ? WHERE id = ?").run(at - day, lead);
    database.prepare("INSERT OR REPLACE INTO closings (lead, closed_at, assigned_to, reason, evidence) VALUES (?, ?, 'anna', ?, '')").run(lead, at, reason);
  });
  close(honest, 100, "expensive");
  close(first, 300, "expensive");
  server = await startServer({ data, port });
  const spam = await one("typed-by-another", { trap: "x" });
  const second = await one("twice-closed");
  const run = async (enough) => {
    await server.stop({ keep: true });
    withLedger(file, (database) => database.exec("UPDATE retention_due SET next_at = 1"));
    server = await startServer({ data, port });
    head = await signedIn(server.url, await client.link("vera"));
    // Whoever asks next sets the alarm anew.
    await one("asks-next");
    await waitFor(() => withLedger(file, (database) => database.prepare("SELECT next_at FROM retention_due").get().next_at > Date.now() + day / 2), "the rules to run", 20_000);
    await enough();
  };
  const raw = (lead) => withLedger(file, (database) => database.prepare("SELECT raw FROM inquiries WHERE lead = ?").get(lead).raw);
  await run(() => assert.notEqual(raw(first), ""));
  await server.stop({ keep: true });
  close(spam, 60, "spam");
  close(second, 200, "expensive");
  server = await startServer({ data, port });
  await run(() => {
    assert.deepEqual([raw(first), raw(second)], ["", ""]);
    assert.notEqual(raw(honest), "");
  });
  const { contact } = (await head.get(`/api/leads/${honest}`)).body.lead;
  assert.deepEqual([contact.erased ?? false, contact.emails], [false, ["typed-by-another@example.ru"]]);
});

test("the head erases a person on the lead's page, asked twice, and finds the receipt", async () => {
  const one = await client.inquire("band", "desk-erase@example.ru", { contact: { reach: "desk-erase@example.ru", name: "Сотрите Меня" } });
  const desk = await seller(browser, await client.link("vera"));
  await desk.page.goto(`${server.url}/desk/leads/${one.lead}`);
  await desk.page.getByRole("button", { name: "Стереть человека…" }).click();
  await desk.page.getByRole("button", { name: "Оставить" }).click();
  await desk.page.getByRole("button", { name: "Стереть человека…" }).click();
  await desk.page.getByLabel("отозвал согласие").check();
  // What the person writes meanwhile does not answer for the head.
  await client.inquire("band", "desk-erase@example.ru", { contact: { reach: "desk-erase@example.ru", name: "Сотрите Меня", message: "ещё раз" } });
  await desk.page.getByText("ещё раз").first().waitFor();
  assert.ok(await desk.page.getByLabel("отозвал согласие").isChecked());
  await desk.page.getByRole("button", { name: "Стереть навсегда" }).click();
  await desk.page.getByRole("heading", { name: "Данные стёрты" }).waitFor();
  await waitFor(async () => (await desk.page.evaluate(() => document.activeElement.id)) === "lead-name", "the focus");
  assert.equal(await desk.page.getByText("Сотрите Меня").count(), 0);
  await desk.page.goto(`${server.url}/desk/privacy`);
  await desk.see("отозвал согласие");
  if (process.env.PICTURES) await desk.page.screenshot({ path: join(process.env.PICTURES, "privacy.png"), fullPage: true });
  assert.deepEqual(desk.heard, []);
  await desk.context.close();
});
