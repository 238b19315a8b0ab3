// Floods, proofs of work, Turnstile, and bodies that no form sends: nobody honest loses anything.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { solveChallenge, verifySolution } from "altcha-lib/v1";

import { openBrowser, openHost, visitor } from "../story/browser.mjs";
import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

// What a site that asks Turnstile asks here instead of the service: it answers what the test has laid ready.
const siteverify = { asked: [], answers: [] };
const listener = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  siteverify.asked.push(JSON.parse(body));
  const answer = siteverify.answers.shift();
  if (!answer) return request.socket.destroy();
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
});

let server;
let browser;
before(async () => {
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  process.env.SITEVERIFY = `http://127.0.0.1:${listener.address().port}/siteverify`;
  server = await startServer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  listener.close();
});

const FORM = `
[[forms]]
id = "price"
questions = ["need"]
[forms.contact]
title = { ru = "Перезвоним", en = "We call you back" }
[forms.contact.consent]
kind = "notice"
version = "1"
text = { ru = "Отправляя, вы соглашаетесь", en = "By sending you agree" }
[suspicion]
judge_one_in = 0
judge_suspects_one_in = 0
`;
const SITE = (asks) => `
name = "Мастерская"
language = "ru"
[[team]]
id = "anna"
name = "Анна"
role = "seller"
[catch_all]
assign = "anna"
[[sites]]
id = "shop"
name = "Мастерская"
origins = []
${asks}
`;
/** A company of its own; `asks` are tables of its site. */
const company = (asks = "") => makeWorkspace(server, undefined, () => SITE(asks) + FORM);

const post = (path, body, headers = {}) => fetch(server.url + path, { method: "POST", body: typeof body == "string" || body instanceof Uint8Array ? body : JSON.stringify(body), headers });
/** Nobody fills a form sooner; who does is a sign by itself, which these tests are not about. */
const TYPING = 2_200;
const from = (network) => ({ "x-forwarded-for": `198.51.100.77, ${network}.7` });
const inquiry = (made, more = {}) => ({ id: uuidv7(), secret: aSecret(), site: made.site, form: "price", contact: { reach: `${uuidv7().slice(-12)}@example.ru` }, ...more });

test("a network that sends too much is told when to come again; nobody else is, and its answers still pass", async () => {
  const made = await company();
  const flood = await Promise.all(Array.from({ length: 60 }, () => post("/v1/inquiries", inquiry(made), from("203.0.113"))));
  const statuses = flood.map(({ status }) => status);
  const refused = flood.find(({ status }) => status === 429);
  assert.ok(statuses.filter((status) => status === 201).length >= 40, String(statuses));
  assert.ok(refused, "sixty at once are too many");
  assert.match(refused.headers.get("content-type"), /application\/problem\+json/);
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
  assert.match(refused.headers.get("access-control-expose-headers"), /retry-after/);
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal((await refused.json()).code, "too_often");
  // Another network, the same network on another site, and what follows an inquiry.
  assert.equal((await post("/v1/inquiries", inquiry(made), from("203.0.114"))).status, 201);
  const other = await company();
  assert.equal((await post("/v1/inquiries", inquiry(other), from("203.0.113"))).status, 201);
  const known = inquiry(made);
  assert.equal((await post("/v1/inquiries", known)).status, 201);
  const answers = { site: made.site, secret: known.secret, seq: 1, answers: { need: "specific" } };
  assert.equal((await post(`/v1/inquiries/${known.id}/answers`, answers, from("203.0.113"))).status, 200);
  // A header that anyone could have written does not choose the network: only the proxy's own word, the last, counts.
  // A place may have become free meanwhile; that of 8.8.8.8 has forty.
  const answered = [];
  while (answered.length < 20 && !answered.includes(429)) {
    answered.push((await post("/v1/inquiries", inquiry(made), { "x-forwarded-for": "8.8.8.8, 203.0.113.9" })).status);
  }
  assert.ok(answered.includes(429), String(answered));
});

