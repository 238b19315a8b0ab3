// The same job as the product's intake, written by hand in JavaScript with Hono on a Durable Object with SQLite:
// what a good team would write in an afternoon. The same tables, the same rows, the same promises: the key proves
// itself before an object is addressed, one commit, acknowledged only after it, a repeated id gets the same answer.
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { parsePhoneNumber } from "libphonenumber-js/max";

import counts from "../../../../worker/src/sql/migrations/0003_counts.sql";
import ledger from "../../../../worker/src/sql/migrations/0001_ledger.sql";

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
  const arrival = { origin: c.req.header("origin") ?? "", user_agent: c.req.header("user-agent") ?? "" };
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

export class Ledger extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    if (!this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'leads'").toArray().length) {
      this.sql.exec(ledger);
      this.sql.exec(counts);
    }
  }

  async record(inquiry, raw, arrival) {
    const point = reach(inquiry.contact?.reach);
    if (!point) return { status: 422, body: { code: "contact_missing" } };
    if (!UUID.test(inquiry.id)) return { status: 400, body: { code: "id_malformed" } };
    const [bodyHash, secretHash] = await Promise.all([sha256(raw), inquiry.secret ? sha256(inquiry.secret) : null]);
    const known = this.sql.exec("SELECT secret_hash, reply FROM inquiries WHERE id = ?", inquiry.id).toArray()[0];
    if (known) return known.secret_hash === secretHash ? { status: 200, body: JSON.parse(known.reply) } : { status: 409, body: { code: "id_taken" } };

    const { secret, ...request } = inquiry;
    const source = classify(inquiry.source, "shop", inquiry.form ?? "price");
    const now = Date.now();
    const due = deadline(now);
    const contactKnown = this.sql
      .exec("SELECT contact FROM contact_points WHERE normal = ? AND kind = ? LIMIT 1", point.normal, point.kind)
      .toArray()[0]?.contact;
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
          "INSERT INTO leads (id, contact, opened_at, stage, status, assigned_to, rule, source, rank, answer_by) VALUES (?, ?, ?, 'first_contact', 'open', 'anna', 'catch-all', ?, 2, ?)",
          lead, contact, now, JSON.stringify(source), due,
        );
      }
      run(
        "INSERT INTO inquiries (id, lead, recorded_at, channel, secret_hash, body_hash, raw, reply, form, form_version, request, source, site, origin, user_agent) VALUES (?, ?, ?, 'api', ?, ?, ?, ?, ?, 1, ?, ?, 'shop', ?, ?)",
        inquiry.id, lead, now, secretHash, bodyHash, JSON.stringify(request), JSON.stringify(reply), inquiry.form ?? "price", JSON.stringify(request), JSON.stringify(source), arrival.origin, arrival.user_agent,
      );
      run("INSERT INTO tasks (id, lead, kind, due_at, assignee) VALUES (?, ?, 'first_response', ?, 'anna')", task, lead, due);
      event("inquiry_recorded", "visitor", { inquiry: inquiry.id, channel: "api", source: source.kind });
      event("lead_opened", "machine", { stage: "first_contact" });
      event("routed", "machine", { rule: "catch-all", assigned_to: "anna", destinations: "" });
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
