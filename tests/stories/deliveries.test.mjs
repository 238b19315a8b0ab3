// Leads go to other people's systems: each protocol to a real receiver on this machine, read by other people's parsers.
import assert from "node:assert/strict";
import { verify } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Webhook } from "standardwebhooks";

import { openBrowser, seller } from "../story/browser.mjs";
import { companyWith, hookAndPeople, openMailServer, openServices, serviceAccount } from "../story/receivers.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const SECRETS = {
  webhook: `whsec_${Buffer.alloc(32, 9).toString("base64")}`,
  telegram: "123456:TELEGRAM-secret-token",
  resend: "re_RESEND-secret",
  postmark: "POSTMARK-secret",
  password: "MAIL-secret-password",
  amocrm: "AMOCRM-secret-token",
  hubspot: "HUBSPOT-secret-token",
  bitrix24: "BITRIX-secret-code",
};
const account = serviceAccount();
const HOSTILE = { name: '<b>Иван</b> & =1+1"', message: '=HYPERLINK("https://evil.example") <script>alert(1)</script>\r\nBcc: all@evil.example *x* <!everyone> {{reach}}' };

let server, services, mail, browser;
before(async () => {
  [server, services, mail, browser] = [await startServer(), await openServices(), await openMailServer({ user: "sales", password: SECRETS.password }), await openBrowser()];
});
after(async () => {
  await browser?.close();
  await mail?.close();
  services?.close();
  await server?.stop();
});

const everyDestination = () => `
${hookAndPeople(services, { ...SECRETS, slack: "SLACK-secret" })}
[[destinations]]
kind = "postmark"
id = "postmark"
from = "sales@company.ru"
to = ["vera@company.ru"]
url = "${services.url("postmark")}"
secret = "${SECRETS.postmark}"

[[destinations]]
kind = "smtp"
id = "mail"
from = "Продажи <sales@company.ru>"
to = ["vera@company.ru", "olga@company.ru"]
host = "127.0.0.1"
port = ${mail.port}
user = "sales"
plain = true
secret = "${SECRETS.password}"

[destinations.fields]
subject = "Лид: {{name}} {{message}}"

[[destinations]]
kind = "amocrm"
id = "amo"
url = "${services.url("amocrm")}"
pipeline = 1
status = 2
secret = "${SECRETS.amocrm}"

[destinations.fields]
"294471" = "{{priority|не определён}}"

[[destinations]]
kind = "bitrix24"
id = "bitrix"
secret = "${services.url("bitrix24")}/rest/5/${SECRETS.bitrix24}/"

[[destinations]]
kind = "hubspot"
id = "hubspot"
stage = "first"
url = "${services.url("hubspot")}"
secret = "${SECRETS.hubspot}"

[[destinations]]
kind = "google_sheets"
id = "sheet"
spreadsheet = "1AbC"
sheet = "Лиды"
url = "${services.url("sheets")}"
token_url = "${services.url("token")}"
secret = ${JSON.stringify(account.file)}

[[destinations]]
kind = "zapier"
id = "zap"
secret = "${services.url("zapier")}/ZAPIER-secret"

[[destinations]]
kind = "make"
id = "make"
secret = "${services.url("make")}/MAKE-secret"
`;

const json = (it) => JSON.parse(it.body);
const company = (destinations) => makeWorkspace(server, undefined, () => companyWith(destinations));
const states = async (made, lead) => Object.fromEntries((await made.lead(lead)).deliveries.map(({ destination, event, state }) => [`${destination} ${event}`, state]));
const as = async (made, member) => {
  const signedIn = await fetch(await made.link(member), { redirect: "manual" });
  const cookie = signedIn.headers.get("set-cookie").split(";")[0];
  return async (path, body) => {
    const sent = body && { method: "POST", body: JSON.stringify(body), headers: { cookie, origin: server.url, "content-type": "application/json" } };
    const response = await fetch(server.url + path, sent ?? { headers: { cookie } });
    return { status: response.status, body: await response.json() };
  };
};
const dots = (made, id) => made.api("/api/destinations").then(({ destinations }) => destinations.find((found) => found.id === id));

