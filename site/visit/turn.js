import { shared } from "./store.js";

const LEASE = 20e3;
const { locks } = navigator;
const me = Math.random();

const leased = (name) => {
  const lease = shared.read(":lease:" + name);
  return lease && lease.by != me && lease.until > Date.now();
};

const lease = async (name, waits) => {
  while (leased(name)) {
    if (!waits) return null;
    await new Promise((resume) => setTimeout(resume, 1e3));
  }
  const renew = () => shared.write(":lease:" + name, { by: me, until: Date.now() + LEASE });
  renew();
  const renewing = setInterval(renew, LEASE / 4);
  return () => {
    clearInterval(renewing);
    shared.remove(":lease:" + name);
  };
};

/**
 * The right to send what is kept of one inquiry, so that of several tabs one does. Resolves with how to give it back,
 * or, when another tab has it and `waits` is false, with null. A tab that is closed gives it back.
 * Pages without a secure connection have no locks and take a lease instead.
 */
export const takeTurn = (name, waits) =>
  locks
    ? new Promise((taken) => {
        locks
          .request("firstcontact:" + name, { ifAvailable: !waits }, (lock) =>
            lock ? new Promise((release) => taken(release)) : taken(null),
          )
          .catch(() => taken(() => {}));
      })
    : lease(name, waits);
