import { draw } from "./draw.js";

/**
 * The step that makes a lead: a plain form, drawn without WebAssembly.
 * It asks for a way to reach the person, and for the consent where the owner requires a box; nothing else is
 * ever refused. `worded(text)` speaks the owner's words. `submit(values)` is called with what was typed; a press while that is under way calls `again()`.
 */
export const contactStep = ({ contact }, worded, say, submit, again) => {
  const { consent } = contact;
  const shown = performance.now();
  const faults = {};
  let busy;

  const field = (name, attributes, tag = "input") => {
    const about = name + "-fault";
    const control = draw(tag, { id: name, name, class: "field", "aria-describedby": about, ...attributes });
    faults[name] = draw("p", { id: about, class: "fault", role: "alert" });
    return control;
  };

  const labelled = (name, attributes, tag) =>
    draw(
      "div",
      {},
      draw("label", { for: name, class: "label" }, say(name), " ", name != "reach" && draw("i", {}, say("optional"))),
      field(name, attributes, tag),
      faults[name],
    );

  const box = (name, text, link) =>
    text &&
    draw(
      "div",
      {},
      draw("label", { class: "box" }, field(name, { type: "checkbox", class: "tick" }), draw("span", {}, text, " ", link)),
      faults[name],
    );

  const required = consent.kind == "required";
  const agreement = worded(consent.text);
  const leadIn = worded(contact.lead_in);
  const link = /^https:/.test(consent.link) && draw("a", { href: consent.link, target: "_blank", rel: "noopener" }, say("more"));
  const fields = draw(
    "fieldset",
    {},
    draw(
      "div",
      { class: "row" },
      contact.name !== false && labelled("name", { autocomplete: "name" }),
      // One field for every way: a keyboard with letters, digits and "@", and the phone number as the browser's
      // suggestion, because it is what most people leave and the longest to type.
      labelled("reach", { inputmode: "email", autocomplete: "tel", autocapitalize: "off", spellcheck: false, "aria-required": true }),
    ),
    contact.best_time && labelled("best_time"),
    contact.message !== false && labelled("message", { rows: 2 }, "textarea"),
    required && box("consent", agreement, link),
    box("marketing", worded(consent.marketing)),
  );
  const call = worded(contact.button) || say("send");
  const button = draw("button", { class: "button", "aria-live": "polite" }, call);
  const status = draw("p", { class: "status", role: "status" });
  const node = draw(
    "form",
    { novalidate: "", class: "contact", "aria-labelledby": "title" },
    draw("h2", { id: "title", class: "title", tabindex: -1 }, worded(contact.title)),
    leadIn && draw("p", { class: "soft" }, leadIn),
    fields,
    button,
    status,
    !required && draw("p", { class: "soft" }, agreement, link),
  );
  const controls = node.elements;

  /** Marks a field's problem and leads the visitor to it; without a code takes the mark away. */
  const blame = (name, code) => {
    if (!faults[name]) return;
    faults[name].textContent = say(code);
    controls[name].setAttribute("aria-invalid", !!code);
    if (code) controls[name].focus();
  };

  const show = (isBusy, label, told) => {
    busy = fields.disabled = isBusy;
    button.setAttribute("aria-busy", isBusy);
    button.textContent = label;
    status.textContent = say(told);
  };

  node.addEventListener("input", ({ target }) => blame(target.name));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return again();
    const typed = {};
    for (const { name, type, checked, value } of controls) {
      if (name) typed[name] = type == "checkbox" ? checked : value.trim();
    }
    if (!typed.reach) return blame("reach", "contact_missing");
    if (required && !typed.consent) return blame("consent", "consent_missing");
    // A disabled field would lose the focus to nowhere; the button keeps it inside.
    if (node.contains(node.getRootNode().activeElement)) button.focus();
    show(true, say("sending"));
    typed.took = Math.round(performance.now() - shown);
    submit(typed);
  });

  return {
    node,
    /** Fills what the visitor has not filled himself. */
    fill(person) {
      for (const name of Object.keys(faults)) {
        if (typeof person[name] == "string" && !controls[name].value) controls[name].value = person[name];
      }
    },
    /** Says that it is not through yet, or that it is on its way again. */
    wait(retrying) {
      show(true, say(retrying ? "again" : "sending"), retrying && "waiting");
    },
    /** Lets the visitor edit, and says that it was refused if it was. */
    refuse(code) {
      show(false, call, code && "refused");
      if (code == "contact_missing") blame("reach", code);
    },
  };
};
