// The loss ledger: what browsers sent off, what was recorded, what destinations got; a gap is seen and told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, seller } from "../story/browser.mjs";
import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { companyWith, openServices } from "../story/receivers.mjs";
import { startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let browser;
let services;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  services?.close();
});

const origin = "https://shop.example";
const beacon = (minted) => fetch(`${server.url}/v1/counts`, { method: "POST", body: JSON.stringify({ site: server.site, form: server.form, steps: { minted } }) });
const fromBrowser = async (reach) => {
  const response = await fetch(`${server.url}/v1/inquiries`, { method: "POST", headers: { origin }, body: JSON.stringify({ id: crypto.randomUUID(), site: server.site, form: server.form, contact: { reach } }) });
  assert.equal(response.status, 201);
};
const losses = (days = 30) => server.api(`/api/reports/losses?days=${days}`);
const today = async () => (await losses()).sites.find(({ days }) => days.length)?.days[0];

test("sent off, recorded and delivered stand beside each other, and what is missing is on the way", async () => {
  assert.equal(await today(), undefined);
  assert.equal((await beacon(3)).status, 204);
  await fromBrowser("one@example.ru");
  await fromBrowser("two@example.ru");
  await server.inquire("program@example.ru");
  const day = await today();
  assert.deepEqual([day.minted, day.arrived, day.recorded, day.on_the_way, day.lost], [3, 2, 3, 1, 0]);
  await waitFor(async () => (await today()).destinations[0]?.sent === 3, "three deliveries");
  assert.deepEqual((await today()).destinations.map(({ queued, sent, dead, waiting }) => [queued, sent, dead, waiting]), [[3, 3, 0, 0]]);
  // It comes at last.
  await fromBrowser("three@example.ru");
  assert.equal((await today()).on_the_way, 0);
  assert.equal((await losses()).lost, 0);
});

test("what has not come after a week is lost, a delivery that was given up is missing, and every page says so", async () => {
  const [file] = await ledgerFiles(server.data);
  const back = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  withLedger(file, (database) => {
    const { site } = database.prepare("SELECT site FROM count_sources LIMIT 1").get();
    const { id } = database.prepare("INSERT INTO count_sources (day, site, channel, network, campaign) VALUES (?, ?, 'direct', '', '') RETURNING id").get(back(12), site);
    const count = database.prepare("INSERT INTO counts (form, source, form_version, step, n) VALUES ('price', ?, 1, ?, ?)");
    count.run(id, "minted", 5);
    count.run(id, "recorded", 3);
    count.run(id, "recorded:widget", 3);
    // As a receiver that is gone leaves it.
    database.exec("UPDATE deliveries SET state = 'dead' WHERE id = (SELECT id FROM deliveries WHERE state = 'sent' LIMIT 1)");
  });
  const report = await losses();
  assert.deepEqual([report.lost, report.dead], [2, 1]);
  assert.deepEqual(report.sites[0].days.map(({ lost }) => lost), [0, 2]);
  assert.equal((await losses(7)).lost, 0);
  const desk = await seller(browser, server.desk_head);
  const alert = desk.page.getByRole("link", { name: "Потери: 3" });
  await alert.click();
  await desk.page.waitForURL(/\/desk\/losses$/);
  await desk.see("Обращений отправлено и не пришло: 2");
  await desk.see("Доставок, от которых отступились: 1");
  assert.equal(await alert.count(), 0);
  assert.deepEqual(desk.heard, []);
  await desk.context.close();
  const anna = await seller(browser, server.desk);
  assert.equal(await anna.page.getByText("Потери").count(), 0);
  await anna.context.close();
});

test("a delivery that is sent again after it was given up is no longer missing; one of an erased person never is", async () => {
  const [file] = await ledgerFiles(server.data);
  withLedger(file, (database) => database.exec("UPDATE deliveries SET state = 'queued' WHERE state = 'dead'; UPDATE deliveries SET state = 'erased' WHERE state = 'queued'"));
  const { dead, sites } = await losses();
  assert.equal(dead, 0);
  const [{ queued, sent, waiting }] = sites[0].days[0].destinations;
  assert.deepEqual([queued - sent, waiting], [0, 0]);
});

