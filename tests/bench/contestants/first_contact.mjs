// Ours, served by the real product on an origin of its own; the tag is the one a marketer copies.
import { page } from "../page.mjs";
import { answering, contact, questions } from "../questions.mjs";

const within = "first-contact";

/** The closed form is a popup. */
const closedTag = (address) => `<script async src="${address}" data-mode="popup"></script>`;

const address = ({ product }) => `${product.url}/embed/${product.site}/${product.form}.js`;

export default {
  id: "first_contact",
  name: "First Contact",
  ours: true,
  open: (servers) => page({ form: `<script async src="${address(servers)}"></script>` }),
  closed: (servers) => page({ end: closedTag(address(servers)) }),
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
