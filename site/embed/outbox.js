const PATIENCE = 20e3;
const FIRST_PAUSE = 1e3;
const LONGEST_PAUSE = 30e3;
const LONGEST_ASKED = 300e3;

/** An answer of ours; nothing of what others say who stand between us and the visitor. */
const read = (text) => {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
};

/**
 * Sends bodies one after another and does not give up: whatever is no answer of ours, a 429 or a 5xx is tried again,
 * and what is still unsent when the page goes away leaves with `sendBeacon`. Everything it carries is harmless
 * twice, because the server knows it by its id and sequence number.
 *
 * `waiting(true)` is called when an attempt failed and another will follow, `waiting(false)` when that is over.
 * What is unsent is held in memory; the visit script sets `keep` and `drop` to hold it in the browser's store too.
 */
export const openOutbox = (base, waiting) => {
  const unsent = new Set();
  let last = Promise.resolve();
  let stopped = false;
  let listening;
  let wake = () => {};

  // Not by fetch: pages wrap that, and add what a preflight forbids. A string goes as text/plain, which needs none.
  const post = ({ path, body, patience = PATIENCE }) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onloadend = () =>
        resolve([request.status || 500, request.responseText, request.status && request.getResponseHeader("retry-after")]);
      request.open("POST", base + path);
      request.timeout = patience;
      request.send(body);
    });

  const deliver = async (item) => {
    let pause = FIRST_PAUSE;
    while (!stopped) {
      const [status, text, asked] = await post(item);
      const { id, code, status: said } = read(text);
      if (status < 300 && id) {
        waiting(false);
        return text;
      }
      // A conflict that names a time is a file that has overtaken its inquiry.
      const isForLater = [408, 425, 429].includes(status) || (status == 409 && asked);
      if (status == 413 || (status < 500 && said == status && code && !isForLater)) {
        waiting(false);
        throw { code };
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

  /** The page is listened to only while something is on its way. */
  const listen = () => {
    if (listening) return;
    listening = new AbortController();
    const { signal } = listening;
    addEventListener("online", () => wake(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || wake(), { signal });
    addEventListener(
      "pagehide",
      () => {
        for (const { path, body } of unsent) navigator.sendBeacon(base + path, body);
      },
      { signal },
    );
  };

  const settled = (item) => {
    unsent.delete(item);
    outbox.drop?.(item);
    if (unsent.size) return;
    listening?.abort();
    listening = null;
  };

  const outbox = {
    unsent,
    /** Sends after everything sent before; resolves with the reply's text, rejects with `{code}` when refused. */
    send(path, body, more) {
      const item = { path, body, ...more };
      unsent.add(item);
      listen();
      outbox.keep?.(item);
      const sent = last.then(() => deliver(item)).finally(() => settled(item));
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
      for (const item of unsent) settled(item);
    },
  };
  return outbox;
};
