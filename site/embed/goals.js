/** Ids of the Yandex Metrica counters on the page, from every place where its versions keep them. */
const counters = () => {
  const ids = new Set();
  const { Ya, ym } = window;
  for (const [id] of ym?.a || []) ids.add(+id);
  for (const { id } of Ya?._metrika?.getCounters?.() || []) ids.add(+id);
  for (const key in Ya?._metrika?.counters) ids.add(parseInt(key));
  for (const key in window) ids.add(+/^yaCounter(\d+)$/.exec(key)?.[1]);
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
  attempt(() => window.dataLayer?.push({ event: "generate_lead", form_id: form }));
  attempt(() => {
    for (const id of counters()) {
      const goal = "lead_first_contact";
      attempt(() => (window.ym ? window.ym(id, "reachGoal", goal) : window["yaCounter" + id].reachGoal(goal)));
    }
  });
};
