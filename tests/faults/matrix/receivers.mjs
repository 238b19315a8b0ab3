// The other side fails: every message ends delivered or visibly dead, and nobody is led where he must not go.
import assert from "node:assert/strict";

import { waitFor } from "../../story/server.mjs";
import { SECRET, company } from "./town.mjs";

const OTHER_SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/**
 * A message to a receiver that behaves like this: how it ends, after how many attempts, and what they have in common.
 * The first attempt is waited for as long as the product itself waits, before the clock is moved on to the next.
 */
const ends = (behaves, state, attempts, more = () => {}) => async (town) => {
  const { body } = await town.inquire(town.phone(), { message: `behaves:${behaves}` });
  await waitFor(() => town.receiver.of(body.lead).length > 0, "the first attempt", 20_000);
  await waitFor(async () => (await town.in("ledger", "SELECT 1 FROM deliveries WHERE lead = ? AND (state IN ('sent', 'dead') OR last_result <> '')", body.lead)).length > 0, "its end", 60_000);
  const took = Date.now() - town.receiver.of(body.lead)[0].at;
  await town.everythingEnds();
  const delivery = (await town.lead(body.lead)).deliveries.find(({ event }) => event === "lead.created");
  const made = town.receiver.of(body.lead);
  assert.deepEqual([delivery.state, made.length, delivery.attempts], [state, attempts, attempts], delivery.last_result);
  assert.equal(new Set(made.map(({ id }) => id)).size, 1, "the same id at every attempt");
  assert.equal(new Set(made.map(({ text }) => text)).size, 1, "the same body at every attempt");
  assert.ok(made.every((attempt) => town.receiver.holds(attempt, SECRET)), "every attempt is signed");
  await more(town, delivery, body.lead, took);
};

/** The first attempt ended after the fifteen seconds that an answer may take. */
const givenUp = (town, delivery, lead, took) => assert.ok(took > 13_000 && took < 40_000, `${took} ms`);

/** A receiver that failed ten times over days was switched off; a person switches it on again. */
async function switchOn(town) {
  const off = (await town.made.api("/api/destinations")).destinations.filter(({ state }) => state === "off");
  assert.deepEqual(off.map(({ id }) => id), ["crm"]);
  const headers = { authorization: `Bearer ${town.made.apiKey}`, "content-type": "application/json" };
  const on = await fetch(`${town.made.url}/api/destinations/crm/commands`, { method: "POST", headers, body: '{"command":"switch_on"}' });
  assert.equal(on.status, 200);
}

