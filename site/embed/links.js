/**
 * Opens by what the visitor presses: a link to the form, or whatever matches the selector `open-on`; what that needs
 * is fetched when the pointer comes near. Listens to the page as long as the element stands in it.
 */
export const links = ({ element, form: { id }, given, stand, live: signal }) => {
  let ours = `a[href="#firstcontact"],a[href="#firstcontact-${id}"]`;
  try {
    const more = given("open-on");
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
  listen("pointerover", () => stand().prepare());
  listen("click", (event) => {
    event.preventDefault();
    stand().open();
  });
  const { hash } = location;
  // The name alone is for the first form on the page.
  if (hash == "#firstcontact-" + id || (hash == "#firstcontact" && document.querySelector(element.localName) == element)) {
    stand().open();
  }
};
