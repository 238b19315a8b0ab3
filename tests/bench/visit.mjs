// A visit with the form open: how long until the first field can be used, how long from a tap to the next question.
import { setTimeout as pause } from "node:timers/promises";

import { withPage } from "./browser.mjs";
import { median } from "./figures.mjs";

// A person needs some time to read and to type. During it the page may do what it likes.
const THINKING = 700;
const TYPING = 1_500;

/** Measures one visit. `picture`, a folder, keeps a picture of every screen. */
export const visit = (browser, contestant, address, picture) =>
  withPage(browser, async ({ page, cdp, wire, errors, hear, inPage, runAtStart, quiet, probe }) => {
    await runAtStart(`${probe}\nbench.watch("first", ${JSON.stringify(contestant.first)});`);
    const keep = (name) => picture && page.screenshot({ path: `${picture}/${contestant.id}-${name}.png` });
    const first = hear("first");
    await page.goto(address, { waitUntil: "commit" });
    const { at: usable, origin } = await first;
    await page.waitForLoadState("load");
    await quiet(600);
    await keep("0-first");
    const till = wire.upTo(origin + usable);
    const loaded = wire.upTo();

    const mouse = (type, [x, y], more) => cdp.send("Input.dispatchMouseEvent", { type, x, y, ...more });
    const where = async (what) => {
      for (let last, tries = 0; tries < 100; tries++, await pause(50)) {
        const point = await inPage(`bench.locate(${JSON.stringify(what)})`);
        // What still moves would be missed.
        if (point && String(point) === String(last)) return point;
        last = point;
      }
      await keep("lost");
      throw new Error(`${contestant.name}: ${JSON.stringify(what)} was not found`);
    };
    const tap = async (what) => {
      const point = await where(what);
      const finger = { button: "left", clickCount: 1 };
      await mouse("mouseMoved", point);
      await pause(50);
      await mouse("mousePressed", point, finger);
      await mouse("mouseReleased", point, finger);
    };

    const took = {};
    for (const { name, fills = [], ticks = [], taps, sees } of contestant.way) {
      for (const [what, words] of fills) {
        await tap(what);
        await cdp.send("Input.insertText", { text: words });
      }
      for (const what of ticks) await tap(what);
      await pause(fills.length ? TYPING : THINKING);
      for (const what of taps.slice(0, -1)) {
        await tap(what);
        await pause(THINKING);
      }
      const last = taps.at(-1);
      await where(last);
      await inPage(`bench.watchAfterTap(${JSON.stringify(name)}, ${JSON.stringify(sees)})`);
      const next = hear(name);
      next.catch(() => {});
      await tap(last);
      took[name] = (await next.catch(async (error) => {
        await keep("lost");
        throw error;
      })).at;
      await keep(`after-${name}`);
    }
    if (contestant.way.length) await quiet(600);
    const total = wire.upTo();
    const counted = contestant.way.filter(({ counts }) => counts).map(({ name }) => took[name]);
    return {
      usable,
      bytes_till_usable: till.bytes,
      requests_till_usable: till.requests,
      files_till_usable: till.files,
      bytes_loaded: loaded.bytes,
      bytes: total.bytes,
      requests: total.requests,
      files: total.files,
      next: counted.length ? median(counted) : null,
      took,
      workers: wire.workers,
      failed: wire.failed(),
      errors,
    };
  });
