// Stories of the sales team.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, seller } from "../story/browser.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const answer = (id, secret, answers) =>
  fetch(`${server.url}/v1/inquiries/${id}/answers`, { method: "POST", body: JSON.stringify({ site: server.site, secret, seq: 1, answers }) });

test("the session cookie is HttpOnly and SameSite; a link that is not ours signs nobody in", async () => {
  const desk = await seller(browser, server.desk);
  const [cookie] = await desk.context.cookies();
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, "Lax");
  await desk.context.close();
  const forged = await fetch(server.desk.slice(0, -3) + "AAA", { redirect: "manual" });
  assert.equal(forged.status, 401);
  assert.equal(forged.headers.get("set-cookie"), null);
  // Behind a proxy that ends TLS the cookie is bound to this host.
  const api = await fetch(`${server.url}/api/me`, { headers: { cookie: "first_contact=session_forged" } });
  assert.equal(api.status, 401);
});

test("a seller sees his own leads only; the head sees all; another's lead is not there", async () => {
  const mine = await server.inquire("+7 921 000-00-01", { contact: { reach: "+7 921 000-00-01", name: "Моя Заявка" } });
  const foreign = await server.inquire("x", {
    contact: { reach: "foreign@example.ru", name: "Чужая Заявка" },
    source: { referrer: "https://blog.example.org/" },
  });
  const desk = await seller(browser, server.desk);
  await desk.seeLead("Моя Заявка");
  assert.equal(await desk.page.getByText("Чужая Заявка").count(), 0);
  const status = await desk.page.evaluate(async (id) => (await fetch(`/api/leads/${id}`)).status, foreign.body.lead);
  assert.equal(status, 404);
  const head = await seller(browser, server.desk_head);
  await head.seeLead("Моя Заявка");
  await head.seeLead("Чужая Заявка");
  assert.ok(mine.body.lead);
  await desk.context.close();
  await head.context.close();
});

test("leads arrive and change without reloading, in rank order after the first response", async () => {
  const desk = await seller(browser, server.desk);
  const id = uuidv7();
  const secret = aSecret();
  await desk.page.evaluate(() => (window.notReloaded = true));
  const { body } = await server.inquire("live@example.ru", { id, secret });
  await desk.seeLead("live@example.ru");
  await answer(id, secret, { need: "specific", timing: "month", pay: "own" });
  await desk.page.getByText("AAA", { exact: true }).first().waitFor();
  assert.equal(await desk.page.evaluate(() => window.notReloaded), true);
  await desk.openLead("live@example.ru");
  await desk.page.getByRole("textbox").first().waitFor();
  const response = await desk.page.evaluate(
    (id) => fetch(`/api/leads/${id}/commands`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"command":"note","text":"Ждёт звонка в среду"}' }).then((reply) => reply.status),
    body.lead,
  );
  assert.equal(response, 200);
  await desk.see("Ждёт звонка в среду");
  assert.deepEqual(desk.heard, []);
  await desk.context.close();
});

test("the lead's page shows its history from the first second and counts the deadline", async () => {
  const { body } = await server.inquire("history@example.ru");
  await waitFor(async () => (await server.lead(body.lead)).deliveries[0].state === "sent", "the delivery");
  const desk = await seller(browser, server.desk);
  await desk.openLead("history@example.ru");
  for (const text of ["Первый контакт", "все остальные", "crm"]) await desk.see(text);
  const { history } = await server.lead(body.lead);
  assert.deepEqual(
    history.slice(0, 5).map(({ kind }) => kind),
    ["inquiry_recorded", "lead_opened", "routed", "delivery_queued", "task_set"],
  );
  assert.equal(new Set(history.slice(0, 5).map(({ at }) => at)).size, 1);
  await desk.context.close();
});

test("no control to take, pick, assign or rank exists on the desk, and the seller's API refuses it", async () => {
  const { body } = await server.inquire("controls@example.ru");
  const desk = await seller(browser, server.desk);
  await desk.seeLead("controls@example.ru");
  const forbidden = /взять|забрать|назначить|отказать|удалить|приоритет:|take|claim|assign|refuse|delete/i;
  const names = async () => desk.page.locator("button, select, [role=button], [role=menuitem], input").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? node.textContent));
  assert.ok(!(await names()).some((name) => forbidden.test(name)), String(await names()));
  await desk.openLead("controls@example.ru");
  await desk.page.getByRole("textbox").first().waitFor();
  assert.ok(!(await names()).some((name) => forbidden.test(name)), String(await names()));
  const status = await desk.page.evaluate(
    (id) => fetch(`/api/leads/${id}/commands`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"command":"take"}' }).then((reply) => reply.status),
    body.lead,
  );
  assert.equal(status, 403);
  const { audit } = await server.api("/api/audit");
  assert.ok(audit.some((line) => line.who === "anna" && line.action === "take" && line.target === body.lead));
  await desk.context.close();
});