test("a visitor in a flooded network is held up three times, and then recorded", async () => {
  const made = await company();
  const network = "192.0.2";
  const fill = async () => {
    while ((await post("/v1/inquiries", inquiry(made), from(network))).status === 201);
  };
  await Promise.all(Array.from({ length: 40 }, () => post("/v1/inquiries", inquiry(made), from(network))));
  await fill();
  const host = await openHost({ ...server, site: made.site, form: "price" });
  const context = await browser.newContext({ locale: "ru-RU" });
  const page = await context.newPage();
  let heldUp = 0;
  const asked = [];
  await page.route("**/v1/inquiries", async (route) => {
    // Others of his network are always a little quicker.
    if (heldUp < 3) await fill();
    // As a proxy in front of the server does.
    const response = await route.fetch({ headers: { ...route.request().headers(), ...from(network) } });
    asked.push([Date.now(), response.status(), Number(response.headers()["retry-after"] ?? 0)]);
    if (response.status() === 429) heldUp++;
    await route.fulfill({ response });
  });
  await page.goto(host.url("plain.html"));
  const person = visitor(page);
  await person.fillContact("held-up@example.ru");
  await person.send();
  await page.getByText(/Спасибо! Мы уже записали/).first().waitFor({ timeout: 60_000 });
  assert.equal(heldUp, 3);
  // It came no sooner than it was asked to.
  for (const [at, [time, status, seconds]] of asked.entries()) {
    if (status === 429) assert.ok(asked[at + 1][0] - time >= seconds * 1000 - 50, JSON.stringify(asked));
  }
  const { leads } = await made.api("/api/leads");
  const { suspects } = await made.api("/api/quarantine");
  const mine = [...leads, ...suspects.map(({ lead }) => lead)].filter(({ contact }) => contact.emails[0] === "held-up@example.ru");
  assert.equal(mine.length, 1);
  await context.close();
  host.close();
});

test("work for the browser: what ALTCHA's own library finds counts, once; nothing else does", async () => {
  const made = await company("[sites.proof_of_work]\ntries = 2000");
  const challenge = async () => (await fetch(`${server.url}/v1/challenges/${made.site}`)).json();
  const solved = async () => {
    const asked = await challenge();
    const { number } = await solveChallenge(asked.challenge, asked.salt, asked.algorithm, asked.maxnumber).promise;
    return Buffer.from(JSON.stringify({ ...asked, number })).toString("base64");
  };
  const suspicious = { message: "http://a.example http://b.example http://c.example", reach: "x@example.ru" };
  const send = async () => {
    const sent = inquiry(made, { contact: { ...suspicious, reach: `${uuidv7().slice(-12)}@example.ru` } });
    // A browser names its origin; a server that records for its own visitors names none, and is asked for nothing.
    const { lead } = await (await post("/v1/inquiries", sent, { origin: "https://shop.example" })).json();
    return { ...sent, lead };
  };
  const bring = ({ id, secret }, proof) => post(`/v1/inquiries/${id}/answers`, { site: made.site, secret, seq: 0, answers: {}, proof });
  const state = async ({ lead }) => {
    const { lead: shown, signals } = await made.lead(lead);
    return [shown.status, signals.map(({ sign }) => sign).join(",")];
  };

  const first = await send();
  assert.deepEqual(await state(first), ["suspect", "proof_missing,links"]);
  const proof = await solved();
  assert.equal((await bring(first, proof)).status, 200);
  assert.deepEqual(await state(first), ["open", "links"], "who has done the work is let go");
  assert.equal((await bring(first, proof)).status, 200);
  assert.deepEqual(await state(first), ["open", "links"], "a message may come twice");
  const second = await send();
  await bring(second, proof);
  assert.deepEqual(await state(second), ["suspect", "proof_wrong,links"], "work is done for one inquiry");
  for (const forged of ["x", Buffer.from("{}").toString("base64"), proof.slice(0, -8)]) {
    const third = await send();
    assert.equal((await bring(third, forged)).status, 200);
    assert.deepEqual(await state(third), ["suspect", "proof_wrong,links"], forged);
  }
  // A site that asks for nothing has nothing to give.
  const plain = await company();
  assert.equal((await fetch(`${server.url}/v1/challenges/${plain.site}`)).status, 404);
  assert.equal((await post("/v1/inquiries", inquiry(made))).status, 201);
  // And what we ask is a challenge as that library reads it.
  assert.equal(await verifySolution(proof, "not our secret"), false);
});

