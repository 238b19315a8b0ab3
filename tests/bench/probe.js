// Runs in every measured page before anything else. It looks for a thing once per frame and says when it was first
// there for the visitor: laid out with a size, inside the window, not transparent, not hidden, not disabled.
//
// A thing is `{ within, css, text }`: the first element that matches `css`, or that carries `text` itself, inside
// the element `within` (or its shadow root), or inside the page.
(() => {
  const seen = (element) => {
    const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
    return (
      width > 0 &&
      height > 0 &&
      bottom > 0 &&
      right > 0 &&
      top < innerHeight &&
      left < innerWidth &&
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      !element.matches(":disabled")
    );
  };

  const carriers = function* (root, text) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.data.includes(text)) yield walker.currentNode.parentElement;
    }
  };

  const find = ({ within, css, text }, wanted = seen) => {
    const host = within ? document.querySelector(within) : document.body;
    const root = host?.shadowRoot || host;
    if (!root) return;
    for (const element of css ? root.querySelectorAll(css) : carriers(root, text)) {
      if ((!css || !text || element.textContent.includes(text)) && wanted(element)) return element;
    }
  };

  // The message is delivered after the frame in which it was posted has been painted: what is there then has been
  // painted, whether it was drawn before the frame or in its last moment.
  const watch = (what, tell) => {
    const { port1, port2 } = new MessageChannel();
    const frame = () => port2.postMessage(0);
    port1.onmessage = () => {
      const now = performance.now();
      if (find(what)) tell(now);
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };

  const tell = (name, at) => window.benchTells(JSON.stringify({ name, at, origin: performance.timeOrigin }));
  let tapped = 0;
  const remember = ({ timeStamp }) => (tapped = timeStamp);

  window.bench = {
    /** Says under this name when the thing is first painted. */
    watch: (name, what) => watch(what, (now) => tell(name, now)),
    /** Says how long after the finger left the thing was painted. */
    watchAfterTap(name, what) {
      tapped = 0;
      // The event carries the moment it was made, before the page was busy with anything.
      addEventListener("pointerup", remember, { capture: true, once: true });
      watch(what, (now) => tell(name, tapped ? now - tapped : NaN));
    },
    /** The middle of a thing, brought into the window when it lies outside. */
    locate(what) {
      const sized = (element) => element.getBoundingClientRect().width > 0;
      const element = find(what) || find(what, sized);
      if (!element) return null;
      if (!seen(element)) element.scrollIntoView({ block: "center", behavior: "instant" });
      const { x, y, width, height } = element.getBoundingClientRect();
      return seen(element) ? [x + Math.min(width / 2, 60), y + height / 2] : null;
    },
  };
})();
