// Pages that change their address without loading anew would otherwise lose the address the visit began at.
const began = location.href;

/**
 * Where the visitor came from, as this page can know it without storing anything.
 * A referrer on the same site is the earlier page of the same visit, so it stands nearer to the landing page.
 */
export const attribution = () => {
  const { referrer } = document;
  return {
    page: location.href,
    landing: referrer.startsWith(location.origin + "/") ? referrer : began,
    referrer,
  };
};
