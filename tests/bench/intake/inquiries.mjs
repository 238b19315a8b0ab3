// Inquiries as the embed script sends them, each of another person.
import { createServer } from "node:http";

import { aSecret, uuidv7 } from "../../story/server.mjs";

/** The form they answer, for a company of its own. */
export const FORM = `
[[forms]]
id = "price"
`;

/** A form, and a system that hears of every lead when the company tells `crm`. */
export const toldTo = (url) => `
[[destinations]]
kind = "webhook"
id = "crm"
url = "${url}"
secret = "whsec_${Buffer.alloc(32, 7).toString("base64")}"
${FORM}`;

/** That system: it takes everything, and counts per message how often it came. */
export async function openListener() {
  const came = new Map();
  const server = createServer((request, response) => {
    const id = request.headers["webhook-id"];
    came.set(id, (came.get(id) ?? 0) + 1);
    request.resume().on("end", () => response.writeHead(204).end());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    came,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a visitor answers, one tap after another. */
export const ANSWERS = [{ need: "specific" }, { timing: "month" }, { pay: "own" }];

let number = 0;

/** The body of one inquiry, as text. */
export const anInquiry = (site) => {
  number += 1;
  return JSON.stringify({
    id: uuidv7(), secret: aSecret(), site, form: "price", form_version: 1, lang: "ru", tz: "Europe/Moscow",
    contact: { name: "Иван Петров", reach: `8 (9${String(10 + (number % 80)).padStart(2, "0")}) ${String(1000000 + ((number * 7919) % 8999999))}`, message: "Сколько стоит кухня в новостройку, три метра?" },
    consent: { processing: true, marketing: false, version: "2026-11" },
    source: {
      page: "https://shop.example/kitchen", landing: "https://shop.example/kitchen?utm_source=yandex&utm_medium=cpc&utm_campaign=brand&yclid=17",
      referrer: "https://ya.ru/", first: { landing: "https://shop.example/", referrer: "https://www.google.com/", at: "2026-11-01T10:00:00Z" },
    },
    fields: { plan: "pro" },
  });
};
