// Everything that has ever broken a form, as other people's systems are told of it and as it is taken along: read with
// other people's parsers, it is what was typed, and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { parse } from "csv-parse/sync";
import readWorkbook from "read-excel-file/node";
import { Webhook } from "standardwebhooks";

import { openBrowser } from "../story/browser.mjs";
import { OURS, STRINGS } from "../story/naughty_strings.mjs";
import { everythingArrives } from "../story/oracle.mjs";
import { companyWith, hookAndPeople, openServices } from "../story/receivers.mjs";
import { aSecret, startServer, uuidv7 } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** The lists, and what a formula looks like behind signs that nobody sees. */
const ALL = [
  ...STRINGS,
  ...OURS,
  ...["\u202e=1+1", "\u200b=1+1", "\ufeff+1", "\u2067@SUM(1)", "\u00a0-1+1", "\u200e\t=1", "\r=1+1", "\n@x", "＝1+1"],
  ...["<a href='https://evil.example'>x</a>", "<!channel>", "<https://evil.example|x>", "&amp;lt;b&amp;gt;", "&#60;b&#62;", "*bold* _it_ ~no~ `code`", "[x](tg://user?id=1)", "<tg-spoiler>x</tg-spoiler>", "]]>", "<!--", "_x0041_"],
];

let server;
let services;
let browser;
let made;
/** Per string: its inquiry's id and its lead. */
const sent = new Map();

const company = () => companyWith(`
${hookAndPeople(services, { webhook: SECRET, telegram: "123456:TELEGRAM-token", slack: "x", resend: "re_key" })}
[destinations.fields]
subject = "Лид: {{name}} {{message}}"

[suspicion]
suspect_at = 65535
judge_one_in = 0
`).replace('id = "price"', 'id = "price"\nquestions = [{ id = "wishes", kind = "text", text = { ru = "Что ещё?", en = "What else?" } }]');

before(async () => {
  [server, services, browser] = [await startServer(), await openServices(), await openBrowser()];
  made = await makeWorkspace(server, undefined, company);
  for (let at = 0; at < ALL.length; at += 16) {
    await Promise.all(ALL.slice(at, at + 16).map(async (string) => {
      const [id, secret] = [uuidv7(), aSecret()];
      const post = (path, body) => fetch(server.url + path, { method: "POST", body: JSON.stringify({ site: made.site, secret, ...body }) });
      // Answers that come first are part of the first message about a lead.
      await post(`/v1/inquiries/${id}/answers`, { seq: 1, answers: { wishes: string } });
      const contact = { name: string, reach: `${id}@example.ru${/^[<&"=]/.test(string) && !/[@\d]/.test(string) ? `, ${string}` : ""}`, message: string, best_time: string };
      const source = { page: string, landing: `https://shop.example/?utm_source=yandex&utm_campaign=${encodeURIComponent(string.toWellFormed())}`, referrer: string };
      const response = await post("/v1/inquiries", { id, form: "price", contact, source, fields: { plan: string } });
      assert.equal(response.status, 201, string);
      sent.set(string, { id, lead: (await response.json()).lead });
    }));
  }
  await everythingArrives({ ...server, api: made.api }, new Set([...sent.values()].map(({ id }) => id)), 300_000);
});
after(async () => {
  await browser?.close();
  services?.close();
  await server?.stop();
});

const bodies = (name) => services.of(name).map(({ body }) => JSON.parse(body));

/** What a browser makes of texts of HTML: of each its words, and every element with its attributes. */
async function readAsBrowser(texts) {
  const page = await browser.newPage();
  const read = await page.evaluate((texts) => texts.map((html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const elements = [...parsed.querySelectorAll("*")].map(({ localName, attributes }) => [localName, ...[...attributes].map(({ name, value }) => `${name}=${value}`)].join(" "));
    const comments = parsed.createNodeIterator(parsed, NodeFilter.SHOW_COMMENT).nextNode();
    return { words: parsed.body.textContent, elements: [...new Set(elements)], comments: Boolean(comments) };
  }), texts);
  await page.close();
  return read;
}

test("every message arrived, once, and a webhook's carries every string word for word", () => {
  for (const name of ["telegram", "slack", "resend"]) assert.equal(services.of(name).length, ALL.length, name);
  // It hears of answers too, a moment later.
  const created = services.of("hook").filter(({ body }) => JSON.parse(body).type === "lead.created");
  assert.equal(created.length, ALL.length);
  const told = new Map(created.map(({ body, headers }) => [JSON.parse(body).data.id, new Webhook(SECRET).verify(body, headers).data]));
  for (const [string, { lead }] of sent) assert.equal(told.get(lead).message, string.toWellFormed());
});

