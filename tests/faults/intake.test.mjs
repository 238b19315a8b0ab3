// The visitors' door and the API, as strangers use them.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";

import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const answer = (id, secret, seq, answers) =>
  fetch(`${server.url}/v1/inquiries/${id}/answers`, { method: "POST", body: JSON.stringify({ site: server.site, secret, seq, answers }) });

test("the same id again: the same answer, and nothing new", async () => {
  const id = uuidv7();
  const secret = aSecret();
  const first = await server.inquire("a@example.ru", { id, secret });
  const again = await server.inquire("a@example.ru", { id, secret });
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.deepEqual(again.body, first.body);
  const { inquiries, deliveries, lead } = await server.lead(first.body.lead);
  assert.equal(inquiries.length, 1);
  assert.equal(deliveries.length, 1);
  assert.equal(lead.touches, 1);
});

test("the same id with another body is kept as a revision; without the secret nothing is told", async () => {
  const id = uuidv7();
  const secret = aSecret();
  const first = await server.inquire("b@example.ru", { id, secret });
  const changed = await server.inquire("b2@example.ru", { id, secret });
  assert.equal(changed.status, 200);
  const stranger = await server.inquire("b3@example.ru", { id, secret: aSecret() });
  assert.equal(stranger.status, 409);
  assert.equal(stranger.body.code, "id_taken");
  assert.equal(stranger.body.lead, undefined);
  // Someone went back and corrected his address: it is on the card.
  const { history, lead } = await server.lead(first.body.lead);
  assert.deepEqual(lead.contact.emails, ["b2@example.ru", "b@example.ru"]);
  assert.equal(history.filter((event) => event.kind === "inquiry_revised").length, 1);
});

test("who corrects himself or writes again is read on the lead, and told of", async () => {
  const [id, secret] = [uuidv7(), aSecret()];
  const say = (message, more = {}) => server.inquire("corrects@example.ru", { id, secret, contact: { reach: "corrects@example.ru", message, ...more } });
  const { lead } = (await say("На вторник")).body;
  const told = async (type) => (await server.webhooks()).filter(({ body }) => body.type === type && body.data?.id === lead);
  await waitFor(async () => (await told("lead.created")).length === 1, "the news");
  assert.equal((await say("На среду", { reach: "corrects@example.ru, +7 999 300-40-50" })).status, 200);
  const { inquiries } = await server.lead(lead);
  assert.deepEqual([inquiries[0].message, inquiries[0].revised.map(({ message }) => message)], ["На вторник", ["На среду"]]);
  const [touched] = await waitFor(async () => { const found = await told("lead.touched"); return found.length && found; }, "what he corrected", 40_000);
  assert.ok(JSON.stringify(touched.body).includes("На среду") && JSON.stringify(touched.body).includes("+79993004050"), JSON.stringify(touched.body));
  // Of several touches while one waits there is one message.
  for (const message of ["Ещё раз", "И ещё"]) assert.equal((await server.inquire("corrects@example.ru", { contact: { reach: "corrects@example.ru", message } })).body.lead, lead);
  await waitFor(async () => (await told("lead.touched")).length === 2, "who wrote again", 40_000);
  assert.ok(JSON.stringify((await told("lead.touched")).map(({ body }) => body)).includes("И ещё"));
});

test("thirty at once with one id become one lead", async () => {
  const id = uuidv7();
  const secret = aSecret();
  const replies = await Promise.all(Array.from({ length: 30 }, () => server.inquire("+79995550000", { id, secret })));
  assert.equal(replies.filter((reply) => reply.status === 201).length, 1);
  assert.equal(new Set(replies.map((reply) => reply.body.lead)).size, 1);
});

test("a known phone joins the open lead, whatever way it is typed", async () => {
  const first = await server.inquire("8 (999) 777-66-55");
  const second = await server.inquire("+79997776655, new@example.ru");
  const third = await server.inquire("NEW@example.ru");
  assert.equal(second.body.lead, first.body.lead);
  assert.equal(third.body.lead, first.body.lead);
  const { lead, tasks } = await server.lead(first.body.lead);
  assert.equal(lead.touches, 3);
  assert.equal(tasks.filter((task) => task.kind === "first_response").length, 1);
});

test("only a blank reach is refused, with a problem document", async () => {
  const blank = await server.inquire(" \u200b ");
  assert.equal(blank.status, 422);
  assert.equal(blank.body.code, "contact_missing");
  assert.match(blank.headers.get("content-type"), /application\/problem\+json/);
  for (const odd of ["приходите", "112", "' OR 1=1 --", "<script>alert(1)</script>", "\u202egnp.exe", "💬"]) {
    assert.equal((await server.inquire(odd)).status, 201, odd);
  }
});

test("an odd member costs nothing but itself", async () => {
  const odd = await fetch(`${server.url}/v1/inquiries`, {
    method: "POST",
    body: `{"id":"${uuidv7()}","site":"${server.site}","secret":7,"contact":{"name":null,"reach":79990001234,"message":"cut \\ud83d"},"fields":{"qty":2},"source":"x"}`,
  });
  assert.equal(odd.status, 201);
  const { lead, inquiries } = await server.lead((await odd.json()).lead);
  assert.equal(lead.contact.phones[0].e164, "+79990001234");
  assert.equal(lead.message, "cut \ufffd");
  assert.deepEqual(inquiries[0].fields, [["qty", "2"]]);
});

