// Everything a story about host pages needs: the server with two clients, their pages, and visits to them.
import { listen, openBrowser, openHost, rememberEvents, visitor } from "./browser.mjs";
import { watchShifts } from "./manners.mjs";
import { startServer, waitFor } from "./server.mjs";
import { makeWorkspace } from "./workspace.mjs";

const NONCE = "c2FpZC1vbmNl";

/** Content policies of the pages that are about them. */
const policies = ({ url }) =>
  Object.entries({
    "strict_csp.html": `default-src 'none'; script-src ${url}; connect-src ${url}; frame-src ${url}; style-src 'none'; img-src 'none'`,
    "trusted_types.html": "require-trusted-types-for 'script'; trusted-types 'none'",
    "nonce.html": `script-src 'nonce-${NONCE}'; style-src 'none'`,
    "nonce_trusts.html": `script-src 'nonce-${NONCE}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'none'`,
  })
    .map(([name, policy]) => [name, { "content-security-policy": policy }])
    .concat([["on_trial.html", { "content-security-policy-report-only": "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'" }]]);

/** Starts it all; the demo client's form is on every page, the second client's (client.toml) where a page names it. */
export async function openTown() {
  const server = await startServer();
  const browser = await openBrowser();
  const client = await makeWorkspace(server, "tests/story/client.toml");
  const second = client.site;
  const host = await openHost(server, Object.fromEntries(policies(server)), {
    NONCE,
    SECOND_SITE: second,
    STEPS_TAG_URL: `${server.url}/embed/${second}/steps.js`,
    SECOND_TAG_URL: `${server.url}/embed/${second}/price.js`,
  });

  return {
    server,
    browser,
    host,
    second,
    client,
    /** Opens a page of the host, or an address; `bare` is the same page whose tag brings nothing, `late` (ms) holds the tag up. */
    async visit(name, { bare = false, late = 0, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "ru-RU", timezoneId: "Europe/Moscow", ...options });
      context.setDefaultTimeout(30_000);
      await watchShifts(context);
      if (bare) await context.route(`${server.url}/embed/**`, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      if (late) await context.route(`${server.url}/embed/**`, (route) => setTimeout(() => route.continue(), late));
      const page = await context.newPage();
      const heard = listen(page);
      const fetched = [];
      page.on("request", (request) => fetched.push(request.url()));
      const told = await rememberEvents(page);
      await page.goto(name.includes("://") ? name : host.url(name));
      return { page, context, heard, fetched, told, me: visitor(page) };
    },
    /** The lead that the form on this page says it recorded. */
    async recorded(told) {
      const [{ lead }] = await waitFor(async () => (await told("recorded")).length > 0 && told("recorded"), "the record");
      return (await server.lead(lead)).lead;
    },
    async close() {
      await browser.close();
      host.close();
      await server.stop();
    },
  };
}

/** Takes the promised time out of every reply: it is another one each minute, and pictures would differ by it. */
export const withoutTimes = (page, server) =>
  page.route(`${server.url}/v1/inquiries`, async (route) => {
    const response = await route.fetch();
    const reply = await response.json();
    delete reply.answer_by;
    await route.fulfill({ response, json: reply });
  });

export const FIRST_QUESTION = /Какую задачу хотите решить|What would you like to solve/;
