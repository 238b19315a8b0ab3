const TURNSTILE = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

const asked = (url) =>
  new Promise((resolve, reject) => {
    // Not by fetch: pages wrap that.
    const request = new XMLHttpRequest();
    request.onload = () => (request.status == 200 ? resolve(JSON.parse(request.responseText)) : reject(request.status));
    request.onerror = reject;
    request.open("GET", url);
    request.send();
  });

/** Turnstile's own script, which tells `given` its tokens; it shows itself only where it has a question. */
const askTurnstile = ({ box, tools: { draw } }, sitekey, given) => {
  const place = draw("div", {});
  const script = document.createElement("script");
  script.onload = () =>
    window.turnstile.render(place, {
      sitekey,
      appearance: "interaction-only",
      callback: given,
      "error-callback": () => true,
    });
  box.append(place);
  script.src = TURNSTILE;
  document.head.append(script);
};

const begun = new WeakSet();

/**
 * Does what this site asks of browsers. It begins when the visitor turns to the form and never stands in his way: the
 * inquiry is sent without it, and what was found out follows.
 */
export const prove = (visit) => {
  // A visitor may turn to the form more than once.
  if (begun.has(visit)) return;
  begun.add(visit);
  const { base, site, form, element, outbox } = visit;
  const { json } = visit.tools;
  let found = {};

  /** Follows the inquiry as a message of answers that answers nothing. */
  const send = () => {
    if (!visit.sent || !Object.keys(found).length) return;
    const [id, secret] = visit.ids;
    outbox.send(`/v1/inquiries/${id}/answers`, json({ site, secret, seq: 0, answers: {}, ...found })).catch(() => {});
    found = {};
  };
  const bring = (name, value) => {
    found[name] = value;
    send();
  };

  element.addEventListener("firstcontact:recorded", send, { once: true });
  if (form.guard.proof) {
    // The library lies in a file of its own, whose names are left as they are.
    Promise.all([import(new URL("work.js", import.meta.url)), asked(`${base}/v1/challenges/${site}`)])
      .then(([{ solve }, challenge]) => solve(challenge))
      .then((proof) => proof && bring("proof", proof))
      .catch(() => {});
  }
  if (form.guard.turnstile) askTurnstile(visit, form.guard.turnstile, (token) => bring("turnstile", token));
};
