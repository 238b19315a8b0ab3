import { contact as en } from "../words/en.json";
import { contact as ru } from "../words/ru.json";

const BUILT_IN = { ru, en };

/**
 * Speaks our own words: those set for this visit, those the form brings for a language of its own, the built-in
 * ones; English is better than nothing, word by word.
 */
export const speaker =
  ({ words }, lang, own) =>
  (word) =>
    own[word] ?? words?.[lang]?.[word] ?? BUILT_IN[lang]?.[word] ?? en[word];

/** The language to speak: the one asked for, else the page's, else the browser's, if the form or we speak it. */
export const language = (asked, { words, contact }) => {
  const [lang] = (asked || document.documentElement.lang || navigator.language).toLowerCase().split(/[-_]/);
  return BUILT_IN[lang] || words?.[lang] || contact.title[lang] ? lang : "en";
};

/** A wording of the form's owner, by the same rule as `form::Text::in_language`. */
export const inLanguage = (text = {}, lang) => text[lang] ?? text.en ?? Object.values(text)[0];
