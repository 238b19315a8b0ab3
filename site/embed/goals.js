/** Ids of the Yandex Metrica counters on the page, from every place where its versions keep them. */
const counters = () => {
  const ids = new Set();
  const { Ya, ym } = window;
  for (const call of (ym && ym.a) || []) ids.add(+call[0]);
  const metrika = (Ya && Ya._metrika) || {};
  for (const key of Object.keys(metrika.counters || {})) ids.add(parseInt(key));
  for (const { id } of metrika.getCounters ? metrika.getCounters() : []) ids.add(+id);
  for (const key of Object.keys(window)) ids.add(+(/^yaCounter(\d+)$/.exec(key) || [])[1]);
  return [...ids].filter(Boolean);
};

const attempt = (act) => {
  try {
    act();
  } catch {
    // The host's analytics are the host's: their failure is not ours to report.
  }
};

/** Tells the page's analytics that a lead was recorded. Called once per inquiry; carries no personal data. */
export const reached = (form) => {
  attempt(() => window.dataLayer && window.dataLayer.push({ event: "generate_lead", form_id: form }));
  attempt(() => {
    for (const id of counters()) {
      const goal = "lead_first_contact";
      attempt(() => (window.ym ? window.ym(id, "reachGoal", goal) : window["yaCounter" + id].reachGoal(goal)));
    }
  });
};
