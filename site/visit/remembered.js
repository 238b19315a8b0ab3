import { ofThisTab, shared } from "./store.js";

const FRESH = 36e5;

/** A number of 53 bits that says whether two contacts are the same, and nothing else. */
const digest = (contact) => {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (const sign of ["name", "reach", "message", "best_time"].map((name) => contact[name] || "").join("\n")) {
    high = Math.imul(high ^ sign.codePointAt(0), 2654435761);
    low = Math.imul(low ^ sign.codePointAt(0), 1597334677);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
};

/**
 * What was sent of one form from this browser, for an hour: the same contact sent again, from a second tab, after the
 * back button or a reload, is the same inquiry. And what this tab has recorded and not finished, so that a reload
 * goes on where the visitor was.
 */
export const remembered = ({ name }) => {
  /** Of every form; what is older than an hour is as good as gone. */
  const fresh = () =>
    Object.fromEntries(Object.entries(shared.read(":sent") || {}).filter(([, { at }]) => Date.now() - at < FRESH));
  const write = (entries) => (Object.keys(entries).length ? shared.write(":sent", entries) : shared.remove(":sent"));
  const put = (entry) => write({ ...fresh(), [name]: entry });
  const known = () => fresh()[name];
  // Whoever turns to a form again after that hour finds nothing left of the last time.
  write(fresh());
  return {
    last: known,
    known: (contact) => (known()?.digest == digest(contact) ? known() : undefined),
    minted: (contact, ids, context) => put({ digest: digest(contact), ids, context, at: Date.now() }),
    recorded: (reply) => known() && put({ ...known(), reply }),
    /** Where the visitor is; null when he is through. */
    going(state) {
      if (state) ofThisTab.write(":visit:" + name, { ...state, at: Date.now() });
      else ofThisTab.remove(":visit:" + name);
      const names = ofThisTab.names().filter((each) => each.startsWith(":visit:"));
      if (names.length) ofThisTab.write("", names.join(" "));
      else ofThisTab.remove("");
    },
    gone() {
      const state = ofThisTab.read(":visit:" + name);
      return state && Date.now() - state.at < FRESH ? state : undefined;
    },
  };
};
