import { json } from "../embed/json.js";

// What is kept in the visitor's browser, all of it under names that begin with this.
const NAME = "firstcontact";

/** One of the browser's stores of texts; where it is forbidden, nothing is kept and nothing breaks. */
const texts = (kind) => {
  const attempt = (act) => {
    try {
      return act(window[kind]);
    } catch {
      return undefined;
    }
  };
  return {
    read(name) {
      try {
        return JSON.parse(attempt((store) => store.getItem(NAME + name)));
      } catch {
        return null;
      }
    },
    /** True when it is kept. */
    write: (name, value) =>
      !!attempt((store) => {
        store.setItem(NAME + name, json(value));
        return true;
      }),
    remove: (name) => attempt((store) => store.removeItem(NAME + name)),
    names: () =>
      attempt((store) => Object.keys(store).filter((name) => name.startsWith(NAME)).map((name) => name.slice(NAME.length))) || [],
  };
};

/** What every page of this site shares. */
export const shared = texts("localStorage");

/** What belongs to this tab. */
export const ofThisTab = texts("sessionStorage");
