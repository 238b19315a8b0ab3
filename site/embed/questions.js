import { draw } from "./draw.js";
import { reached } from "./goals.js";
import { dress } from "./look.js";

const { fetch } = window;
const { stringify } = JSON;

const MODULE_PATIENCE = 8e3;
const FRAME_PATIENCE = 6e3;

let loading;

/** Fetches the module with the questions, once per page, on the first sign that somebody wants the form. */
export const preload = (base) =>
  (loading =
    loading ||
    // Both files at once: neither waits for the other's way over the network.
    Promise.all([import(base + WIDGET_URL), fetch(base + WIDGET_URL.replace(".js", "_bg.wasm"))])
      .then(([glue, module_or_path]) => glue.default({ module_or_path }).then(() => glue))
      .catch((error) => {
        loading = null;
        throw error;
      }));

/** Calls `act` when the page's content policy forbids this kind of request to us; returns how to stop listening. */
export const whenForbidden = (kind, base, act) => {
  const hear = ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective == kind && blockedURI.startsWith(base)) act();
  };
  document.addEventListener("securitypolicyviolation", hear);
  return () => document.removeEventListener("securitypolicyviolation", hear);
};

/**
 * Asks the questions of a recorded inquiry, by the highest rung of the ladder that holds: the module here,
 * our own page in a frame, a link to our own page. Answers are numbered from `seq` + 1.
 */
export const ask = async ({ card, base, site, form, lang, emit, goOn }, outbox, [id, secret], seq) => {
  // The first question is announced when it appears; the module takes the announcing over from then on.
  const room = draw("div", { class: "more questions", "aria-live": "polite" });
  const lower = () => {
    room.remove();
    goOn(`#fc=${id}.${secret}`);
  };
  const send = (body) =>
    outbox
      .send(
        `/v1/inquiries/${id}/answers`,
        // Put together as text: pages with a damaged Array.prototype.toJSON must not touch the answers.
        `{"site":${stringify(site)},"secret":${stringify(secret)},` + body.slice(1),
      )
      .catch((refusal) => emit("error", refusal));
  const on = (name, detail) => {
    if (name == "style") dress(card.getRootNode(), detail);
    else if (name == "panic") lower();
    else emit(name, JSON.parse(detail));
  };
  card.append(room);
  try {
    const now = new Date();
    const today = new Date(now - now.getTimezoneOffset() * 6e4).toISOString().slice(0, 10);
    const late = new Promise((_, reject) => setTimeout(reject, MODULE_PATIENCE));
    const glue = await Promise.race([preload(base), late]);
    glue.start(room, stringify({ form, lang, seq, today }), send, on);
  } catch {
    lower();
  }
};

/**
 * Goes on in our own page: in a frame, and where the host allows no frames, behind a link.
 * The hash tells that page what this one knows; a hash is never sent over the network.
 */
export const elsewhere = ({ card, base, site, form, lang, say, emit }, hash, note) => {
  const page = `${base}/f/${site}/${form.id}?lang=${lang}`;
  const frame = draw("iframe", { src: page + "&frame=1" + hash, title: say("elsewhere"), class: "more frame" });
  const hear = ({ origin, source, data }) => {
    if (!base.startsWith(origin) || source != frame.contentWindow) return;
    clearTimeout(patience);
    if (data.height) frame.height = data.height;
    if (data.name) emit(data.name, data.detail);
    if (data.name == "recorded") reached(form.id);
  };
  const link = () => {
    clearTimeout(patience);
    allowed();
    removeEventListener("message", hear);
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
  const allowed = whenForbidden("frame-src", base, link);
  addEventListener("message", hear);
  card.append(frame);
};
