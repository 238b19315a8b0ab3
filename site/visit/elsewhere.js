const FRAME_PATIENCE = 6e3;

/** Calls `act` when the page's content policy forbids this kind of request to us; returns how to stop listening. */
export const whenForbidden = (here, kind, base, act) =>
  here(document, "securitypolicyviolation", ({ disposition, effectiveDirective, blockedURI }) => {
    // A policy on trial only reports, and everything goes through.
    if (disposition == "enforce" && effectiveDirective == kind && blockedURI.startsWith(base)) act();
  });

/**
 * Goes on in our own page: in a frame, and where the host allows no frames, behind a link.
 * The hash tells that page what this one knows; a hash is never sent over the network. `heard(name, detail)` is called
 * for what happens there; `here` listens to the page around it.
 */
export const goOnElsewhere = ({ card, base, name, lang, say, tools: { draw } }, here, hash, note, heard) => {
  const page = `${base}/f/${name}?lang=${lang}`;
  const frame = draw("iframe", { src: page + "&frame=1" + hash, title: say("elsewhere"), class: "more frame" });
  const deaf = here(window, "message", ({ origin, source, data }) => {
    if (!base.startsWith(origin) || source != frame.contentWindow) return;
    clearTimeout(patience);
    if (data.height) frame.height = data.height;
    if (data.name) heard(data.name, data.detail);
  });
  const link = () => {
    clearTimeout(patience);
    allowed();
    deaf();
    frame.replaceWith(
      draw(
        "div",
        { class: "more" },
        note && draw("p", { class: "note" }, note),
        draw("a", { href: page + hash, target: "_blank", rel: "noopener", class: "button" }, say("elsewhere")),
      ),
    );
  };
  const patience = setTimeout(link, FRAME_PATIENCE);
  const allowed = whenForbidden(here, "frame-src", base, link);
  card.append(frame);
};
