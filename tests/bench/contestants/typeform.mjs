// The Typeform loader. Its form lives on Typeform's own servers, so it is only measured closed, as a button that
// would open it. The loader asks Typeform's servers for a style sheet, which they can't be asked for here: in its
// favour, that costs it nothing.
import { page } from "../page.mjs";
import { packageFile } from "../packages.mjs";

export default {
  id: "typeform",
  name: "Typeform loader",
  package: "@typeform/embed",
  async serve({ others }) {
    others.file("/typeform/embed.js", "js", await packageFile("@typeform/embed/build/embed.js"));
  },
  closed: ({ others }) =>
    page({ end: `<button data-tf-popup="bench">Ask for a price</button>\n<script src="${others.url}/typeform/embed.js"></script>` }),
};
