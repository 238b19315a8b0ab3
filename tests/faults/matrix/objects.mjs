// The ledger fails while a visitor sends; the alarm is lost, or rings twice; WebAssembly breaks.
import assert from "node:assert/strict";

import { waitFor } from "../../story/server.mjs";

/** Sent while the ledger fails: kept, drained, and one lead with its original time. */
const spilledAndDrained = (fault, times) => async (town) => {
  await town.fail("ledger", fault, times);
  const before = Date.now();
  const { status, body, sent } = await town.inquire(town.phone());
  assert.equal(status, 202);
  assert.deepEqual(Object.keys(body).sort(), ["id", "recorded_at"]);
  assert.ok(Math.abs(Date.parse(body.recorded_at) - before) < 15_000);
  await town.heal();
  const lead = await town.leadOf(sent.id);
  const { inquiries, lead: { opened_at, answer_by } } = await town.lead(lead);
  assert.equal(inquiries.length, 1);
  // What was thrown after the commit is recorded by the ledger's own clock, a moment later.
  assert.ok(Math.abs(Date.parse(inquiries[0].recorded_at) - Date.parse(body.recorded_at)) < 1000);
  assert.ok(Math.abs(Date.parse(answer_by) - Date.parse(opened_at) - 15 * 60_000) < 61_000, "the deadline counts from when it came");
  return { lead, sent };
};