test("a visitor's browser does the work by itself, in slices, and without any other page's help", async () => {
  const made = await company("[sites.proof_of_work]\ntries = 60000");
  const host = await openHost({ ...server, site: made.site, form: "price" });
  /** One visit: how long each piece of work took that was longer than fifty milliseconds. */
  const visit = async (reach) => {
    const context = await browser.newContext({ locale: "ru-RU" });
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.long = [];
      new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    });
    const foreign = [];
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (origin !== server.url && origin !== new URL(host.url("")).origin) foreign.push(request.url());
    });
    await page.goto(host.url("plain.html"));
    const person = visitor(page);
    await person.fillContact(reach, { message: "http://a.example http://b.example http://c.example" });
    await pause(TYPING);
    await person.send();
    await person.seeThanks();
    const found = async () => (await made.api("/api/leads")).leads.find(({ contact }) => contact.emails[0] === reach);
    const lead = await waitFor(found, "the lead let go by the work", 30_000);
    assert.deepEqual((await made.lead(lead.id)).signals.map(({ sign }) => sign), ["links"]);
    assert.deepEqual(foreign, []);
    const long = await page.evaluate(() => window.long);
    await context.close();
    return long;
  };
  // A machine that stands still makes a long task of anything; work that is done in one piece is one in every visit.
  const noticed = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const long = (await visit(`works${attempt}@example.ru`)).filter((duration) => duration > 200);
    if (!long.length) break;
    noticed.push(long);
  }
  assert.ok(noticed.length < 5, `no work that anybody notices: ${JSON.stringify(noticed)}`);
  host.close();
});

