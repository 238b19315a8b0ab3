// Somebody else's system: it answers a message as the message says (`behaves:drips`), and remembers every attempt.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

/** What it does at an attempt, counted from 1. What it does not do at a later attempt, it answers with 200. */
const BEHAVIOURS = {
  fails_nine_times: (answer, attempt) => (attempt <= 9 ? answer(500) : answer(200)),
  fails_always: (answer) => answer(500),
  hangs: (answer, attempt) => attempt > 1 && answer(200),
  drips(answer, attempt, response) {
    if (attempt > 1) return answer(200);
    // One byte of the status line every two seconds: it never gets to the end of it.
    const line = [..."HTTP/1.1 200 OK\r\n"];
    const dripping = setInterval(() => response.socket?.write(line.shift() ?? " "), 2000);
    response.on("close", () => clearInterval(dripping));
  },
  drips_body(answer, attempt, response) {
    // All is well, and then a letter every second, for ever.
    response.writeHead(200, { "content-type": "text/plain" }).flushHeaders();
    const dripping = setInterval(() => response.write("x"), 1000);
    response.on("close", () => clearInterval(dripping));
  },
  holds_body: (answer, attempt, response) => response.writeHead(200, { "content-length": "2" }).flushHeaders(),
  drips_much(answer, attempt, response) {
    // Ten megabytes, at a pace at which they take an hour.
    response.writeHead(200, { "content-length": String(10 * 1024 * 1024) }).flushHeaders();
    const dripping = setInterval(() => response.write(Buffer.alloc(3000, "x")), 1000);
    response.on("close", () => clearInterval(dripping));
  },
  redirects: (answer, attempt, response) => answer(302, { location: `http://127.0.0.1:${response.socket.localPort}/private` }),
  answers_much: (answer) => answer(200, {}, Buffer.alloc(10 * 1024 * 1024, "x")),
  bad_gzip: (answer) => answer(200, { "content-encoding": "gzip" }, "this was never gzip"),
  gone: (answer, attempt) => (attempt === 1 ? answer(410) : answer(200)),
  later_absurd: (answer, attempt) => (attempt === 1 ? answer(503, { "retry-after": "99999999999" }) : attempt === 2 ? answer(429, { "retry-after": "-7" }) : answer(200)),
  // No second attempt by itself while anything else is done.
  later_minutes: (answer, attempt) => (attempt === 1 ? answer(503, { "retry-after": "600" }) : answer(200)),
  later_once: (answer, attempt) => (attempt === 1 ? answer(503, { "retry-after": "86400" }) : answer(200)),
  resets: (answer, attempt, response) => (attempt === 1 ? response.socket.resetAndDestroy() : answer(200)),
  fails_once: (answer, attempt) => (attempt === 1 ? answer(500) : answer(200)),
};

export async function openReceiver() {
  const attempts = [];
  const trespassed = [];
  let mended = false;
  const host = createServer(async (request, response) => {
    if (request.url === "/private") {
      trespassed.push(request.headers);
      return response.writeHead(200).end();
    }
    const text = (await request.toArray()).join("");
    const body = JSON.parse(text);
    const id = request.headers["webhook-id"];
    const earlier = attempts.filter((attempt) => attempt.id === id).length;
    attempts.push({ id, type: body.type, lead: body.data?.id, text, headers: request.headers, at: Date.now() });
    const answer = (status, headers = {}, content = "") => response.writeHead(status, headers).end(content);
    const behaves = /behaves:(\w+)/.exec(body.data?.message ?? "")?.[1];
    ((mended ? null : BEHAVIOURS[behaves]) ?? (() => answer(200)))(answer, earlier + 1, response);
  });
  // Only who calls closes a connection: no message meets one that is just being closed.
  host.keepAliveTimeout = 60_000;
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  host.unref();
  return {
    url: `http://127.0.0.1:${host.address().port}/in`,
    attempts,
    trespassed,
    /** From now on everything is answered well. */
    mend: () => (mended = true),
    /** The attempts for a lead. */
    of: (lead, type = "lead.created") => attempts.filter((attempt) => attempt.lead === lead && attempt.type === type),
    /** True when the signature of an attempt holds by this secret. */
    holds({ text, headers }, secret) {
      // The clock of a case may run ahead: what is asked is whose signature it is.
      const [id, at] = [headers["webhook-id"], Number(headers["webhook-timestamp"])];
      return headers["webhook-signature"] === new Webhook(secret).sign(id, new Date(at * 1000), text);
    },
    close() {
      host.closeAllConnections();
      host.close();
    },
  };
}