export default [
  {
    name: "the ledger throws before the commit",
    injected: "the object throws on the first three calls",
    held: "202 from the spill, one lead by itself, with the time at which it came",
    run: spilledAndDrained("throw_before", 3),
  },
  {
    name: "the ledger throws after the commit",
    injected: "the object records, then throws",
    held: "202 from the spill, and still one lead and one delivery",
    async run(town) {
      const { lead } = await spilledAndDrained("throw_after", 1)(town);
      await town.accountedFor();
      const { deliveries } = await town.lead(lead);
      assert.equal(deliveries.filter(({ event }) => event === "lead.created").length, 1);
    },
  },
  {
    name: "the ledger is overloaded",
    injected: "the object's stub fails with `overloaded`",
    held: "202 from the spill, one lead",
    run: spilledAndDrained("overloaded", 4),
  },
  {
    name: "the ledger answers with a fault",
    injected: "the object answers 500",
    held: "202 from the spill, one lead",
    run: spilledAndDrained("answer_500", 2),
  },
  {
    name: "the ledger hangs",
    injected: "the object answers after twelve seconds",
    held: "202 within the browser's patience, one lead although the first call got through too",
    run: spilledAndDrained("hang", 1),
  },
  {
    name: "the same inquiry again while the ledger fails",
    injected: "the object throws; the browser sends three times, then once more when it works",
    held: "the same id and time each time, one lead",
    async run(town) {
      await town.fail("ledger", "throw_before", -1);
      const first = await town.inquire(town.phone());
      const [second, third] = await Promise.all([town.send(first.sent), town.send(first.sent)]);
      assert.deepEqual([first, second, third].map(({ status }) => status), [202, 202, 202]);
      assert.deepEqual([second.body, third.body], [first.body, first.body]);
      await town.heal();
      const last = await town.send(first.sent);
      assert.ok([200, 201].includes(last.status));
      await town.accountedFor();
      assert.equal((await town.lead(last.body.lead)).inquiries.length, 1);
    },
  },
  {
    name: "answers while the ledger fails, in any order",
    injected: "the object throws on the inquiry and on its answers, which are sent newest first",
    held: "202 for each, and the facts are as if nothing had happened",
    async run(town) {
      await town.fail("ledger", "throw_before", -1);
      const { sent } = await town.inquire(town.phone());
      const messages = [[3, { pay: "own" }], [2, { timing: "month" }], [1, { need: "specific" }]];
      for (const [seq, answers] of messages) {
        const reply = await town.answer(sent, seq, answers);
        assert.equal(reply.status, 202);
        assert.deepEqual(await reply.json(), { id: sent.id, next: null });
      }
      await town.heal();
      const lead = await town.leadOf(sent.id);
      const ranked = await waitFor(async () => (await town.lead(lead)).lead.priority, "the priority", 20_000);
      assert.equal(ranked, "AAA");
    },
  },
  {
    name: "nothing durable can be reached",
    injected: "ledger and spill throw",
    held: "503 with Retry-After and a code; sent again it is recorded",
    async run(town) {
      await town.fail("ledger", "throw_before", -1);
      await town.fail("spill", "throw_before", -1, ["keep"]);
      const { status, body, headers, sent } = await town.inquire(town.phone());
      assert.deepEqual([status, body.code, headers.get("retry-after")], [503, "unavailable", "5"]);
      assert.equal(headers.get("access-control-allow-origin"), "*");
      assert.match(headers.get("access-control-expose-headers"), /retry-after/);
      await town.heal();
      assert.equal((await town.send(sent)).status, 201);
    },
  },
  {
    name: "the ledger fails for something it would refuse",
    injected: "the object throws; the reach is blank, or the id is none",
    held: "nobody is told that it is kept",
    async run(town) {
      await town.fail("ledger", "throw_before", 2);
      assert.equal((await town.inquire("  ")).status, 503);
      assert.equal((await town.inquire(town.phone(), { id: "no-id" })).status, 503);
    },
  },
  {
    name: "what cannot be read, while the ledger is down",
    injected: "the ledger throws; a body breaks off after its site",
    held: "refused at once: nobody is told to send again what no ledger will ever take",
    async run(town) {
      await town.fail("ledger", "throw_before", -1);
      const response = await fetch(`${town.server.url}/v1/inquiries`, { method: "POST", body: `{"site":"${town.made.site}","id":` });
      assert.deepEqual([response.status, (await response.json()).code], [400, "body_malformed"]);
    },
  },
  {
    name: "the spill loses its alarm",
    injected: "the ledger throws, the alarms of all spills are deleted",
    held: "whoever asks how it is sets them again: the lead is there",
    async run(town) {
      await town.fail("ledger", "throw_before", 3);
      const { sent } = await town.inquire(town.phone());
      for (const number of [0, 1, 2, 3]) await town.object("spill", `spill-${number}`, "forget_alarm");
      await town.heal();
      const { ok, spill } = await town.health();
      assert.deepEqual([ok, spill.waiting, spill.held], [true, 1, 0]);
      await town.leadOf(sent.id);
    },
  },
  {
    name: "a key is revoked while an inquiry waits",
    injected: "the ledger throws; the site's key is rotated away before the spill drains",
    held: "what came while the key held is recorded; what came later is refused, and so kept with its label",
    async run(town) {
      await town.fail("ledger", "throw_before", -1);
      const early = await town.inquire(town.phone());
      assert.equal(early.status, 202);
      const rotated = await town.operator("keys", town.made.workspace, "--rotate", "shop", "--hold-hours", "0");
      const late = await town.inquire(town.phone());
      assert.equal(late.status, 202);
      await town.heal();
      await town.leadOf(early.sent.id);
      const held = await waitFor(async () => (await town.in("spill", "SELECT last_result, next_at FROM envelopes WHERE inquiry = ?", late.sent.id)).find(({ next_at }) => next_at === null), "the label", 30_000);
      assert.equal(held.last_result, "403 key_unknown");
      assert.equal((await town.health()).spill.held, 1);
      assert.match(await town.operator("spilled", town.made.workspace), /1 × 403 key_unknown/);
      town.made.site = rotated.match(/site_[\w-]+/)[0];
    },
  },
  {
    name: "a person is erased while the spill holds an inquiry of his",
    injected: "the ledger throws at what visitors send; meanwhile the person is erased",
    held: "what the spill holds of him goes too, and of nobody else anything",
    async run(town) {
      const phone = town.phone();
      const { body } = await town.inquire(phone);
      await town.fail("ledger", "throw_before", -1);
      const his = await town.inquire(`${phone}, приходите`);
      const other = await town.inquire(town.phone());
      assert.deepEqual([his.status, other.status], [202, 202]);
      const erased = await fetch(`${town.server.url}/api/leads/${body.lead}/commands`, {
        method: "POST",
        headers: { authorization: `Bearer ${town.made.apiKey}` },
        body: JSON.stringify({ command: "erase_person", reason: "asked" }),
      });
      assert.equal(erased.status, 200, await erased.text());
      assert.deepEqual(await town.in("spill", "SELECT id FROM envelopes WHERE inquiry = ?", his.sent.id), []);
      town.acknowledged.delete(his.sent.id);
      await town.heal();
      await town.leadOf(other.sent.id);
      assert.deepEqual(await town.in("ledger", "SELECT id FROM inquiries WHERE id = ?", his.sent.id), []);
    },
  },
  {
    name: "evicted mid-delivery",
    injected: "the object is aborted while the receiver hangs",
    held: "the attempt counts, and another follows by itself",
    async run(town) {
      const { body } = await town.inquire(town.phone(), { message: "behaves:hangs" });
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await town.ledger("abort");
      await town.everythingEnds();
      const [first, second] = town.receiver.of(body.lead);
      assert.equal(first.id, second.id);
      assert.equal((await town.lead(body.lead)).deliveries[0].state, "sent");
    },
  },
  {
    name: "WebAssembly breaks with siblings in flight",
    injected: "a trap in the middle of one of twelve recordings at once, as a panic makes it",
    held: "nothing half-written; every sibling is acknowledged at the latest when it is sent again",
    async run(town) {
      for (let trap = 1; trap <= 20; trap++) {
        await town.trap(trap);
        const replies = await Promise.all(Array.from({ length: 12 }, () => Promise.race([town.inquire(town.phone()), town.pause(20_000).then(() => null)])));
        await town.trap(0);
        assert.ok(replies.every((reply) => reply), "nobody waits for ever");
        for (const { status, sent } of replies) if (status >= 400) await town.insist(sent);
      }
      await town.accountedFor();
    },
  },
  ...[
    ["breaks", "run", "WebAssembly breaks after statements that write", "a trap"],
    ["breaks", "rows", "WebAssembly breaks after statements that read", "a trap"],
    ["breaks", "transactionSync", "WebAssembly breaks after a transaction", "a trap"],
    ["fails", "run", "a statement fails that writes", "an error of the disk"],
    ["fails", "rows", "a statement fails that reads", "an error of the disk"],
  ].map(([what, call, name, injected]) => ({
    name,
    injected: `${injected} at each of the first places, while twelve are recorded in the same turns and share commits`,
    held: "what was in the middle is there whole or not at all; everybody is acknowledged at the latest when it is sent again",
    async run(town) {
      let met = 0;
      for (let calls = 1; calls <= 24; calls++) {
        await town.atCall(call, calls, what);
        const replies = await Promise.all(Array.from({ length: 12 }, () => Promise.race([town.inquire(town.phone()), town.pause(20_000).then(() => null)])));
        met += (await town.atCall(call, 0, what)) === 0;
        assert.ok(replies.every((reply) => reply), "nobody waits for ever");
        for (const { status, sent } of replies) if (status >= 400) await town.insist(sent);
      }
      assert.ok(met >= 12, `only ${met} of the places were come to`);
      await town.accountedFor();
      // Half a lead is one that lacks what is written with it.
      const parts = ["inquiries ON inquiries.lead", "tasks ON tasks.lead", "deliveries ON deliveries.lead", "routings ON routings.lead"].map((part) => `LEFT JOIN ${part} = leads.id`);
      const half = await town.in("ledger", `SELECT leads.id FROM leads ${parts.join(" ")} WHERE inquiries.id IS NULL OR tasks.id IS NULL OR deliveries.id IS NULL OR routings.lead IS NULL`);
      assert.deepEqual(half, []);
    },
  })),
  {
    name: "alarm twice",
    injected: "the object's alarm rings twice at once",
    held: "each message arrives once",
    async run(town) {
      await town.fail("directory", "throw_before", -1, ["tell"]);
      const { body } = await town.inquire(town.phone(), { message: "behaves:fails_once" });
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await town.clock(20_000);
      await town.ledger("ring_twice");
      await waitFor(async () => (await town.lead(body.lead)).deliveries[0].state === "sent", "the delivery", 20_000);
      assert.equal(town.receiver.of(body.lead).length, 2);
    },
  },
  {
    name: "alarm lost",
    injected: "the ledger forgets its alarm while a delivery waits",
    held: "the directory finds it by its own alarm within two minutes; meanwhile health shows it",
    soak: true,
    async run(town) {
      const { body } = await town.inquire(town.phone(), { message: "behaves:fails_once" });
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await town.ledger("forget_alarm");
      const lost = Date.now();
      await waitFor(() => town.receiver.of(body.lead).length === 2, "the second attempt", 125_000);
      assert.ok(Date.now() - lost < 120_000);
    },
  },
  {
    name: "alarm lost, an hour later",
    injected: "the ledger forgets its alarm, the clock goes on by an hour",
    held: "health shows one workspace overdue; the directory looks, and it is delivered",
    async run(town) {
      const { body } = await town.inquire(town.phone(), { message: "behaves:later_minutes" });
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await waitFor(async () => (await town.in("directory", "SELECT due_at FROM workspaces WHERE id = ?", town.made.workspace))[0]?.due_at, "the directory to know", 10_000);
      await town.ledger("forget_alarm");
      await town.object("directory", "directory", "forget_alarm");
      await town.clock(3_600_000);
      const { overdue, oldest_overdue } = await town.health();
      assert.equal(overdue, 1);
      assert.ok(Date.parse(oldest_overdue) < Date.now() + 3_600_000);
      await waitFor(() => town.receiver.of(body.lead).length === 2, "the second attempt", 20_000);
      await waitFor(async () => (await town.health()).overdue === 0, "health to be well", 20_000);
    },
  },
];
