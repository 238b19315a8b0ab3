// Other people's systems on this machine: one web server for all services that speak HTTP, and a mail server.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

/** What a service answers when all is well, by the first part of its path. */
const GOOD = {
  hook: () => ({}),
  telegram: () => ({ ok: true, result: { message_id: 7 } }),
  slack: () => "ok",
  resend: () => ({ id: "resend-1" }),
  postmark: () => ({ ErrorCode: 0, MessageID: "postmark-1" }),
  amocrm: ({ method }) => (method === "PATCH" ? { id: 9774766 } : [{ id: 9774766, merged: false }]),
  bitrix24: ({ path }) => (path.includes("list") ? { result: { items: [] } } : { result: { item: { id: 342 } } }),
  hubspot: ({ path }) => (path.includes("upsert") ? { results: [{ id: "51" }] } : { id: "900" }),
  token: () => ({ access_token: "ya29.token", expires_in: 3599 }),
  sheets: () => ({ updates: { updatedRange: "Leads!A2:J2", updatedRows: 1 } }),
  zapier: () => ({ status: "success" }),
  make: () => "Accepted",
};

/** Services that answer well, unless `answers[name]` says something else: a function of the request, or nothing at all. */
export async function openServices() {
  const got = [];
  const answers = {};
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const [, name] = request.url.split("/");
    const it = { name, method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(pieces).toString(), at: Date.now() };
    got.push(it);
    const answer = await (answers[name] ?? GOOD[name])(it);
    if (answer === undefined) return;
    const { status = 200, headers = {}, body = answer } = Number.isInteger(answer.status) ? answer : {};
    it.answered = status;
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  // Only who calls closes a connection: no message meets one that is just being closed.
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    got,
    answers,
    of: (name) => got.filter((it) => it.name === name),
    url: (name) => `http://127.0.0.1:${server.address().port}/${name}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A mail server that wants a password and reads what it gets with other people's parser. */
export async function openMailServer({ user, password }, { port = 0, ...options } = {}) {
  const letters = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: false,
    allowInsecureAuth: true,
    logger: false,
    onAuth: (given, session, callback) => (given.username === user && given.password === password ? callback(null, { user }) : callback(new Error("no"))),
    onData: async (stream, session, callback) => {
      const pieces = [];
      for await (const piece of stream) pieces.push(piece);
      const raw = Buffer.concat(pieces);
      letters.push({ raw: raw.toString(), secure: session.secure, ...(await PostalMime.parse(raw)), to: session.envelope.rcptTo.map(({ address }) => address) });
      callback();
    },
    ...options,
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  server.removeAllListeners("error").on("error", () => {});
  return { letters, port: server.server.address().port, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** A service account of Google: the key file's text, and the public key that others check its tokens with. */
export function serviceAccount() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = { type: "service_account", client_email: "robot@project.iam.gserviceaccount.com", private_key: privateKey.export({ type: "pkcs8", format: "pem" }) };
  return { file: JSON.stringify(file), publicKey };
}

/** A webhook, two chats and a letter (TOML), with these secrets. */
export const hookAndPeople = (services, secrets) => `[[destinations]]
kind = "webhook"
id = "hook"
url = "${services.url("hook")}"
secret = "${secrets.webhook}"

[[destinations]]
kind = "telegram"
id = "telegram"
chat = "-100123"
url = "${services.url("telegram")}"
secret = "${secrets.telegram}"

[[destinations]]
kind = "slack"
id = "slack"
secret = "${services.url("slack")}/services/${secrets.slack}"

[[destinations]]
kind = "resend"
id = "resend"
from = "Продажи <sales@company.ru>"
to = ["vera@company.ru"]
url = "${services.url("resend")}"
secret = "${secrets.resend}"
`;

/** A company's file with these destinations (TOML), all of which hear of every lead. */
export const companyWith = (destinations) => `
name = "Мастерская"
language = "ru"
time_zone = "Europe/Moscow"
phone_region = "RU"

[working_hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "00:00"
to = "23:59"

[[team]]
id = "anna"
name = "Анна"
role = "seller"

[[team]]
id = "vera"
name = "Вера"
role = "head"

[[team]]
id = "mark"
name = "Марк"
role = "marketer"

[[team]]
id = "olga"
name = "Ольга"
role = "owner"

[[sites]]
id = "shop"
name = "Мастерская"

[[forms]]
id = "price"

[catch_all]
assign = "anna"
deliver = [${[...destinations.matchAll(/^id = "(.*)"$/gm)].map(([, id]) => `"${id}"`).join(", ")}]
${destinations}`;
