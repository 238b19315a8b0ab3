// Follows links as a router of view transitions does: fetches the page, and swaps the body inside a transition.
// Elements with the same id "kept" are the same element before and after, unless the address asks for a fresh one.
const show = async (address) => {
  const text = await (await fetch(address)).text();
  const next = new DOMParser().parseFromString(text, "text/html");
  const swap = () => {
    const old = document.body;
    const body = document.adoptNode(next.body);
    const kept = address.includes("fresh") ? null : old.querySelector("#kept");
    const place = body.querySelector("#kept");
    document.title = next.title;
    document.documentElement.replaceChild(body, old);
    if (kept && place) place.replaceWith(kept);
    history.pushState({}, "", address);
  };
  if (document.startViewTransition) await document.startViewTransition(swap).finished;
  else swap();
  document.dispatchEvent(new Event("page-shown"));
};

addEventListener("click", (event) => {
  const link = event.target.closest?.("a#other");
  if (!link) return;
  event.preventDefault();
  show(link.href);
});
