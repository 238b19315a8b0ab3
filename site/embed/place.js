/** The tag's own script element; where the browser no longer knows it, the last one with the same address. */
const ownScript = ({ site, form }) =>
  [...document.querySelectorAll(`script[src*="/embed/${site}/${form.id}.js"]`)].pop();

/** Whether an element asks for this definition; without names it asks for any. */
export const asksFor = (element, { site, form }) =>
  (element.getAttribute("site") || site) == site && (element.getAttribute("form") || form.id) == form.id;

const parsed = (act) => {
  const attempt = () => {
    try {
      act();
    } catch {
      // A selector that is none: the form then stands nowhere, and nothing else of the page is touched.
    }
  };
  document.readyState == "loading" ? document.addEventListener("DOMContentLoaded", attempt, { once: true }) : attempt();
};

/**
 * Puts the element where the tag asks for it: at `data-target`, else right after the tag; for a tag in the head, and
 * for a form that is opened and closed, at the end of the page. Nothing is added where an element for this form
 * already stands: a tag that is there twice draws one form, and so does a page restored from a copy of itself
 * (Turbo, Astro).
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

  const stands = () => [...document.querySelectorAll(name)].some((element) => asksFor(element, definition));

  const { target, mode } = script.dataset;
  if (target) {
    parsed(() => {
      const spot = document.querySelector(target);
      if (!spot) return;
      if (spot.localName == name) dress(spot);
      else if (!spot.querySelector(name)) spot.append(made());
    });
  } else if (document.head.contains(script) || /^[psb]/.test(mode)) {
    // Another copy of the tag further down knows the better place.
    parsed(
      () =>
        stands() ||
        [...document.body.querySelectorAll(`script[src="${script.src}"]`)].some((other) => other != script) ||
        document.body.append(made()),
    );
  } else if (!stands()) script.after(made());
};
