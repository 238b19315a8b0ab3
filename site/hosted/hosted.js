// On the hosted page, before the embed script: takes over what another page has begun. The address's
// hash, which is never sent over the network, carries `#fc=ID.SECRET&JSON` for a recorded inquiry, or
// `#fv=JSON` for a contact that could not be sent from there; JSON is what that page knows: fields,
// source, version, answers. Inside a frame the host page hears of the height and of what happens.
(() => {
  const element = document.querySelector("first-contact");
  if (!element) return;
  const plain = element.querySelector("form");
  const identify = (person) => (window.firstContact ??= { q: [] }).q.push(["identify", person]);
  const [, recorded, ids, text] = /^#(fc=([\w.-]+)|fv=)&?(.*)/.exec(history.state?.handed || location.hash) || [];
  if (recorded) {
    try {
      // Out of the address, which people copy and browsers remember; a reload still finds it.
      history.replaceState({ handed: history.state?.handed || location.hash }, "", location.pathname + location.search);
    } catch {
      // A frame that may not keep it is loaded with its address again.
    }
    try {
      const { contact, ...handed } = JSON.parse(decodeURIComponent(text || "%7B%7D"));
      element.setAttribute("handed", JSON.stringify(handed));
      if (contact) identify(contact);
    } catch {
      // A damaged address only means that the visitor types it again.
    }
  }
  if (ids) {
    element.setAttribute("inquiry", ids);
    element.setAttribute("asking", "");
  } else if (plain) {
    // The inquiry's id is the page's own, so that the native form and the scripted one are one inquiry.
    const { id, secret, step } = plain.elements;
    element.setAttribute("inquiry", `${id.value}.${secret.value}`);
    if (step.value !== "contact") element.setAttribute("asking", "");
  }

  // A visitor on a slow line has begun in the native form before the scripted one took its place:
  // what he typed and where he was go with him.
  element.addEventListener("firstcontact:ready", () => {
    if (!plain) return;
    const typed = (name) => plain.elements[name]?.value ?? "";
    identify(Object.fromEntries(["name", "reach", "message", "best_time"].map((name) => [name, typed(name)])));
    const { activeElement } = document;
    if (plain.contains(activeElement)) element.shadowRoot.querySelector(`[name="${activeElement.name}"]`)?.focus();
  });

  if (parent === window) return;
  const tell = (message) => parent.postMessage(message, "*");
  // Said at once: a frame out of sight is not laid out, and would seem dead to the page around it.
  tell({});
  const page = document.documentElement;
  new ResizeObserver(() => tell({ height: Math.ceil(page.getBoundingClientRect().height) })).observe(page);
  for (const name of ["recorded", "answered", "completed", "signal"]) {
    element.addEventListener(`firstcontact:${name}`, ({ detail }) => tell({ name, detail }));
  }
})();