test("what somebody wrote while another recorded the first response waits in the note", async () => {
  const { body } = await server.inquire("meanwhile@example.ru");
  const desk = await seller(browser, server.desk);
  await desk.openLead("meanwhile@example.ru");
  await desk.page.getByLabel(/Что получилось/).fill("Просил образцы");
  const head = await seller(browser, server.desk_head);
  await head.openLead("meanwhile@example.ru");
  await head.page.getByRole("button", { name: "Ответил(а)" }).click();
  await desk.see("Ваши слова ждут в заметке");
  assert.equal(await desk.page.getByRole("textbox", { name: "Заметки" }).inputValue(), "Просил образцы");
  // What he has recorded himself does not wait there.
  await head.see("Первый ответ дан");
  assert.equal(await head.page.getByRole("textbox", { name: "Заметки" }).inputValue(), "");
  assert.ok(body.lead);
  await desk.context.close();
  await head.context.close();
});

test("a note outlives the session in which it was written, and the page the server that was away", async () => {
  await server.inquire("outlives@example.ru");
  const desk = await seller(browser, server.desk);
  await desk.openLead("outlives@example.ru");
  await desk.page.getByRole("textbox", { name: "Заметки" }).fill("Перезвонить в пять");
  await desk.page.evaluate(() => fetch("/api/sign-out", { method: "POST" }));
  await desk.page.getByText(/ссылк/).first().waitFor();
  // He signs in in another tab and comes back to this one.
  const other = await desk.context.newPage();
  await other.goto(server.desk);
  await other.close();
  await desk.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await waitFor(async () => (await desk.page.getByRole("textbox", { name: "Заметки" }).inputValue()) === "Перезвонить в пять", "the note");
  // A way out that the server does not hear of is said to be none.
  await desk.page.route("**/api/sign-out", (route) => route.abort());
  await desk.page.getByRole("button", { name: "Выйти" }).click();
  await desk.see("Выйти не получилось");
  await desk.context.close();
});

test("signing out closes the live socket and forgets the session", async () => {
  const desk = await seller(browser, server.desk);
  const opened = Promise.withResolvers();
  const closed = Promise.withResolvers();
  const listen = (socket) => {
    socket.once("framereceived", opened.resolve);
    socket.once("close", closed.resolve);
  };
  await desk.page.goto("about:blank");
  desk.page.on("websocket", listen);
  await desk.page.goto(`${server.url}/desk/`);
  await opened.promise;
  const status = await desk.page.evaluate(() => fetch("/api/sign-out", { method: "POST" }).then((reply) => reply.status));
  assert.equal(status, 204);
  await closed.promise;
  assert.equal(await desk.page.evaluate(() => fetch("/api/me").then((reply) => reply.status)), 401);
  await desk.context.close();
});

test("a write from another origin is refused", async () => {
  const desk = await seller(browser, server.desk);
  const [cookie] = await desk.context.cookies();
  const { body } = await server.inquire("csrf@example.ru");
  const post = (headers) =>
    fetch(`${server.url}/api/leads/${body.lead}/commands`, {
      method: "POST",
      headers: { cookie: `${cookie.name}=${cookie.value}`, "content-type": "application/json", ...headers },
      body: '{"command":"note","text":"x"}',
    }).then((reply) => reply.status);
  assert.equal(await post({ origin: "https://evil.example" }), 403);
  assert.equal(await post({}), 403);
  assert.equal(await post({ origin: server.url }), 200);
  await desk.context.close();
});

test("files stand under their question, with their size, and are saved under their name", async () => {
  const client = await makeWorkspace(server);
  const inquiry = await client.inquire("everything", "files@example.ru");
  const form = new FormData();
  for (const [field, value] of Object.entries({ site: client.site, secret: inquiry.secret, question: "file" })) form.append(field, value);
  form.append("file", new Blob(["%PDF-1.7 ", Buffer.alloc(1_500_000)]), "план <b>дома</b>.pdf");
  const attached = await fetch(`${server.url}/v1/inquiries/${inquiry.id}/files`, { method: "POST", body: form });
  assert.equal(attached.status, 201);
  await client.answer(inquiry, 1, { file: { code: "", text: "план" } });
  const desk = await seller(browser, await client.link("anna"));
  await desk.openLead("files@example.ru");
  const link = desk.page.getByRole("link", { name: "b_.pdf" });
  await link.waitFor();
  await desk.see("1,6 МБ");
  await desk.see("Файл приложен");
  const saved = desk.page.waitForEvent("download");
  await link.click();
  assert.equal((await saved).suggestedFilename(), "b_.pdf");
  assert.deepEqual(desk.heard, []);
  await desk.context.close();
});

