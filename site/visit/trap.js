/** Password managers fill in whatever they know of a person, a website too, but for fields that say so to each of them. */
const FOR_PASSWORD_MANAGERS = {
  "data-1p-ignore": "",
  "data-bwignore": "",
  "data-lpignore": true,
  "data-form-type": "other",
};

/**
 * A field that nobody sees or reaches and no browser fills, in the contact step: who fills it fills whatever there is,
 * and the ledger is told. It is no reason to refuse anybody.
 */
export const layTrap = ({ step, tools: { draw } }) =>
  step?.node.append(
    draw("input", {
      class: "away",
      name: "website",
      tabindex: -1,
      autocomplete: "off",
      "aria-hidden": true,
      ...FOR_PASSWORD_MANAGERS,
    }),
  );
