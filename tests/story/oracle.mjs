// What is asked after every fault: is everything that was acknowledged there, once, and did every message arrive, or
// is it shown as dead? What is there is read from the files; how it ended, from the API, as a person sees it.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { waitFor } from "./server.mjs";

/** As many dead letters the page of destinations shows at once. */
const MOST_LETTERS = 100;

/** Rows of every object of a class, read from its files while the runtime has them open. */
export async function rows(data, kind, statement, ...values) {
  const folder = join(data, "objects", `first-contact-${kind}`);
  const found = [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")) {
    const database = new DatabaseSync(join(folder, name), { readOnly: true, timeout: 5000 });
    try {
      found.push(...database.prepare(statement).all(...values));
    } catch (error) {
      if (!/no such table/.test(error.message)) throw error;
    } finally {
      database.close();
    }
  }
  return found;
}

/** Remembers what a browser (or one page of it) was told is kept: the ids of inquiries. */
export function acknowledgedTo(context) {
  const ids = new Set();
  context.on("response", (response) => {
    if (response.url().endsWith("/v1/inquiries") && [200, 201, 202].includes(response.status())) ids.add(response.request().postDataJSON().id);
  });
  return ids;
}

/** Everything acknowledged is in the ledger or the spill, once. */
export async function accountedFor({ url, data }, acknowledged) {
  const health = async () => (await fetch(`${url}/v1/health`)).json();
  await waitFor(async () => (await health()).spill.waiting === 0, "the spill to drain", 60_000);
  const ids = JSON.stringify([...acknowledged]);
  const held = [
    ...(await rows(data, "ledger", "SELECT id FROM inquiries WHERE id IN (SELECT value FROM json_each(?))", ids)),
    ...(await rows(data, "spill", "SELECT inquiry AS id FROM envelopes WHERE call LIKE '{\"record\":%' AND inquiry IN (SELECT value FROM json_each(?))", ids)),
  ].map(({ id }) => id);
  const times = (id) => held.filter((other) => other === id).length;
  assert.deepEqual([...acknowledged].filter((id) => times(id) !== 1).map((id) => `${times(id)} × ${id}`), [], "in the ledger or the spill, once");
}

/** Every message of a company has ended: it was delivered, or it is among the dead letters. `api` reads as its team does. */
export async function everythingEnded({ data, api }, acknowledged) {
  const { destinations, dead } = await api("/api/destinations");
  const waiting = destinations.filter(({ waiting }) => waiting > 0);
  assert.deepEqual(waiting, [], "nothing waits");
  const letters = new Set(dead.map(({ id }) => id));
  const shown = destinations.reduce((sum, destination) => sum + destination.dead, 0);
  assert.ok(shown === letters.size || letters.size >= MOST_LETTERS, `${letters.size} of ${shown} dead letters are shown`);
  const theirs = "FROM inquiries AS i JOIN leads AS l ON l.id = i.lead JOIN deliveries AS d ON d.lead = i.lead WHERE i.id IN (SELECT value FROM json_each(?))";
  const written = await rows(data, "ledger", `SELECT i.id AS inquiry, d.id, d.event, d.state, l.status ${theirs}`, JSON.stringify([...acknowledged]));
  // What looks as if nobody had sent it stands in the quarantine, and its messages are held for whoever looks there.
  const ended = ({ id, state, status }) => ["sent", "erased"].includes(state) || (state === "held" && status === "suspect") || letters.has(id) || (state === "dead" && letters.size >= MOST_LETTERS);
  const alive = written.filter((delivery) => !ended(delivery));
  assert.deepEqual(alive, [], "neither delivered nor shown as dead");
  // What a ledger would not take waits in the spill for a person, and has no messages.
  const recorded = await rows(data, "ledger", "SELECT id FROM inquiries WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify([...acknowledged]));
  const told = new Set(written.filter(({ event }) => event === "lead.created").map(({ inquiry }) => inquiry));
  assert.deepEqual(recorded.filter(({ id }) => !told.has(id)), [], "nobody was told of them");
}

/** The same, for a server on which the clock cannot be moved: what is under way is waited for. */
export async function everythingArrives(server, acknowledged, patience = 60_000) {
  assert.ok(acknowledged.size > 0, "something was acknowledged");
  await accountedFor(server, acknowledged);
  await waitFor(async () => (await everythingEnded(server, acknowledged), true), "every message to end", patience);
}

/** Every message ends: the clock runs ahead to whatever is due next, until nothing is. For a server with faults. */
export async function letEverythingEnd({ url, data, api, workspace }, acknowledged) {
  const tell = (path, body) => fetch(`${url}/faults${path}`, { method: "POST", body: JSON.stringify(body) }).catch(() => null);
  for (let round = 0; round < 60; round++) {
    const waiting = await rows(data, "ledger", "SELECT max(next_at) AS last FROM deliveries WHERE next_at IS NOT NULL");
    const last = Math.max(...waiting.map(({ last }) => last ?? 0));
    if (!last) break;
    await tell("", { clock: Math.max(0, last - Date.now() + 1000) });
    await tell(`/ledger/${workspace}`, { do: "ring" });
  }
  await tell("", { clock: 0 });
  await everythingEnded({ data, api }, acknowledged);
}
