/**
 * A field that nobody sees or reaches and no browser fills, in the contact step: who fills it fills whatever there is,
 * and the ledger is told. It is no reason to refuse anybody.
 */
export const layTrap = ({ step, tools: { draw } }) =>
  step?.node.append(draw("input", { class: "away", name: "website", tabindex: -1, autocomplete: "off", "aria-hidden": true }));
