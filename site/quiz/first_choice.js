import css from "./choices.css";

/**
 * The first question of a quiz, drawn without WebAssembly so that it is there at once: the Worker puts this beside the
 * definitions that need it. Only choices come here, with or without pictures; `answer` is called once: with a code, a list of codes, or
 * null for a skip.
 */
export const firstChoice = ({ kind, text, lead_in, choices }, { shadow, lang, say, tools }, answer) => {
  const { draw, dress, inLanguage } = tools;
  const several = kind == "several";
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
  const buttons = choices.map(({ code, text, picture }) =>
    tap("choice", inLanguage(text, lang), (button) => press(button, code), several ? false : null, picture),
  );
  const look = choices.some(({ picture }) => picture) ? "choices pictures" : "choices";
  const leadIn = inLanguage(lead_in, lang);
  const node = draw(
    "div",
    { class: "question", role: "group", "aria-labelledby": "title" },
    draw("h2", { id: "title", class: "heading", tabindex: -1 }, inLanguage(text, lang)),
    leadIn && draw("p", { class: "soft" }, leadIn),
    draw("div", { class: look }, ...buttons),
    several && tap("button", say("go_on"), () => give(chosen.size ? [...chosen] : null)),
    tap("skip", say("skip"), () => give(null)),
  );
  node.addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey, repeat }) => {
    if (!repeat && !ctrlKey && !altKey && !metaKey) buttons[key - 1]?.click();
  });
  dress(shadow, css);
  return node;
};
