// The product's Worker as it was built, with a counter on the runtime's SQL: rows read and written are what
// Cloudflare bills, and the runtime counts them the same way here.
import product, * as built from "./index.js";

export * from "./index.js";

const counted = { requests: 0, alarms: 0, statements: 0, read: 0, written: 0 };
let cursors = [];
let watched = false;
/** While it is so, alarms are put off, so that what a request costs and what an alarm costs are not mixed. */
let held = true;

const watch = (sql) => {
  if (watched) return;
  watched = true;
  const api = Object.getPrototypeOf(sql);
  const { exec } = api;
  api.exec = function (...statement) {
    const cursor = exec.apply(this, statement);
    cursors.push(cursor);
    return cursor;
  };
};

export class Ledger extends built.Ledger {
  constructor(ctx, env) {
    super(ctx, env);
    watch(ctx.storage.sql);
  }

  async fetch(request) {
    if (new URL(request.url).pathname !== "/counted") return this.#count(await super.fetch(request), "requests");
    if (request.method === "POST") held = await request.json();
    this.#count(null);
    return Response.json({ ...counted, bytes: this.ctx.storage.sql.databaseSize });
  }

  async alarm() {
    if (held) return this.ctx.storage.setAlarm(Date.now() + 500);
    await super.alarm();
    this.#count(null, "alarms");
  }

  async ask(...call) {
    return this.#count(await super.ask(...call), "requests");
  }

  #count(answer, of) {
    if (of) counted[of] += 1;
    for (const cursor of cursors) {
      counted.statements += 1;
      counted.read += cursor.rowsRead;
      counted.written += cursor.rowsWritten;
    }
    cursors = [];
    return answer;
  }
}

export default {
  ...product,
  fetch(request, env, ctx) {
    const [, first, workspace] = new URL(request.url).pathname.split("/");
    if (first !== "counted") return product.fetch(request, env, ctx);
    return env.LEDGER.get(env.LEDGER.idFromName(workspace)).fetch("https://object/counted", { method: request.method, body: request.body });
  },
};
