/** The tag's own script element; where the browser no longer knows it, the last one with the same address. */
const ownScript = ({ site, form }) =>
  [...document.querySelectorAll("script[src]")].reverse().find(({ src }) => src.includes(`/embed/${site}/${form.id}.js`));

const parsed = (act) =>
  document.readyState == "loading" ? document.addEventListener("DOMContentLoaded", act, { once: true }) : act();

/**
 * Puts the element where the tag asks for it: at `data-target`, else right after the tag, and for a tag in the head
 * at the end of the page. Nothing is added where an element for this form already stands, which is what pages
 * restored from a copy of themselves (Turbo, Astro) look like.
 */
export const place = (name, definition, script) => {
  script ||= ownScript(definition);
  if (!script) return;
  const { site, form } = definition;

  const dress = (element) => {
    for (const attribute of script.attributes) {
      const given = /^data-(?!target$)(.+)/.exec(attribute.name);
      if (given) element.setAttribute(given[1], attribute.value);
    }
    return element;
  };
  const made = () => {
    const element = dress(document.createElement(name));
    element.setAttribute("site", site);
    element.setAttribute("form", form.id);
    return element;
  };

  const { target } = script.dataset;
  if (target) {
    parsed(() => {
      const spot = document.querySelector(target);
      if (!spot) return;
      if (spot.localName == name) dress(spot);
      else if (!spot.querySelector(name)) spot.append(made());
    });
  } else if (document.head.contains(script)) {
    parsed(() => {
      const own = [...document.querySelectorAll(name)];
      if (!own.some((element) => [null, form.id].includes(element.getAttribute("form")))) document.body.append(made());
    });
  } else if (script.nextElementSibling?.localName != name) script.after(made());
};
