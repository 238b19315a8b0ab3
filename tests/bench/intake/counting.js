// The product's Worker as it was built, with a counter on the runtime's SQL: rows read and written are what
// Cloudflare bills, and the runtime counts them the same way here.
import product, * as built from "./index.js";

export * from "./index.js";

const counted = { requests: 0, statements: 0, read: 0, written: 0 };
let cursors = [];
let watched = false;

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
    if (new URL(request.url).pathname === "/counted") return Response.json({ ...counted, bytes: this.ctx.storage.sql.databaseSize });
    return this.#count(await super.fetch(request));
  }

  async ask(...call) {
    return this.#count(await super.ask(...call));
  }

  #count(answer) {
    counted.requests += 1;
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
    return env.LEDGER.get(env.LEDGER.idFromName(workspace)).fetch("https://object/counted");
  },
};
