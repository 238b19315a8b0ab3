import { links } from "./links.js";
import { beginVisit } from "./visit.js";

/**
 * The forms of which something was left in this browser, unsent, and in this tab, unfinished; nothing when its stores
 * may not be read.
 */
const leftBehind = (mode) => {
  try {
    return localStorage.firstcontact + (mode ? "" : sessionStorage.firstcontact);
  } catch {
    return "";
  }
};

/**
 * A form on a page, before anybody has turned to it, and what the page may do with it. A form that is opened and
 * closed is nothing but this until the first sign of intent: nothing is drawn, dressed or looked at.
 */
export const threshold = (element, definition, told) => {
  const { site, form } = definition;
  const given = (name) => element.getAttribute(name);
  const mode = /^(popup|slider|bubble)$/.exec(given("mode"))?.[0];
  let live;
  let visit;

  const emit = (name, detail = {}) =>
    element.dispatchEvent(new CustomEvent("firstcontact:" + name, { bubbles: true, composed: true, detail }));

  const stand = () => {
    if (!visit) {
      visit = beginVisit(element, definition, told, mode, given, emit);
      visit.wake(live.signal);
    }
    return visit;
  };
  const open = () => stand().open(true);

  return {
    form: form.id,
    emit,
    open,
    shut: () => visit?.shut(),
    paint: () => visit?.paint(),
    fill: () => visit?.fill(),
    /** What the page says of the visitor's consent: kept, or taken out of the browser again. */
    consent: () => stand().quietly((more) => more.consent()),
    /** The element stands in the page, again perhaps: only now anything outside it is listened to. */
    wake() {
      live = new AbortController();
      visit?.wake(live.signal);
      links(element, form.id, open, () => stand().prepare(), live.signal);
      if (!mode || mode == "bubble") stand();
      if (visit?.joined || given("asking") != null) return;
      const look = () => {
        const left = leftBehind(mode);
        if (left.includes("/")) stand().takeUp(left.includes(site + "/" + form.id));
      };
      // Reading a store takes milliseconds: the page comes first where nothing is on screen that has to wait for it.
      if (mode) (window.requestIdleCallback || setTimeout)(look);
      else look();
      // A form that opens by itself needs its rest anyway, and a visit that may be remembered has to be.
      const opensItself = mode && /open-(after|at|on-exit)/.test(element.getAttributeNames());
      if (opensItself || (told.consent ?? given("consent") == "granted")) stand().quietly();
    },
    rest() {
      live?.abort();
      visit?.rest();
    },
  };
};
