// A weak phone on a weak network: Chromium with a processor four times slower on slow 4G, a new profile each time.
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { chromium } from "playwright-core";

import { listenToWire } from "./wire.mjs";

const probe = await readFile(new URL("probe.js", import.meta.url), "utf8");

export const SLOWER = 4;
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };
const WINDOW = { width: 412, height: 915 };
const PATIENCE = 40_000;

// Nothing leaves this machine: no name but localhost means anything to this browser.
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--disable-background-networking",
  "--no-proxy-server",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
];

export const openBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });

/** Opens an address in a profile of its own, runs `measure` in it, and throws the profile away. */
export const withPage = async (browser, measure) => {
  // Motion is off for everybody: a fade somebody chose is taste, and would be measured as slowness.
  const context = await browser.newContext({ viewport: WINDOW, locale: "en-US", reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const told = new Map();
    cdp.on("Runtime.bindingCalled", ({ payload }) => {
      const { name, ...rest } = JSON.parse(payload);
      told.get(name)?.(rest);
    });
    await cdp.send("Runtime.enable");
    await cdp.send("Runtime.addBinding", { name: "benchTells" });
    const wire = await listenToWire(cdp, page);
    await cdp.send("Network.emulateNetworkConditions", SLOW_4G);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });

    /** Resolves when the probe tells this name. */
    const hear = (name) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(() => reject(new Error(`${name} was not seen in ${PATIENCE} ms`)), PATIENCE);
        told.set(name, (said) => {
          clearTimeout(patience);
          resolve(said);
        });
      });
    const inPage = async (expression) => (await cdp.send("Runtime.evaluate", { expression, returnByValue: true })).result.value;
    const runAtStart = (source) => cdp.send("Page.addScriptToEvaluateOnNewDocument", { source });
    await cdp.send("Page.enable");
    /** Waits until nothing has arrived for so long, and nothing is owed. */
    const quiet = async (milliseconds) => {
      const until = Date.now() + PATIENCE;
      while (wire.unanswered().length || Date.now() - wire.lastArrival() < milliseconds) {
        if (Date.now() > until) throw new Error(`never quiet: ${wire.unanswered()}`);
        await pause(50);
      }
    };
    return await measure({ page, context, cdp, wire, errors, hear, inPage, runAtStart, quiet, probe });
  } finally {
    await context.close();
  }
};
