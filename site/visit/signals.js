/** Ids of the Yandex Metrica counters on the page, from every place where its versions keep them. */
const counters = () => {
  const ids = new Set();
  const { Ya, ym } = window;
  for (const [id] of ym?.a || []) ids.add(+id);
  for (const { id } of Ya?._metrika?.getCounters?.() || []) ids.add(+id);
  for (const key of Object.keys(Ya?._metrika?.counters || {})) ids.add(parseInt(key));
  for (const key of Object.keys(window)) ids.add(+/^yaCounter(\d+)$/.exec(key)?.[1]);
  return [...ids].filter(Boolean);
};

const attempt = (act) => {
  try {
    act();
  } catch {
    // The host's analytics are the host's: their failure is not ours to report.
  }
};

const goal = (name) => {
  for (const id of counters()) {
    attempt(() => (window.ym ? window.ym(id, "reachGoal", name) : window["yaCounter" + id].reachGoal(name)));
  }
};

/** Tells the page's analytics what happened (INTEGRATIONS: `lead_question_answered` and the like), without personal data. */
export const signal = (form, name, more) => {
  attempt(() => window.dataLayer?.push({ event: name, form_id: form, ...more }));
  attempt(() => goal(name));
};

const told = new Set();

/** Tells the page's analytics that a lead was recorded: once per inquiry, under its id where they take one. */
export const recordedLead = (form, id) => {
  if (told.has(id)) return;
  told.add(id);
  const name = "lead_first_contact";
  attempt(() => window.dataLayer?.push({ event: "generate_lead", form_id: form }));
  attempt(() => goal(name));
  attempt(() => window.fbq?.("track", "Lead", {}, { eventID: id }));
  attempt(() => window.VK?.Goal?.("lead"));
  attempt(() => {
    const { _tmr } = window;
    const ids = new Set(Array.isArray(_tmr) ? _tmr.map((entry) => entry?.id).filter(Boolean) : []);
    for (const counter of ids.size ? ids : [undefined]) {
      _tmr?.push({ ...(counter && { id: counter }), type: "reachGoal", goal: name });
    }
  });
};
