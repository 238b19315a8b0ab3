import { questions, visit } from "../words/en.json";
import { questions as russianQuestions, visit as russianVisit } from "../words/ru.json";

const WORDS = { en: { questions, visit }, ru: { questions: russianQuestions, visit: russianVisit } };

/** Our own words of one part (`visit`, `questions`), by name: the form's own over the built-in ones over English. */
export const wordsOf = (part, lang, own) => ({ ...WORDS.en[part], ...WORDS[lang]?.[part], ...own?.[lang] });
