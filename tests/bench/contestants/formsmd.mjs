// formsmd with the bundle and the style sheet of its package; one slide per step. The slides are written out here,
// so that the page needs only its renderer and not its composer.
import { page } from "../page.mjs";
import { packageFile, packageModule } from "../packages.mjs";
import { answering, contact, questions, thanks } from "../questions.mjs";

const within = "#form";
const next = { css: ".fmd-slide-active button[type=submit]" };
// Its lists of choices are divided by commas, so none may stand inside a choice.
const written = (text) => text.replaceAll(",", ";");

const template = () => {
  const { Composer } = packageModule("formsmd/src/composer.js");
  const composer = new Composer({ id: "bench", postUrl: "/lead", formStyle: "classic" });
  composer.textInput("name", { question: contact.name });
  composer.textInput("reach", { question: contact.reach, required: true });
  for (const { id, text, choices } of questions) {
    composer.slide({});
    composer.choiceInput(id, { question: text, choices: choices.map(({ text }) => written(text)) });
  }
  composer.endSlide({});
  composer.p(thanks);
  return composer.template;
};

const script = () => `addEventListener("DOMContentLoaded", () =>
  new Formsmd(${JSON.stringify(template())}, document.getElementById("form"), {
    saveState: false, formsmdBranding: "hide", pageProgress: "hide", footer: "hide",
  }).init());`;

const head = ({ others }) => `<link rel="stylesheet" href="${others.url}/formsmd/formsmd.css">
<script defer src="${others.url}/formsmd/formsmd.js"></script>`;

export default {
  id: "formsmd",
  name: "formsmd",
  package: "formsmd",
  async serve({ others, site }) {
    others.file("/formsmd/formsmd.js", "js", await packageFile("formsmd/dist/js/formsmd.bundle.min.js"));
    others.file("/formsmd/formsmd.css", "css", await packageFile("formsmd/dist/css/formsmd.min.css"));
    site.answers(/^\/lead$/, () => ({}));
  },
  open: (servers) => page({ head: head(servers), form: `<div id="form"></div>\n<script>${script()}</script>` }),
  closed: (servers) => page({ head: head(servers) }),
  first: { within, css: "input[type=text]" },
  way: [
    {
      name: "contact",
      fills: [
        [{ within, css: "input[type=text]" }, contact.typed.name],
        [{ within, css: "[name=reach]" }, contact.typed.reach],
      ],
      taps: [{ within, ...next }],
      sees: { within, text: questions[0].text },
    },
    ...answering({ within, goOn: () => next, end: { within, text: thanks } }),
  ],
};
