// SurveyJS with the two scripts and the style sheet its documentation puts on a page without a framework.
import { page } from "../page.mjs";
import { packageFile } from "../packages.mjs";
import { answering, contact, questions, thanks } from "../questions.mjs";

const within = "#survey";
const next = { css: ".sd-navigation__next-btn, .sd-navigation__complete-btn" };

const model = {
  completedHtml: `<p>${thanks}</p>`,
  pages: [
    { elements: [{ type: "text", name: "name", title: contact.name }, { type: "text", name: "reach", title: contact.reach }] },
    ...questions.map(({ id, text, choices }) => ({
      elements: [{ type: "radiogroup", name: id, title: text, choices: choices.map(({ code, text }) => ({ value: code, text })) }],
    })),
  ],
};

const head = ({ others }) => `<link rel="stylesheet" href="${others.url}/surveyjs/survey.css">
<script defer src="${others.url}/surveyjs/core.js"></script>
<script defer src="${others.url}/surveyjs/ui.js"></script>`;

export default {
  id: "surveyjs",
  name: "SurveyJS",
  package: "survey-js-ui",
  async serve({ others }) {
    others.file("/surveyjs/core.js", "js", await packageFile("survey-core/survey.core.min.js"));
    others.file("/surveyjs/ui.js", "js", await packageFile("survey-js-ui/survey-js-ui.min.js"));
    others.file("/surveyjs/survey.css", "css", await packageFile("survey-core/survey-core.fontless.min.css"));
  },
  open: (servers) =>
    page({
      head: head(servers),
      form: `<div id="survey"></div>
<script>addEventListener("DOMContentLoaded", () => new Survey.Model(${JSON.stringify(model)}).render(document.getElementById("survey")))</script>`,
    }),
  closed: (servers) => page({ head: head(servers) }),
  first: { within, css: "input[type=text]" },
  way: [
    {
      name: "contact",
      fills: [
        [{ within, css: "[data-name=name] input" }, contact.typed.name],
        [{ within, css: "[data-name=reach] input" }, contact.typed.reach],
      ],
      taps: [{ within, ...next }],
      sees: { within, text: questions[0].text },
    },
    ...answering({ within, goOn: () => next, end: { within, text: thanks } }),
  ],
};
