// The small server in front while developing: the demo client's shop and a webhook receiver.
// Everything else goes to the product itself. It is never part of a deployment.
import { Webhook } from "standardwebhooks";

import receiverHtml from "site/receiver.html";
import shopHtml from "site/shop.html";

const MOST_KEPT = 200;
const arrived = [];

// What the receiver answers next, for trying out what happens when it is down.
let answerNext = [];

const page = (html, type = "text/html; charset=utf-8") =>
  new Response(html, { headers: { "content-type": type, "cache-control": "no-store" } });

async function receive(request, env) {
  const body = await request.text();
  const headers = Object.fromEntries(request.headers);
  let verified = false;
  let reason = "";
  try {
    new Webhook(env.DEMO_WEBHOOK_SECRET).verify(body, headers);
    verified = true;
  } catch (error) {
    reason = String(error.message ?? error);
  }
  let parsed = null;
  try {
    parsed = JSON.parse(body);
  } catch {
    reason ||= "the body is not JSON";
  }
  const status = answerNext.shift() ?? 200;
  arrived.unshift({ at: new Date().toISOString(), id: headers["webhook-id"] ?? "", type: parsed?.type ?? "", verified, reason, status, body: parsed ?? body });
  arrived.length = Math.min(arrived.length, MOST_KEPT);
  return new Response(null, { status });
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const asked = `${request.method} ${pathname}`;
    switch (asked) {
      case "GET /":
        return Response.redirect(new URL("/demo/shop", request.url), 302);
      case "GET /demo/shop":
        return page(shopHtml.replaceAll("{{TAG}}", env.DEMO.tag).replaceAll("{{DESK}}", env.DEMO.desk));
      case "GET /demo/receiver":
        return page(receiverHtml);
      case "GET /demo/receiver/log":
        return Response.json(arrived);
      case "POST /demo/receiver":
        return receive(request, env);
      case "PUT /demo/receiver/answers":
        answerNext = await request.json();
        return new Response(null, { status: 204 });
      default:
        return env.EDGE.fetch(request);
    }
  },
};