test("a lead that declined the price band closes before the seller's eyes, with its reason and nothing owed", async () => {
  const client = await makeWorkspace(server);
  const desk = await seller(browser, await client.link("anna"));
  const inquiry = await client.inquire("band", "+7 922 000-00-01", { contact: { reach: "+7 922 000-00-01", name: "Откажется Позже" } });
  const first = desk.page.locator(".queue-first");
  await first.getByText("Откажется Позже").waitFor();
  await client.answer(inquiry, 1, { price: "decline" });
  const closed = desk.page.locator(".queue-closed");
  await closed.getByText("Откажется Позже").waitFor();
  await closed.getByText("Не согласен с ценовой планкой").waitFor();
  assert.equal(await first.getByText("Откажется Позже").count(), 0);
  // It is there again after a reload, too.
  await desk.page.reload();
  await closed.getByText("Откажется Позже").click();
  await desk.page.waitForURL(/\/desk\/leads\//);
  await desk.see("Больше не беспокоить");
  await desk.see("больше не нужно");
  await desk.see("Лид закрыт");
  assert.equal(await desk.page.getByRole("button", { name: "Ответил(а)" }).count(), 0);
  assert.equal(await desk.page.getByText("Что ещё узнать").count(), 0, "nothing is to be asked of him");
  assert.deepEqual(desk.heard, []);
  await desk.context.close();
});

test("the head and the marketer see how visitors go through a form; a seller has no such page", async () => {
  const client = await makeWorkspace(server);
  const count = (steps) =>
    fetch(`${server.url}/v1/counts`, { method: "POST", body: JSON.stringify({ site: client.site, form: "band", source: { utm_source: "yandex", utm_medium: "cpc" }, steps }) });
  for (let visit = 0; visit < 3; visit++) await count({ open: 1, "shown:price": 1 });
  await count({ contact: 1, minted: 1, "answered:price": 1, "shown:need": 1, "skipped:need": 1, completed: 1 });
  for (const [member, lang] of [["vera", "ru"], ["maxim", "en"]]) {
    const desk = await seller(browser, await client.link(member));
    if (lang === "en") await desk.page.getByRole("button", { name: "English" }).click();
    await desk.page.getByRole("navigation").getByRole("link", { name: lang === "ru" ? "Форма" : "Form", exact: true }).click();
    await desk.page.waitForURL(/\/desk\/form$/);
    await desk.page.getByRole("button", { name: "band", exact: true }).click();
    const row = desk.page.getByRole("row", { name: /Обычно это стоит/ });
    await row.waitFor();
    assert.deepEqual(await row.locator("td").allTextContents(), ["3", "1", "0", "2"]);
    const source = desk.page.getByRole("row", { name: lang === "ru" ? /Яндекс/ : /Yandex/ });
    assert.deepEqual(await source.locator("td").allTextContents(), ["3", "0", "2"]);
    assert.deepEqual(desk.heard.filter((line) => !/403/.test(line)), []);
    await desk.context.close();
  }
  const desk = await seller(browser, await client.link("anna"));
  await desk.see("Пока тихо");
  assert.equal(await desk.page.getByRole("link", { name: "Форма", exact: true }).count(), 0);
  await desk.page.goto(`${server.url}/desk/form`);
  await desk.see("Эту страницу видят те, кто отвечает за форму");
  await desk.context.close();
});

test("somebody calls: he is found by the beginning of his phone, by mailbox and handle, open or closed, each seller among his own", async () => {
  await server.inquire("8 (921) 777-00-11", { contact: { reach: "8 (921) 777-00-11", name: "Звонит Ольга" } });
  await server.inquire("found@example.ru");
  await server.inquire("other-found@example.ru", { contact: { reach: "found-elsewhere@example.ru" }, source: { referrer: "https://blog.example.org/" } });
  const desk = await seller(browser, server.desk);
  await desk.seeLead("Звонит Ольга");
  await desk.page.keyboard.press("/");
  const field = desk.page.getByRole("searchbox");
  assert.ok(await field.evaluate((element) => element === document.activeElement));
  const found = desk.page.getByRole("region", { name: /Найдено|Found/ });
  await desk.page.keyboard.type("8 921 777");
  await found.getByText("Звонит Ольга").waitFor();
  assert.equal(await found.getByRole("listitem").filter({ has: desk.page.locator("[data-lead]") }).count(), 1);
  await field.fill("FOUND@exa");
  await found.getByText("found@example.ru").first().waitFor();
  // Back from a lead what was looked for is still there.
  await found.locator("[data-lead]").first().click();
  await desk.page.locator("#lead-name").waitFor();
  await desk.page.goBack();
  await found.getByText("found@example.ru").first().waitFor();
  assert.equal(await field.inputValue(), "FOUND@exa");
  await desk.page.route("**/api/leads?search=*", (route) => route.abort());
  await field.fill("found@ex");
  await found.getByText("Поискать не получилось").waitFor();
  await desk.page.unroute("**/api/leads?search=*");
  await field.fill("found-else");
  await found.getByText(/Никого|Nobody/).waitFor();
  await field.fill("");
  await desk.seeLead("Звонит Ольга");
  assert.equal(await found.count(), 0);
  assert.deepEqual(desk.heard.filter((said) => !/ERR_FAILED/.test(said)), []);
  await desk.context.close();

  const all = await server.api("/api/leads?search=found-else");
  assert.deepEqual(all.leads.map(({ contact }) => contact.emails[0]), ["found-elsewhere@example.ru"]);
  assert.deepEqual((await server.api("/api/leads?search=%25")).leads, []);
});
