// The price band, declined and confirmed: the lead closes by the visitor's own word, and nobody disturbs him again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

let server;
let client;
before(async () => {
  server = await startServer();
  client = await makeWorkspace(server);
});
after(() => server?.stop());

const open = async () => (await client.api("/api/leads")).leads.map(({ id }) => id);
const closed = async () => (await client.api("/api/leads?status=closed")).leads.map(({ id }) => id);

test("declined: lost with its reason and evidence, tasks not needed, silence; destinations are told (I-8, I-9)", async () => {
  const inquiry = await client.inquire("band", "+7 911 000-00-01");
  assert.ok((await open()).includes(inquiry.lead));
  assert.equal((await client.answer(inquiry, 1, { price: "decline" })).status, 200);
  const { lead, tasks, history, facts } = await client.lead(inquiry.lead);
  assert.equal(lead.status, "lost");
  assert.deepEqual([lead.closed.reason, lead.closed.evidence], ["price_bar_declined", `inquiry ${inquiry.id}`]);
  assert.equal(lead.contact.do_not_contact, true);
  assert.deepEqual(tasks.map(({ kind, done_at, result }) => [kind, done_at === null, result]), [["first_response", false, "not_needed"]]);
  assert.equal(facts.find(({ key }) => key === "price_consent").value, "declined");
  // A destination may have heard of the new lead meanwhile.
  const own = history.filter(({ kind }) => kind !== "delivery_sent");
  assert.deepEqual(own.slice(-2).map(({ kind, by }) => [kind, by]), [["lead_closed", "visitor"], ["task_done", "machine"]]);
  assert.ok(!(await open()).includes(inquiry.lead));
  assert.ok((await closed()).includes(inquiry.lead));
  const told = await waitFor(
    async () => (await server.webhooks()).find(({ type, body }) => type === "lead.answered" && body.data?.id === inquiry.lead),
    "the webhook",
    40_000,
  );
  assert.deepEqual([told.body.data.status, told.body.data.close_reason, told.body.data.do_not_contact], ["lost", "price_bar_declined", true]);
});

test("writing again opens a new lead with the closed one as its parent, and ends the silence", async () => {
  const first = await client.inquire("band", "+7 911 000-00-02");
  await client.answer(first, 1, { price: "decline" });
  const again = await client.inquire("band", "8 911 000 00 02");
  assert.notEqual(again.lead, first.lead);
  const { lead, tasks, history } = await client.lead(again.lead);
  assert.deepEqual([lead.status, lead.closed, lead.contact.do_not_contact], ["open", null, false]);
  assert.equal(tasks.filter(({ done_at }) => done_at === null).length, 1);
  assert.ok(history.some(({ kind }) => kind === "silence_ended"));
  // The first visit's answer is taken back late: one open lead of his is enough.
  await client.answer(first, 2, { price: "accept" });
  assert.equal((await client.lead(first.lead)).lead.status, "lost");
});

test("what looks as if nobody had sent it ends no silence; once somebody says that he wrote it, it does", async () => {
  const say = async (lead, command) => {
    const reply = await fetch(`${server.url}/api/leads/${lead}/commands`, { method: "POST", headers: { authorization: `Bearer ${client.apiKey}`, "content-type": "application/json" }, body: JSON.stringify({ command }) });
    assert.equal(reply.status, 200, await reply.text());
  };
  const silent = async (lead) => (await client.lead(lead)).lead.contact.do_not_contact;
  const first = await client.inquire("band", "+7 911 000-00-12");
  await client.answer(first, 1, { price: "decline" });
  const trapped = await client.inquire("band", "+7 911 000-00-12", { trap: "x" });
  assert.equal((await client.lead(trapped.lead)).lead.status, "suspect");
  assert.equal(await silent(first.lead), true);
  await say(trapped.lead, "spam");
  assert.equal(await silent(first.lead), true);
  assert.ok(!(await client.lead(trapped.lead)).history.some(({ kind }) => kind === "silence_ended"));
  await say(trapped.lead, "genuine");
  assert.equal(await silent(first.lead), false);
  assert.ok((await client.lead(trapped.lead)).history.some(({ kind }) => kind === "silence_ended"));
  // Who asked for silence afterwards keeps it.
  const before = await client.inquire("band", "+7 911 000-00-13", { trap: "x" });
  await say(before.lead, "spam");
  const declined = await client.inquire("band", "+7 911 000-00-13");
  await client.answer(declined, 1, { price: "decline" });
  await say(before.lead, "genuine");
  assert.equal(await silent(declined.lead), true);
});

