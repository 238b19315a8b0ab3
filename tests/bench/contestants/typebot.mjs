// Typebot: its web component with the chat beside it. Every answer asks its server for the next question; ours here
// answers at once, so that only the network is in between. Typing emulation and web fonts are off.
import { page } from "../page.mjs";
import { packageFile } from "../packages.mjs";
import { answering, contact, questions, thanks } from "../questions.mjs";

const within = "typebot-standard";

const bubble = (id, text) => ({ id: `says-${id}`, type: "text", content: { type: "richText", richText: [{ type: "p", children: [{ text }] }] } });
const field = (id) => ({ id, type: "text input", options: { labels: { placeholder: "", button: contact.send } } });
const turns = [
  { messages: [bubble("name", contact.name)], input: field("name") },
  { messages: [bubble("reach", contact.reach)], input: field("reach") },
  ...questions.map(({ id, text, choices }) => ({
    messages: [bubble(id, text)],
    input: { id, type: "choice input", items: choices.map(({ code, text }) => ({ id: `${id}-${code}`, content: text })), options: {} },
  })),
  { messages: [bubble("end", thanks)] },
];

const typebot = {
  id: "bench",
  version: "6.1",
  settings: { general: { isBrandingEnabled: false }, typingEmulation: { enabled: false, delayBetweenBubbles: 0 } },
  theme: { general: { font: { type: "Custom", family: "system-ui" } }, chat: { hostAvatar: { isEnabled: false } } },
};

const tag = ({ others }, call) => `<script type="module">
import Typebot from ${JSON.stringify(`${others.url}/typebot/web.js`)};
Typebot.${call}({ typebot: "bench", apiHost: ${JSON.stringify(others.url)} });
</script>`;

export default {
  id: "typebot",
  name: "Typebot",
  package: "@typebot.io/js",
  async serve({ others }) {
    others.file("/typebot/web.js", "js", await packageFile("@typebot.io/js/dist/web.js"));
    // There is one visitor at a time.
    let at = 0;
    others.answers(/\/startChat$/, () => ({ sessionId: "bench", typebot, ...turns[(at = 0)] }));
    others.answers(/\/continueChat$/, () => turns[++at]);
    others.answers(/\/api\/.*[lL]ogs$/, () => ({}));
  },
  open: (servers) => page({ form: `<typebot-standard style="width:100%;height:600px"></typebot-standard>\n${tag(servers, "initStandard")}` }),
  closed: (servers) => page({ end: tag(servers, "initPopup") }),
  first: { within, css: "input" },
  way: [
    { name: "name", fills: [[{ within, css: "input" }, contact.typed.name]], taps: [{ within, css: "button", text: contact.send }], sees: { within, text: contact.reach } },
    { name: "contact", fills: [[{ within, css: "input" }, contact.typed.reach]], taps: [{ within, css: "button", text: contact.send }], sees: { within, text: questions[0].text } },
    ...answering({ within, choice: ({ tap }) => ({ within, css: "button", text: tap }), end: { within, text: thanks } }),
  ],
};