/** What a browser makes of HTML that other people wrote: its text, and the names of all elements. */
async function readAsBrowser(html) {
  const page = await browser.newPage();
  const read = await page.evaluate((html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    return { text: parsed.body.textContent, names: [...new Set([...parsed.body.querySelectorAll("*")].map(({ localName }) => localName))].sort() };
  }, html);
  await page.close();
  return read;
}

test("one lead reaches every kind of system, and nothing that was typed does anything there", async () => {
  const made = await company(everyDestination());
  const inquiry = await made.inquire("price", "+7 999 123-45-67, ivan@example.com", { contact: { reach: "+7 999 123-45-67, ivan@example.com", ...HOSTILE } });
  await waitFor(async () => {
    const found = await states(made, inquiry.lead);
    const missing = Object.entries(found).filter(([name, state]) => name.endsWith("created") && state !== "sent");
    if (missing.length) throw new Error(JSON.stringify(missing) + JSON.stringify((await made.lead(inquiry.lead)).deliveries.map(({ destination, last_result }) => [destination, last_result])));
    return Object.keys(found).length === 12;
  }, "twelve deliveries", 30_000);

  const [hook] = services.of("hook");
  assert.equal(new Webhook(SECRETS.webhook).verify(hook.body, hook.headers).data.message, HOSTILE.message);

  const telegram = json(services.of("telegram")[0]);
  assert.equal(services.of("telegram")[0].path, `/telegram/bot${SECRETS.telegram}/sendMessage`);
  const chat = await readAsBrowser(telegram.text);
  assert.deepEqual(chat.names, ["b"]);
  for (const typed of [HOSTILE.name, "<script>alert(1)</script>", "{{reach}}"]) assert.ok(chat.text.includes(typed), chat.text);

  const slack = services.of("slack")[0].body;
  assert.ok(!/<!everyone>|<script>/.test(slack) && slack.includes("&lt;!everyone&gt;"));

  const resend = json(services.of("resend")[0]);
  assert.equal(services.of("resend")[0].headers.authorization, `Bearer ${SECRETS.resend}`);
  assert.equal(resend.reply_to, "ivan@example.com");
  const letter = await readAsBrowser(resend.html);
  assert.deepEqual(letter.names, ["br", "h1", "p", "table", "tbody", "td", "tr"]);
  assert.ok(letter.text.includes(HOSTILE.name));
  assert.equal(json(services.of("postmark")[0]).To, "vera@company.ru");

  const [sent] = mail.letters;
  assert.deepEqual(sent.to, ["vera@company.ru", "olga@company.ru"]);
  assert.deepEqual([sent.from.address, sent.from.name, sent.replyTo[0].address], ["sales@company.ru", "Продажи", "ivan@example.com"]);
  assert.match(sent.subject, /^Лид: <b>Иван<\/b> & =1\+1" =HYPERLINK/);
  assert.equal(sent.bcc, undefined);
  assert.ok(!/^bcc/im.test(sent.raw));
  assert.deepEqual((await readAsBrowser(sent.html)).names, letter.names);

  const [lead] = json(services.of("amocrm")[0]);
  assert.deepEqual([lead.pipeline_id, lead.status_id, lead._embedded.contacts[0].first_name], [1, 2, HOSTILE.name]);
  assert.ok(lead.custom_fields_values.some(({ field_id, values }) => field_id === 294471 && values[0].value === "не определён"));
  const card = json(services.of("bitrix24")[0]).fields;
  assert.deepEqual([card.originId, card.fm[0].value], [inquiry.lead, "+79991234567"]);
  assert.deepEqual(services.of("hubspot").map(({ path }) => path.split("/").at(-1)), ["upsert", "deals"]);

  const assertion = new URLSearchParams(services.of("token")[0].body).get("assertion");
  const [header, claims, signature] = assertion.split(".");
  assert.ok(verify("RSA-SHA256", Buffer.from(`${header}.${claims}`), account.publicKey, Buffer.from(signature, "base64url")));
  const claimed = JSON.parse(Buffer.from(claims, "base64url"));
  assert.deepEqual([claimed.iss, claimed.aud, claimed.exp - claimed.iat], ["robot@project.iam.gserviceaccount.com", services.url("token"), 600]);
  const [append] = services.of("sheets");
  assert.ok(append.path.includes("valueInputOption=RAW"));
  assert.deepEqual(json(append).values[0].slice(0, 4), [inquiry.lead, (await made.lead(inquiry.lead)).lead.opened_at, HOSTILE.name, "+79991234567"]);
  assert.equal(json(services.of("zapier")[0]).message.startsWith("=HYPERLINK"), true);
  assert.equal(json(services.of("make")[0]).phone, "+79991234567");

  // Later events change what is known there, in their order.
  await made.answer(inquiry, 1, { need: "specific" });
  await waitFor(async () => services.of("amocrm").length > 3, "the update", 40_000);
  const inAmo = "/amocrm/api/v4/leads/9774766";
  const toAmo = services.of("amocrm").map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(toAmo, ["POST /amocrm/api/v4/leads/complex", `POST ${inAmo}/notes`, `PATCH ${inAmo}`, `POST ${inAmo}/notes`]);
  assert.ok(json(services.of("amocrm")[1])[0].params.text.includes("=HYPERLINK"), "in his own words");
  await waitFor(async () => services.of("bitrix24").length > 1, "the update");
  assert.match(services.of("bitrix24")[1].path, /crm\.item\.update/);

  // No secret is ever said again: not by the API, not in the log, not in the files.
  const api = ["/api/destinations", "/api/deliveries", "/api/audit", `/api/leads/${inquiry.lead}`, "/api/destinations/telegram/preview", "/api/destinations/sheet/preview?lead=newest"];
  const answers = await Promise.all(api.map(async (path) => JSON.stringify(await made.api(path))));
  const folder = join(server.data, "objects");
  const files = await Promise.all((await readdir(folder, { recursive: true })).filter((name) => /sqlite/.test(name)).map((name) => readFile(join(folder, name), "latin1").catch(() => "")));
  const words = [...Object.values(SECRETS), "SLACK-secret", "ZAPIER-secret", "MAKE-secret", "BEGIN PRIVATE KEY"];
  for (const [place, texts] of [["an answer", answers], ["the log", [server.log()]], ["a file", files]]) {
    for (const text of texts) for (const word of words) assert.ok(!text.includes(word), `${place} says ${word}`);
  }
});

const hooks = (...names) => names.map((name) => `
[[destinations]]
kind = "webhook"
id = "${name}"
url = "${services.url(name)}"
secret = "${SECRETS.webhook}"
`).join("");

test("a receiver that hangs delays nobody else, and events of a lead keep their order", async () => {
  services.answers.hangs = () => new Promise(() => {});
  let refusals = 1;
  services.answers.stumbles = () => (refusals-- > 0 ? { status: 500, body: "" } : {});
  services.answers.quick = () => ({});
  const made = await company(hooks("hangs", "stumbles", "quick"));
  const first = await made.inquire("price", "@first_one");
  await waitFor(() => services.of("quick").length === 1, "the quick one");
  for (const reach of ["@second", "@third_", "@fourth", "@fifth_"]) await made.inquire("price", reach);
  const began = Date.now();
  await waitFor(() => services.of("quick").length === 5, "four more");
  // Sooner than the one that hangs is given up.
  assert.ok(services.of("quick").at(-1).at - began < 13_000);
  assert.ok(services.of("hangs").length >= 1 && services.of("hangs").every(({ answered }) => answered === undefined));
  await made.answer(first, 1, { need: "specific" });
  await waitFor(() => services.of("stumbles").some(({ body }) => body.includes("lead.answered")), "the answers", 45_000);
  const mine = services.of("stumbles").filter(({ body }) => body.includes(first.lead)).map((it) => [json(it).type, it.answered]);
  assert.deepEqual(mine.filter(([, status]) => status === 200), [["lead.created", 200], ["lead.answered", 200]]);
});

test("six receivers that hang delay a seventh no more than until it is known of them", async () => {
  const hanging = ["hang-1", "hang-2", "hang-3", "hang-4", "hang-5", "hang-6"];
  for (const name of hanging) services.answers[name] = () => new Promise(() => {});
  services.answers.seventh = () => ({});
  const made = await company(hooks(...hanging, "seventh"));
  await made.inquire("price", "@finds_them_out");
  const known = async () => (await Promise.all(hanging.map((name) => dots(made, name)))).every(({ state }) => state === "failing");
  await waitFor(known, "all of them to have hung once", 60_000);
  for (const reach of ["@later_one", "@later_two", "@later_three"]) {
    const had = services.of("seventh").length;
    const began = Date.now();
    await made.inquire("price", reach);
    await waitFor(() => services.of("seventh").length > had, "the seventh", 30_000);
    // Sooner than any of those that hang is given up.
    const took = services.of("seventh").at(-1).at - began;
    assert.ok(took < 13_000, `${reach} took ${took} ms`);
  }
});

test("who knows a lead hears of it also after its rule has gone, and nobody else begins to", async () => {
  for (const name of ["knows", "never"]) services.answers[name] = () => ({});
  const written = (rule) => companyWith(hooks("knows", "never")).replace(/\[catch_all\][^]*?deliver = .*\n/, (found) => `${rule}\n${found.replace('"knows", ', "")}`);
  const made = await makeWorkspace(server, undefined, () => written('[[rules]]\nid = "shop"\nassign = "anna"\ndeliver = ["knows"]\nwhen = { site = ["shop"] }\n'));
  const sent = await made.inquire("price", "@of_a_rule");
  await waitFor(() => services.of("knows").length === 1, "the new lead");
  await made.publish(() => written(""));
  await made.answer(sent, 1, { need: "specific" });
  await waitFor(() => services.of("knows").length === 2, "the answers", 45_000);
  assert.deepEqual(services.of("knows").map((it) => json(it).type), ["lead.created", "lead.answered"]);
  assert.deepEqual([(await made.lead(sent.lead)).deliveries.map(({ destination }) => destination), services.of("never").length], [["knows", "knows"], 0]);
});

test("how somebody wants to be reached now goes before how he was reached once", async () => {
  services.answers["newest-first"] = () => ({});
  const made = await company(hooks("newest-first"));
  const first = await made.inquire("price", "+79031112233, anna.same@example.ru");
  await waitFor(() => services.of("newest-first").length === 1, "the new lead");
  assert.equal((await made.inquire("price", "+79997776655, anna.same@example.ru")).lead, first.lead);
  const again = json(await waitFor(() => services.of("newest-first")[1], "the other number", 45_000));
  assert.deepEqual([again.type, again.data.contact.phones.map(({ e164 }) => e164)], ["lead.touched", ["+79997776655", "+79031112233"]]);
});

test("who was told of a person is told once that he is erased: messages in a chat are deleted, what cannot be is for people", async () => {
  services.answers["told-once"] = () => ({});
  let message = 0;
  services.answers.telegram = ({ path }) => ({ ok: true, result: path.endsWith("/sendMessage") ? { message_id: ++message, chat: { id: -100456 } } : true });
  const chats = `
[[destinations]]
kind = "telegram"
id = "a-chat"
chat = "@sales_of_ours"
events = ["lead.created", "lead.answered"]
url = "${services.url("telegram")}"
secret = "${SECRETS.telegram}"

[[destinations]]
kind = "slack"
id = "another"
secret = "${services.url("slack")}/services/T/B/slack"
`;
  const made = await company(chats + hooks("told-once"));
  const before = services.of("telegram").length;
  const sent = await made.inquire("price", "@goes_away");
  const { lead } = sent;
  await waitFor(async () => Object.values(await states(made, lead)).filter((state) => state === "sent").length === 3, "all are told");
  await made.answer(sent, 1, { need: "specific" });
  // Also what nobody waits for below: an erasure goes behind what is on its way.
  const told = async () => Object.values(await states(made, lead));
  await waitFor(async () => (await states(made, lead))["a-chat lead.answered"] === "sent" && (await told()).every((state) => state === "sent"), "the answers", 60_000);
  const erase = { method: "POST", body: JSON.stringify({ command: "erase_person", reason: "asked" }), headers: { authorization: `Bearer ${made.apiKey}`, "content-type": "application/json" } };
  assert.equal((await fetch(`${server.url}/api/leads/${lead}/commands`, erase)).status, 200);
  const receipts = await waitFor(async () => {
    const [{ receipts }] = (await made.api("/api/privacy")).erasures;
    return receipts.length === 3 && receipts.every(({ state }) => ["sent", "dead"].includes(state)) && receipts;
  }, "the receipts");
  assert.deepEqual(services.of("told-once").map((it) => json(it).type).filter((type) => type !== "lead.answered"), ["lead.created", "person.erased"]);
  const deleted = services.of("telegram").slice(before).filter(({ path }) => path === `/telegram/bot${SECRETS.telegram}/deleteMessage`);
  assert.deepEqual(deleted.map(json), [2, 1].map((message_id) => ({ chat_id: -100456, message_id })));
  const said = Object.fromEntries(receipts.map(({ destination, state, last_result }) => [destination, `${state} ${last_result}`]));
  assert.deepEqual([said["a-chat"], said.another], ["sent 200", "dead delete_by_hand"], JSON.stringify(receipts));
});

test("a destination that knows us no more is switched off with a letter, keeps everything, and goes on when it is mended", async () => {
  const letters = mail.letters.length;
  services.answers.telegram = () => ({ status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } });
  const made = await company(everyDestination().split("\n[[destinations]]").filter((part) => /kind = "(telegram|smtp)"/.test(part)).map((part) => `\n[[destinations]]${part}`).join(""));
  const before = services.of("telegram").length;
  const one = await made.inquire("price", "@waits_one");
  await waitFor(async () => (await dots(made, "telegram")).state === "off", "switching off");
  const two = await made.inquire("price", "@waits_two");
  const alert = await waitFor(() => mail.letters.slice(letters).find(({ subject }) => /остановлена/.test(subject)), "the alert");
  assert.match(alert.text, /telegram[^]*401/);
  await pause(1_000);
  assert.equal(services.of("telegram").length, before + 1, "nothing is tried while it is off");
  assert.equal((await dots(made, "telegram")).waiting, 2);

  const [marketer, sellers, head] = [await as(made, "mark"), await as(made, "anna"), await as(made, "vera")];
  assert.equal((await marketer("/api/me")).body.alerts, 1);
  assert.equal((await marketer("/api/destinations/telegram/commands", { command: "switch_on" })).status, 403);
  assert.equal((await sellers("/api/destinations")).status, 403);
  assert.equal((await marketer("/api/destinations/telegram/preview")).status, 200);
  assert.equal((await marketer("/api/destinations/telegram/preview?lead=newest")).status, 403);
  delete services.answers.telegram;
  const on = await head("/api/destinations/telegram/commands", { command: "switch_on" });
  assert.equal(on.status, 200, JSON.stringify(on.body));
  for (const { lead } of [one, two]) await waitFor(async () => (await states(made, lead))["telegram lead.created"] === "sent", "what waited");
  const audit = (await made.api("/api/audit")).audit.map(({ who, action, target }) => [who, action.split(":")[0], target]);
  assert.deepEqual(audit.filter(([, , target]) => target === "telegram").reverse(), [["machine", "switch_off", "telegram"], ["vera", "switch_on", "telegram"]]);
});

