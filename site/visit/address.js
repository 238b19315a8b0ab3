/** An address taken apart; without members where it is none. */
export const address = (text) => {
  try {
    return new URL(text);
  } catch {
    return {};
  }
};
