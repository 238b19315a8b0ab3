import { address } from "./address.js";

const CLICKS = "gclid gbraid wbraid yclid ymclid fbclid msclkid ttclid rb_clickid roistat".split(" ");
const TAGS = ["utm_source", "utm_medium", "utm_campaign"];

/** Where the visitor came from, without anything that is his alone: of a click's number only the name of its key. */
const origin = ({ landing, referrer }) => {
  const query = new URLSearchParams(landing.split("?")[1]?.split("#")[0]);
  const source = {};
  for (const tag of TAGS) if (query.get(tag)) source[tag] = query.get(tag);
  const click = CLICKS.find((name) => query.has(name));
  if (click) source.click = click;
  const { host } = address(referrer);
  if (host) source.referrer = host;
  return source;
};

/**
 * Counts how far visitors come, per question, and says so once when the page goes out of sight: no id, no address of
 * a person, nothing that was typed. What comes later goes with the next time.
 */
export const openCounts = ({ base, site, form }, here, source) => {
  let steps = {};
  let hour;
  const seen = new Set();
  const tell = () => {
    if (!Object.keys(steps).length) return;
    const body = JSON.stringify({ site, form: form.id, version: form.version, source: origin(source()), steps, hour });
    steps = {};
    try {
      navigator.sendBeacon(base + "/v1/counts", body);
    } catch {
      // A browser without beacons is not counted.
    }
  };
  here(document, "visibilitychange", () => document.hidden && tell());
  here(window, "pagehide", tell);
  return {
    tell,
    /** Counts a step once per visit; of an inquiry's id only the hour in which it was made is told. */
    count(step, id) {
      if (seen.has(step)) return;
      seen.add(step);
      steps[step] = 1;
      if (id) hour = Math.floor(parseInt(id.replace("-", "").slice(0, 12), 16) / 36e5);
    },
  };
};