test("Turnstile: asked only where a site wants it; an outage costs nobody anything", async () => {
  const asks = '[sites.turnstile]\nkey = "1x00000000000000000000AA"\n';
  const made = await company(`${asks}secret = "1x0000000000000000000000000000000AA"`);
  // The secret is sealed apart from the configuration, and a file without it keeps it.
  const configs = [];
  for (const file of await ledgerFiles(server.data)) {
    configs.push(...withLedger(file, (database) => database.prepare("SELECT body FROM config_versions").all()).map(({ body }) => body).filter((body) => body.includes("turnstile")));
  }
  assert.ok(configs.length >= 1 && configs.every((body) => body.includes("1x00000000000000000000AA") && !body.includes("1x0000000000000000000000000000000AA")), configs.join());
  assert.equal(await made.publish(() => SITE(asks) + FORM.replace('version = "1"', 'version = "2"')), 2);
  assert.equal((await made.api("/api/config")).config.sites[0].turnstile.secret, "********");
  await assert.rejects(makeWorkspace(server, undefined, () => SITE(asks) + FORM), /sites\[0\]\.turnstile\.secret/);
  const send = async () => {
    const sent = inquiry(made);
    const { lead } = await (await post("/v1/inquiries", sent, { origin: "https://shop.example" })).json();
    return { ...sent, lead };
  };
  const bring = ({ id, secret }, turnstile) => post(`/v1/inquiries/${id}/answers`, { site: made.site, secret, seq: 0, answers: {}, turnstile });
  const signs = async ({ lead }) => (await made.lead(lead)).signals.map(({ sign, score }) => `${sign} ${score}`);
  const sent = await send();
  assert.deepEqual(await signs(sent), ["turnstile_missing 70"]);
  siteverify.answers.push({ success: true, hostname: "shop.example" });
  assert.equal((await bring(sent, "XXXX.DUMMY.TOKEN.XXXX")).status, 200);
  assert.deepEqual(await signs(sent), []);
  assert.deepEqual(siteverify.asked.at(-1), { secret: "1x0000000000000000000000000000000AA", response: "XXXX.DUMMY.TOKEN.XXXX", idempotency_key: sent.id });

  const machine = await send();
  siteverify.answers.push({ success: false, "error-codes": ["invalid-input-response"] });
  await bring(machine, "no token");
  assert.deepEqual(await signs(machine), ["turnstile_failed 100"]);

  // Their own fault is asked about once more, with the same key; then it is known that it is not known.
  const unlucky = await send();
  siteverify.answers.push({ success: false, "error-codes": ["internal-error"] }, { success: false, "error-codes": ["internal-error"] });
  await bring(unlucky, "token");
  assert.deepEqual(await signs(unlucky), ["turnstile_unverified 0"]);
  const asked = siteverify.asked.slice(-2).map(({ idempotency_key }) => idempotency_key);
  assert.deepEqual(asked, [unlucky.id, unlucky.id]);
  const outage = await send();
  assert.equal((await bring(outage, "token")).status, 200);
  assert.deepEqual(await signs(outage), ["turnstile_unverified 0"]);
  assert.equal((await made.lead(outage.lead)).lead.status, "open");

  // In the browser its script is the only request to a third party; when it does not come, the lead does.
  const host = await openHost({ ...server, site: made.site, form: "price" });
  const context = await browser.newContext({ locale: "ru-RU" });
  const page = await context.newPage();
  const foreign = [];
  await page.route(/challenges\.cloudflare\.com/, (route) => {
    foreign.push(route.request().url());
    return foreign.length > 1
      ? route.fulfill({ contentType: "text/javascript", body: "window.turnstile = { render: (place, { callback }) => setTimeout(callback, 50, 'from the widget') };" })
      : route.abort();
  });
  for (const [reach, wanted] of [["blocked@example.ru", ["turnstile_missing 70"]], ["asked@example.ru", []]]) {
    siteverify.answers.push({ success: true, hostname: "shop.example" });
    await page.goto(host.url("plain.html"));
    assert.equal(foreign.length, reach === "blocked@example.ru" ? 0 : 1, "nothing before the visitor turns to the form");
    const person = visitor(page);
    await person.fillContact(reach);
    await pause(TYPING);
    await person.send();
    await person.seeThanks();
    const found = await waitFor(async () => (await made.api("/api/leads")).leads.find(({ contact }) => contact.emails[0] === reach), reach);
    await waitFor(async () => {
      const shown = (await signs({ lead: found.id })).filter((sign) => sign.startsWith("turnstile"));
      return JSON.stringify(shown) === JSON.stringify(wanted);
    }, `the signs of ${reach}`);
    await context.clearCookies();
    await page.evaluate(() => (localStorage.clear(), sessionStorage.clear()));
  }
  assert.ok(foreign.every((url) => url.startsWith("https://challenges.cloudflare.com/turnstile/v0/api.js")));
  await context.close();
  host.close();
});

test("bodies that no form sends are refused before anything is made of them", async () => {
  const made = await company();
  const wide = `{"id":"${uuidv7()}","site":"${made.site}","contact":{"reach":"x"},"fields":{${Array.from({ length: 4_500 }, (_, at) => `"a${at}":1`).join(",")}}}`;
  const deep = (open, close, depth) => `{"id":"${uuidv7()}","site":"${made.site}","contact":{"reach":"x"},"more":${open.repeat(depth)}1${close.repeat(depth)}}`;
  for (const [body, status] of [[wide, 400], [deep("[", "]", 20_000), 400], [deep('{"a":', "}", 9_000), 400], [deep("[", "]", 33), 400], [deep("[", "]", 20), 201]]) {
    const response = await post("/v1/inquiries", body);
    assert.equal(response.status, status, body.slice(0, 120));
  }
  const health = await fetch(`${server.url}/v1/health`);
  assert.equal(health.status, 200);
});

