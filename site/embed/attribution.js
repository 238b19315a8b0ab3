// Pages that change their address without loading anew would otherwise lose the address the visit began at.
const began = location.href;

/** An address in which no value is longer than 512 characters, nor cut inside an escape; the case stays. */
const bounded = (address) =>
  address.replace(/=([^&#]{512})[^&#]+/g, (_, value) => "=" + value.replace(/%.?$/, ""));

/**
 * Where the visitor came from, as this page can know it without storing anything.
 * A referrer on the same site is the earlier page of the same visit, so it stands nearer to the landing page.
 */
export const attribution = () => {
  const { referrer } = document;
  return {
    page: bounded(location.href),
    landing: bounded(referrer.startsWith(location.origin + "/") ? referrer : began),
    referrer: bounded(referrer),
  };
};

/** `phone`, `tablet` or `computer`: what a finger points at, by its size. */
export const device = () =>
  !matchMedia("(pointer:coarse)").matches ? "computer" : Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