test("what somebody paused himself is no alarm, and what waits there has no next attempt", async () => {
  const made = await company(hooks("works"));
  const vera = await seller(browser, await made.link("vera"));
  await vera.page.goto(`${server.url}/desk/deliveries`);
  await vera.page.getByRole("button", { name: "Приостановить" }).click();
  await vera.see("когда вы включите снова");
  await waitFor(async () => (await vera.page.evaluate(() => document.activeElement.tagName)) === "H1", "the focus");
  assert.equal(await vera.page.getByText("исправите причину").count(), 0);
  const { lead } = await made.inquire("price", "@waits_paused");
  assert.equal((await (await as(made, "vera"))("/api/me")).body.alerts, 0);
  await vera.page.goto(`${server.url}/desk/leads/${lead}`);
  await vera.page.locator(".delivery").getByText("приостановлено").waitFor();
  assert.equal(await vera.page.locator(".delivery").getByText("следующая попытка").count(), 0);
  // A preview that does not come says so.
  await vera.page.goto(`${server.url}/desk/deliveries`);
  await vera.page.route("**/preview*", (route) => route.abort());
  await vera.page.getByRole("button", { name: "Что отправляется" }).click();
  await vera.page.locator(".told-preview").getByText("Не получилось").waitFor();
  await vera.context.close();
});

