import { shared } from "./store.js";

const LEASE = 10e3;
const { locks } = navigator;
const me = Math.random();

const leased = (name) => {
  const lease = shared.read(":lease:" + name);
  return lease && lease.by != me && lease.until > Date.now();
};

const lease = async (name) => {
  while (leased(name)) await new Promise((resume) => setTimeout(resume, 1e3));
  const renew = () => shared.write(":lease:" + name, { by: me, until: Date.now() + LEASE });
  renew();
  const renewing = setInterval(renew, LEASE / 4);
  return () => {
    clearInterval(renewing);
    shared.remove(":lease:" + name);
  };
};

/**
 * The right to send what is kept of one inquiry, so that of several tabs one does: resolves when it is this tab's turn,
 * with how to give it back. A tab that is closed gives it back.
 * Pages without a secure connection have no locks and take a lease instead.
 */
export const takeTurn = (name) =>
  locks
    ? new Promise((taken) => {
        locks
          .request("firstcontact:" + name, () => new Promise((release) => taken(release)))
          .catch(() => taken(() => {}));
      })
    : lease(name);
