import { wordsOf } from "./speak.js";

/** Our words for why a file was not kept, by the code of the refusal. */
const WHY = { file_too_large: "too_large", file_kind_refused: "wrong_kind", too_many_files: "too_many" };

/**
 * Asks for a file once more when the ledger has refused the one that was sent: with the question's own words, why, and
 * a place to choose another, below whatever the visitor is answering meanwhile. `choose(file)` is called with it.
 */
export const askForFile = ({ card, lang, worded, tools: { draw } }, { questions = [], words }, question, code, choose) => {
  const say = wordsOf("questions", lang, words);
  const { text, endings = [] } = questions.find(({ id }) => id == question) || {};
  const why = WHY[code] || "not_attached";
  const field = draw("input", {
    type: "file",
    class: "field",
    accept: endings.length ? endings.map((ending) => "." + ending).join() : null,
    "aria-label": say.attach,
  });
  const place = draw(
    "div",
    { class: why == "too_many" ? "more" : "more again" },
    draw("p", { class: "label" }, worded(text)),
    draw("p", { class: "fault", role: "alert" }, say[why]),
    why != "too_many" && field,
  );
  field.addEventListener("change", () => {
    const [file] = field.files;
    if (!file) return;
    place.replaceWith(draw("p", { class: "soft", role: "status" }, say.attached));
    choose(file);
  });
  card.append(place);
};
