import { answerTime } from "./answer_time.js";
import { attribution } from "./attribution.js";
import { contactStep } from "./contact_step.js";
import { draw } from "./draw.js";
import { reached } from "./goals.js";
import { inquiryId, inquirySecret } from "./identity.js";
import { dressUp } from "./look.js";
import { openOutbox } from "./outbox.js";
import { language, speaker } from "./phrases.js";
import { ask, elsewhere, preload, whenForbidden } from "./questions.js";

/**
 * One form on one page, from the contact step to the last question: draws it into the element, and returns what
 * the page may do with it. `told` is what the page told the script: hidden fields and the person, if it knows him.
 *
 * On our own page the element carries the attribute `inquiry="ID.SECRET"`: the inquiry begun elsewhere. With
 * `asking` it is recorded already, and only the questions are left.
 */
export const beginVisit = (element, { base, site, form }, told) => {
  const given = (name) => element.getAttribute(name);
  const lang = language(given("lang"));
  const say = speaker(lang);
  const ids = given("inquiry")?.split(".") || [inquiryId(), inquirySecret()];
  const card = draw("div", { class: "card" });
  const status = draw("p", { class: "status", role: "status" });
  const box = draw("div", { class: "fc", lang }, card, status);
  const shadow = element.attachShadow({ mode: "open" });
  const paint = dressUp(element, shadow, box);
  let step;
  let opened;

  const emit = (name, detail = {}) =>
    element.dispatchEvent(new CustomEvent("firstcontact:" + name, { bubbles: true, composed: true, detail }));

  // Everything leaves through one outbox, so that answers never overtake their inquiry.
  const outbox = openOutbox(base, (retrying) => {
    if (step) step.wait(retrying);
    else status.textContent = retrying ? say("waiting") : "";
  });

  const goOn = (hash, note) => {
    // Our own page inside itself would help nobody; the inquiry is recorded, and that is said.
    if (given("hosted") == null) return elsewhere(visit, hash, note);
    emit("error", { code: "questions_unavailable" });
    if (!card.firstChild) card.append(thanks());
  };
  const visit = { element, card, base, site, form, lang, say, emit, goOn };

  // Fetched on intent and not before: a page whose visitor never turns to the form pays for nothing.
  const fetchQuestions = () => form.questions[0] && preload(base).catch(() => {});
  const open = () => {
    fetchQuestions();
    if (!opened) emit("open");
    opened = true;
  };

  const send = async ({ consent, marketing, ...contact }) => {
    const fields = {};
    for (const { name, value } of element.attributes) {
      if (name.startsWith("field-")) fields[name.slice(6)] = value;
    }
    const agreement = form.contact.consent;
    const body = JSON.stringify({
      id: ids[0],
      secret: ids[1],
      site,
      form: form.id,
      form_version: form.version,
      lang,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
      contact,
      consent: {
        processing: consent || agreement.kind == "notice",
        marketing: !!marketing,
        version: agreement.version,
      },
      source: attribution(),
      fields: { ...fields, ...told.fields },
    });
    // A page may allow our script and no request to us: the visitor then takes what he typed to our own page.
    const allowed = whenForbidden("connect-src", base, () => {
      allowed();
      outbox.stop();
      step.node.remove();
      goOn("#fv=" + encodeURIComponent(JSON.stringify(contact)), say("refused"));
    });
    let reply;
    try {
      reply = JSON.parse(await outbox.send("/v1/inquiries", body));
    } catch ({ code = "unreadable" }) {
      step.refuse(code);
      emit("error", { code });
    }
    allowed();
    if (reply) recorded(reply);
  };

  const thanks = (answerBy) => {
    const when = answerTime(answerBy, lang) || say("soon");
    return draw("p", { class: "thanks", tabindex: -1, role: "status" }, say("thanks") + when + ".");
  };

  const recorded = ({ lead, answer_by }) => {
    const inside = shadow.activeElement;
    const shown = thanks(answer_by);
    step.node.replaceWith(shown);
    step = null;
    // The card has become shorter: its place on the screen may be gone together with the button.
    if (inside) shown.focus();
    emit("recorded", { id: ids[0], lead });
    reached(form.id);
    if (form.questions[0]) ask(visit, outbox, ids, 0);
    else emit("completed");
  };

  const once = { once: true };
  box.addEventListener("pointerenter", fetchQuestions, once);
  box.addEventListener("pointerdown", open, once);
  box.addEventListener("focusin", open, once);
  shadow.append(box);
  if (given("asking") != null) {
    // Answers given in another window must win over those given before.
    ask(visit, outbox, ids, Math.floor(Date.now() / 1e3));
  } else {
    step = contactStep(form, lang, say, send, outbox.now);
    step.fill(told.person);
    card.append(step.node);
  }
  return {
    emit,
    paint,
    fill: () => step?.fill(told.person),
    /** Leads the visitor here. */
    open() {
      element.scrollIntoView({ block: "center" });
      card.querySelector("input,button,a")?.focus({ preventScroll: true });
      open();
    },
  };
};