test("an inquiry without a form answers the first form's questions", async () => {
  const id = uuidv7();
  const secret = aSecret();
  const body = JSON.stringify({ id, secret, site: server.site, contact: { reach: "noform@example.ru" } });
  const { lead } = await (await fetch(`${server.url}/v1/inquiries`, { method: "POST", body })).json();
  await answer(id, secret, 1, { need: "specific", pay: "cannot", invented: "x" });
  assert.equal((await server.lead(lead)).lead.priority, "CCC");
});

test("answers before their inquiry wait for it; the Worker computes facts and priority itself", async () => {
  const id = uuidv7();
  const secret = aSecret();
  assert.equal((await answer(id, secret, 1, { need: "specific" })).status, 202);
  assert.equal((await answer(id, aSecret(), 9, { need: "none" })).status, 202);
  const { body } = await server.inquire("@early_bird", { id, secret });
  const { lead } = await server.lead(body.lead);
  assert.equal(lead.need, "yes");
  assert.deepEqual(lead.reachable, ["AAA", "BBB", "CCC"]);
  const reply = await answer(id, secret, 2, { buying_stage: "choosing_vendor", timing: "later", priority: "AAA" });
  assert.deepEqual(await reply.json(), { id, next: "offer" });
  assert.equal((await answer(id, secret, 3, { offer: "no", pay: "own" })).status, 200);
  assert.equal((await server.lead(body.lead)).lead.priority, "BBB");
  // An empty answer never erases, a repetition changes nothing, an older one does not win.
  await answer(id, secret, 4, { pay: null });
  await answer(id, secret, 1, { offer: "yes" });
  assert.equal((await server.lead(body.lead)).lead.priority, "BBB");
  assert.equal((await answer(id, aSecret(), 5, { pay: "cannot" })).status, 403);
});

test("an answer with half a letter that overtakes its inquiry is one all the same", async () => {
  const [id, secret] = [uuidv7(), aSecret()];
  const body = `{"site":"${server.site}","secret":"${secret}","seq":1,"answers":{"need":{"code":"specific","text":"cut \\ud83d"}}}`;
  assert.equal((await fetch(`${server.url}/v1/inquiries/${id}/answers`, { method: "POST", body })).status, 202);
  const recorded = await server.inquire("half@example.ru", { id, secret });
  assert.equal((await server.lead(recorded.body.lead)).lead.need, "yes");
});

test("malformed bodies are refused and nothing breaks", async () => {
  const post = (body, path = "/v1/inquiries") => fetch(server.url + path, { method: "POST", body });
  const deep = `{"id":${"[".repeat(5000)}${"]".repeat(5000)}}`;
  for (const body of ["", "{", "[]", "null", '"x"', deep, '{"id":1}', new Uint8Array([0xff, 0xfe, 0x7b]), "{}"]) {
    const response = await post(body);
    assert.ok(response.status >= 400 && response.status < 500, `${response.status} for ${String(body).slice(0, 40)}`);
    assert.ok((await response.json()).code);
  }
  assert.equal((await post("x".repeat(70_000))).status, 413);
  assert.equal((await post(JSON.stringify({ id: "no", site: server.site, contact: { reach: "x" } }))).status, 400);
  assert.equal((await post(JSON.stringify({ id: uuidv7(), site: "site_forged", contact: { reach: "x" } }))).status, 403);
  assert.equal((await post("{}", "/v1/inquiries/%00/answers")).status, 403);
});

test("a thousand forged keys are refused before any object is addressed", async () => {
  const { readdir } = await import("node:fs/promises");
  // A database's journal comes and goes with the object; the database itself stays.
  const objects = async () => (await readdir(`${server.data}/objects`, { recursive: true })).filter((name) => name.endsWith(".sqlite")).sort();
  const before = await objects();
  assert.ok(before.length > 0);
  // Each names a workspace of its own, which would leave a file behind if it were ever addressed.
  const forged = (number) => {
    const bytes = Buffer.from(server.site.slice("site_".length), "base64url");
    bytes.writeUInt32BE(number, 0);
    return `site_${bytes.toString("base64url")}`;
  };
  const statuses = await Promise.all(
    Array.from({ length: 1000 }, async (_, number) => {
      const response = await fetch(`${server.url}/v1/forms/${forged(number)}/price`);
      await response.arrayBuffer();
      return response.status;
    }),
  );
  assert.ok(statuses.every((status) => status === 403));
  assert.deepEqual(await objects(), before);
});

