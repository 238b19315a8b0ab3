// What a visit's end says about a form: counted without knowing who it was, and bounded whatever is sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const beacon = (body) => fetch(`${server.url}/v1/counts`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

test("beacons are added up by question and by source; recorded inquiries are counted by the ledger itself", async () => {
  const client = await makeWorkspace(server);
  const paid = { utm_source: "yandex", utm_medium: "cpc", utm_campaign: "осень", click: "yclid" };
  const send = async (source, steps, more = {}) => {
    const response = await beacon({ site: client.site, form: "band", version: 1, source, steps, ...more });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
  };
  await send(paid, { open: 1, contact: 1, minted: 1, "shown:price": 1, "answered:price": 1, "shown:need": 1 });
  await send(paid, { "skipped:need": 1, completed: 1 });
  await send(paid, { open: 1, contact: 1 });
  await send({ referrer: "www.google.de" }, { open: 1, "shown:price": 1 });
  // Steps and questions that the form does not have, and a form that does not exist, count nothing.
  await send({}, { "shown:room": 1, "hidden:price": 1, recorded: 50, "": 1 });
  await send({}, { open: 9 }, { form: "nothing" });
  await client.inquire("band", "count@example.ru", { source: { landing: "https://x.example/?utm_source=yandex&utm_medium=cpc&utm_campaign=осень&yclid=1" } });

  const report = await client.api("/api/reports/questions?form=band");
  assert.deepEqual([report.opened, report.contact, report.minted, report.recorded, report.completed], [3, 2, 1, 1, 1]);
  assert.deepEqual(report.forms, ["everything", "band", "quiz"]);
  assert.deepEqual(report.questions, [
    { question: "price", asked: "Обычно это стоит 15\u202f000–90\u202f000 ₽. Вам подходит такой порядок цен?", shown: 2, answered: 1, skipped: 0, left: 1 },
    { question: "need", asked: "Какую задачу хотите решить?", shown: 1, answered: 0, skipped: 1, left: 0 },
  ]);
  assert.deepEqual(report.sources, [
    { channel: "paid", network: "yandex", campaign: "осень", opened: 2, recorded: 1, opened_no_contact: 1 },
    { channel: "search", network: "google", campaign: "", opened: 1, recorded: 0, opened_no_contact: 1 },
  ]);
  const before = await client.api("/api/reports/questions?form=band&from=2020-01-01&to=2020-12-31");
  assert.deepEqual([before.opened, before.sources], [0, []]);
  assert.equal((await client.api("/api/reports/questions?form=band&days=1")).opened, 3);
  const everything = await client.api("/api/reports/questions?form=everything");
  assert.equal(everything.opened, 0);
  assert.equal(everything.questions.find(({ question }) => question === "parts").asked, "Что нужно в «…»?");
});

test("campaigns made up by the hundred are added up beyond a bound", async () => {
  const client = await makeWorkspace(server);
  for (let from = 0; from < 260; from += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, number) => beacon({ site: client.site, form: "band", source: { utm_source: `s${from + number}`, utm_medium: `m${from + number}`, utm_campaign: `c${from + number}` }, steps: { open: 1 } })));
  }
  const { opened, sources } = await client.api("/api/reports/questions?form=band");
  assert.equal(opened, 260);
  assert.equal(sources.length, 201);
  assert.deepEqual(sources[0], { channel: "other", network: "other", campaign: "other", opened: 60, recorded: 0, opened_no_contact: 60 });
});

test("what cannot be read is refused, and nothing breaks", async () => {
  for (const body of ["", "{", "[]", "null", "{}", '{"site":5}', "x".repeat(70_000)]) {
    const { status } = await beacon(body);
    assert.ok(status >= 400 && status < 500, `${status} for ${body.slice(0, 20)}`);
  }
  assert.equal((await beacon({ site: "site_forged", form: "price", steps: { open: 1 } })).status, 403);
  for (const odd of [{ steps: [] }, { steps: { open: -1 } }, { steps: { open: 1e9 } }, { source: 7, steps: { open: "1" } }, { version: 99, form: {} }]) {
    assert.equal((await beacon({ site: server.site, form: "price", ...odd })).status, 204);
  }
  const report = await server.api("/api/reports/questions?form=price");
  assert.equal(report.opened, 0);
});

test("reports are for those who look after forms; a seller has none", async () => {
  const client = await makeWorkspace(server);
  const as = async (member, path = "/api/reports/questions") => {
    const cookie = (await fetch(await client.link(member), { redirect: "manual" })).headers.get("set-cookie").split(";")[0];
    return (await fetch(server.url + path, { headers: { cookie } })).status;
  };
  assert.deepEqual([await as("maxim"), await as("vera"), await as("anna")], [200, 200, 403]);
  assert.equal(await as("vera", "/api/reports/questions?form=nothing"), 404);
  assert.equal(await as("vera", "/api/reports/questions?from=yesterday"), 400);
  assert.equal((await fetch(`${server.url}/api/reports/questions`)).status, 401);
});
