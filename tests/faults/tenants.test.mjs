// Two companies on one server: with all the keys that one has, at every route there is, it gets nothing of the other's
// and changes nothing there.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { ledgerFiles, withLedger } from "../story/ledger_file.mjs";
import { accountedFor, letEverythingEnd } from "../story/oracle.mjs";
import { companyWith } from "../story/receivers.mjs";
import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";
import { openReceiver } from "./matrix/receiver.mjs";
import { SECRET } from "./matrix/town.mjs";

/** Letters that only the other company's people and pages are made of. */
const MARK = "zqxotherzqx";

let server;
let receiver;
let mine;
let theirs;

/** A company whose ids begin with a word of its own. */
async function found(word) {
  const hook = `\n[[destinations]]\nkind = "webhook"\nid = "${word}-hook"\nurl = "${receiver.url}"\nsecret = "${SECRET}"\n`;
  const file = (text) => companyWith(hook).replace('id = "price"', `id = "${word}-form"\nquestions = ["need", "file"]`).replace('name = "Мастерская"', `name = "${text}"`);
  const made = await makeWorkspace(server, undefined, () => file(word));
  const acknowledged = new Set();
  const inquire = async (reach, more = {}) => {
    const inquiry = await made.inquire(`${word}-form`, reach, { contact: { reach, name: word, message: word }, ...more });
    assert.equal(inquiry.status, 201);
    acknowledged.add(inquiry.id);
    return inquiry;
  };
  const session = async (member) => (await fetch(await made.link(member), { redirect: "manual" })).headers.get("set-cookie").split(";")[0];
  const [cookie, bearer] = [await session("vera"), { authorization: `Bearer ${made.apiKey}` }];
  const send = (method, path, body) => fetch(server.url + path, { method, headers: { ...bearer, "content-type": "application/json" }, body: JSON.stringify(body) });

  // Everything that can be asked for: a lead with answers and a file, one closed, one set aside, a dead letter, a change
  // of persons, three versions of the configuration and a draft.
  const lead = await inquire("+7 999 000-00-01");
  await made.answer(lead, 1, { need: "specific" });
  const form = new FormData();
  for (const [name, value] of Object.entries({ site: made.site, secret: lead.secret, question: "file" })) form.append(name, value);
  form.append("file", new Blob([`%PDF-1.4 ${word}`]), `${word}.pdf`);
  assert.equal((await fetch(`${server.url}/v1/inquiries/${lead.id}/files`, { method: "POST", body: form })).status, 201);
  const [merged, into] = [await inquire("+7 999 000-00-02"), await inquire("+7 999 000-00-03")];
  const { person } = await (await send("POST", `/api/leads/${into.lead}/commands`, { command: "merge", with: merged.lead })).json();
  const suspect = await inquire("+7 999 000-00-04", { trap: "filled" });
  const dead = await inquire("+7 999 000-00-05", { contact: { reach: "+7 999 000-00-05", name: word, message: "behaves:redirects" } });
  await waitFor(async () => (await made.api("/api/destinations")).dead.length === 1, "the dead letter", 20_000);
  for (const version of [2, 3]) assert.equal(await made.publish(() => file(`${word} ${version}`)), version);
  const { config } = await made.api("/api/config");
  assert.equal((await send("PUT", "/api/config/draft", { ...config, name: `${word} draft` })).status, 200);
  const { files } = await made.lead(lead.lead);
  const [{ id: letter }] = (await made.api("/api/destinations")).dead;
  return { ...made, word, acknowledged, lead, merged, suspect, dead, letter, file: files[0].id, change: person.changes[0].id, cookie, bearer, seller: await session("anna") };
}

/** Whatever was acknowledged is there once, and every message ends: the clock of both moves on together. */
async function nothingLost() {
  for (const made of [mine, theirs]) await letEverythingEnd({ ...server, api: made.api, workspace: made.workspace }, made.acknowledged);
  for (const made of [mine, theirs]) await accountedFor(server, made.acknowledged);
}