test("nobody takes, refuses, deletes or ranks a lead, and the wish is written down (I-5, I-6)", async () => {
  const { body } = await server.inquire("+7 999 222-33-44");
  const headers = { authorization: `Bearer ${server.api_key}`, "content-type": "application/json" };
  const command = (name) =>
    fetch(`${server.url}/api/leads/${body.lead}/commands`, { method: "POST", headers, body: JSON.stringify({ command: name, value: "AAA" }) });
  for (const name of ["take", "assign_to_me", "refuse", "delete", "set_priority", "set_category"]) {
    const response = await command(name);
    assert.equal(response.status, 403, name);
    assert.equal((await response.json()).code, "forbidden");
  }
  const wished = await fetch(`${server.url}/api/leads/${body.lead}`, { method: "DELETE", headers });
  assert.equal(wished.status, 403);
  assert.equal((await fetch(`${server.url}/api/leads/${body.lead}/take`, { method: "POST", headers })).status, 403);
  const { audit } = await server.api("/api/audit");
  const written = audit.filter((line) => line.target === body.lead && line.outcome === "refused").map((line) => line.action);
  assert.deepEqual(written.toSorted(), ["DELETE", "POST take", "assign_to_me", "delete", "refuse", "set_category", "set_priority", "take"].toSorted());
  assert.equal((await server.lead(body.lead)).lead.priority, null);
});

test("the source is classified, kept and routed by; the rule is recorded", async () => {
  const landing = "https://shop.example/table?utm_source=yandex&utm_medium=cpc&utm_campaign=Brand&yclid=77";
  const paid = await server.inquire("src1@example.ru", { source: { landing, referrer: "https://ya.ru/", page: landing }, fields: { plan: "pro" } });
  const { lead, inquiries } = await server.lead(paid.body.lead);
  assert.equal(lead.rule, "yandex-direct");
  assert.deepEqual(
    { ...lead.source },
    { kind: "ad_campaign", channel: "paid", network: "yandex", campaign: "Brand", medium: "cpc", click: "yclid", click_id: "77", referrer: "ya.ru", landing: "/table", site: "shop", form: "price" },
  );
  assert.deepEqual(inquiries[0].fields, [["plan", "pro"]]);
  assert.equal(inquiries[0].landing, landing);
  const partner = await server.inquire("src2@example.ru", { source: { referrer: "https://blog.example.org/x" } });
  assert.equal((await server.lead(partner.body.lead)).lead.assigned_to, "boris");
  const direct = await server.inquire("src3@example.ru");
  assert.equal((await server.lead(direct.body.lead)).lead.rule, "catch-all");
});

test("a receiver that is down is tried again with the same id and body, and the visitor never waits", async () => {
  // Messages of other leads may be due too, so the receiver is down for all until mine has been tried.
  const answerNext = (statuses) => fetch(`${server.url}/demo/receiver/answers`, { method: "PUT", body: JSON.stringify(statuses) });
  await answerNext(Array(100).fill(500));
  const { body } = await server.inquire("+7 999 444-55-66");
  const mine = async () => (await server.webhooks()).filter((webhook) => webhook.body.data?.id === body.lead && webhook.type === "lead.created");
  await waitFor(async () => (await mine()).length === 1, "the first attempt");
  await answerNext([]);
  const arrivals = await waitFor(async () => {
    const found = await mine();
    return found.some(({ status }) => status === 200) && found;
  }, "an attempt that succeeds", 400_000);
  // Where the machine stood still the second attempt was refused as well.
  assert.ok(arrivals.length > 1);
  assert.equal(new Set(arrivals.map(({ id }) => id)).size, 1);
  for (const { body } of arrivals) assert.deepEqual(body, arrivals[0].body);
  assert.ok(arrivals.every((webhook) => webhook.verified));
  assert.deepEqual(arrivals.map((webhook) => webhook.status), [200, ...Array(arrivals.length - 1).fill(500)]);
});

test("no configuration can be fetched from outside", async () => {
  const hidden = ["DEMO_WEBHOOK", "whsec_", "catch_all", "urgent_days", "boris", "first_response_minutes", "yandex-direct"];
  const paths = [
    "/", "/demo/shop", "/desk/", "/v1/health", `/embed/${server.site}/price.js`, `/v1/forms/${server.site}/price`, `/f/${server.site}/price`,
    "/worker/demo/workspace.toml", "/demo/workspace.toml", "/workspace.toml", "/workspace.schema.json", "/wrangler.toml", "/package.json",
    "/w/../demo/workspace.toml", "/w/%2e%2e/%2e%2e/worker/demo/workspace.toml", "/d/..%2f..%2fsecrets.json", "/h//etc/passwd", "/secrets.json",
    "/api/me", "/api/leads", "/api/config", "/operator/workspaces", `/operator/workspaces/${server.workspace}/config`, "/v1/openapi.json",
  ];
  // Sent as they stand: fetch would tidy the dots away.
  const get = (path) =>
    new Promise((resolve, reject) => {
      request(server.url, { path }, async (response) => {
        response.setEncoding("utf8");
        resolve((await response.toArray()).join(""));
      })
        .on("error", reject)
        .end();
    });
  for (const path of paths) {
    const text = await get(path);
    for (const word of hidden) assert.ok(!text.includes(word), `${path} shows ${word}`);
  }
  assert.equal((await fetch(`${server.url}/operator/workspaces`)).status, 403);
  assert.equal((await fetch(`${server.url}/api/leads`)).status, 401);
});