test("an hour that was counted down too often is none, and the page is there", async () => {
  const [file] = await ledgerFiles(server.data);
  const hour = Math.floor(Date.now() / 3_600_000) - 2;
  withLedger(file, (database) =>
    database.prepare("INSERT INTO delivery_hours (hour, site, destination, event, queued, sent, dead) VALUES (?, 'elsewhere', 'crm', 'lead.created', -3, 0, -1)").run(hour));
  const line = (await losses()).sites.find(({ site }) => site === "elsewhere").days.flatMap(({ destinations }) => destinations)[0];
  assert.deepEqual([line.queued, line.sent, line.dead, line.waiting], [0, 0, 0, 0]);
});

test("what is missing is written to people once, when the hour for looking has come", async () => {
  services = await openServices();
  const letterBox = `
[[destinations]]
kind = "resend"
id = "letters"
from = "sales@company.ru"
to = ["vera@company.ru"]
url = "${services.url("resend")}"
secret = "re_key"

[destinations.fields]
subject = "Лид: {{name}}"
`;
  const made = await makeWorkspace(server, undefined, () => companyWith(letterBox));
  await made.inquire("price", "@asks_once");
  await waitFor(() => services.of("resend").length === 1, "the lead's letter");
  const file = (await ledgerFiles(server.data)).find((path) => withLedger(path, (database) => database.prepare("SELECT count(*) AS n FROM contact_points WHERE raw = '@asks_once'").get().n));
  const nextLook = () => withLedger(file, (database) => database.prepare("SELECT next_at FROM loss_watch").get()?.next_at);
  assert.equal(nextLook(), undefined);
  const minted = { site: made.site, form: "price", steps: { minted: 5 } };
  assert.equal((await fetch(`${server.url}/v1/counts`, { method: "POST", body: JSON.stringify(minted) })).status, 204);
  const inAnHour = nextLook() - Date.now();
  assert.ok(inAnHour > 3_500_000 && inAnHour <= 3_600_000, `${inAnHour}`);

  const { data, port } = server;
  const look = async () => {
    await server.stop({ keep: true });
    withLedger(file, (database) => database.exec("UPDATE loss_watch SET next_at = 1"));
    server = await startServer({ data, port });
    // Whoever asks next sets the alarm anew, which does the rest.
    await made.inquire("price", "@asks_again");
    await waitFor(() => nextLook() > Date.now(), "the look");
  };
  // The newest lead looks as if nobody had sent it: its messages are held, and the alert is not.
  const trapped = await made.inquire("price", "@trapped", { trap: "x" });
  await fetch(`${server.url}/api/leads/${trapped.lead}/commands`, { method: "POST", headers: { authorization: `Bearer ${made.apiKey}`, "content-type": "application/json" }, body: '{"command":"spam"}' });
  await made.inquire("price", "@trapped_too", { trap: "x" });
  const told = (await made.api("/api/reports/losses?days=2")).sites.flatMap(({ days }) => days.flatMap(({ destinations }) => destinations));
  assert.deepEqual(told.map(({ queued, sent, waiting }) => [queued, sent, waiting]), [[1, 1, 0]], "what is held waits for nobody");
  await server.stop({ keep: true });
  withLedger(file, (database) => {
    const day = new Date(Date.now() - 9 * 86_400_000).toISOString().slice(0, 10);
    const { site } = database.prepare("SELECT site FROM count_sources LIMIT 1").get();
    const { id } = database.prepare("INSERT INTO count_sources (day, site, channel, network, campaign) VALUES (?, ?, 'direct', '', '') RETURNING id").get(day, site);
    database.prepare("INSERT INTO counts (form, source, form_version, step, n) VALUES ('price', ?, 1, 'minted', 2)").run(id);
  });
  const alerts = () => services.of("resend").map(({ body }) => JSON.parse(body)).filter(({ subject }) => subject === "Есть потери");
  await look();
  const [alert] = await waitFor(() => alerts().length && alerts(), "the alert");
  assert.match(alert.text, /обращений в пути, больше, чем бывает случайно: 5/);
  assert.match(alert.text, /обращений отправлено и не пришло: 2/);
  await look();
  await made.inquire("price", "@asks_last");
  await waitFor(() => withLedger(file, (database) => database.prepare("SELECT count(*) AS n FROM deliveries WHERE state NOT IN ('sent', 'held')").get().n) === 0, "all letters", 60_000);
  assert.equal(alerts().length, 1);
});
