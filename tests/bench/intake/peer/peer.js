// The same job as the product's intake, written by hand in JavaScript with Hono on a Durable Object with SQLite:
// what a good team would write in an afternoon. The same tables, the same rows, the same promises: the key proves
// itself before an object is addressed, one commit, acknowledged only after it, a repeated id gets the same answer,
// a rule and a turn say whose the lead is and why, and what comes again and again is noticed under a salt of the day.
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { parsePhoneNumber } from "libphonenumber-js/max";

import ledger from "../../../../worker/src/sql/migrations/0001_ledger.sql";
import counts from "../../../../worker/src/sql/migrations/0003_counts.sql";
import suspects from "../../../../worker/src/sql/migrations/0007_suspects.sql";
import routing from "../../../../worker/src/sql/migrations/0009_routing.sql";
import people from "../../../../worker/src/sql/migrations/0010_people.sql";

const LARGEST = 64 * 1024;
const problem = (status, code) => Response.json({ type: "about:blank", status, code }, { status, headers: { "content-type": "application/problem+json" } });
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (text) => hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

let macKey;
const mac = async (secret, text) => {
  macKey ??= crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", await macKey, new TextEncoder().encode(text))).slice(0, 32);
};

const app = new Hono();
app.get("/v1/health", (c) => c.json({ ok: true }));
app.get("/key/:workspace", async (c) => c.json({ key: `${c.req.param("workspace")}.${await mac(c.env.SECRET, c.req.param("workspace"))}` }));
app.post("/v1/inquiries", async (c) => {
  const raw = await c.req.text();
  if (raw.length > LARGEST) return problem(413, "body_too_large");
  let inquiry;
  try {
    inquiry = JSON.parse(raw);
  } catch {
    return problem(400, "body_malformed");
  }
  const [workspace, proof] = String(inquiry.site ?? "").split(".");
  if (proof !== (await mac(c.env.SECRET, workspace))) return problem(401, "key_unknown");
  const arrival = { origin: c.req.header("origin") ?? "", user_agent: c.req.header("user-agent") ?? "", network: c.req.raw.cf?.clientIp ?? "" };
  const response = await c.env.LEDGER.get(c.env.LEDGER.idFromName(workspace)).record(inquiry, raw, arrival);
  const answer = c.json(response.body, response.status);
  answer.headers.set("access-control-allow-origin", "*");
  return answer;
});
export default app;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const mint = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let at = 5; at >= 0; at--) {
    bytes[at] = now % 256;
    now = Math.floor(now / 256);
  }
  const digits = hex(bytes);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7${digits.slice(13, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
};

const SEARCH = { "ya.ru": "yandex", "yandex.ru": "yandex", "www.google.com": "google", "google.com": "google", "duckduckgo.com": "duckduckgo" };
const classify = (source = {}, site, form) => {
  const landing = URL.canParse(source.landing) ? new URL(source.landing) : undefined;
  const of = (name) => landing?.searchParams.get(name) ?? "";
  const referrer = URL.canParse(source.referrer) ? new URL(source.referrer).hostname : "";
  const paid = of("yclid") || of("gclid") || /^(cpc|ppc|paid)$/i.test(of("utm_medium"));
  const network = of("utm_source") || (of("yclid") && "yandex") || (of("gclid") && "google") || SEARCH[referrer] || "";
  return {
    kind: paid ? "ad_campaign" : SEARCH[referrer] ? "search" : referrer ? "referral" : "direct",
    channel: paid ? "paid" : SEARCH[referrer] ? "search" : referrer ? "referral" : "direct",
    network, campaign: of("utm_campaign"), medium: of("utm_medium"), referrer, landing: landing?.pathname ?? "", site, form,
  };
};
const reach = (typed) => {
  const text = String(typed ?? "").trim();
  if (!text) return undefined;
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return { kind: "email", raw: text, normal: text.toLowerCase() };
  try {
    const phone = parsePhoneNumber(text, "RU");
    if (phone.isValid()) return { kind: "phone", raw: text, normal: phone.number };
  } catch {
    // Not a phone; kept as it is.
  }
  return { kind: "other", raw: text, normal: text };
};
/** Fifteen working minutes from now, nine to six in Moscow, Monday to Friday. */
const deadline = (now) => {
  let at = new Date(now + 3 * 3_600_000);
  let left = 15;
  for (;;) {
    const [day, minute] = [at.getUTCDay(), at.getUTCHours() * 60 + at.getUTCMinutes()];
    if (day > 0 && day < 6 && minute >= 540 && minute < 1080) {
      const room = Math.min(left, 1080 - minute);
      at = new Date(at.getTime() + room * 60_000);
      left -= room;
      if (!left) return at.getTime() - 3 * 3_600_000;
    }
    const next = new Date(at);
    if (minute >= 1080 || day === 0 || day === 6) next.setUTCDate(next.getUTCDate() + 1);
    next.setUTCHours(9, 0, 0, 0);
    at = next;
  }
};

/** The team takes turns, and every lead that no rule wants goes to it. */
const RULES = [];
const TEAM = ["anna"];
const DAY = 86_400_000;
const HOUR = 3_600_000;
const STEPS = { repeated_network: [[10, 20], [30, 40], [100, 60]], repeated_contact: [[5, 20], [20, 40], [100, 60]] };
const signs = (seen) =>
  Object.entries(seen).flatMap(([sign, n]) => {
    const step = STEPS[sign].findLast(([from]) => n >= from);
    return step ? [{ sign, score: step[1], n }] : [];
  });
const route = (facts, board) => {
  const tried = [];
  for (const rule of RULES) {
    const checks = Object.entries(rule.when).map(([fact, wanted]) => ({ fact, wanted, held: wanted.includes(facts[fact]), saw: facts[fact] }));
    const matched = checks.every(({ held }) => held);
    tried.push({ rule: rule.id, matched, checks });
    if (matched) return { rule: rule.id, member: rule.assign, tried, asked: [] };
  }
  const people = TEAM.map((member) => ({ member, open: 0, last_given_at: null, ...board.get(member) }));
  people.sort((one, other) => one.open - other.open || (one.last_given_at ?? 0) - (other.last_given_at ?? 0));
  return { rule: "catch-all", member: people[0].member, tried, asked: [{ target: "team", people, given_to: people[0].member }] };
};

export class Ledger extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    if (!this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'leads'").toArray().length) {
      for (const part of [ledger, counts, suspects, routing, people]) this.sql.exec(part);
    }
  }

  async record(inquiry, raw, arrival) {
    const point = reach(inquiry.contact?.reach);
    if (!point) return { status: 422, body: { code: "contact_missing" } };
    if (!UUID.test(inquiry.id)) return { status: 400, body: { code: "id_malformed" } };
    const today = new Date().toISOString().slice(0, 10);
    let salt = this.sql.exec("SELECT salt FROM daily_salts WHERE day = ?", today).toArray()[0]?.salt;
    if (!salt) {
      salt = hex(crypto.getRandomValues(new Uint8Array(16)));
      this.sql.exec("INSERT INTO daily_salts (day, salt) VALUES (?, ?)", today, salt);
    }
    // Everything that has to be waited for comes before the first look at what is there.
    const [bodyHash, secretHash, ...keys] = await Promise.all([
      sha256(raw), inquiry.secret ? sha256(inquiry.secret) : null,
      sha256(`${salt} network shop ${arrival.network}`), sha256(`${salt} contact shop ${point.normal}`),
    ]);
    const known = this.sql.exec("SELECT secret_hash, reply FROM inquiries WHERE id = ?", inquiry.id).toArray()[0];
    if (known) return known.secret_hash === secretHash ? { status: 200, body: JSON.parse(known.reply) } : { status: 409, body: { code: "id_taken" } };

    if (this.sql.exec("SELECT 1 FROM erased_inquiries WHERE inquiry = ?", inquiry.id).toArray().length) return { status: 200, body: { id: inquiry.id } };

    const { secret, ...request } = inquiry;
    const source = classify(inquiry.source, "shop", inquiry.form ?? "price");
    const now = Date.now();
    const due = deadline(now);
    const contactKnown = this.sql
      .exec("SELECT contact FROM contact_points WHERE normal = ? AND kind = ? LIMIT 1", point.normal, point.kind)
      .toArray()[0]?.contact;
    const came = (key, since) => this.sql.exec("SELECT count(*) AS n FROM (SELECT 1 FROM arrivals WHERE key = ? AND at >= ? LIMIT 100)", key, since).toArray()[0].n;
    const signals = signs({ repeated_network: came(keys[0], now - HOUR), repeated_contact: came(keys[1], now - DAY) });
    const board = new Map(this.sql.exec("SELECT member, open, last_given_at FROM turns").toArray().map((row) => [row.member, row]));
    const routed = route({ ...source, site: "shop" }, board);
    const open = contactKnown && this.sql.exec("SELECT id FROM leads WHERE contact = ? AND status = 'open' LIMIT 1", contactKnown).toArray()[0]?.id;
    const contact = contactKnown ?? mint();
    const lead = open ?? mint();
    const task = mint();
    const at = new Date(now).toISOString();
    const reply = { id: inquiry.id, lead, stage: "first_contact", recorded_at: at, answer_by: new Date(due).toISOString() };
    const day = at.slice(0, 10);
    this.ctx.storage.transactionSync(() => {
      const run = (statement, ...values) => this.sql.exec(statement, ...values);
      const event = (kind, by, data) => run("INSERT INTO events (lead, body) VALUES (?, ?)", lead, JSON.stringify({ at, kind, by, data }));
      if (!contactKnown) run("INSERT INTO contacts (id, name, created_at) VALUES (?, ?, ?)", contact, inquiry.contact.name ?? "", now);
      run("INSERT OR IGNORE INTO contact_points (contact, kind, raw, normal) VALUES (?, ?, ?, ?)", contact, point.kind, point.raw, point.normal);
      if (open) run("UPDATE leads SET touches = touches + 1, revision = revision + 1 WHERE id = ?", lead);
      else {
        run(
          "INSERT INTO leads (id, contact, opened_at, stage, status, assigned_to, rule, source, rank, answer_by) VALUES (?, ?, ?, 'first_contact', 'open', ?, ?, ?, 2, ?)",
          lead, contact, now, routed.member, routed.rule, JSON.stringify(source), due,
        );
        run("INSERT INTO turns (member, open, last_given_at) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET last_given_at = excluded.last_given_at", routed.member, now);
        run("INSERT INTO routings (lead, inquiry, version, body) VALUES (?, ?, 1, ?)", lead, inquiry.id, JSON.stringify({ tried: routed.tried, asked: routed.asked }));
      }
      run(
        "INSERT INTO inquiries (id, lead, recorded_at, channel, secret_hash, body_hash, raw, reply, form, form_version, request, source, site, origin, user_agent) VALUES (?, ?, ?, 'api', ?, ?, ?, ?, ?, 1, ?, ?, 'shop', ?, ?)",
        inquiry.id, lead, now, secretHash, bodyHash, JSON.stringify(request), JSON.stringify(reply), inquiry.form ?? "price", JSON.stringify(request), JSON.stringify(source), arrival.origin, arrival.user_agent,
      );
      run("INSERT INTO tasks (id, lead, kind, due_at, assignee) VALUES (?, ?, 'first_response', ?, ?)", task, lead, due, routed.member);
      for (const key of keys) run("INSERT INTO arrivals (at, key) VALUES (?, ?)", now, key);
      run("DELETE FROM arrivals WHERE number IN (SELECT number FROM arrivals WHERE at < ? ORDER BY at LIMIT 12)", now - DAY);
      if (signals.length) {
        run("INSERT INTO suspicions (inquiry, lead, score, signals) VALUES (?, ?, ?, ?)", inquiry.id, lead, signals.reduce((sum, { score }) => sum + score, 0), JSON.stringify({ signals }));
      }
      event("inquiry_recorded", "visitor", { inquiry: inquiry.id, channel: "api", source: source.kind });
      event("lead_opened", "machine", { stage: "first_contact" });
      event("routed", "machine", { rule: routed.rule, assigned_to: routed.member, destinations: "" });
      event("task_set", "machine", { task, kind: "first_response", due_at: new Date(due).toISOString() });
      run("INSERT OR IGNORE INTO count_sources (day, site, channel, network, campaign) VALUES (?, 'shop', ?, ?, ?)", day, source.channel, source.network, source.campaign);
      run(
        `INSERT INTO counts (form, source, form_version, step, n)
         SELECT ?, id, 1, 'recorded', 1 FROM count_sources WHERE day = ? AND site = 'shop' AND channel = ? AND network = ? AND campaign = ?
         ON CONFLICT DO UPDATE SET n = n + 1`,
        inquiry.form ?? "price", day, source.channel, source.network, source.campaign,
      );
    });
    if (!(await this.ctx.storage.getAlarm())) await this.ctx.storage.setAlarm(due);
    return { status: 201, body: reply };
  }

  async alarm() {
    // Nothing is due: deliveries are out of this comparison.
  }
}
