/** Our own words: Russian, English. */
const WORDS = {
  name: ["Имя", "Name"],
  reach: ["Телефон, почта или мессенджер", "Phone, e-mail or messenger"],
  message: ["Сообщение", "Message"],
  best_time: ["Удобное время", "Best time"],
  optional: ["необязательно", "optional"],
  send: ["Отправить", "Send"],
  sending: ["Отправляем…", "Sending…"],
  again: ["Попробовать сейчас", "Try now"],
  contact_missing: [
    "Напишите телефон, почту или имя в мессенджере.",
    "Please write a phone, an e-mail or a messenger name.",
  ],
  consent_missing: ["Отметьте согласие, чтобы мы могли ответить.", "Please tick this box so that we may answer."],
  waiting: [
    "Пока не отправилось, мы продолжаем пробовать. Не закрывайте страницу, пожалуйста.",
    "Not through yet, we keep trying. Please do not close this page.",
  ],
  refused: ["Отсюда отправить не получилось.", "It could not be sent from here."],
  thanks: ["Спасибо! Мы уже записали ваше обращение и ответим ", "Thank you! Your request is recorded; we will answer "],
  soon: ["в ближайшее время", "soon"],
  more: ["Подробнее", "Read more"],
  elsewhere: ["Продолжить на нашей странице", "Continue on our page"],
};

/** Speaks our own words in the visitor's language. */
export const speaker = (lang) => (word) => (WORDS[word] || [])[lang == "ru" ? 0 : 1];

/** The language to speak: the one asked for, else the page's, else the browser's, reduced to what we have. */
export const language = (asked) =>
  /^ru\b/i.test(asked || document.documentElement.lang || navigator.language) ? "ru" : "en";

/** A wording of the form's owner, by the same rule as `form::Text::in_language`. */
export const inLanguage = (text = {}, lang) => text[lang] ?? text.en ?? Object.values(text)[0];
