// On the hosted page, before the embed script: takes over what another page has begun. The address's
// hash, which is never sent over the network, carries `#fc=ID.SECRET` for a recorded inquiry, or
// `#fv=JSON` for a contact that could not be sent from there. Inside a frame the host page hears of
// the height and of what happens.
(() => {
  const element = document.querySelector("first-contact");
  if (!element) return;
  const hash = location.hash.slice(1);
  if (hash.startsWith("fc=")) {
    element.setAttribute("inquiry", hash.slice(3));
    element.setAttribute("asking", "");
  } else if (hash.startsWith("fv=")) {
    try {
      const contact = JSON.parse(decodeURIComponent(hash.slice(3)));
      (window.firstContact ??= { q: [] }).q.push(["identify", contact]);
    } catch {
      // A damaged address only means that the visitor types it again.
    }
  } else {
    // The inquiry's id is the page's own, so that the native form and the scripted one are one inquiry.
    const [id, secret] = ["id", "secret"].map((name) => element.querySelector(`input[name=${name}]`)?.value);
    const recorded = element.querySelector("input[name=step]")?.value !== "contact";
    if (id && secret) element.setAttribute("inquiry", `${id}.${secret}`);
    if (id && recorded) element.setAttribute("asking", "");
  }
  if (parent === window) return;
  const tell = (message) => parent.postMessage(message, "*");
  new ResizeObserver(() => tell({ height: Math.ceil(document.documentElement.getBoundingClientRect().height) })).observe(document.documentElement);
  for (const name of ["recorded", "answered", "completed"]) {
    element.addEventListener(`firstcontact:${name}`, ({ detail }) => tell({ name, detail }));
  }
})();
