import { address } from "./address.js";

const { fetch } = window;
const { parse } = JSON;

const MODULE_PATIENCE = 8e3;

let module;
const forms = new Map();

// A page's own fetch may add what a preflight forbids; this asks plainly.
const plainly = (url, type) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.onload = () => (request.status == 200 ? resolve(request.response) : reject(request.status));
    request.onerror = reject;
    request.open("GET", url);
    request.responseType = type;
    request.send();
  });

/** The module's bytes: by fetch it is compiled while it comes. */
const module_or_path = (url) => fetch(url, { credentials: "omit" }).catch(() => plainly(url, "arraybuffer"));

/** The module with the questions, once per page. It lies beside this script. */
const glue = () =>
  (module ||= Promise.all([
    // Both files at once: neither waits for the other's way over the network.
    import(new URL("widget.js", import.meta.url)),
    module_or_path(new URL("widget_bg.wasm", import.meta.url)),
  ])
    .then(([glue, module_or_path]) => glue.default({ module_or_path }).then(() => glue))
    .catch((error) => {
      module = null;
      throw error;
    }));

/**
 * The published form as text: of the very version whose first step the visitor saw, so that whoever began on version
 * 3 finishes on version 3.
 */
export const publishedForm = ({ base, name, form, context }) => {
  const url = `${base}/v1/forms/${name}/${context.version || form.version}`;
  if (!forms.has(url)) {
    const found = plainly(url, "text");
    forms.set(url, found);
    found.catch(() => forms.delete(url));
  }
  return forms.get(url);
};

/** Begins to fetch what the questions need. */
export const preload = (visit) => {
  if (visit.form.asks) Promise.all([glue(), publishedForm(visit)]).catch(() => {});
};

const today = () => {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 6e4).toISOString().slice(0, 10);
};

/** What conditions and wordings may use of the visitor's way here. */
export const wayHere = ({ landing, referrer }) => {
  const found = {};
  const { searchParams, pathname } = address(landing);
  for (const tag of ["source", "medium", "campaign", "content", "term"]) {
    found["utm_" + tag] = searchParams?.get("utm_" + tag) ?? undefined;
  }
  return { ...found, landing: pathname, referrer: address(referrer).hostname };
};

/**
 * The module, the form as text, and what the module is told of the visit; from now on it fills every wording with what
 * was answered, too. Rejects when the module cannot be had.
 */
export const takeUpModule = async (visit, way) => {
  const { lang, worded, tools } = visit;
  const { json, device, hiddenFields, inLanguage } = tools;
  const late = new Promise((_, reject) => setTimeout(reject, MODULE_PATIENCE));
  const [questions, form] = await Promise.race([Promise.all([glue(), publishedForm(visit)]), late]);
  const options = (more) => {
    const told = {
      // Conditions hold by the language the inquiry was recorded in; words are those of the page he is on now.
      lang: visit.context.lang || lang,
      speaks: lang,
      today: today(),
      answers: visit.answers,
      device: device(),
      name: visit.contact?.name || visit.context.name || visit.told.person.name || "",
      fields: visit.context.fields || hiddenFields(visit),
      source: way(),
      ...more,
    };
    return `{"form":${form},` + json(told).slice(1);
  };
  visit.worded = (text) => {
    try {
      return questions.pipe(options(), inLanguage(text, lang));
    } catch {
      return worded(text);
    }
  };
  return [questions, form, options];
};

/**
 * Asks the questions by the highest rung of the ladder: the module, in this page. Answers are numbered from `seq` + 1.
 * Rejects when the module cannot be had.
 */
export const start = async (visit, seq, words, way, { send, on, attach, place }) => {
  const [questions, form, options] = await takeUpModule(visit, way);
  const root = place();
  if (!root) return;
  const more = { seq, words: words(parse(form).words), contact_follows: visit.form.contact.place == "last" && !visit.sent };
  questions.start(root, options(more), send, on, attach);
};
