// Stands around the product while its faults are tried (`cargo xtask dev --faults`) and makes parts of it fail when
// told to. It is no part of the product: the runtime is given it as another main module, and nobody else has it.
import { breakNow, planned as plannedCall } from "./breaking.js";
import product, { Directory as RealDirectory, Ledger as RealLedger, Spill as RealSpill } from "./index.js";

/**
 * What fails next: per kind of object `{ fault, times, calls }`; how far the clock is wrong; which reading of it traps;
 * at which `call` of an imported function, `{ name, calls, what }`, it fails or WebAssembly breaks.
 */
const plan = { ledger: null, spill: null, directory: null, clock: 0, trap: 0 };

const RealDate = Date;

/** The product reads the clock in the middle of its work: that is where WebAssembly is made to break, as by a panic. */
function read() {
  if (plan.trap > 0 && --plan.trap === 0) breakNow();
  return RealDate.now() + plan.clock;
}

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length) super(...given);
    else super(read());
  }
  static now() {
    return read();
  }
};

/** The fault that meets this call, if one is planned. */
function planned(kind, text) {
  const next = plan[kind];
  if (!next || next.times === 0) return null;
  if (next.calls && !next.calls.some((call) => text.startsWith(`{"${call}":`) || text.startsWith(`{"call":"${call}"`))) return null;
  next.times--;
  return next.fault;
}

function faulty(Real, kind) {
  return class extends Real {
    constructor(ctx, env) {
      super(ctx, env);
      // The runtime's clock is right: an alarm set by a wrong one rings when the wrong one shows that time.
      const { storage } = ctx;
      const setAlarm = storage.setAlarm.bind(storage);
      const getAlarm = storage.getAlarm.bind(storage);
      storage.setAlarm = (at, ...rest) => setAlarm(Number(at) - plan.clock, ...rest);
      storage.getAlarm = async (...rest) => {
        const at = await getAlarm(...rest);
        return at === null ? null : at + plan.clock;
      };
    }

    async fetch(request) {
      if (new URL(request.url).pathname === "/faults") return this.#told((await request.json()).do);
      const fault = planned(kind, await request.clone().text());
      return this.#with(fault, () => super.fetch(request), () => new Response('{"code":"fault"}', { status: 500 }));
    }

    ask(call, ...more) {
      return this.#with(planned(kind, call), () => super.ask(call, ...more), () => '500 0\n{"code":"fault"}');
    }

    async #with(fault, go, answer500) {
      switch (fault) {
        case "throw_before":
          throw new Error("injected before the commit");
        case "throw_after":
          await go();
          throw new Error("injected after the commit");
        case "overloaded":
          throw Object.assign(new Error("Durable Object is overloaded. Too many requests queued."), { overloaded: true });
        case "answer_500":
          return answer500();
        case "hang":
          return new Promise((resolve) => setTimeout(() => resolve(go()), 12_000));
        case "answer_late": {
          const answer = await go();
          await new Promise((resolve) => setTimeout(resolve, 5_000));
          return answer;
        }
        default:
          return go();
      }
    }

    async #told(what) {
      if (what === "abort") this.ctx.abort("injected eviction");
      if (what === "forget_alarm") await this.ctx.storage.deleteAlarm();
      if (what === "ring") await this.alarm();
      if (what === "ring_twice") await Promise.all([this.alarm(), this.alarm()]);
      return new Response(null, { status: 204 });
    }
  };
}

export const Ledger = faulty(RealLedger, "ledger");
export const Spill = faulty(RealSpill, "spill");
export const Directory = faulty(RealDirectory, "directory");

export default {
  ...product,
  async fetch(request, env, ctx) {
    const [, first, kind, name] = new URL(request.url).pathname.split("/");
    if (first !== "faults") return product.fetch(request, env, ctx);
    if (!kind) {
      const { call, ...more } = await request.json();
      const left = plannedCall.calls;
      Object.assign(plannedCall, call);
      return Response.json({ ...Object.assign(plan, more), left });
    }
    return env[kind.toUpperCase()].getByName(name).fetch("https://object/faults", { method: "POST", body: await request.text() });
  },
};
