// What visitors and neighbours do. What takes a browser, or a server of another build, is a story of its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { ledgerFiles, whereInTables } from "../../story/ledger_file.mjs";
import { accountedFor, letEverythingEnd } from "../../story/oracle.mjs";
import { aSecret, startServer, waitFor } from "../../story/server.mjs";
import { company } from "./town.mjs";

const run = promisify(execFile);

/** Letters that nothing else here is made of. */
const MARK = "zqxRESTOREDzqx";

/** Every order of these things. */
const orders = (things) => (things.length < 2 ? [things] : things.flatMap((first, at) => orders(things.toSpliced(at, 1)).map((rest) => [first, ...rest])));

const KEPT = "tests/stories/kept.test.mjs";
const UNREACHABLE = "tests/faults/unreachable.test.mjs";

export default [
  { name: "double click in a browser", injected: "send is pressed twice", held: "one inquiry", seen: ["tests/stories/visitor.test.mjs", "a double click is one inquiry"] },
  {
    name: "double click",
    injected: "the same inquiry twice at once, then once more",
    held: "one inquiry, one message, the same answer",
    async run(town) {
      const sent = town.anInquiry(town.phone());
      const replies = await Promise.all([town.send(sent), town.send(sent)]);
      replies.push(await town.send(sent));
      assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 201]);
      assert.deepEqual([replies[1].body, replies[2].body], [replies[0].body, replies[0].body]);
      const { inquiries, deliveries } = await town.lead(replies[0].body.lead);
      assert.deepEqual([inquiries.length, deliveries.length], [1, 1]);
    },
  },
  {
    name: "thirty at once",
    injected: "thirty requests with one id, while the ledger fails for some of them",
    held: "one lead, one message",
    async run(town) {
      const sent = town.anInquiry(town.phone());
      await town.fail("ledger", "throw_after", 5);
      const replies = await Promise.all(Array.from({ length: 30 }, () => town.send(sent)));
      assert.deepEqual([...new Set(replies.map(({ status }) => status))].filter((status) => ![200, 201, 202].includes(status)), []);
      const lead = await town.leadOf(sent.id);
      await town.accountedFor();
      const { inquiries, deliveries } = await town.lead(lead);
      assert.deepEqual([inquiries.length, deliveries.length], [1, 1]);
    },
  },
  { name: "two tabs in a browser", injected: "a second tab while the first is still sending", held: "one inquiry", seen: [KEPT, "two tabs: while one is still sending the other waits with it"] },
  {
    name: "two tabs",
    injected: "two inquiries of one person at once",
    held: "both are recorded, in one lead",
    async run(town) {
      const phone = town.phone();
      const [one, other] = await Promise.all([town.inquire(phone), town.inquire(phone)]);
      assert.deepEqual([one.status, other.status], [201, 201]);
      assert.equal(one.body.lead, other.body.lead);
      const { inquiries, deliveries, tasks } = await town.lead(one.body.lead);
      assert.deepEqual(inquiries.map(({ id }) => id).sort(), [one.sent.id, other.sent.id].sort());
      assert.equal(deliveries.filter(({ event }) => event === "lead.created").length, 1);
      assert.equal(tasks.filter(({ kind }) => kind === "first_response").length, 1);
    },
  },
  { name: "offline ten minutes", injected: "the network is gone for ten minutes by the browser's clock", held: "it says so, and then it gets through once", seen: [UNREACHABLE, "offline for ten minutes"] },
  { name: "page closed mid-send", injected: "the page is closed right after the press", held: "it arrives", seen: [KEPT, "the page closed right after the press: it arrives"] },
  { name: "storage refused", injected: "the browser stores nothing", held: "nothing is lost while the page is open", seen: [KEPT, "a browser that stores nothing loses nothing while the page is open"] },
  { name: "the ledger fails a browser", injected: "the object throws while somebody fills in the form", held: "he is thanked and asked on; then his lead is there with his answers", seen: [UNREACHABLE, "the ledger fails: the visitor is thanked"] },
  { name: "everything fails a browser", injected: "ledger and spill throw", held: "it says so, keeps it, and then it gets through once", seen: [UNREACHABLE, "nothing durable can be reached"] },
  {
    name: "answers permuted",
    injected: "an inquiry and three messages of answers in each of the 24 orders, each message twice",
    held: "the same final state",
    async run(town) {
      const messages = [[1, { need: "specific", timing: "later" }], [2, { timing: "month" }], [3, { pay: "own" }]];
      const states = new Set();
      for (const order of orders(["inquiry", ...messages])) {
        const sent = town.anInquiry(town.phone());
        for (const it of [...order, ...order.toReversed()]) {
          const { status } = it === "inquiry" ? await town.send(sent) : await town.answer(sent, ...it);
          assert.ok([200, 201, 202].includes(status), String(status));
        }
        const { lead, facts } = await town.lead(await town.leadOf(sent.id));
        states.add(JSON.stringify([lead.priority, lead.stage, lead.need, lead.answers, facts]));
      }
      assert.equal(states.size, 1, [...states].join("\n"));
      assert.match([...states][0], /^\["AAA"/);
    },
  },
  {
    name: "answers of a stranger",
    injected: "answers under somebody else's secret, before the inquiry and after it",
    held: "refused or left waiting, and nothing of them in the lead",
    async run(town) {
      const sent = town.anInquiry(town.phone());
      const stranger = { ...sent, secret: aSecret() };
      assert.equal((await town.answer(stranger, 1, { need: "none" })).status, 202);
      const { body } = await town.send(sent);
      assert.equal((await town.answer(stranger, 2, { need: "none" })).status, 403);
      assert.deepEqual((await town.lead(body.lead)).lead.answers, []);
    },
  },
  { name: "tenant A asks for B", injected: "one company's keys and sessions at every route, with another's ids", held: "refused, and the other's rows are as they were", seen: ["tests/faults/tenants.test.mjs", "at every route one company's keys open nothing of another's"] },
  { name: "restored elsewhere", injected: "a backup taken while inquiries come, restored on another server", held: "every lead, and nothing sent twice", seen: ["tests/faults/backup.test.mjs", "at the operator's word the paused deliveries go out"] },
  {
    name: "erased, then restored",
    injected: "a person is erased after a backup, and the backup is restored on another server",
    held: "with the list of erasures he is erased there too, and comes back by no way; everybody else is there once",
    async run(town) {
      const { workspace } = town.made;
      const [file, list] = ["before.backup", "erasures.json"].map((name) => join(town.server.data, name));
      const erased = await town.inquire(`${MARK}@example.ru`, { message: `${MARK} behaves:later_once` });
      const other = await town.inquire(town.phone(), { message: "behaves:later_once" });
      for (const { body } of [erased, other]) await waitFor(() => town.receiver.of(body.lead).length > 0, "the first attempt", 20_000);
      await town.operator("backup", workspace, file);
      // What the ledger would not take is kept by the spill of this server, and in no workspace's backup.
      const before = new Set((await town.in("ledger", "SELECT id FROM inquiries")).map(({ id }) => id).filter((id) => town.acknowledged.has(id)));
      const erase = await fetch(`${town.server.url}/api/leads/${erased.body.lead}/commands`, { method: "POST", headers: { authorization: `Bearer ${town.made.apiKey}`, "content-type": "application/json" }, body: '{"command":"erase_person","reason":"asked"}' });
      assert.equal(erase.status, 200);
      await town.operator("erasures", workspace, list);

      const there = await startServer({ faults: true });
      try {
        const operator = async (...action) => (await run(process.env.XTASK, ["workspace", ...action, "--data", there.data, "--url", there.url])).stdout;
        const site = (await operator("restore", file)).match(/site_[\w-]+/)[0];
        const apiKey = (await operator("keys", workspace, "--rotate", "api", "--hold-hours", "0")).match(/api_[\w-]+/)[0];
        const read = async (path) => {
          const response = await fetch(there.url + path, { headers: { authorization: `Bearer ${apiKey}` } });
          assert.equal(response.status, 200, path);
          return response.text();
        };
        const api = async (path) => JSON.parse(await read(path));
        const marked = async () => (await Promise.all((await ledgerFiles(there.data)).map((path) => whereInTables(path, [MARK, MARK.toLowerCase()])))).flat();
        assert.ok((await marked()).includes("inquiries.raw"), "the backup brought him back");
        // Secrets of destinations are sealed with the installation's own: the file brings them again.
        const again = join(there.data, "again.toml");
        await writeFile(again, company(town.receiver.url));
        await operator("publish", workspace, again);
        await operator("erasures", workspace, list, "--apply");
        assert.deepEqual(await marked(), []);
        // Nor does he come back from his own browser, or with what is sent again.
        const resent = await fetch(`${there.url}/v1/inquiries`, { method: "POST", body: JSON.stringify({ ...erased.sent, site }) });
        assert.equal(resent.status, 200);
        const told = town.receiver.attempts.length;
        await operator("restore", file, "--resume-deliveries");
        await accountedFor(there, before);
        await letEverythingEnd({ ...there, api, workspace }, before);
        assert.deepEqual(await marked(), []);
        assert.deepEqual(town.receiver.attempts.slice(told).filter(({ text }) => text.toLowerCase().includes(MARK.toLowerCase())), []);
        assert.equal(town.receiver.attempts.slice(told).filter(({ lead, type }) => lead === other.body.lead && type === "lead.created").length, 1);
        for (const path of ["/api/leads", "/api/leads?status=closed", `/api/leads/${erased.body.lead}`, "/api/audit", "/api/deliveries", "/api/export?format=json", "/api/export?format=csv", "/api/privacy"]) {
          assert.ok(!(await read(path)).toLowerCase().includes(MARK.toLowerCase()), path);
        }
        assert.equal((await api(`/api/leads/${erased.body.lead}`)).lead.contact.erased, true);
        assert.equal((await api(`/api/leads/${other.body.lead}`)).lead.contact.erased, false);
      } finally {
        await there.stop();
      }
    },
  },
  {
    name: "erased while the spill holds him",
    injected: "the ledger cannot record: a known person's inquiry is in the spill, its answers wait in the ledger, and he is erased",
    held: "neither comes back, also when his browser sends the inquiry again",
    async run(town) {
      const known = await town.inquire(`${MARK}SPILL@example.ru`);
      await town.fail("ledger", "throw_before", -1, ["record"]);
      const held = await town.inquire(`${MARK}SPILL@example.ru`, { message: `${MARK}SPILL` });
      assert.equal(held.status, 202);
      assert.equal((await town.answer(held.sent, 1, [{ question: "need", answer: "yes", words: `${MARK}SPILL` }])).status, 202);
      const erase = await fetch(`${town.server.url}/api/leads/${known.body.lead}/commands`, { method: "POST", headers: { authorization: `Bearer ${town.made.apiKey}`, "content-type": "application/json" }, body: '{"command":"erase_person","reason":"asked"}' });
      assert.equal(erase.status, 200);
      await town.heal();
      assert.deepEqual(await town.in("ledger", "SELECT body FROM answer_messages WHERE inquiry = ?", held.sent.id), []);
      const again = await town.send(held.sent);
      assert.deepEqual([again.status, again.body.lead], [200, ""]);
      assert.deepEqual(await town.in("ledger", "SELECT id FROM inquiries WHERE id = ?", held.sent.id), []);
      // Whose oracle this is: it is acknowledged, and rightly nowhere.
      town.acknowledged.delete(held.sent.id);
    },
  },
  {
    name: "erased, then sent again",
    injected: "a message is dead, its person is erased, and every dead letter is sent again",
    held: "nothing is told of him but that he was erased",
    async run(town) {
      const { body } = await town.inquire(town.phone(), { message: "behaves:redirects" });
      const states = async () => (await town.lead(body.lead)).deliveries.filter(({ event }) => event === "lead.created").map(({ state }) => state);
      await waitFor(async () => (await states())[0] === "dead", "the dead letter", 20_000);
      const headers = { authorization: `Bearer ${town.made.apiKey}`, "content-type": "application/json" };
      const post = (path, body) => fetch(town.server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
      assert.equal((await post(`/api/leads/${body.lead}/commands`, { command: "erase_person", reason: "asked" })).status, 200);
      assert.deepEqual(await states(), ["erased"]);
      const told = town.receiver.of(body.lead).length;
      assert.equal((await post("/api/destinations/crm/commands", { command: "replay_all" })).status, 200);
      await town.everythingEnds();
      assert.deepEqual(town.receiver.of(body.lead).slice(told).filter(({ type }) => type !== "person.erased"), []);
    },
  },
  {
    name: "the spill holds what was written first",
    injected: "the ledger cannot record a first body; the corrected one comes straight after it is well again, before the spill's",
    held: "what was written last stays the last word, there and at the destinations",
    async run(town) {
      const inThisOrder = async () => {
        await town.fail("ledger", "throw_before", -1, ["record"]);
        const wrong = town.anInquiry(town.phone());
        assert.equal((await town.send(wrong)).status, 202);
        // Its first attempt has failed: the next one comes in a while.
        await waitFor(async () => (await town.in("spill", "SELECT attempts FROM envelopes WHERE inquiry = ?", wrong.id))[0]?.attempts > 0, "the spill's first attempt", 20_000);
        await town.heal();
        const right = { ...wrong, contact: { ...wrong.contact, reach: town.phone() } };
        // On a machine that stands still for two seconds the spill is quicker: then it is tried with another.
        return (await town.send(right)).status === 201 && [wrong, right];
      };
      const [wrong, right] = await waitFor(inThisOrder, "the corrected one before the spill's", 60_000);
      await waitFor(async () => (await town.in("ledger", "SELECT 1 FROM revisions WHERE inquiry = ?", wrong.id)).length === 1, "the spill's", 60_000);
      const lead = await town.leadOf(wrong.id);
      const digits = (text) => text.replace(/\D/g, "");
      await town.everythingEnds();
      const last = JSON.parse(town.receiver.of(lead).at(-1).text);
      assert.equal(digits(JSON.stringify(last.data?.contact?.phones?.[0] ?? last)).includes(digits(right.contact.reach)), true, JSON.stringify(last.data?.contact));
      assert.ok(!town.receiver.of(lead).some(({ type }) => type === "lead.touched"), "nothing new was said");
    },
  },
  { name: "older schema", injected: "databases of every earlier migration, with data", held: "they wake, take inquiries and deliver", seen: ["tests/faults/upgrade.test.mjs", "a ledger of migration"] },
];