test("a body that declares little and sends much is cut off", async () => {
  const { port } = new URL(server.url);
  // Beside chunks a length says nothing, whatever it says.
  for (const declared of ["", "content-length: 10\r\n"]) {
    // Whoever writes in the moment at which the answer comes may hear of a closed connection instead.
    const cutOff = async () => {
      const socket = connect(Number(port), "127.0.0.1");
      let answer = "";
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.on("data", (text) => (answer += text));
      socket.on("error", () => {});
      socket.write(`POST /v1/inquiries HTTP/1.1\r\nhost: localhost\r\n${declared}transfer-encoding: chunked\r\n\r\n`);
      const chunk = `${(16_384).toString(16)}\r\n${"x".repeat(16_384)}\r\n`;
      let sent = 0;
      for (; sent < 20 && !answer && !socket.destroyed; sent++) {
        socket.write(chunk);
        await pause(20);
      }
      await Promise.race([closed, waitFor(() => answer || socket.destroyed, "an answer")]);
      socket.destroy();
      return answer;
    };
    const answer = await waitFor(cutOff, "an answer");
    assert.match(answer, /^HTTP\/1\.1 (413|400) /, declared);
  }
});

test("no door lets more typing in than another, and of a contact only its first ways are looked at", async () => {
  const made = await company();
  const form = `${server.url}/f/${made.site}/price`;
  const typed = async (fields) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return fetch(form, { method: "POST", body, redirect: "manual" });
  };
  const large = await typed({ step: "contact", reach: "large@example.ru", message: "x".repeat(1024 * 1024) });
  assert.equal(large.status, 413);
  const many = Array.from({ length: 3_000 }, (_, n) => `a${n}@b.example`).join(" ");
  const began = Date.now();
  assert.equal((await typed({ step: "contact", reach: many })).status, 200);
  assert.equal((await post("/v1/inquiries", inquiry(made, { contact: { reach: many } }))).status, 201);
  assert.ok(Date.now() - began < 20_000, "and not for minutes");
  const { leads } = await made.api("/api/leads");
  assert.deepEqual(leads.map(({ contact }) => contact.emails.length), [5]);
});

test("a visitor without script whose answer is not through is asked again, and goes on", async () => {
  const made = await company();
  const network = from("203.0.115");
  const visit = { id: uuidv7(), secret: aSecret() };
  const step = (fields) => fetch(`${server.url}/f/${made.site}/price?lang=ru`, { method: "POST", headers: network, body: new URLSearchParams({ ...visit, form_version: "1", ...fields }) });
  const asked = await (await step({ step: "contact", reach: "patient@example.ru" })).text();
  assert.match(asked, /name="question"/);
  const question = asked.match(/name="question" value="(\w+)"/)[1];
  const flood = () => Promise.all(Array.from({ length: 300 }, (_, n) => post(`/v1/inquiries/${uuidv7()}/answers`, { site: made.site, secret: aSecret(), seq: n, answers: {} }, network)));
  // A place is free again after a fifth of a second: he sends in the middle of it.
  const heldUp = async () => {
    const flooding = flood();
    await pause(20);
    const answered = await step({ step: "question", question, answer: "specific", go: "answer" });
    await flooding;
    return answered.status === 422 && answered;
  };
  const again = await waitFor(heldUp, "a step that is held up");
  const page = await again.text();
  assert.match(page, /Ответ пока не дошёл/);
  assert.match(page, new RegExp(`value="${question}"`));
  await pause(3_000);
  assert.equal((await step({ step: "question", question, answer: "specific", go: "answer" })).status, 200);
  const { leads } = await made.api("/api/leads");
  const lead = leads.find(({ contact }) => contact.emails.includes("patient@example.ru"));
  assert.deepEqual(lead.answers.map((answer) => answer.question), [question]);
});
