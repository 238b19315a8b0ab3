import { attribution, device } from "./attribution.js";
import { draw } from "./draw.js";
import { inquiryId, inquirySecret } from "./identity.js";
import { json } from "./json.js";

const { parse } = JSON;

/** Hidden fields: of the element, and over them what the page told the script. */
export const hiddenFields = ({ element, told }) => {
  const fields = {};
  for (const { name, value } of element.attributes) {
    if (name.startsWith("field-")) fields[name.slice(6)] = value;
  }
  return { ...fields, ...told.fields };
};

/** Sends an answer, `[question, number, value]`; before there is an inquiry it waits, and leaves right after it. */
export const answer = ({ sent, ids, site, form, context, outbox, emit }, [question, seq, value]) =>
  sent &&
  outbox
    .send(
      `/v1/inquiries/${ids[0]}/answers`,
      json({ site, secret: ids[1], seq, form_version: context.version || form.version, answers: { [question]: value } }),
    )
    .catch((refusal) => emit("error", refusal));

/** Sends an inquiry as it is: new, or found in the browser's store under `key`. */
export const send = async (visit, body, key) => {
  const reply = visit.outbox.send("/v1/inquiries", body, { key });
  visit.sent = true;
  for (const given of visit.answers) answer(visit, given);
  try {
    recorded(visit, parse(await reply));
  } catch ({ code = "unreadable" }) {
    visit.step?.refuse(code);
    visit.emit("error", { code });
  }
};

/** Makes an inquiry of what was typed. What was sent already from this browser keeps its id, and is one inquiry. */
export const submit = (visit, { consent, marketing, took, website, ...contact }) => {
  const { site, form, lang, more } = visit;
  const agreement = form.contact.consent;
  // Answers given before the contact belong to an inquiry of their own.
  const known = visit.answers[0] ? null : more?.known(contact);
  visit.contact = contact;
  visit.ids = known?.ids || visit.ids || [inquiryId(), inquirySecret()];
  if (known?.reply) {
    visit.context = known.context || {};
    visit.sent = true;
    return recorded(visit, known.reply);
  }
  // What was known where a quiz was begun stays known where it ends.
  const { fields, source, version } = (visit.context = {
    fields: hiddenFields(visit),
    source: { ...attribution(), ...more?.source() },
    version: form.version,
    ...visit.context,
  });
  visit.minted = true;
  more?.minted();
  send(
    visit,
    json({
      id: visit.ids[0],
      secret: visit.ids[1],
      site,
      form: form.id,
      form_version: version,
      lang,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
      device: device(),
      contact,
      consent: {
        processing: consent || agreement.kind == "notice",
        marketing: !!marketing,
        version: agreement.version,
      },
      source,
      fields,
      took,
      trap: website,
      chosen: Object.fromEntries(visit.answers.map(([question, , value]) => [question, value])),
    }),
  );
};

/** The ledger has it: thanks, and on to the questions. */
export const recorded = (visit, reply) => {
  const { shadow, say, step, ids, emit } = visit;
  const inside = shadow.activeElement;
  const shown = draw("p", { class: "thanks", tabindex: -1, role: "status" }, say("thanks") + say("soon") + ".");
  step.node.replaceWith(shown);
  visit.step = null;
  // The card has become shorter: its place on the screen may be gone together with the button.
  if (inside) shown.focus();
  emit("recorded", { id: ids[0], lead: reply.lead });
  // Without the visit script the lead is recorded all the same; only the questions go on elsewhere.
  visit.join().then(
    (more) => more.recorded(reply, shown),
    () => visit.elsewhere(),
  );
};
