// A person with a browser, in words of what people do.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";

import { chromium } from "playwright-core";

import { library } from "./libraries.mjs";

const FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"];

export const openBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });

/**
 * A client's web server, on an origin of its own: serves tests/host_pages with the tag filled in, and other people's
 * libraries under /library/. `headers` go with a page by its name; `words` are filled in as `{{NAME}}`.
 */
export async function openHost(server, headers = {}, words = {}) {
  const tagUrl = `${server.url}/embed/${server.site}/${server.form}.js`;
  const filled = (text) =>
    Object.entries(words)
      .reduce((text, [name, word]) => text.replaceAll(`{{${name}}}`, word), text)
      .replaceAll("{{TAG}}", `<script async src="${tagUrl}"></script>`)
      .replaceAll("{{TAG_URL}}", tagUrl)
      .replaceAll("{{SITE}}", server.site)
      .replaceAll("{{FORM}}", server.form);
  const host = createServer(async (request, response) => {
    const name = new URL(request.url, "http://host").pathname.slice(1);
    if (name === "favicon.ico") return response.writeHead(204).end();
    try {
      const text = name.startsWith("library/") ? await library(name.slice(8)) : await readFile(new URL(`../host_pages/${name}`, import.meta.url), "utf8");
      const type = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript" }[extname(name)];
      response.writeHead(200, { "content-type": type ? `${type}; charset=utf-8` : "font/woff2", ...headers[name] });
      response.end(typeof text === "string" ? filled(text) : text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  // A story that fails before it closes this is over all the same.
  host.unref();
  const { port } = host.address();
  return { url: (name) => `http://localhost:${port}/${name}`, close: () => host.close() };
}

/** Everything a page said that it should not have: errors, and violations of its content policy. */
export function listen(page) {
  const heard = [];
  page.on("pageerror", (error) => heard.push(String(error)));
  page.on("console", (message) => message.type() === "error" && heard.push(message.text()));
  return heard;
}

/** The visitor in front of a form. `scope` is the page, or the frame that the form is in. */
export const visitor = (scope) => ({
  form: scope.locator("first-contact"),
  async fillContact(reach, { name, message } = {}) {
    await scope.locator("first-contact [name=reach]:visible").fill(reach);
    if (name) await scope.locator("first-contact [name=name]:visible").fill(name);
    if (message) await scope.locator("first-contact [name=message]:visible").fill(message);
  },
  async agree() {
    await scope.locator("first-contact [name=consent]:visible").check();
  },
  async send() {
    await scope.getByRole("button", { name: /^(Отправить|Send)$/ }).click();
  },
  async seeThanks() {
    await scope.getByText(/^(Спасибо! Мы уже записали|Thank you! Your request is recorded)/).first().waitFor();
  },
  async seeQuestion(text) {
    await scope.getByText(text).first().waitFor({ timeout: 20_000 });
  },
  async choose(text) {
    await scope.getByRole("button", { name: text }).click();
  },
  async leaveContact(reach, more) {
    await this.fillContact(reach, more);
    await this.agree();
    await this.send();
    await this.seeThanks();
  },
});

/** A seller at the desk. */
export async function seller(browser, link, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "ru-RU", timezoneId: "Europe/Moscow", ...options });
  const page = await context.newPage();
  const heard = listen(page);
  await page.goto(link);
  await page.waitForURL(/\/desk\/$/);
  return {
    page,
    heard,
    context,
    async seeLead(text) {
      await page.getByText(text).first().waitFor();
    },
    async openLead(text) {
      await page.getByText(text).first().click();
      await page.waitForURL(/\/desk\/leads\//);
    },
    async see(text) {
      await page.getByText(text).first().waitFor();
    },
  };
}

/** Remembers what the form on this page told the page. */
export async function rememberEvents(page) {
  await page.addInitScript(() => {
    window.told = [];
    for (const name of ["ready", "open", "recorded", "answered", "completed", "close", "error"]) {
      addEventListener(`firstcontact:${name}`, ({ detail }) => window.told.push([name, detail]), true);
    }
  });
  return (name) => page.evaluate((name) => window.told.filter(([told]) => told === name).map(([, detail]) => detail), name);
}

export const same = assert.deepEqual;