export default [
  { name: "500 nine times, then 200", injected: "the receiver fails for two days", held: "delivered at the tenth attempt", run: ends("fails_nine_times", "sent", 10) },
  { name: "500 for ever", injected: "the receiver never comes back", held: "dead after ten attempts, and shown so", run: ends("fails_always", "dead", 10, switchOn) },
  { name: "hangs", injected: "the receiver never answers the first time", held: "given up after fifteen seconds, delivered at the second attempt", run: ends("hangs", "sent", 2, givenUp) },
  { name: "drips", injected: "the receiver's answer never gets to the end of its first line", held: "given up after fifteen seconds, delivered at the second attempt", run: ends("drips", "sent", 2, givenUp) },
  { name: "drips after its headers", injected: "the receiver says 200 at once, and then a letter of its answer every second, for ever", held: "delivered, once: the status has said it", run: ends("drips_body", "sent", 1) },
  { name: "holds its body open", injected: "the receiver says 200 at once, and nothing more", held: "delivered, once", run: ends("holds_body", "sent", 1) },
  { name: "drips ten megabytes", injected: "the receiver says 200, and then ten megabytes at the pace of an hour", held: "delivered, once", run: ends("drips_much", "sent", 1) },
  {
    name: "302 to a private address",
    injected: "the receiver sends on to an address of its own network",
    held: "nobody follows, the message is dead and shown so",
    run: ends("redirects", "dead", 1, (town) => assert.deepEqual(town.receiver.trespassed, [])),
  },
  { name: "10 MB answer", injected: "the receiver answers with ten megabytes", held: "delivered", run: ends("answers_much", "sent", 1) },
  { name: "bad gzip", injected: "the receiver's answer says gzip and is none", held: "delivered", run: ends("bad_gzip", "sent", 1) },
  {
    name: "410",
    injected: "the receiver says that it is gone for good",
    held: "the destination is switched off and everything kept; switched on again, it gets the same id and body",
    async run(town) {
      const { body } = await town.inquire(town.phone(), { message: "behaves:gone" });
      const off = async () => (await town.made.api("/api/destinations")).destinations.find(({ state }) => state === "off");
      const { reason } = await waitFor(off, "switching off", 20_000);
      const delivery = (await town.lead(body.lead)).deliveries.find(({ event }) => event === "lead.created");
      assert.deepEqual([reason, delivery.state, town.receiver.of(body.lead).length], ["410", "paused", 1]);
      await switchOn(town);
      await town.everythingEnds();
      const [first, second] = town.receiver.of(body.lead);
      assert.deepEqual([second.id, second.text], [first.id, first.text]);
    },
  },
  { name: "Retry-After absurd", injected: "3000 years, then minus seven seconds", held: "tried again within two days, and not sooner than planned", run: ends("later_absurd", "sent", 3) },
  { name: "accepts, then resets", injected: "the receiver takes the message and resets the connection", held: "the same id and body once more", run: ends("resets", "sent", 2) },
  {
    name: "secret rotated mid-retry",
    injected: "another secret is published between the first attempt and the second",
    held: "the same id and body, signed anew",
    async run(town) {
      const { body } = await town.inquire(town.phone(), { message: "behaves:later_once" });
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await town.made.publish(() => company(town.receiver.url, OTHER_SECRET));
      await town.everythingEnds();
      const [first, second] = town.receiver.of(body.lead);
      assert.deepEqual([town.receiver.holds(first, SECRET), town.receiver.holds(second, OTHER_SECRET)], [true, true]);
      assert.deepEqual([second.id, second.text], [first.id, first.text]);
      await town.made.publish(() => company(town.receiver.url));
    },
  },
  {
    name: "attempts of which none ever ends",
    injected: "a delivery of which twenty attempts were begun, and nobody lived to write down how they ended",
    held: "it is sent no more, is dead and shown, and is sent again at a person's word",
    async run(town) {
      // Asked to come back another day, it makes no second attempt by itself meanwhile.
      const { body } = await town.inquire(town.phone(), { message: "behaves:later_absurd" });
      await waitFor(() => town.receiver.of(body.lead).length === 1, "the first attempt", 20_000);
      await town.onDisk("ledger", (database) => {
        if (!database.prepare("SELECT name FROM sqlite_master WHERE name = 'deliveries'").get()) return 0;
        return database.prepare("UPDATE deliveries SET attempts = 20, next_at = 1 WHERE lead = ?").run(body.lead).changes;
      });
      // Whoever comes next sets the alarm anew.
      await town.inquire(town.phone());
      const shown = async () => (await town.made.api("/api/destinations")).dead.find(({ lead }) => lead === body.lead);
      const letter = await waitFor(shown, "the dead letter", 20_000);
      assert.deepEqual([letter.last_result, town.receiver.of(body.lead).length], ["no attempt has ended", 1]);
      const again = { method: "POST", body: JSON.stringify({ command: "replay", delivery: letter.id }), headers: { authorization: `Bearer ${town.made.apiKey}`, "content-type": "application/json" } };
      const replayed = await fetch(`${town.server.url}/api/destinations/${letter.destination}/commands`, again);
      assert.equal(replayed.status, 200, await replayed.text());
      await waitFor(() => town.receiver.of(body.lead).length > 1, "the message", 20_000);
    },
  },
  {
    name: "poison row",
    injected: "a lead's row on disk no longer can be read",
    held: "its message ends dead and shown; everybody else's arrives, and everybody else is on the desk and in exports",
    async run(town) {
      const poisoned = await town.inquire(town.phone(), { message: "behaves:later_once" });
      await waitFor(() => town.receiver.of(poisoned.body.lead).length === 1, "the first attempt", 20_000);
      const [{ source }] = await town.in("ledger", "SELECT source FROM leads WHERE id = ?", poisoned.body.lead);
      const put = (source) => (database) => {
        if (!database.prepare("SELECT name FROM sqlite_master WHERE name = 'leads'").get()) return 0;
        database.prepare("UPDATE deliveries SET body = NULL WHERE lead = ?").run(poisoned.body.lead);
        return database.prepare("UPDATE leads SET source = ? WHERE id = ?").run(source, poisoned.body.lead).changes;
      };
      await town.onDisk("ledger", put("{"));
      const well = await town.inquire(town.phone());
      await waitFor(() => town.receiver.of(well.body.lead).length === 1, "the other's message", 20_000);
      await town.everythingEnds();
      const [{ state, last_result }] = await town.in("ledger", "SELECT state, last_result FROM deliveries WHERE lead = ?", poisoned.body.lead);
      assert.deepEqual([state, last_result], ["dead", "fault on our side"]);
      const read = (path) => fetch(town.server.url + path, { headers: { authorization: `Bearer ${town.made.apiKey}` } }).then((response) => response.text(), String);
      const seen = [];
      for (const path of ["/api/export?format=json", "/api/export?format=csv"]) seen.push([path, (await read(path)).includes(well.body.lead)]);
      let list = "";
      for (let path = "/api/leads"; path; ) {
        const page = await read(path);
        list += page;
        const { next } = JSON.parse(page);
        path = next && `/api/leads?cursor=${encodeURIComponent(next)}`;
      }
      seen.push(["/api/leads", list.includes(well.body.lead) && list.includes(poisoned.body.lead)]);
      await town.onDisk("ledger", put(source));
      assert.deepEqual(seen.filter(([, shown]) => !shown), [], "where the other is not shown");
    },
  },
];
