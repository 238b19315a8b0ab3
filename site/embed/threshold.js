import { links } from "./links.js";
import { dress } from "./look.js";
import { beginVisit } from "./visit.js";

/**
 * The forms of which something was left in this browser, unsent, and in this tab, unfinished; nothing when its stores
 * may not be read.
 */
const leftBehind = (mode) => {
  try {
    return `${localStorage.firstcontact}${mode || sessionStorage.firstcontact}`;
  } catch {
    return "";
  }
};

/**
 * A form on a page, before anybody has turned to it: what the page may do with it, and what both scripts make of it
 * from here on. A form that is opened and closed is nothing but this until the first sign of intent: nothing is
 * drawn or looked at, and its one rule says that it takes no place.
 */
export const threshold = (element, { base, site, form, firstChoice }, told) => {
  const given = (name) => element.getAttribute(name);
  const mode = /^(popup|slider|bubble)$/.exec(given("mode"))?.[0];
  const shadow = element.attachShadow({ mode: "open" });
  let stay;

  // Closed it takes no place either, not even among the columns of a page.
  dress(shadow, `:host{display:${mode ? "contents" : "block"}}:host([hidden]){display:none}`);

  const stand = () => {
    if (!visit.card) beginVisit(visit, firstChoice);
    return visit;
  };

  const takeUp = () => {
    const left = leftBehind(mode);
    if (left.includes("/")) stand().takeUp(left.includes(visit.name));
  };

  const visit = {
    element, shadow, base, site, form, told, given, mode, stand,
    name: site + "/" + form.id,
    emit: (name, detail = {}) =>
      element.dispatchEvent(new CustomEvent("firstcontact:" + name, { bubbles: true, composed: true, detail })),
    /** The element stands in the page, again perhaps: only now anything outside it is listened to. */
    wake() {
      stay = new AbortController();
      visit.live = stay.signal;
      if (visit.card) visit.paint(visit.live);
      else if (!mode || mode == "bubble") stand();
      visit.more?.wake();
      links(visit);
      if (visit.joined || given("asking") != null) return;
      // Reading a store takes milliseconds: the page comes first, and the form on it.
      (window.requestIdleCallback || setTimeout)(takeUp, { timeout: 500 });
      // A form that opens by itself needs its rest anyway, and a visit that may be remembered has to be.
      const opensItself = mode && /open-(after|at|on-exit)/.test(element.getAttributeNames());
      if (opensItself || (told.consent ?? given("consent") == "granted")) stand().quietly();
    },
    rest() {
      stay?.abort();
      visit.more?.rest();
    },
  };
  return visit;
};
