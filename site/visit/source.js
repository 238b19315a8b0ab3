import { shared } from "./store.js";

const NAME = ":source";
const COOKIES = /^(_ga|_ga_\w+|_ym_uid|_ym_d|_fbc|_fbp|_ttp|_uetmsclkid|roistat_visit|roistat_first_visit|hubspotutk)$/;
const TAGGED =
  /[?&](utm_\w+|gclid|gbraid|wbraid|yclid|ymclid|fbclid|msclkid|ttclid|rb_clickid|vk_ads|roistat|_openstat|from|ref)=/;
const LONGEST = 512;
// A visit that has been quiet for longer than this is over.
const QUIET = 30 * 6e4;

const cookies = () => {
  const found = {};
  for (const each of document.cookie.split("; ")) {
    const at = each.indexOf("=");
    const name = each.slice(0, at);
    if (COOKIES.test(name)) found[name] = each.slice(at + 1).slice(0, LONGEST);
  }
  return found;
};

const now = () => new Date().toISOString();

/**
 * The first touch and the present one, kept across pages once the visitor has consented, and the cookies of
 * analytics systems. Until then everything is held in memory; after a refusal nothing is kept and what was is removed.
 * `here()` is what this page alone can know.
 */
export const openSource = ({ told, given }, here) => {
  const consented = () => told.consent ?? given("consent") == "granted";
  const refused = () => told.consent === false || given("consent") == "denied";
  const { landing, referrer } = here();
  const began = Date.now();
  let memory;

  /** What is known of the way here, this page included. */
  const touches = () => {
    const known = (consented() && shared.read(NAME)) || memory || {};
    const own = referrer.startsWith(location.origin + "/");
    // Tags inside the site's own links are the site's own doing, and no new way here.
    const isOutside = !own && (referrer || TAGGED.test(landing) || Date.now() - Date.parse(known.last?.seen) > QUIET);
    const isNew = !known.last || isOutside;
    const touch = { landing, referrer: own ? "" : referrer, at: new Date(began).toISOString() };
    const same = known.last?.landing == landing && known.last.referrer == touch.referrer;
    const last = isNew && !same ? touch : known.last;
    return { first: known.first || touch, last: { ...last, seen: now() } };
  };

  const keep = () => {
    if (refused()) {
      shared.remove(NAME);
      return;
    }
    memory = touches();
    if (consented()) shared.write(NAME, memory);
  };
  keep();

  return {
    consented,
    /** Consent was given or taken back. */
    keep,
    /** What goes with the inquiry over what the page alone knows. */
    source() {
      if (!consented()) return {};
      const { first, last } = touches();
      const found = cookies();
      const click = /[?&]fbclid=([^&#]+)/.exec(last.landing)?.[1];
      if (click && !found._fbc) found._fbc = `fb.1.${Date.parse(last.at)}.${click}`.slice(0, LONGEST);
      return { landing: last.landing, referrer: last.referrer, first, cookies: found };
    },
  };
};
