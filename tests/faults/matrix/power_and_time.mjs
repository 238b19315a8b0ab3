// The power goes, and the clock is wrong.
import assert from "node:assert/strict";

import { waitFor } from "../../story/server.mjs";
import { company } from "./town.mjs";

const YEAR = 365 * 86_400_000;
const SOAK = Boolean(process.env.SOAK);

export default [
  {
    name: "SIGKILL before the acknowledgement",
    injected: `the runtime is killed while a recording is on its way, ${SOAK ? 50 : 3} times`,
    held: "sent again it is acknowledged, and there once",
    async run(town) {
      for (let round = 0; round < (SOAK ? 50 : 3); round++) {
        const sending = town.inquire(town.phone()).catch(() => null);
        await town.pause(Math.random() * 12);
        const [reply] = await Promise.all([sending, town.powerCut()]);
        await town.insist(reply?.sent ?? town.lastSent);
      }
    },
  },
  {
    name: "SIGKILL after the acknowledgement",
    injected: `the runtime is killed as soon as a recording is acknowledged, ${SOAK ? 50 : 3} times`,
    held: "the lead is there, and its message arrives",
    async run(town) {
      const leads = [];
      for (let round = 0; round < (SOAK ? 50 : 3); round++) {
        const { status, body } = await town.inquire(town.phone());
        assert.equal(status, 201);
        leads.push(body.lead);
        await town.powerCut();
      }
      for (const lead of leads) await waitFor(() => town.receiver.of(lead).length > 0, `the message about ${lead}`, 90_000);
    },
  },
  {
    name: "SIGKILL while the spill holds an inquiry",
    injected: "the ledger throws, and the runtime is killed as soon as the spill has acknowledged",
    held: "the spill drains after the start, with the original time",
    async run(town) {
      await town.fail("ledger", "throw_before", -1);
      const { status, body, sent } = await town.inquire(town.phone());
      assert.equal(status, 202);
      await town.powerCut();
      const { inquiries } = await town.lead(await town.leadOf(sent.id));
      assert.equal(inquiries[0].recorded_at, body.recorded_at);
    },
  },
  ...[YEAR, -YEAR].map((wrong) => ({
    name: `the clock is a year ${wrong > 0 ? "ahead" : "behind"}, and then right`,
    injected: `the product's clock is wrong while an inquiry comes and its message fails, then it is right`,
    held: "recorded at once, delivered, nothing put off for a year",
    async run(town) {
      await town.clock(wrong);
      const { status, body } = await town.inquire(town.phone(), { message: "behaves:fails_once" });
      assert.equal(status, 201);
      assert.ok(Math.abs(Date.parse(body.recorded_at) - Date.now() - wrong) < 60_000);
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await town.clock(0);
      // Whoever asks how it is starts the directory, which looks after what was put off.
      await waitFor(async () => (await town.health()) && town.receiver.of(body.lead).length === 2, "the second attempt", 40_000);
    },
  })),
  {
    name: "the clock is a year ahead while the spill keeps an inquiry, and then right",
    injected: "the ledger throws while the product's clock is a year ahead; then both are well",
    held: "it reaches the ledger, and is not put off for a year",
    async run(town) {
      await town.clock(YEAR);
      await town.fail("ledger", "throw_before", -1);
      const { status, sent } = await town.inquire(town.phone());
      assert.equal(status, 202);
      await town.heal();
      // Whoever asks how it is starts the spill, too.
      await waitFor(async () => (await town.health()).spill.waiting === 0, "the spill to drain", 40_000);
      await town.leadOf(sent.id);
    },
  },
  ...[
    ["begins", "2027-03-26T16:50:00Z", "2027-03-29T07:05:00.000Z"],
    ["ends", "2027-10-29T15:50:00Z", "2027-11-01T08:05:00.000Z"],
  ].map(([what, friday, monday]) => ({
    name: `summer time ${what}`,
    injected: "an inquiry ten minutes before the end of Friday's work, by Berlin's clock",
    held: "fifteen working minutes by the clock on the wall; its message arrives",
    async run(town) {
      const office = company(town.receiver.url).replace("Europe/Moscow", "Europe/Berlin").replace(/days = .*/, 'days = ["mon", "tue", "wed", "thu", "fri"]').replace('"00:00"', '"09:00"').replace('"23:59"', '"18:00"');
      await town.made.publish(() => office);
      try {
        await town.clock(Date.parse(friday) - Date.now());
        const { body } = await town.inquire(town.phone(), { message: "behaves:fails_once" });
        const { answer_by } = (await town.lead(body.lead)).lead;
        assert.equal(new Date(answer_by).toISOString().slice(0, 16), monday.slice(0, 16));
        await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      } finally {
        await town.clock(0);
        await town.made.publish(() => company(town.receiver.url));
      }
    },
  })),
];
