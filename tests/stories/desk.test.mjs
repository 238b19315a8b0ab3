// Stories of the sales team.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, seller } from "../story/browser.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";

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

test("signing out closes the live socket and forgets the session", async () => {
  const desk = await seller(browser, server.desk);
  const closed = new Promise((resolve) => desk.page.on("websocket", (socket) => socket.on("close", resolve)));
  await desk.page.reload();
  await desk.page.waitForTimeout(500);
  const status = await desk.page.evaluate(() => fetch("/api/sign-out", { method: "POST" }).then((reply) => reply.status));
  assert.equal(status, 204);
  await closed;
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
