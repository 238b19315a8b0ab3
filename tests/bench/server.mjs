// Two plain web servers on this machine: the client's site with the pages, and the place where the others' files
// come from, because embedded forms come from another origin than the page.
//
// HTTP/1.1 with connections kept alive: nobody asks for more files at once than the six connections a browser opens,
// so HTTP/2 would change nothing, and the product's runtime speaks the same here. Everything leaves compressed with
// brotli at its best, once, before the first run.
import { createServer } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";

const types = { css: "text/css", html: "text/html", js: "text/javascript", json: "application/json" };
const FOR_EVER = "public, max-age=31536000, immutable";

/** `{ path, type, body, cache }` of everything served; a body may be a function of the request, which answers JSON. */
export const openServer = async () => {
  const files = new Map();
  const missing = new Set();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const allow = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-max-age": "600" };
    if (request.method === "OPTIONS") return response.writeHead(204, allow).end();
    const file = files.get(pathname) ?? [...files.values()].find(({ pattern }) => pattern?.test(pathname));
    if (!file) {
      missing.add(`${request.method} ${pathname}`);
      return response.writeHead(404, allow).end();
    }
    let { bytes } = file;
    if (file.answer) {
      const parts = [];
      for await (const part of request) parts.push(part);
      bytes = compressed(JSON.stringify(file.answer(pathname, Buffer.concat(parts).toString())));
    }
    response.writeHead(200, {
      ...allow,
      "content-type": `${types[file.type]}; charset=utf-8`,
      "content-encoding": "br",
      "content-length": bytes.length,
      "cache-control": file.type === "html" || file.answer ? "no-store" : FOR_EVER,
      "timing-allow-origin": "*",
    });
    response.end(bytes);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    missing,
    file: (path, type, text) => files.set(path, { type, bytes: compressed(text) }),
    answers: (pattern, answer) => files.set(String(pattern), { type: "json", pattern, answer }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const compressed = (text) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) } });
