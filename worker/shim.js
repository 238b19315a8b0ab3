// Joins the runtime to the Rust build: exports the handlers and the objects, and after a panic
// starts a fresh WebAssembly instance, so that one bad request costs its siblings a retry and
// nothing more.
import { DurableObject } from "cloudflare:workers";
import * as edge from "./edge.js";

const instance = edge.__worker_init_state();

// Calls that are in flight, each by what ends it. Whatever waits inside a broken instance waits for ever, and an
// alarm that waits for ever never rings again.
const inFlight = new Set();

function endAll() {
  for (const end of inFlight) end(new Error("the instance broke"));
  inFlight.clear();
}

// A panic leaves memory in an unknown state: the next call begins with a new one.
function alive() {
  if (instance.criticalError) {
    endAll();
    edge.__wbg_reset_state();
    instance.criticalError = false;
    instance.instanceId++;
  }
}

// A trap shows as such, or as the cause of an error when it passed through JavaScript on its way out. A panic has said
// so itself, whatever its error looks like by now.
function note(error) {
  const trap = [error, error?.cause].some((error) => error instanceof WebAssembly.RuntimeError);
  if (trap || instance.criticalError) {
    console.error("the instance broke and will be replaced", error);
    instance.criticalError = true;
    endAll();
  }
}

addEventListener("error", (event) => note(event.error));

async function guarded(call) {
  alive();
  let end;
  const broken = new Promise((_, reject) => inFlight.add((end = reject)));
  try {
    return await Promise.race([call(), broken]);
  } catch (error) {
    note(error);
    throw error;
  } finally {
    inFlight.delete(end);
  }
}

// Whoever asked is told to ask again: what he asked for may have been done, and is harmless twice.
const AGAIN = '{"title":"something broke on our side; please send it again","status":503,"code":"unavailable"}';
const again = () =>
  new Response(AGAIN, {
    status: 503,
    headers: { "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store", "retry-after": "1", "access-control-allow-origin": "*" },
  });

export default {
  fetch: (request, env, ctx) =>
    guarded(() => edge.fetch.call({ env, ctx }, request, env, ctx)).catch((error) => {
      console.error("fault:", error);
      return again();
    }),
  // A second starter of the directory's own alarm: whoever asks how it is sets it again.
  scheduled: (event, env, ctx) => {
    const health = new Request("https://first-contact/v1/health");
    ctx.waitUntil(guarded(() => edge.fetch.call({ env, ctx }, health, env, ctx)));
  },
};

// An object keeps its Rust half until the instance under it is replaced; all it knows is in its
// database, so a new half is as good as the old one.
function object(Half) {
  return class extends DurableObject {
    #half;
    #madeIn;
    #methods(name, ...args) {
      return guarded(() => {
        if (!this.#half || this.#madeIn !== instance.instanceId) {
          this.#half = new Half(this.ctx, this.env);
          this.#madeIn = instance.instanceId;
        }
        return this.#half[name](...args);
      });
    }
    fetch(request) { return this.#methods("fetch", request); }
    ask(...args) { return this.#methods("ask", ...args); }
    alarm() { return this.#methods("alarm"); }
    webSocketMessage(...args) { return this.#methods("webSocketMessage", ...args); }
    webSocketClose(...args) { return this.#methods("webSocketClose", ...args); }
    webSocketError(...args) { return this.#methods("webSocketError", ...args); }
  };
}

export const Ledger = object(edge.Ledger);
export const Directory = object(edge.Directory);
export const Spill = object(edge.Spill);
