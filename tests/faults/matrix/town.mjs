// Where faults are tried: a server whose parts can be made to fail, a client company, a receiver that behaves as it
// is told, and the question that is asked after every case: is everything that was acknowledged there, once?
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

import { accountedFor, letEverythingEnd, rows } from "../../story/oracle.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../../story/server.mjs";
import { makeWorkspace } from "../../story/workspace.mjs";
import { openReceiver } from "./receiver.mjs";

const run = promisify(execFile);

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** A small company whose every lead is told to the receiver. */
export const company = (url, secret = SECRET) => `
name = "Мастерская"
language = "ru"
time_zone = "Europe/Moscow"
first_response_minutes = 15

[working_hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "00:00"
to = "23:59"

[[team]]
id = "anna"
name = "Анна"
role = "seller"

[[sites]]
id = "shop"
name = "Мастерская"
origins = []

[[forms]]
id = "price"
questions = ["need", "timing", "pay"]

[forms.contact]
title = { ru = "Как с вами связаться?" }

[forms.contact.consent]
kind = "notice"
version = "1"
text = { ru = "Отправляя, вы соглашаетесь" }

[[destinations]]
id = "crm"
kind = "webhook"
url = "${url}"
secret = "${secret}"

[catch_all]
assign = "anna"
deliver = ["crm"]
`;

export async function openTown() {
  const receiver = await openReceiver();
  let server = await startServer({ faults: true });
  const made = await makeWorkspace(server, undefined, () => company(receiver.url)).catch(async (error) => {
    receiver.close();
    await server.stop();
    throw error;
  });
  const acknowledged = new Set();
  let people = 0;
  const post = (path, body) => fetch(server.url + path, { method: "POST", body: JSON.stringify(body) });

  const town = {
    receiver,
    made,
    /** A phone that nobody else has. */
    phone: () => `+7 999 ${String(1_000_000 + people++)}`,
    get server() {
      return server;
    },
    /** A fault for the next calls to a kind of object; by default for what visitors send. */
    fail: (kind, fault, times = 1, calls = ["record", "answer"]) => post("/faults", { [kind]: { fault, times, calls } }),
    /** The next readings of the clock until WebAssembly breaks. */
    trap: (trap) => post("/faults", { trap }),
    /** After so many calls of an imported function WebAssembly `breaks`, or the last of them `fails`; says how many of those planned before were left. */
    atCall: async (name, calls, what) => (await (await post("/faults", { call: { name, calls, what } })).json()).left,
    clock: (clock) => post("/faults", { clock }),
    heal: () => post("/faults", { ledger: null, spill: null, directory: null, trap: 0, clock: 0, call: { calls: 0 } }),
    /** Does something to an object itself: `abort`, `forget_alarm`, `ring`, `ring_twice`. */
    object: (kind, name, what) => post(`/faults/${kind}/${name}`, { do: what }).catch(() => null),
    ledger: (what) => town.object("ledger", made.workspace, what),
    /** What a browser sends. */
    anInquiry: (reach, { message = "", ...more } = {}) => ({ id: uuidv7(), secret: aSecret(), site: made.site, form: "price", contact: { reach, message }, ...more }),
    /** Sends an inquiry as a browser does; whatever was acknowledged is remembered. */
    inquire: (reach, more) => town.send(town.anInquiry(reach, more)),
    async send(sent) {
      town.lastSent = sent;
      const response = await post("/v1/inquiries", sent);
      const reply = { status: response.status, body: await response.json().catch(() => ({})), headers: response.headers, sent };
      if ([200, 201, 202].includes(reply.status)) acknowledged.add(sent.id);
      return reply;
    },
    /** Sends until it is acknowledged, as the browser's outbox does. */
    async insist(sent) {
      return waitFor(async () => {
        const reply = await town.send(sent);
        return [200, 201, 202].includes(reply.status) && reply;
      }, "an acknowledgement", 60_000);
    },
    answer: ({ id, secret }, seq, answers) => post(`/v1/inquiries/${id}/answers`, { site: made.site, secret, seq, answers }),
    health: async () => (await fetch(`${server.url}/v1/health`)).json(),
    api: (path) => made.api(path),
    lead: (id) => made.lead(id),
    in: (kind, statement, ...values) => rows(server.data, kind, statement, ...values),
    /** The lead an inquiry became. */
    leadOf: (id) => waitFor(async () => (await town.in("ledger", "SELECT lead FROM inquiries WHERE id = ?", id))[0]?.lead, "the lead", 20_000),
    acknowledged,
    /** Everything acknowledged is in the ledger or the spill, once. */
    accountedFor: () => accountedFor(server, acknowledged),
    /** Every delivery ends delivered or visibly dead: the clock runs ahead to whatever is due next, until nothing is. */
    async everythingEnds() {
      await letEverythingEnd({ url: server.url, data: server.data, api: made.api, workspace: made.workspace }, acknowledged);
    },
    /** A power cut, and the same again on the same port and folder. */
    async powerCut() {
      const { data, port } = server;
      await server.kill();
      server = await startServer({ data, port, faults: true });
    },
    /** Stopped, a kind's files changed by hand, and started again: `change` says how many rows it changed. */
    async onDisk(kind, change) {
      const { data, port } = server;
      await server.stop({ keep: true });
      let changed = 0;
      const folder = join(data, "objects", `first-contact-${kind}`);
      for (const name of (await readdir(folder)).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")) {
        const database = new DatabaseSync(join(folder, name));
        changed += Number(change(database));
        database.close();
      }
      server = await startServer({ data, port, faults: true });
      assert.equal(changed, 1);
    },
    /** What `cargo xtask workspace …` prints. */
    operator: async (...action) => (await run(process.env.XTASK, ["workspace", ...action, "--data", server.data, "--url", server.url])).stdout,
    async close() {
      await server.stop();
      receiver.close();
    },
    pause,
  };
  return town;
}
