import { asksFor, place } from "./place.js";
import { threshold } from "./threshold.js";

const TAG = "first-contact";

const guard = (act) => {
  try {
    return act();
  } catch (error) {
    // The host page comes first: nothing of ours may stop its scripts.
    setTimeout(() => console.warn("firstContact:", error));
  }
};

const install = (queued) => {
  const definitions = new Map();
  const elements = new Set();
  const told = { fields: {}, person: {}, consent: null };

  /** The definition an element asks for; without names, the first there is. */
  const definitionFor = (element) => [...definitions.values()].find((known) => asksFor(element, known));

  const draw = (element) => {
    const definition = element.visit ? null : definitionFor(element);
    if (!definition) return;
    element.visit = threshold(element, definition, told);
    element.visit.wake();
    if (told.open) api.open(told.open);
    // Said last: whoever hears it may already call everything there is.
    element.visit.emit("ready");
  };

  class FirstContact extends HTMLElement {
    static observedAttributes = ["theme", "accent", "font", "height"];

    // Being moved is being removed and added again: what the visitor typed stays, because it is drawn only once.
    connectedCallback() {
      elements.add(this);
      guard(() => (this.visit ? this.visit.wake() : draw(this)));
    }

    disconnectedCallback() {
      elements.delete(this);
      guard(() => this.visit?.rest());
    }

    attributeChangedCallback() {
      guard(() => this.visit?.paint?.());
    }
  }

  /** The form of this name; without a name the first on the page. */
  const visitOf = (form) =>
    [...elements].find(({ visit }) => visit && (!form || form == "*" || visit.form.id == form))?.visit;

  const api = {
    open(form) {
      const visit = visitOf(form);
      // Asked for too early, it opens as soon as it stands.
      told.open = !visit && (form || "*");
      visit?.stand().open();
    },
    close(form) {
      visitOf(form)?.shut?.();
    },
    consent(given) {
      told.consent = !!given;
      for (const { visit } of elements) visit?.stand().quietly((more) => more.consent());
    },
    set(name, value) {
      told.fields[name] = String(value);
    },
    identify(person) {
      Object.assign(told.person, person);
      for (const { visit } of elements) visit?.fill?.();
    },
    /** A published definition, called by the text the Worker puts after the script's own. */
    d(definition, firstChoice) {
      definition.firstChoice = firstChoice;
      definitions.set(definition.site + "/" + definition.form.id, definition);
      place(TAG, definition, document.currentScript);
      for (const element of elements) guard(() => draw(element));
    },
  };

  const call = ([name, ...values]) => api[name]?.(...values);
  const guarded = { q: { push: (...calls) => calls.forEach((each) => guard(() => call(each))) } };
  for (const name of Object.keys(api)) guarded[name] = (...values) => guard(() => api[name](...values));
  window.firstContact = guarded;
  // Turbo and routers of view transitions put a new body in, and do not run again what has run.
  const replace = () => definitions.forEach((definition) => guard(() => place(TAG, definition)));
  new MutationObserver(replace).observe(document.documentElement, { childList: true });
  if (!customElements.get(TAG)) customElements.define(TAG, FirstContact);
  if (queued) guarded.q.push(...queued);
};

// A second tag brings the script again: only its definition counts. An element of that name is no script.
if (!window.firstContact?.d?.call) guard(() => install(window.firstContact?.q));