before(async () => {
  receiver = await openReceiver();
  server = await startServer({ faults: true });
  mine = await found("mine");
  theirs = await found(MARK);
  await nothingLost();
});
after(async () => {
  await server?.stop();
  receiver?.close();
});

/** Everything that the other company's ledger holds, as one digest a table. */
async function theirRows() {
  for (const path of await ledgerFiles(server.data)) {
    const digests = withLedger(path, (database) => {
      if (!database.prepare("SELECT 1 FROM inquiries WHERE id = ?").get(theirs.dead.id)) return null;
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name").all();
      const digest = (rows) => createHash("sha256").update(rows.map((row) => JSON.stringify(Object.values(row).map(String))).sort().join("\n")).digest("hex");
      return Object.fromEntries(tables.map(({ name }) => [name, digest(database.prepare(`SELECT * FROM "${name}"`).all())]));
    });
    if (digests) return digests;
  }
  return assert.fail("their ledger has no file");
}

/** How many objects there are: a forged key leaves none behind. */
const objects = async () => (await readdir(join(server.data, "objects"), { recursive: true })).filter((name) => name.endsWith(".sqlite")).length;

const NOT_THERE = [401, 403, 404];
/** The answer is about ourselves, or says that something is missing: refused or not, there is nothing of theirs in it. */
const OURS = [200, 201, 202, 204, 206, 302, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 426];

/**
 * What is tried at each route with our own keys: `[path, body, expected]`, bodies for what is sent. Every path of the
 * table of routes has to be here.
 */
