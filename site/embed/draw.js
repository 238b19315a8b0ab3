/**
 * Creates an element from names, attributes and children. Everything on screen is made here, node by node:
 * no markup text, so nothing to forbid for Trusted Types, and no style attribute, so nothing to forbid for a
 * strict content policy. Absent attributes and children are skipped. A class is a part as well, so that a host
 * page may style it with `::part()`.
 */
export const draw = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null) continue;
    node.setAttribute(name, value);
    if (name == "class") node.setAttribute("part", value);
  }
  node.append(...children.filter(Boolean));
  return node;
};
