// Ours, served by the real product on an origin of its own; the tag is the one a marketer copies.
import { readFile } from "node:fs/promises";

import { page } from "../page.mjs";
import { answering, contact, questions } from "../questions.mjs";

const within = "first-contact";
const loader = new URL("../../../target/site-build/loader.js", import.meta.url);

/** The closed form is a popup; an embed script that knows no modes yet stands inline, far below the window. */
const closedTag = async (address) =>
  (await readFile(loader, "utf8")).includes('"popup"')
    ? `<script async src="${address}" data-mode="popup"></script>`
    : `<div style="height:4000px"></div><script async src="${address}"></script>`;

const address = ({ product }) => `${product.url}/embed/${product.site}/${product.form}.js`;

export default {
  id: "first_contact",
  name: "First Contact",
  ours: true,
  open: (servers) => page({ form: `<script async src="${address(servers)}"></script>` }),
  closed: async (servers) => page({ end: await closedTag(address(servers)) }),
  first: { within, css: "form [name=name]" },
  way: [
    {
      name: "contact",
      fills: [
        [{ within, css: "[name=name]" }, contact.typed.name],
        [{ within, css: "[name=reach]" }, contact.typed.reach],
      ],
      ticks: [{ within, css: "[name=consent]" }],
      taps: [{ within, css: "form button", text: contact.send }],
      sees: { within, text: questions[0].text },
    },
    ...answering({ within, choice: ({ tap }) => ({ within, css: "button", text: tap }), end: { within, css: "[part=done]" } }),
  ],
};
