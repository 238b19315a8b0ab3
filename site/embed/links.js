/**
 * Opens by what the visitor presses: a link to the form, or whatever matches the selector `open-on`. `prepare` is
 * called when the pointer comes near. Listens to the page until `signal`.
 */
export const links = (element, form, open, prepare, signal) => {
  let ours = `a[href="#firstcontact"],a[href="#firstcontact-${form}"]`;
  try {
    const more = element.getAttribute("open-on");
    // A selector with a slip in it must not throw at every click on the page.
    if (more && !element.matches(more)) ours += "," + more;
  } catch {
    // Then the links are what opens it.
  }
  const listen = (kind, act) =>
    document.addEventListener(
      kind,
      (event) => event.defaultPrevented || (event.target.closest?.(ours) && act(event)),
      { signal },
    );
  listen("pointerover", prepare);
  listen("click", (event) => {
    event.preventDefault();
    open();
  });
  const { hash } = location;
  // The name alone is for the first form on the page.
  if (hash == "#firstcontact-" + form || (hash == "#firstcontact" && document.querySelector(element.localName) == element)) open();
};
