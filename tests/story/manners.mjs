// What a guest may leave behind on a page: nothing. These look at the page as its owner would.

/** Counts what moves on the page by itself, from the first moment on. */
export const watchShifts = (context) =>
  context.addInitScript(() => {
    const shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value, sources }) => [value, sources.map(({ node }) => node?.nodeName)]))).observe({
      type: "layout-shift",
      buffered: true,
    });
    // Kept where a list of the page's globals does not meet it.
    Object.defineProperty(Document.prototype, "shifts", { value: shifts, configurable: true });
  });

export const shifts = (page) => page.evaluate(() => document.shifts);

const SAMPLE = ["html", "head", "body", "h1", "p", "label", "input", "button", "a", "form", "#after"];
// How high things around the form are is the form's business; everything else of them is the page's.
const HEIGHTS = ["height", "block-size", "perspective-origin", "transform-origin", "bottom", "inset-block-end"];

/** All that a page could notice: its globals, its elements' styles and attributes, its head, its style sheets. */
export const inventory = (page) =>
  page.evaluate(
    ([sample, heights]) => {
      const styles = {};
      for (const selector of sample) {
        const element = document.querySelector(selector);
        if (!element) continue;
        const style = getComputedStyle(element);
        styles[selector] = Object.fromEntries([...style].filter((name) => !heights.includes(name)).map((name) => [name, style.getPropertyValue(name)]));
        styles[selector].attributes = [...element.attributes].map(({ name, value }) => `${name}=${value}`).join(" ");
      }
      return {
        globals: Object.getOwnPropertyNames(window).sort(),
        styles,
        head: [...document.head.children].map(({ outerHTML }) => outerHTML),
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      };
    },
    [SAMPLE, HEIGHTS],
  );

/** What the browser keeps for the page: cookies of all sites, and every kind of storage. */
export const stored = async (page) => ({
  cookies: (await page.context().cookies()).map(({ name }) => name),
  ...(await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }))),
});

export const NOTHING_STORED = { cookies: [], local: [], session: [], databases: [], caches: [] };