test("what was refused is a dead letter, seen on the desk and sent again", async () => {
  services.answers.refuses = () => ({ status: 422, body: "" });
  const made = await company(hooks("refuses"));
  const leads = [await made.inquire("price", "@dead_one"), await made.inquire("price", "@dead_two")];
  await waitFor(async () => (await dots(made, "refuses")).dead === 2, "two dead letters");
  const vera = await seller(browser, await made.link("vera"));
  await vera.page.goto(`${server.url}/desk/deliveries`);
  await vera.see("Не доставлены");
  assert.equal(await vera.page.locator(".told-letter").count(), 2);
  // Each says whose it is.
  await vera.page.locator(".told-letter").getByText(/@dead_one/).waitFor();
  await vera.page.locator(".told-letter").getByText(/@dead_two/).waitFor();
  services.answers.refuses = () => ({});
  // By keyboard alone: to the first "send again", and press.
  await vera.page.locator(".told-letter button").first().focus();
  await vera.page.keyboard.press("Enter");
  await vera.page.waitForFunction(() => document.querySelectorAll(".told-letter").length === 1);
  await vera.page.getByRole("button", { name: "Отправить все ещё раз" }).click();
  await vera.see("Всё доставлено.");
  for (const { lead } of leads) await waitFor(async () => (await states(made, lead))["refuses lead.created"] === "sent", "the delivery");
  const ids = services.of("refuses").map(({ headers }) => headers["webhook-id"]);
  assert.equal(new Set(ids).size, 2, "the same delivery keeps its id");
  await vera.page.getByRole("button", { name: "Что отправляется" }).click();
  await vera.page.locator(".told-request pre").filter({ hasText: "lead.created" }).waitFor();
  assert.ok((await vera.page.locator(".told-request").textContent()).includes("v1,•••"));
  assert.deepEqual(vera.heard, []);
  await vera.context.close();
});