const tries = () => {
  const commands = [
    ...[{ command: "note", text: "x" }, { command: "responded", result: "x" }, { command: "genuine" }, { command: "spam" }, { command: "take" }],
    ...[{ command: "merge", with: mine.lead.lead }, { command: "split", inquiry: theirs.dead.id }, { command: "take_back", change: theirs.change }, { command: "erase_person", reason: "asked" }, { command: "close", reason: "spam" }],
  ];
  const inquiry = { id: theirs.lead.id, secret: theirs.lead.secret, site: mine.site, form: `${MARK}-form`, contact: { reach: "+7 999 000-00-01" } };
  const answers = { site: mine.site, secret: theirs.lead.secret, seq: 9, answers: { need: "none" } };
  return {
    // Visitors: what is sent under our key is ours, whatever ids it carries.
    "/embed/{site}/{form}": [[`/embed/${mine.site}/${MARK}-form.js`, , [404]]],
    "/v1/forms/{site}/{form}": [[`/v1/forms/${mine.site}/${MARK}-form`, , [404]]],
    "/v1/forms/{site}/{form}/{version}": [[`/v1/forms/${mine.site}/${MARK}-form/1`, , [404]], [`/v1/forms/${mine.site}/${MARK}-form/3`, , [404]]],
    "/v1/inquiries": [["/v1/inquiries", inquiry, [201, 200]]],
    "/v1/inquiries/{id}/answers": [[`/v1/inquiries/${theirs.merged.id}/answers`, { ...answers, secret: theirs.merged.secret }, [202]]],
    "/v1/inquiries/{id}/files": [[`/v1/inquiries/${theirs.merged.id}/files`, "form", [202, 403, 404, 409, 503]]],
    "/v1/counts": [["/v1/counts", { site: mine.site, form: `${MARK}-form`, steps: { open: 1 } }, OURS]],
    "/v1/challenges/{site}": [[`/v1/challenges/${mine.site}`, , OURS]],
    "/v1/{*rest}": [[`/v1/forms/${mine.site}/${MARK}-form`, , OURS]],
    // Whoever posts is a lead of the site whose key he has, whatever form he names.
    "/f/{site}/{form}": [[`/f/${mine.site}/${MARK}-form`, "fields", [200, 404, 405]]],
    "/w/{*file}": [[`/w/${MARK}`, , [404]]],
    "/d/{*file}": [[`/d/${MARK}`, , [404]]],
    "/h/{*file}": [[`/h/${MARK}`, , [404]]],
    // Operators: none of our keys is theirs.
    "/v1/health": [["/v1/health", , [200]]],
    "/operator/workspaces": [["/operator/workspaces", {}, NOT_THERE]],
    "/operator/workspaces/{workspace}/config": [[`/operator/workspaces/${theirs.workspace}/config`, {}, NOT_THERE]],
    "/operator/workspaces/{workspace}/config/rollback": [[`/operator/workspaces/${theirs.workspace}/config/rollback`, { version: 1 }, NOT_THERE]],
    "/operator/workspaces/{workspace}/links": [[`/operator/workspaces/${theirs.workspace}/links`, { member: "vera" }, NOT_THERE]],
    "/operator/workspaces/{workspace}/steps": ["keys", "backup", "restore", "resume_deliveries"].map((step) => [`/operator/workspaces/${theirs.workspace}/steps`, { step, part: "begin" }, NOT_THERE]),
    "/operator/workspaces/{workspace}/spill": [[`/operator/workspaces/${theirs.workspace}/spill`, {}, NOT_THERE]],
    "/operator/workspaces/{workspace}/erasures": [[`/operator/workspaces/${theirs.workspace}/erasures`, { erasures: [] }, NOT_THERE]],
    // The team.
    "/desk": [["/desk", , OURS]],
    "/desk/{*page}": [[`/desk/leads/${theirs.lead.lead}`, , OURS]],
    "/desk/sign-in/{link}": [[`/desk/sign-in/link_${theirs.apiKey.slice(4)}`, , [200, 303, 401, 403, 404]]],
    "/api/me": [["/api/me", , OURS]],
    "/api/leads": [["/api/leads", , OURS], ["/api/leads?status=closed", , OURS], [`/api/leads?search=${MARK}`, , OURS], [`/api/leads?cursor=0.1.${theirs.lead.lead}`, , OURS], [`/api/leads?status=closed&cursor=1.${theirs.lead.lead}`, , OURS]],
    "/api/leads/{id}": [theirs.lead, theirs.merged, theirs.suspect, theirs.dead].map(({ lead }) => [`/api/leads/${lead}`, {}, [403, 404]]),
    "/api/leads/{id}/files/{file}": [[theirs.lead.lead, theirs.file], [mine.lead.lead, theirs.file]].map(([lead, file]) => [`/api/leads/${lead}/files/${file}`, , [404]]),
    "/api/leads/{id}/commands": [
      ...commands.flatMap((command) => [theirs.lead, theirs.suspect].map(({ lead }) => [`/api/leads/${lead}/commands`, command, [400, 403, 404]])),
      ...commands.filter(({ command }) => /split|take_back/.test(command)).map((command) => [`/api/leads/${mine.lead.lead}/commands`, command, [403, 404, 409]]),
      [`/api/leads/${mine.lead.lead}/commands`, { command: "merge", with: theirs.lead.lead }, [403, 404, 409]],
    ],
    "/api/leads/{id}/{action}": [[`/api/leads/${theirs.lead.lead}/take`, {}, [403, 404]]],
    "/api/deliveries": [["/api/deliveries", , OURS]],
    "/api/quarantine": [["/api/quarantine", , OURS], [`/api/quarantine?cursor=${theirs.suspect.lead}`, , OURS]],
    "/api/destinations": [["/api/destinations", , OURS]],
    "/api/destinations/{id}/preview": [[`/api/destinations/${MARK}-hook/preview`, , [403, 404]], [`/api/destinations/${MARK}-hook/preview?lead=newest`, , [403, 404]]],
    "/api/destinations/{id}/commands": [
      ...["switch_on", "switch_off", "replay_all"].map((command) => [`/api/destinations/${MARK}-hook/commands`, { command }, [403, 404]]),
      ...[`${MARK}-hook`, "mine-hook"].map((id) => [`/api/destinations/${id}/commands`, { command: "replay", delivery: theirs.letter }, [403, 404]]),
    ],
    "/api/audit": [["/api/audit", , OURS]],
    "/api/reports/questions": [["/api/reports/questions", , OURS], [`/api/reports/questions?form=${MARK}-form`, , OURS]],
    "/api/config": [["/api/config", , OURS]],
    "/api/config/draft": [["/api/config/draft", {}, OURS]],
    "/api/config/publish": [["/api/config/publish", {}, OURS]],
    "/api/config/rollback": [["/api/config/rollback", { version: 1 }, OURS]],
    "/api/config/rehearse": [["/api/config/rehearse", { days: 31 }, OURS]],
    "/api/reports/losses": [["/api/reports/losses", , OURS]],
    "/api/export": ["json", "csv", "xlsx"].flatMap((format) => [[`/api/export?format=${format}`, , OURS], [`/api/export?format=${format}&lead=${theirs.lead.lead}`, , OURS]]),
    "/api/privacy": [["/api/privacy", , OURS]],
    "/api/live": [["/api/live", , OURS]],
    "/api/sign-out": [["/api/sign-out", {}, OURS]],
  };
};

