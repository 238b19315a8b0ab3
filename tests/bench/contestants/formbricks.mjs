// @formbricks/surveys, the renderer that Formbricks puts on other people's pages, with the survey handed over by the
// page. One question per screen, so name and phone are two screens. Its module is minified and split with esbuild,
// which is smaller than the ready bundle in the package.
import { page } from "../page.mjs";
import { answering, contact, questions, thanks } from "../questions.mjs";
import { bundle } from "../packages.mjs";

const within = "#survey";
const next = { css: "button[type=submit]" };

const survey = {
  id: "bench",
  name: "bench",
  type: "link",
  status: "inProgress",
  welcomeCard: { enabled: false },
  thankYouCard: { enabled: true, headline: thanks },
  styling: {},
  questions: [
    { id: "name", type: "openText", headline: contact.name, required: false, inputType: "text", longAnswer: false },
    { id: "reach", type: "openText", headline: contact.reach, required: true, inputType: "text", longAnswer: false },
    ...questions.map(({ id, text, choices }) => ({
      id,
      type: "multipleChoiceSingle",
      headline: text,
      required: false,
      choices: choices.map(({ code, text }) => ({ id: code, label: text })),
    })),
  ],
};

const script = ({ others }) => `${others.url}/formbricks/index.js`;

export default {
  id: "formbricks",
  name: "Formbricks",
  package: "@formbricks/surveys",
  async serve({ others }) {
    for (const [name, text] of await bundle('export * from "@formbricks/surveys"')) others.file(`/formbricks/${name}`, "js", text);
  },
  open: (servers) =>
    page({
      form: `<div id="survey"></div>
<script type="module">
import { renderSurveyInline } from ${JSON.stringify(script(servers))};
renderSurveyInline({ containerId: "survey", brandColor: "#0d6b5b", isBrandingEnabled: false, survey: ${JSON.stringify(survey)} });
</script>`,
    }),
  // It has no smaller part for pages on which nothing is open yet.
  closed: (servers) => page({ end: `<script type="module" src="${script(servers)}"></script>` }),
  first: { within, css: "input" },
  way: [
    { name: "name", fills: [[{ within, css: "input" }, contact.typed.name]], taps: [{ within, ...next }], sees: { within, text: contact.reach } },
    { name: "contact", fills: [[{ within, css: "input" }, contact.typed.reach]], taps: [{ within, ...next }], sees: { within, text: questions[0].text } },
    ...answering({ within, goOn: () => next, end: { within, text: thanks } }),
  ],
};
