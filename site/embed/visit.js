import { attribution, device } from "./attribution.js";
import { contactStep } from "./contact_step.js";
import { draw } from "./draw.js";
import { answer, hiddenFields, recorded, send, submit } from "./inquiry.js";
import { json } from "./json.js";
import { links } from "./links.js";
import { dress, dressUp } from "./look.js";
import { openOutbox } from "./outbox.js";
import { inLanguage, language, speaker } from "./phrases.js";

/** The forms of which something was left in this browser; nothing when its store may not be read. */
const leftBehind = () => {
  try {
    return `${localStorage.firstcontact} ${sessionStorage.firstcontact}`;
  } catch {
    return "";
  }
};

/**
 * One form on one page, up to the moment when the person can be reached: draws it into the element, and returns what
 * the page may do with it. `told` is what the page told the script: hidden fields, the person, the consent.
 * What comes after that moment is the visit script's, which is fetched when the visitor turns to the form.
 *
 * On our own page the element carries the attribute `inquiry="ID.SECRET"`: the inquiry begun elsewhere. With
 * `asking` it is recorded already, and only the questions are left.
 */
export const beginVisit = (element, { base, site, form, firstChoice }, told) => {
  const given = (name) => element.getAttribute(name);
  const lang = language(given("lang"), form);
  const words = {};
  const say = speaker(form, lang, words);
  const mode = /^(popup|slider|bubble)$/.exec(given("mode"))?.[0];
  const dir = /^(ar|fa|he|ur)$/.test(lang) ? "rtl" : "ltr";
  const card = draw("div", { class: "card" });
  const status = draw("p", { class: "status", role: "status" });
  const box = draw(mode ? "dialog" : "div", { class: "fc " + (mode || "inline"), lang, dir }, card, status);
  const title = inLanguage(form.contact.title, lang);
  const opener =
    mode == "bubble" ? draw("button", { type: "button", class: "opener", "aria-label": title, "aria-expanded": false }) : null;
  const corner = draw("div", { class: "fc corner", dir }, opener);
  const shadow = element.attachShadow({ mode: "open" });
  let joined;
  let turned;
  let drawn;
  let live;

  const emit = (name, detail = {}) =>
    element.dispatchEvent(new CustomEvent("firstcontact:" + name, { bubbles: true, composed: true, detail }));

  // Everything leaves through one outbox, so that answers never overtake their inquiry.
  const outbox = openOutbox(base, (retrying) => {
    if (visit.step) visit.step.wait(retrying);
    else status.textContent = retrying ? say("waiting") : "";
  });

  /** The visit script at work on this visit. */
  const join = () =>
    (joined ||= import(base + VISIT_URL)
      .then(({ join }) => (visit.more = join(visit)))
      .catch((error) => {
        joined = null;
        throw error;
      }));

  const quietly = (act) =>
    join()
      .then(act)
      .catch(() => {});

  // Fetched on intent and not before: a page whose visitor never turns to the form pays for nothing.
  const prepare = () => quietly((more) => more.prepare());
  const turn = () => {
    if (turned) return;
    turned = visit.turned = true;
    if (!mode) emit("open");
    quietly((more) => more.turned());
  };

  const contact = () => {
    visit.step = contactStep(form, lang, say, (typed) => submit(visit, typed), outbox.now);
    visit.step.fill(told.person);
    card.append(visit.step.node);
  };

  const elsewhere = (hash) => {
    // Our own page inside itself would help nobody; the inquiry is recorded, and that is said.
    if (given("hosted") != null) {
      emit("error", { code: "questions_unavailable" });
      if (!card.firstChild) card.append(draw("p", { class: "thanks" }, say("thanks") + say("soon") + "."));
    } else if (form.asks) {
      const href = `${base}/f/${site}/${form.id}?lang=${lang}${hash}`;
      const link = draw("a", { href, target: "_blank", rel: "noopener", class: "button" }, say("elsewhere"));
      card.append(draw("div", { class: "more" }, link));
    }
  };

  /** Leads the focus inside: to the first field, or where that would bring up a keyboard on glass, to the heading. */
  const focus = (asked) => {
    const field = asked && matchMedia("(pointer:fine)").matches && card.querySelector("input,.choice");
    (field || card.querySelector("[tabindex]"))?.focus({ preventScroll: true });
  };

  const lastly = () => {
    visit.first?.remove();
    contact();
    if (turned) focus(true);
  };

  const chosen = (value) => {
    const { id } = form.first;
    visit.answers.push([id, 1, value]);
    answer(visit, json({ seq: 1, form_version: form.version, answers: { [id]: value } }));
    join().then((more) => more.ask(1), lastly);
  };

  /** Draws what the visitor meets first: where the form stands open at once, else when it is opened. */
  const draft = () => {
    if (drawn) return;
    drawn = true;
    if (location.protocol == "file:") join().then((more) => more.outside());
    else if (given("asking") != null) {
      visit.sent = true;
      // Answers given in another window must win over those given before.
      join().then(
        (more) => more.ask(Math.floor(Date.now() / 1e3)),
        () => elsewhere(),
      );
    } else if (form.contact.place == "last") {
      if (form.first) card.append((visit.first = firstChoice(form.first, visit, chosen)));
      else join().then((more) => more.ask(0), lastly);
    } else contact();
  };

  const reveal = (asked) => {
    element.scrollIntoView({ block: "center" });
    focus(asked);
  };

  const open = (asked) => {
    if (asked) turn();
    if (!mode) reveal(asked);
    else if (!box.open) {
      draft();
      join().then(
        (more) => more.open(asked),
        () => {
          // Without the visit script it opens where it stands in the page.
          box.setAttribute("open", "");
          reveal(asked);
        },
      );
    }
  };

  const shut = () => (mode ? visit.more?.shut() : emit("close"));

  /** What was left in the browser's store, by this page or an earlier one, is taken up again. */
  const takeUp = () => {
    const left = leftBehind();
    if (!left.includes("/") || given("asking") != null) return;
    const { step } = visit;
    const mine = step && left.includes(visit.name);
    if (mine) step.wait();
    const free = () => mine && step == visit.step && step.refuse();
    join()
      .then((more) => more.resume())
      .then((found) => found || free(), free);
  };

  const visit = {
    element, shadow, box, opener, card, base, site, form, mode, lang, words, say, emit, outbox, told, given, elsewhere, focus, join, lastly, open,
    // What both scripts need is lent, and so downloaded once.
    tools: { answer, attribution, device, draw, dress, hiddenFields, inLanguage, json, openOutbox, recorded, send },
    name: site + "/" + form.id,
    ids: given("inquiry")?.split("."),
    answers: [],
    held: [],
  };
  shadow.append(box);
  if (opener) {
    shadow.append(corner);
    opener.addEventListener("click", () => (box.open ? shut() : open(true)));
    opener.addEventListener("pointerenter", prepare);
  }
  const paint = dressUp(element, shadow);
  const once = { once: true };
  box.addEventListener("pointerenter", prepare, once);
  box.addEventListener("pointerdown", turn, once);
  box.addEventListener("input", turn, once);
  if (mode) {
    box.setAttribute("aria-label", title);
    for (const node of [box, corner]) node.classList.add(given("side") || "end");
  } else {
    box.addEventListener("focusin", turn, once);
    draft();
  }

  return {
    form: form.id,
    emit,
    paint,
    open: () => open(true),
    shut,
    fill: () => visit.step?.fill(told.person),
    /** What the page says of the visitor's consent: kept, or taken out of the browser again. */
    consent: () => quietly((more) => more.consent()),
    /** The element stands in the page, again perhaps: only now anything outside it is listened to. */
    wake() {
      live = new AbortController();
      visit.live = live.signal;
      paint(live.signal);
      links(element, form.id, open, prepare, live.signal);
      visit.more?.wake();
      if (joined) return;
      takeUp();
      // A form that opens by itself needs its rest anyway, and a visit that may be remembered has to be.
      const opensItself = mode && /open-(after|at|on-exit)/.test(element.getAttributeNames());
      if (opensItself || (told.consent ?? given("consent") == "granted")) quietly();
    },
    rest() {
      live?.abort();
      visit.more?.rest();
    },
  };
};
