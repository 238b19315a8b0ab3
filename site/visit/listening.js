/**
 * Listens to the page around a form, only while the form stands in it: nothing outlives an element that was removed
 * for good, and one that comes back hears again. `live()` is the signal of its present stay.
 */
export const listening = (live) => {
  const all = new Set();
  const listen = ([target, kind, act]) => target.addEventListener(kind, act, { signal: live() });
  return {
    /** Listens from now on; the function returned ends it. */
    here(...ear) {
      const [target, kind, act] = ear;
      all.add(ear);
      listen(ear);
      return () => {
        all.delete(ear);
        target.removeEventListener(kind, act);
      };
    },
    /** The element stands in the page again. */
    again: () => all.forEach(listen),
  };
};