test("more dead letters than one call sends again: the page says how many, and one press sends them all", async () => {
  services.answers.overrun = () => ({ status: 422, body: "" });
  const made = await company(hooks("overrun"));
  const many = 1_030;
  let number = 0;
  const caller = async () => {
    while (number < many) assert.equal((await made.inquire("price", `@overrun_${number++}`)).status, 201);
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  await waitFor(async () => (await dots(made, "overrun")).dead === many, "all of them dead", 300_000);
  const vera = await seller(browser, await made.link("vera"));
  await vera.page.goto(`${server.url}/desk/deliveries`);
  await vera.see(`Здесь последние 100 из ${many}`);
  services.answers.overrun = () => ({});
  await vera.page.getByRole("button", { name: "Отправить все ещё раз" }).click();
  await vera.see("Всё доставлено.");
  await waitFor(async () => new Set(services.of("overrun").filter(({ answered }) => answered === 200).map(({ headers }) => headers["webhook-id"])).size === many, "all of them", 300_000);
  await vera.context.close();
});

test("a mapping with a name that is not ours is refused with its place; a secret stays where it was given", async () => {
  const text = `
[[destinations]]
kind = "zapier"
id = "zap"
secret = "${services.url("zapier")}/hook"

[destinations.fields]
city = "{{field.city|—}}"
`;
  await assert.rejects(company(text.replace("field.city", "town")), /destinations\[0\]\.fields\.city: \{\{town\}\} is not one of our names/);
  await assert.rejects(company(text.replace(/secret = .*/, "")), /destinations\[0\]\.secret/);
  const made = await company(text);
  // Without a secret the one that is known stays; the same again is no new version.
  const same = await made.publish(() => companyWith(text.replace(/secret = .*/, "")));
  assert.equal(same, 1);
  assert.equal(await made.publish(() => companyWith(text.replace("—", "-").replace(/secret = .*/, ""))), 2);
  assert.equal(await made.publish(() => companyWith(text.replace("—", "-").replace("/hook", "/other"))), 3);
  await made.inquire("price", "@mapped_", { fields: { city: "Тверь" } });
  const it = await waitFor(() => services.of("zapier").find(({ path }) => path.endsWith("/other")), "the hook");
  assert.equal(json(it).city, "Тверь");
});
