// A page that only carries the tag, with nothing opened: what the form costs those who never asked for it.
import { setTimeout as pause } from "node:timers/promises";

import { withPage } from "./browser.mjs";

// After the load event, so that what a script puts off is counted as well.
const AFTERWARDS = 2_500;

const observe = `(() => {
  const seen = (window.benchSaw = { shift: 0, long: [] });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) seen.shift += value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.long.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });
})();`;

export const closed = (browser, contestant, address, picture) =>
  withPage(browser, async ({ page, context, cdp, wire, errors, inPage, runAtStart, quiet }) => {
    await runAtStart(observe);
    // Thread time: what other programs on this machine take away is not the page's fault.
    await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(address, { waitUntil: "load" });
    await quiet(300);
    await pause(AFTERWARDS);
    const { metrics } = await cdp.send("Performance.getMetrics");
    const spent = Object.fromEntries(metrics.map(({ name, value }) => [name, value * 1e3]));
    const seen = await inPage("benchSaw");
    const { cookies, origins } = await context.storageState({ indexedDB: true });
    const session = await inPage("sessionStorage.length");
    if (picture) await page.screenshot({ path: `${picture}/${contestant.id}-closed.png` });
    const { bytes, requests, files } = wire.upTo();
    return {
      bytes,
      requests,
      files,
      main_thread: spent.TaskDuration,
      script: spent.ScriptDuration,
      layout: spent.LayoutDuration + spent.RecalcStyleDuration,
      long_tasks: seen.long.length,
      long: seen.long,
      shift: seen.shift,
      cookies: cookies.length,
      storage: origins.length + session,
      workers: wire.workers,
      failed: wire.failed(),
      errors,
    };
  });
