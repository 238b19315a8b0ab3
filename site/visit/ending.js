const PAUSE = 2500;

/** Draws what the owner says at the end; where questions were asked in the page, the module draws it itself. */
export const drawEnd = ({ card, worded, tools: { draw } }, { title, text, file } = {}) => {
  const [heading, words] = [title, text].map(worded);
  const url = /^https:/.test(file?.url) && file.url;
  if (!heading && !words && !url) return;
  card.append(
    draw(
      "div",
      { class: "more" },
      heading && draw("h2", { class: "heading", tabindex: -1 }, heading),
      words && draw("p", { class: "soft" }, words),
      url && draw("a", { href: url, target: "_blank", rel: "noopener", class: "button" }, worded(file.text) || url),
    ),
  );
};

/**
 * Goes to the owner's page after a pause, in which the thanks can be read: `https`, or a path of the host's site.
 * What is still on its way, a large file for one, is waited for, and so is the choice of another file; a form that is no longer there leads nowhere.
 */
export const redirect = (visit, to) => {
  const { given, outbox, card } = visit;
  const allowed = given("hosted") == null ? /^(https:\/\/|\/(?![/\\]))/ : /^https:\/\//;
  const go = () => {
    if (visit.live.aborted) return;
    if (outbox.unsent.size || card.querySelector(".again")) setTimeout(go, PAUSE);
    else location.assign(to);
  };
  // In a frame of ours the page around it goes.
  if (given("framed") == null && allowed.test(to)) setTimeout(go, PAUSE);
};
