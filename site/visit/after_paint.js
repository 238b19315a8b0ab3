// In a tab that nobody looks at nothing is painted.
const AT_THE_LATEST = 100;

/**
 * Puts off what nobody waits for until the browser has painted what the visitor does wait for, and keeps the order.
 * When the page goes away or out of sight it is done at once, and before anything else that listens for that: what is
 * to be kept or sent is then kept and sent like everything before it.
 */
export const afterPaint = () => {
  let waiting = [];
  let leaving;

  const now = () => {
    const acts = waiting;
    waiting = [];
    leaving?.abort();
    for (const act of acts) {
      try {
        act();
      } catch {
        // A function of the host page that throws must not keep the rest from being done.
      }
    }
  };

  return {
    now,
    soon(act) {
      if (waiting.push(act) > 1) return;
      leaving = new AbortController();
      const first = { capture: true, signal: leaving.signal };
      addEventListener("pagehide", now, first);
      document.addEventListener("visibilitychange", now, first);
      requestAnimationFrame(() => setTimeout(now));
      setTimeout(now, AT_THE_LATEST);
    },
  };
};
