// Pages of a client's site made for one story, and the person who visits them.
import { createServer } from "node:http";

import { listen, openBrowser, rememberEvents, visitor } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** The tag of a form, with attributes as a marketer writes them. */
export const tag = ({ url, site, form }, attributes = "") => `<script async src="${url}/embed/${site}/${form}.js" ${attributes}></script>`;

/** A page with this body. */
export const madePage = (body, { lang = "ru", head = "" } = {}) =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Made</title>${head}</head><body>${body}</body></html>`;

/** A client's web server whose pages the stories write. */
export async function openMadeHost() {
  const pages = new Map();
  const host = createServer((request, response) => {
    const html = pages.get(new URL(request.url, "http://host").pathname);
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    if (html === undefined) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(html);
  });
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  // A story that fails before it closes this is over all the same.
  host.unref();
  const { port } = host.address();
  return {
    put: (name, html) => pages.set("/" + name, html),
    url: (name) => `http://localhost:${port}/${name}`,
    close: () => {
      host.closeAllConnections();
      host.close();
    },
  };
}

/** A server, a browser and a client's site whose pages the stories write. */
export async function openMadeTown() {
  const server = await startServer();
  const browser = await openBrowser();
  const host = await openMadeHost();
  return {
    server,
    browser,
    host,
    async close() {
      await browser.close();
      host.close();
      await server.stop();
    },
  };
}

/** A person with a browser of his own, on a site with these pages. */
export async function person(browser, host, pages, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: "Europe/Moscow", ...options });
  for (const name of Object.keys(pages)) host.put(name, pages[name]);
  return {
    context,
    async open(name) {
      const page = await context.newPage();
      const heard = listen(page);
      const told = await rememberEvents(page);
      const fetched = [];
      page.on("request", (request) => fetched.push(request.url()));
      await page.goto(name.startsWith("http") ? name : host.url(name));
      return { page, heard, told, fetched, me: visitor(page) };
    },
  };
}
