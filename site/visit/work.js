import { sha256 } from "@noble/hashes/sha2.js";

/** How long a browser works without a breath, in milliseconds: less than a frame, so that nobody notices. */
const SLICE = 6;

const breath = () =>
  new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(0);
  });

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Finds the number that was asked for (the format of ALTCHA), a little at a time. */
export const solve = async ({ algorithm, challenge, maxnumber, salt, signature }) => {
  const encoder = new TextEncoder();
  for (let number = 0; number <= maxnumber; ) {
    const until = performance.now() + SLICE;
    while (number <= maxnumber && performance.now() < until) {
      for (let some = 0; some < 64 && number <= maxnumber; some++, number++) {
        if (hex(sha256(encoder.encode(salt + number))) == challenge) {
          return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
        }
      }
    }
    await breath();
  }
};