test("a letter in HTML has no element, attribute or address but its own, and says what was typed", async () => {
  const letters = bodies("resend");
    const names = /^(html|head|meta charset=utf-8|body style=[\w:;/.,# -]+|h1 style=[\w:;#\d -]+|p style=[\w:;#\d -]+|table style=[\w:;-]+|tbody|tr|td style=[\w:;#\d -]+|br)$/;
  for (const [at, { words, elements, comments }] of (await readAsBrowser(letters.map(({ html }) => html))).entries()) {
    assert.deepEqual([elements.filter((element) => !names.test(element)), comments], [[], false], letters[at].html);
    assert.ok(!/<|>/.test(letters[at].html.replace(/<\/?(?:!doctype html|html|head|meta|body|h1|p|table|tr|td|br)\b[^<>]*>/g, "")), letters[at].html);
    assert.ok(!/&(?!(?:lt|gt|amp|quot|#39);)/.test(letters[at].html), letters[at].html);
    assert.ok(words.length > 0);
  }
  for (const typed of OURS.filter((string) => /^[ -~]+$/.test(string))) assert.ok(letters.some(({ text }) => text.includes(typed)), typed);
});

test("a letter's headers are one line each", () => {
  for (const letter of bodies("resend")) {
    for (const [name, value] of Object.entries(letter)) {
      if (["html", "text"].includes(name)) continue;
      for (const line of [value].flat()) assert.ok(!/[\u0000-\u001f\u007f\u2028\u2029]/.test(typeof line === "string" ? line : JSON.stringify(line)), `${name}: ${JSON.stringify(line)}`);
    }
    assert.ok(letter.reply_to === undefined || /^[0-9a-f-]{36}@example\.ru$/.test(letter.reply_to), letter.reply_to);
    assert.deepEqual(letter.to, ["vera@company.ru"]);
  }
});

test("Slack is told nothing that it would read as a mark, a mention or a link", () => {
  const texts = (it) => (Array.isArray(it) ? it.flatMap(texts) : it && typeof it === "object" ? [...(it.type === "plain_text" ? [] : [it.text]), ...Object.values(it).filter((value) => typeof value === "object").flatMap(texts)].filter((text) => typeof text === "string") : []);
  for (const message of bodies("slack")) {
    const all = texts(message);
    assert.ok(all.length > 2);
    for (const text of all) {
      assert.ok(!/[<>]/.test(text), text);
      assert.ok(!/&(?!(?:lt|gt|amp);)/.test(text), text);
      // Our own marks stand around a label; everything that was typed has them apart from its words.
      assert.ok(!/(?<![\u200b])[*_~`](?![\u200b])/.test(text.replace(/^\*[^*\n]*\*\n/, "")), text);
    }
  }
});

test("Telegram's HTML is sound by its own rules, and has only our marks", async () => {
  const messages = bodies("telegram");
  for (const { text, parse_mode, entities } of messages) {
    assert.deepEqual([parse_mode, entities], ["HTML", undefined]);
    // Its rules: the named entities are these four, and every tag is closed in its order.
    const left = [];
    for (const [, sign, name] of text.replace(/&(?:lt|gt|amp|quot|#\d+);/g, "").matchAll(/<(\/?)([^>]*)>|[<>&]/g)) {
      assert.ok(["b", "i"].includes(name), text);
      if (sign) assert.equal(left.pop(), name, text);
      else left.push(name);
    }
    assert.deepEqual(left, [], text);
    assert.ok(text.length <= 4096);
  }
  for (const { elements } of await readAsBrowser(messages.map(({ text }) => text))) {
    assert.deepEqual(elements.filter((name) => !["html", "head", "body", "b", "i"].includes(name)), []);
  }
});

const take = async (format) => {
  const reply = await fetch(`${server.url}/api/export?format=${format}`, { headers: { authorization: `Bearer ${made.apiKey}` } });
  assert.equal(reply.status, 200);
  return Buffer.from(await reply.arrayBuffer());
};

test("JSON takes every string along as it was typed", async () => {
  const { leads } = JSON.parse(await take("json"));
  assert.equal(leads.length, ALL.length);
  const byId = new Map(leads.map((lead) => [lead.lead.id, lead]));
  for (const [string, { lead }] of sent) {
    const { inquiries, raw } = byId.get(lead);
    const typed = string.toWellFormed();
    assert.deepEqual([inquiries[0].name, inquiries[0].message, inquiries[0].best_time, inquiries[0].fields], [typed, typed, typed, [["plan", typed]]]);
    assert.equal(JSON.parse(raw[0].body).contact.message.toWellFormed(), typed);
  }
});

/** Begins like a formula for some spreadsheet, also behind signs of no width. */
const formula = (cell) => /^[\p{Z}\p{Cc}\u200b-\u200f\u2060\ufeff\u00ad]*[=+\-@＝＋－＠]/u.test(cell) || /^[\t\r]/.test(cell);
/** As it can be shown: what no cell can hold, and how lines end, is nobody's word. */
const shown = (text) => text.toWellFormed().replace(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, "").replace(/\r\n?/g, "\n").trim();

/** The same without the apostrophes in front of its pieces. */
const bare = (text) => shown(text.split(/(?<=[;,\t\r\n])/).map((piece) => piece.replace(/^'/, "")).join(""));

test("CSV takes every string along, and no cell begins like a formula", async () => {
  const rows = parse(await take("csv"), { bom: true, columns: true, record_delimiter: "\r\n" });
  assert.equal(rows.length, ALL.length);
  const byId = new Map(rows.map((row) => [row.lead, row]));
  const wrong = [];
  for (const [string, { lead }] of sent) {
    const row = byId.get(lead);
    // An apostrophe in front says that it is a text, also in front of what others take for a cell.
    for (const cell of [row.name, row.message, row.best_time]) if (shown(cell) !== shown(string) && bare(cell) !== bare(string)) wrong.push([string, cell]);
  }
  for (const row of rows) for (const [name, cell] of Object.entries(row)) if ((formula(cell) || cell.split(/[;,\t\r\n]/).some(formula)) && !(/phone/.test(name) && /^\+\d+ [\d -]+$/.test(cell))) wrong.push([name, cell]);
  assert.deepEqual(wrong, []);
});

test("a workbook takes every string along as a text", async () => {
  const read = await readWorkbook(await take("xlsx"));
  const [heading, ...rows] = Array.isArray(read[0]) ? read : (read[0]?.data ?? read);
  assert.equal(rows.length, ALL.length);
  const byId = new Map(rows.map((cells) => [cells[heading.indexOf("lead")], Object.fromEntries(heading.map((name, at) => [name, cells[at]]))]));
  const wrong = [];
  for (const [string, { lead }] of sent) {
    for (const name of ["name", "message", "best_time"]) {
      const cell = byId.get(lead)[name];
      // A cell without anything to be seen is no cell.
      if (!["string", "object", "undefined"].includes(typeof cell) || shown(cell ?? "") !== shown(string)) wrong.push([name, string, cell]);
    }
  }
  assert.deepEqual(wrong, []);
});

test("nothing that turns the direction of reading reaches a subject, a letter's plain part, a chat or a cell, and no formula hides behind it", async () => {
  const TURNING = /[\u202a-\u202e\u2066-\u2069]/;
  const turned = [];
  const look = (where, text) => TURNING.test(text) && turned.push([where, text.slice(0, 80)]);
  for (const { subject, text, html, from } of bodies("resend")) for (const [where, words] of Object.entries({ subject, text, html, from })) look(`the letter's ${where}`, words);
  for (const { text } of bodies("telegram")) look("Telegram", text);
  for (const message of bodies("slack")) look("Slack", JSON.stringify(message));
  for (const row of parse(await take("csv"), { bom: true, columns: true, record_delimiter: "\r\n" })) {
    for (const [name, cell] of Object.entries(row)) {
      look(`CSV's ${name}`, cell);
      if (/^[\p{Cf}\p{Z}\p{Cc}]*[=+\-@＝＋－＠]/u.test(cell) && !/phone/.test(name)) turned.push([`a formula in CSV's ${name}`, cell]);
    }
  }
  const read = await readWorkbook(await take("xlsx"));
  for (const cells of Array.isArray(read[0]) ? read : (read[0]?.data ?? read)) for (const cell of cells) look("the workbook", String(cell ?? ""));
  assert.deepEqual([...new Set(turned.map(([where]) => where))], [], JSON.stringify(turned.slice(0, 12)));
});
