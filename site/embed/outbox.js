// Taken before anything on the page can wrap or replace it.
const { fetch } = window;

const PATIENCE = 20e3;
const FIRST_PAUSE = 1e3;
const LONGEST_PAUSE = 30e3;
const LONGEST_ASKED = 300e3;

const refusal = (status, text) => {
  try {
    return { code: JSON.parse(text).code };
  } catch {
    return { code: "http_" + status };
  }
};

/**
 * Sends bodies one after another and does not give up: a failure of the network, a 429 or a 5xx is tried again,
 * and what is still unsent when the page goes away leaves with `sendBeacon`. Everything it carries is harmless
 * twice, because the server knows it by its id and sequence number.
 *
 * `waiting(true)` is called when an attempt failed and another will follow, `waiting(false)` when that is over.
 */
export const openOutbox = (base, waiting) => {
  const unsent = new Set();
  let last = Promise.resolve();
  let stopped = false;
  let wake = () => {};

  const post = async ([path, body]) => {
    // A string is sent as text/plain, which needs no preflight. Browsers limit what may outlive the page.
    const reply = await fetch(base + path, {
      method: "POST",
      body,
      keepalive: body.length < 9e3,
      credentials: "omit",
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    return [reply.status, await reply.text(), reply.headers.get("retry-after")];
  };

  const deliver = async (item) => {
    let pause = FIRST_PAUSE;
    while (!stopped) {
      const [status, text, asked] = await post(item).catch(() => [500]);
      if (status < 500 && status != 429) {
        waiting(false);
        if (status < 300) return text;
        throw refusal(status, text);
      }
      if (!stopped) waiting(true);
      const asleep = Math.max(pause * (0.5 + Math.random() / 2), Math.min(asked * 1e3 || 0, LONGEST_ASKED));
      await new Promise((resume) => {
        wake = resume;
        setTimeout(resume, asleep);
      });
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    return new Promise(() => {});
  };

  addEventListener("online", () => wake());
  addEventListener("pagehide", () => {
    for (const [path, body] of unsent) navigator.sendBeacon(base + path, body);
  });

  return {
    /** Sends after everything sent before; resolves with the reply's text, rejects with `{code}` when refused. */
    send(...item) {
      unsent.add(item);
      const sent = last.then(() => deliver(item)).finally(() => unsent.delete(item));
      last = sent.catch(() => {});
      return sent;
    },
    /** Ends a pause: tries at once. */
    now() {
      wake();
    },
    /** Gives up for good: the page may not send at all, and the visitor was shown another way. */
    stop() {
      stopped = true;
      unsent.clear();
    },
  };
};
