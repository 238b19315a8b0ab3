// The page without any form: what everything is measured against.
import { page } from "../page.mjs";

export default {
  id: "empty",
  name: "Empty page",
  open: () => page(),
  closed: () => page(),
  // There is no field: the page counts as usable when its heading is painted.
  first: { css: "h1" },
  way: [],
};