/** Every route of the product, from its own table: `[methods, pattern]`. */
async function routes() {
  const source = await readFile("worker/src/routes.rs", "utf8");
  const table = source.slice(source.indexOf("pub const TABLE"), source.indexOf("\n];"));
  return [...table.matchAll(/\(&\[([^\]]+)\], "([^"]+)"/g)].map(([, methods, pattern]) => [methods.split(", ").map((method) => method.toUpperCase()), pattern]);
}

const bodyOf = (body) => {
  if (body === "form") {
    const form = new FormData();
    for (const [name, value] of Object.entries({ site: mine.site, secret: theirs.merged.secret, question: "file" })) form.append(name, value);
    form.append("file", new Blob(["%PDF-1.4"]), "x.pdf");
    return { body: form };
  }
  if (body === "fields") return { body: new URLSearchParams({ step: "contact", id: theirs.lead.id, secret: theirs.lead.secret, reach: "x", consent: "yes" }) };
  return { body: JSON.stringify(body ?? {}), json: true };
};

test("at every route one company's keys open nothing of another's", async () => {
  const [table, asked] = [await routes(), tries()];
  assert.ok(table.length > 45, String(table.length));
  assert.deepEqual([...new Set(table.map(([, pattern]) => pattern))].filter((pattern) => !asked[pattern]), [], "routes that are tried by nothing");
  const [before, count] = [await theirRows(), await objects()];
  // Signed out at the end only: the session is asked everywhere else first.
  const order = table.toSorted(([, one], [, other]) => (one === "/api/sign-out") - (other === "/api/sign-out"));
  const wrong = [];
  let asks = 0;
  for (const [who, headers] of [["key", mine.bearer], ["session", { cookie: mine.cookie, origin: server.url }], ["a seller's session", { cookie: mine.seller, origin: server.url }], ["nobody", {}]]) {
    for (const [methods, pattern] of order) {
      for (const method of methods) {
        for (const [path, given, expected] of asked[pattern]) {
          const sends = !["GET", "HEAD", "OPTIONS"].includes(method);
          const { body, json } = bodyOf(given);
          const response = await fetch(server.url + path, { method, redirect: "manual", headers: { ...headers, ...(sends && json && { "content-type": "application/json" }) }, ...(sends && { body }) });
          const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
          asks++;
          // A stranger's api and operator calls are all refused; our own by what is asked for.
          const allowed = who === "nobody" && /^\/(api|operator)/.test(pattern) ? NOT_THERE : method === "OPTIONS" ? OURS : expected;
          const said = `${who}: ${method} ${path} ${sends ? JSON.stringify(given) : ""} → ${response.status} ${text.slice(0, 120)}`;
          if (!allowed.includes(response.status)) wrong.push(said);
          // What was asked for may be named in the answer's reason, what stands behind it may not.
          const held = text.replaceAll(`${MARK}-form`, "").replaceAll(`${MARK}-hook`, "");
          if (held.toLowerCase().includes(MARK.toLowerCase())) wrong.push(`told: ${said}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(asks > 300, String(asks));
  assert.deepEqual(await theirRows(), before, "the other's rows are as they were");
  assert.equal(await objects(), count, "no object was made");
  // Whatever was acknowledged before is there once in its own ledger, and every message ended.
  // The id that we sent too is now an inquiry of each of us; theirs is among the rows above.
  theirs.acknowledged.delete(theirs.lead.id);
  await nothingLost();
});

test("a key whose workspace is another's opens nothing, and leaves no object behind", async () => {
  const [before, count] = [await theirRows(), await objects()];
  const bytes = (key) => Buffer.from(key.slice(key.indexOf("_") + 1), "base64url");
  const forged = (key, workspace) => key.slice(0, key.indexOf("_") + 1) + Buffer.concat([workspace, bytes(key).subarray(8)]).toString("base64url");
  const session = mine.cookie.slice(mine.cookie.indexOf("=") + 1);
  for (const workspace of [Buffer.from(theirs.workspace, "hex"), Buffer.alloc(8, 7)]) {
    const api = { authorization: `Bearer ${forged(mine.apiKey, workspace)}` };
    const cookie = { cookie: `${mine.cookie.split("=")[0]}=${forged(session, workspace)}`, origin: server.url };
    // One kind of key is no other.
    const others = [theirs.site, `api_${theirs.site.slice(5)}`, `api_${session.slice(8)}`].map((key) => ({ authorization: `Bearer ${key}` }));
    for (const headers of [api, cookie, ...others]) {
      for (const path of ["/api/me", "/api/leads", `/api/leads/${theirs.lead.lead}`, "/api/export?format=csv", "/api/config"]) {
        assert.ok([401, 403].includes((await fetch(server.url + path, { headers })).status), path);
      }
    }
    const site = forged(mine.site, workspace);
    const inquiry = { id: uuidv7(), secret: aSecret(), site, contact: { reach: "+7 999 000-00-09" } };
    assert.equal((await fetch(`${server.url}/v1/inquiries`, { method: "POST", body: JSON.stringify(inquiry) })).status, 403);
    for (const path of [`/embed/${site}/price.js`, `/v1/forms/${site}/price`, `/f/${site}/price`]) assert.ok([403, 404].includes((await fetch(server.url + path)).status), path);
  }
  assert.deepEqual(await theirRows(), before);
  assert.equal(await objects(), count);
});

test("their page cannot be made to work by ours: a session from a foreign origin changes nothing", async () => {
  const before = await theirRows();
  const calls = [
    ["POST", `/api/leads/${theirs.lead.lead}/commands`, { command: "note", text: "x" }],
    ["POST", `/api/destinations/${MARK}-hook/commands`, { command: "switch_off" }],
    ["PUT", "/api/config/draft", {}],
    ["POST", "/api/config/publish", {}],
    ["POST", "/api/config/rollback", { version: 1 }],
    ["DELETE", "/api/config/draft"],
    ["POST", "/api/sign-out"],
  ];
  for (const origin of ["https://evil.example", "null", undefined]) {
    for (const [method, path, body] of calls) {
      const response = await fetch(server.url + path, { method, headers: { cookie: theirs.cookie, ...(origin && { origin }) }, ...(body && { body: JSON.stringify(body) }) });
      assert.ok([401, 403].includes(response.status), `${origin} ${method} ${path}: ${response.status}`);
    }
  }
  assert.deepEqual(await theirRows(), before);
});

test("a live socket hears of its own company alone", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/live`, { headers: mine.bearer });
  const heard = [];
  socket.addEventListener("message", ({ data }) => heard.push(String(data)));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("no socket")));
  });
  const other = await theirs.inquire(`${MARK}-form`, "+7 999 000-00-21", { contact: { reach: "+7 999 000-00-21", name: MARK } });
  const own = await mine.inquire("mine-form", "+7 999 000-00-22");
  await waitFor(() => heard.some((text) => text.includes(own.lead)), "our own news");
  assert.ok(!heard.join().includes(other.lead) && !heard.join().includes(MARK));
  socket.close();
});
