import { attribution, device } from "./attribution.js";
import { contactStep } from "./contact_step.js";
import { draw } from "./draw.js";
import { answer, hiddenFields, recorded, send, submit } from "./inquiry.js";
import { json } from "./json.js";
import { dress, dressUp } from "./look.js";
import { openOutbox } from "./outbox.js";
import { inLanguage, language, speaker } from "./phrases.js";

const { parse } = JSON;

/**
 * One form on one page, up to the moment when the person can be reached: draws it into the element, and adds to the
 * visit what may be done with it from here on.
 * What comes after that moment is the visit script's, which is fetched when the visitor turns to the form.
 *
 * On our own page the element carries the attribute `inquiry="ID.SECRET"`: the inquiry begun elsewhere, and in
 * `handed` (JSON) what is known of it there. With `asking` it is recorded already, and only the questions are left.
 */
export const beginVisit = (visit, firstChoice) => {
  const { element, shadow, base, form, told, given, mode, emit } = visit;
  const lang = language(given("lang"), form);
  const words = {};
  const say = speaker(form, lang, words);
  const dir = /^(ar|fa|he|ur)$/.test(lang) ? "rtl" : "ltr";
  const card = draw("div", { class: "card" });
  const status = draw("p", { class: "status", role: "status" });
  const box = draw(mode ? "dialog" : "div", { class: "fc " + (mode || "inline"), lang, dir }, card, status);
  const handed = parse(given("handed")) || {};
  /**
   * A wording of the form with what the visit came with in its places, as the `form` crate fills it. What was answered
   * is for the module, which takes this over once it is there.
   */
  const worded = (text) =>
    inLanguage(text, lang)?.replace(/\{\{(\s*field\.)?([^|}]*)\|?(.*?)\}\}/g, (_, field, said, otherwise) => {
      const { contact = told.person, context } = visit;
      return (field ? context?.fields || hiddenFields(visit) : contact)[said.trim()] || otherwise;
    });
  const title = worded(form.contact.title);
  const opener =
    mode == "bubble" ? draw("button", { type: "button", class: "opener", "aria-label": title, "aria-expanded": false }) : null;
  const corner = draw("div", { class: "fc corner", dir }, opener);
  let turned;
  let drawn;

  // Everything leaves through one outbox, so that answers never overtake their inquiry.
  const outbox = openOutbox(base, (retrying) => {
    if (visit.step) visit.step.wait(retrying);
    else status.textContent = retrying ? say("waiting") : "";
  });

  /** The visit script at work on this visit. */
  const join = () =>
    (visit.joined ||= import(base + VISIT_URL)
      .then(({ join }) => (visit.more = join(visit)))
      .catch((error) => {
        visit.joined = null;
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
    visit.step = contactStep(form, visit.worded, say, (typed) => submit(visit, typed), outbox.now);
    visit.step.fill(told.person);
    card.append(visit.step.node);
  };

  /** The questions without the visit script: our own page goes on with what is known here, behind a link. */
  const elsewhere = () => {
    if (!form.asks) return;
    const { ids, answers, contact, context } = visit;
    // A hash is never sent over the network.
    const known = encodeURIComponent(json({ ...context, answers, name: contact?.name }));
    const href = `${base}/f/${visit.name}?lang=${lang}#fc=${ids.join(".")}&${known}`;
    card.append(draw("a", { href, target: "_blank", rel: "noopener", class: "button" }, say("elsewhere")));
  };

  const lastly = () => {
    visit.first?.remove();
    contact();
    if (turned) visit.more?.focus(true);
  };

  const chosen = (value) => {
    visit.answers.push([form.first.id, 1, value]);
    join().then((more) => more.ask(1), lastly);
  };

  /** Draws what the visitor meets first, or `last`: where the form stands open at once, else when it is opened. */
  const draft = (last) => {
    if (drawn) return;
    drawn = true;
    if (location.protocol == "file:") join().then((more) => more.outside());
    else if (given("asking") != null) {
      visit.sent = true;
      join().then(
        (more) => more.askHere(),
        elsewhere,
      );
    } else if (form.contact.place == "last" && !last && !handed.answers) {
      if (form.first) card.append((visit.first = firstChoice(form.first, visit, chosen)));
      else join().then((more) => more.ask(0), lastly);
    } else contact();
  };

  /** Opens it: asked to by the visitor or the page, or by itself. */
  const open = (byItself) => {
    const reveal = () => element.scrollIntoView({ block: "center" });
    if (!byItself) turn();
    if (!mode) {
      reveal();
      quietly((more) => more.focus(true));
    } else if (!box.open) {
      draft();
      join().then(
        (more) => more.open(byItself),
        () => {
          // Without the visit script it opens where it stands in the page.
          box.setAttribute("open", "");
          reveal();
        },
      );
    }
  };

  const shut = () => (mode ? visit.more?.shut() : emit("close"));

  Object.assign(visit, {
    box, opener, card, lang, worded, words, say, outbox, handed, elsewhere, join, lastly, draft, open, prepare, quietly, shut,
    // What both scripts need is lent, and so downloaded once.
    tools: { answer, attribution, device, draw, dress, hiddenFields, inLanguage, json, openOutbox, recorded, send },
    ids: given("inquiry")?.split("."),
    /** What the inquiry was or will be recorded with: fields, source, version. */
    context: handed,
    answers: handed.answers || [],
    paint: dressUp(element, shadow),
    fill: () => visit.step?.fill(told.person),
    /**
     * What was left in the browser's store, by this page or an earlier one, is taken up again. If something of this
     * form is there, what was drawn waits for it.
     */
    takeUp(mine) {
      const { step } = visit;
      if (mine) step?.wait();
      quietly((more) => more.resume()).then((found) => found || (mine && step == visit.step && step?.refuse()));
    },
  });
  shadow.append(box);
  if (opener) {
    shadow.append(corner);
    opener.addEventListener("click", () => (box.open ? shut() : open()));
    opener.addEventListener("pointerenter", prepare);
  }
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
  visit.paint(visit.live);
};
