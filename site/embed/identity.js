const random = () => crypto.getRandomValues(new Uint8Array(16));

/** A UUIDv7 (RFC 9562): the inquiry's id, and the key that makes sending it twice harmless. */
export const inquiryId = () => {
  const time = Date.now().toString(16).padStart(12, "0");
  const chance = random().reduce((digits, byte) => digits + (byte + 256).toString(16).slice(1), "");
  const variant = "89ab"[chance.charCodeAt(0) % 4];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(1, 4)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
};

/** base64url of 16 random bytes: without it nothing of the inquiry can be read or changed. */
export const inquirySecret = () =>
  btoa(String.fromCharCode(...random())).replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] || "");
