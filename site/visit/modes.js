const { style } = document.documentElement;
let before;

/** Holds the page still under a dialog, without moving it where the scroll bar takes room; and lets it go. */
const hold = (still) => {
  if (!still == !before) return;
  const gutter = innerWidth > document.documentElement.clientWidth ? "stable" : style.scrollbarGutter;
  [style.overflow, style.scrollbarGutter, before] = still
    ? ["hidden", gutter, [style.overflow, style.scrollbarGutter]]
    : [...before, null];
};

/**
 * How a form is opened and closed: `popup` in the middle, `slider` at the side, `bubble` above its round button.
 * The first two are modal: the browser itself holds the focus, closes on Esc and returns the focus.
 * `closed()` is called after every closing.
 */
export const makeRoom = ({ mode, box, opener, shadow, tools: { draw } }, say, closed) => {
  const modal = mode != "bubble";
  const close = draw("button", { type: "button", class: "close", "aria-label": say("close") });

  const shut = () => {
    if (!box.open) return;
    const inside = box.contains(shadow.activeElement);
    box.close();
    if (inside) opener?.focus();
  };

  box.prepend(close);
  close.addEventListener("click", shut);
  // What is pressed is the dialog itself only outside of what stands in it.
  box.addEventListener("pointerdown", ({ target, clientX, clientY }) => {
    const { left, right, top, bottom } = box.getBoundingClientRect();
    if (modal && target == box && (clientX < left || clientX > right || clientY < top || clientY > bottom)) shut();
  });
  box.addEventListener("keydown", ({ key }) => {
    if (key == "Escape" && !modal) shut();
  });
  box.addEventListener("close", () => {
    hold(false);
    opener?.setAttribute("aria-expanded", false);
    closed();
  });

  const show = () => {
    if (modal) {
      box.showModal();
      hold(true);
    } else {
      // Opened this way the dialog takes no focus: it may open by itself beside a visitor at work.
      box.setAttribute("open", "");
      opener.setAttribute("aria-expanded", true);
    }
  };

  return {
    show,
    shut,
    modal,
    rest: () => hold(false),
    /** Taken out of the page, a dialog leaves the top layer and forgets that it was modal. */
    wake() {
      if (!modal || !box.open) return;
      box.removeAttribute("open");
      show();
    },
  };
};
