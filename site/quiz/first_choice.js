import { quiz as en } from "../words/en.json";
import { quiz as ru } from "../words/ru.json";
import css from "./choices.css";

const WORDS = { en, ru };

/**
 * The first question of a quiz, drawn without WebAssembly so that it is there at once: the Worker puts this beside the
 * definitions that need it. Only choices come here, with or without pictures, and scales; the words that a choice takes
 * besides are asked for by the module, after the tap. `answer` is called once: with a code, a list of codes, a number,
 * or null for a skip.
 */
export const firstChoice = ({ kind, text, lead_in, choices = [], min = 1, max = 5, low, high }, visit, answer) => {
  const { shadow, lang, form, worded, tools } = visit;
  const { draw, dress } = tools;
  const say = (word) => form.words?.[lang]?.[word] ?? (WORDS[lang] || en)[word];
  const several = kind == "several";
  const scale = kind == "scale";
  // As many buttons as the module draws, by `LONGEST_SCALE`.
  const items = scale ? Array.from({ length: Math.min(max - min + 1, 11) }, (_, at) => ({ code: min + at })) : choices;
  const chosen = new Set();
  let given;

  const give = (value) => {
    if (!given) answer(value);
    given = true;
  };
  const press = (button, code) => {
    const isIn = !chosen.delete(code);
    if (isIn) chosen.add(code);
    button.setAttribute("aria-pressed", isIn);
    if (!several) give(code);
  };
  const tap = (name, words, act, pressed, picture) => {
    // The words say what is on the picture.
    const shown = /^https:/.test(picture) && draw("img", { class: "picture", src: picture, alt: "" });
    const button = draw("button", { type: "button", class: name, "aria-pressed": pressed }, shown, draw("span", {}, words));
    button.addEventListener("click", () => act(button));
    return button;
  };
  const buttons = items.map(({ code, text, picture }) =>
    tap("choice", worded(text) ?? String(code), (button) => press(button, code), several ? false : null, picture),
  );
  const looks = ["choices", scale && "scale", scale && items[6] && "long", items.some(({ picture }) => picture) && "pictures"];
  const leadIn = worded(lead_in);
  const node = draw(
    "div",
    { class: "question", role: "group", "aria-labelledby": "title" },
    draw("h2", { id: "title", class: "heading", tabindex: -1 }, worded(text)),
    leadIn && draw("p", { class: "soft" }, leadIn),
    draw("div", { class: looks.filter(Boolean).join(" ") }, ...buttons),
    (low || high) && draw("div", { class: "ends" }, ...[low, high].map((end) => draw("span", {}, worded(end)))),
    several && tap("button", say("go_on"), () => give(chosen.size ? [...chosen] : null)),
    tap("skip", say("skip"), () => give(null)),
  );
  node.addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey, repeat }) => {
    // The digit on a scale is the number on it.
    if (!repeat && !ctrlKey && !altKey && !metaKey && /^\d$/.test(key)) buttons[key - (scale ? min : 1)]?.click();
  });
  dress(shadow, css);
  return node;
};
