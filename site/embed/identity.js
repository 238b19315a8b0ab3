const random = () => crypto.getRandomValues(new Uint8Array(16));

/** A UUIDv7 (RFC 9562): the inquiry's id, and the key that makes sending it twice harmless. */
export const inquiryId = () => {
  const bytes = random();
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const chance = bytes.reduce((digits, byte) => digits + (byte + 256).toString(16).slice(1), "");
  const digits = Date.now().toString(16).padStart(12, "0") + chance.slice(12);
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

/** base64url of 16 random bytes: without it nothing of the inquiry can be read or changed. */
export const inquirySecret = () =>
  btoa(String.fromCharCode(...random()))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .slice(0, 22);
