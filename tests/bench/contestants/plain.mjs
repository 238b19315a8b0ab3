// The floor: a form written by hand for this one page, with its style sheet and its script from the page's own site.
// It answers at once and sends at the end; it keeps nothing, retries nothing and qualifies nobody.
import { readFile } from "node:fs/promises";

import { page } from "../page.mjs";
import { answering, contact, questions, thanks } from "../questions.mjs";

const read = (name) => readFile(new URL(`../pages/${name}`, import.meta.url), "utf8");
const within = "#lead";

const steps = questions.map(
  ({ id, text, choices }) =>
    `<fieldset hidden><legend>${text}</legend><input type="hidden" name="${id}">` +
    choices.map(({ code, text }) => `<button type="button" value="${code}">${text}</button>`).join("") +
    "</fieldset>",
);
const form = (await read("plain.html")).replace("{{QUESTIONS}}", steps.join("\n  "));

export default {
  id: "plain",
  name: "Plain HTML form",
  async serve({ site }) {
    site.file("/plain.css", "css", await read("plain.css"));
    site.file("/plain.js", "js", await read("plain.js"));
    site.answers(/^\/lead$/, () => ({}));
  },
  open: () =>
    page({ head: '<link rel="stylesheet" href="/plain.css">\n<script defer src="/plain.js"></script>', form }),
  first: { css: `${within}.listening [name=name]` },
  way: [
    {
      name: "contact",
      fills: [
        [{ within, css: "[name=name]" }, contact.typed.name],
        [{ within, css: "[name=reach]" }, contact.typed.reach],
      ],
      taps: [{ within, text: contact.send }],
      sees: { within, text: questions[0].text },
    },
    ...answering({ within, choice: ({ tap }) => ({ within, css: "button", text: tap }), end: { within, text: thanks } }),
  ],
};