test("taken back in the same visit: the same lead is open again and an answer is owed; declined again, closed again", async () => {
  const inquiry = await client.inquire("band", "+7 911 000-00-03");
  await client.answer(inquiry, 1, { price: "decline" });
  await client.answer(inquiry, 2, { price: "accept" });
  let { lead, tasks, history } = await client.lead(inquiry.lead);
  assert.deepEqual([lead.status, lead.closed, lead.contact.do_not_contact, lead.answered_at], ["open", null, false, null]);
  assert.deepEqual(tasks.map(({ done_at }) => done_at === null).toSorted(), [false, true]);
  assert.ok(history.some(({ kind, by }) => kind === "lead_reopened" && by === "visitor"));
  // An older message that comes late changes nothing.
  await client.answer(inquiry, 1, { price: "decline" });
  assert.equal((await client.lead(inquiry.lead)).lead.status, "open");
  await client.answer(inquiry, 3, { price: "decline" });
  ({ lead, tasks } = await client.lead(inquiry.lead));
  assert.equal(lead.status, "lost");
  assert.ok(tasks.every(({ done_at }) => done_at !== null));
});

test("declined, taken back and declined while a destination is switched off: it hears of each, in that order", async () => {
  const command = async (command) => {
    const reply = await fetch(`${server.url}/api/destinations/crm/commands`, { method: "POST", headers: { authorization: `Bearer ${client.apiKey}`, "content-type": "application/json" }, body: JSON.stringify({ command }) });
    assert.equal(reply.status, 200, await reply.text());
  };
  await command("switch_off");
  const inquiry = await client.inquire("band", "+7 911 000-00-21");
  for (const [seq, price] of [[1, "decline"], [2, "accept"], [3, "decline"]]) assert.equal((await client.answer(inquiry, seq, { price })).status, 200);
  assert.equal((await client.lead(inquiry.lead)).lead.status, "lost");
  await command("switch_on");
  const stages = ["lead.closed", "lead.reopened"];
  const heard = async () => (await server.webhooks()).filter(({ type, body }) => stages.includes(type) && body.data?.id === inquiry.lead).map(({ type }) => type);
  await waitFor(async () => (await heard()).length > 2, "all of them", 60_000);
  assert.deepEqual(await heard(), ["lead.closed", "lead.reopened", "lead.closed"]);
});

test("an answer that comes before its inquiry closes the lead as it begins; other answers close nothing", async () => {
  const [id, secret] = [uuidv7(), aSecret()];
  assert.equal((await client.answer({ id, secret }, 1, { price: "decline" })).status, 202);
  const { lead } = await client.inquire("band", "+7 911 000-00-04", { id, secret });
  assert.equal((await client.lead(lead)).lead.status, "lost");
  const other = await client.inquire("band", "+7 911 000-00-05");
  await client.answer(other, 1, { price: "discuss", need: "none" });
  assert.equal((await client.lead(other.lead)).lead.status, "open");
});

test("a seller sees his own closed leads only", async () => {
  const cookie = async (member) => (await fetch(await client.link(member), { redirect: "manual" })).headers.get("set-cookie").split(";")[0];
  const seen = async (member) => {
    const response = await fetch(`${server.url}/api/leads?status=closed`, { headers: { cookie: await cookie(member) } });
    return response.status === 200 ? (await response.json()).leads.length : response.status;
  };
  const all = (await closed()).length;
  assert.ok(all >= 4);
  assert.deepEqual([await seen("anna"), await seen("vera"), await seen("maxim")], [all, all, 403]);
  assert.equal((await fetch(`${server.url}/api/leads?status=hidden`, { headers: { authorization: `Bearer ${client.apiKey}` } })).status, 400);
});
