const stores = { visitor: "localStorage", session: "sessionStorage" };

/** Whether the visitor has closed this form before, as far as `data-once` asks; storage may be forbidden. */
const seen = (visit, note) => {
  const name = "firstcontact:seen:" + visit.name;
  try {
    const store = window[stores[visit.given("once")]];
    return note ? store.setItem(name, 1) : store.getItem(name);
  } catch {
    // Without a store it opens once per page.
  }
};

/** Remembers that the visitor has closed it: an action of his, and for his own peace. */
export const remember = (visit) => seen(visit, true);

/**
 * Opens the form by itself, once: after `open-after` seconds, at `open-at` percent of the page, or when the pointer
 * leaves for the tabs (`open-on-exit`). Listens to the page until `signal`.
 */
export const triggers = (visit, open, signal) => {
  const given = (name) => visit.given("open-" + name);
  const [after, at] = ["after", "at"].map(given);
  let over;

  const act = () => {
    if (over || signal.aborted || visit.turned || seen(visit)) return;
    // Nobody is interrupted while typing: it opens when he leaves the field.
    if (document.activeElement?.matches("input,textarea,select,[contenteditable]")) {
      addEventListener("focusout", () => setTimeout(act, 300), { signal, once: true });
      return;
    }
    over = true;
    open(true);
  };

  if (after != null) setTimeout(act, after * 1e3 - performance.now());
  if (at != null) {
    const { documentElement } = document;
    const look = () => scrollY >= ((documentElement.scrollHeight - innerHeight) * parseFloat(at)) / 100 && act();
    addEventListener("scroll", look, { signal, passive: true });
  }
  if (given("on-exit") != null) {
    document.addEventListener("mouseout", ({ relatedTarget, clientY }) => relatedTarget || clientY > 0 || act(), { signal });
  }
};
