/**
 * Opens by what the visitor presses: a link to the form, or whatever matches the selector `open-on`. `prepare` is
 * called when the pointer comes near. Listens to the page until `signal`.
 */
export const links = (element, form, open, prepare, signal) => {
  let ours = `a[href="#firstcontact"],a[href="#firstcontact-${form}"]`;
  try {
    const more = element.getAttribute("open-on");
    // A selector with a slip in it must not throw at every click on the page.
    if (more && document.createDocumentFragment().querySelector(more) === null) ours += "," + more;
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
    open(true);
  });
  const isFirst = document.querySelector(element.localName) == element;
  if (location.hash == "#firstcontact-" + form || (isFirst && location.hash == "#firstcontact")) open(true);
};
