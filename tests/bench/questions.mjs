// The five steps that everybody shows: a way to be reached, then need, buying stage, timing and payment, in the
// words of the product's own ready questions. The answers tapped are those after which no further question comes
// in between, so that every form has the same way.
import { readFile } from "node:fs/promises";

const ready = JSON.parse(await readFile(new URL("../../crates/form/src/ready/questions.json", import.meta.url), "utf8"));
const taps = { need: "looking", buying_stage: "idea", timing: "month", pay: "own" };

/** `[{ id, text, choices: [{ code, text }], tap }]`; `tap` is the text of the choice that is tapped. */
export const questions = Object.entries(taps).map(([id, code]) => {
  const question = ready.find((known) => known.id === id);
  const choices = question.choices.map((choice) => ({ code: choice.code, text: choice.text.en }));
  return { id, text: question.text.en, choices, tap: choices.find((choice) => choice.code === code).text };
});

export const contact = {
  title: "How can we reach you?",
  name: "Name",
  reach: "Phone or e-mail",
  send: "Send",
  typed: { name: "Ivan Petrov", reach: "+7 999 123-45-67" },
};
export const thanks = "Thank you! We will call you back.";

/**
 * What a visitor does at the four questions: taps a choice and, where a form wants it, a button to go on, and then
 * sees the next question. `what` are places for the probe to look at, see probe.js.
 */
export const answering = ({ within, choice = (question) => ({ within, text: question.tap }), goOn, end }) =>
  questions.map((question, at) => ({
    name: question.id,
    taps: [choice(question), goOn && { within, ...goOn(question) }].filter(Boolean),
    sees: questions[at + 1] ? { within, text: questions[at + 1].text } : end,
    // The end is no question: it is waited for and noted, but not counted.
    counts: !!questions[at + 1],
  }));
