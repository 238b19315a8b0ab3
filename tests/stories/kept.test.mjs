// Stories of what was sent and is not through yet: nothing is lost on the way, and nothing becomes two.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { acknowledgedTo, everythingArrives } from "../story/oracle.mjs";
import { waitFor } from "../story/server.mjs";

const KEPT = "Мы сохранили обращение и отправим его сами";

let town;
let server;
let browser;
let host;
before(async () => {
  town = await openMadeTown();
  ({ server, browser, host } = town);
});
after(() => town?.close());

const somebody = (options) =>
  person(
    browser,
    host,
    {
      "form.html": madePage(`<h1>Ремонт</h1>${tag(server)}`),
      "later.html": madePage(`<h1>О нас</h1>${tag(server, 'data-mode="popup"')}`),
    },
    options,
  );

/** Nothing reaches the ledger until the returned function is called. */
async function cutOff({ context }) {
  const pattern = /\/v1\/inquiries/;
  await context.route(pattern, (route) => route.abort());
  return () => context.unroute(pattern);
}

const leadsOf = async (reach) => {
  const { leads } = await server.api("/api/leads");
  return leads.filter(({ contact }) => [...contact.emails, ...contact.phones.map(({ e164 }) => e164)].includes(reach));
};

const theOne = async (reach) => {
  const found = await waitFor(async () => (await leadsOf(reach)).length && leadsOf(reach), "the lead");
  assert.equal(found.length, 1);
  const { inquiries } = await server.lead(found[0].id);
  assert.equal(inquiries.length, 1, "one inquiry");
  return found[0];
};

/** Turns to the form, and waits until all of it is there. */
async function turnTo({ page, me }) {
  await me.form.locator("[name=reach]").focus();
  // A pointer that rests on the form since the page before has turned to it already.
  const came = () => performance.getEntriesByType("resource").some(({ name, responseEnd }) => name.endsWith("_bg.wasm") && responseEnd > 0);
  await waitFor(() => page.evaluate(came), "the module", 30_000);
}

async function sendWith(seen, reach) {
  await turnTo(seen);
  await seen.me.fillContact(reach);
  await seen.me.agree();
  await seen.me.send();
}

/** Does something to the page that leaves it in the same breath. Whether the page still answers for it is not certain. */
async function andLeave(page, press) {
  page.evaluate(press).catch(() => {});
  await page.waitForURL("about:blank", { waitUntil: "commit" });
}

const stored = (page) =>
  page.evaluate(async () => ({ entries: Object.keys(localStorage).concat(Object.keys(sessionStorage)), bases: (await indexedDB.databases()).length }));

test("nothing is stored before the visitor acts, and nothing personal is left once it is through", async () => {
  const someone = await somebody();
  const seen = await someone.open("form.html");
  await seen.me.form.locator("[name=reach]").waitFor();
  assert.deepEqual(await stored(seen.page), { entries: [], bases: 0 });
  await sendWith(seen, "tidy@example.ru");
  await seen.me.seeThanks();
  await seen.me.seeQuestion("Какую задачу хотите решить?");
  const left = await waitFor(async () => {
    const left = await seen.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    return !/"firstcontact"\s*:/.test(JSON.stringify(Object.keys(JSON.parse(left)[0]))) && left;
  }, "the store to be tidied");
  assert.ok(!left.includes("tidy@example.ru"), left);
  const base = await seen.page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("firstcontact");
        request.onsuccess = () => (request.result.transaction("kept").objectStore("kept").count().onsuccess = ({ target }) => resolve(target.result));
      }),
  );
  assert.equal(base, 0);
  assert.deepEqual(seen.heard, []);
  await someone.context.close();
});

test("cut off while sending: it says so, a reload shows the same and no empty form, and then it gets through once", async () => {
  const someone = await somebody();
  const restore = await cutOff(someone);
  const seen = await someone.open("form.html");
  await sendWith(seen, "cutoff@example.ru");
  await seen.page.getByText(KEPT).waitFor();
  await seen.page.reload();
  await seen.page.getByText(KEPT).waitFor();
  assert.equal(await seen.me.form.locator("[name=reach]").isDisabled(), true);
  assert.equal(await seen.me.form.locator("[name=reach]").inputValue(), "cutoff@example.ru");
  await restore();
  await seen.page.getByRole("button", { name: "Попробовать сейчас" }).click();
  await seen.me.seeThanks();
  await theOne("cutoff@example.ru");
  await someone.context.close();
});

test("what one page could not send, a later page of the site delivers, and says so", async () => {
  const someone = await somebody();
  const restore = await cutOff(someone);
  const first = await someone.open("form.html");
  await sendWith(first, "later@example.ru");
  await first.page.getByText(KEPT).waitFor();
  await first.page.close();
  await restore();
  const { told } = await someone.open("later.html");
  const [{ id, lead }] = await waitFor(async () => (await told("recorded")).length && told("recorded"), "the recording");
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal((await theOne("later@example.ru")).id, lead);
  await someone.context.close();
});

for (const [what, signal] of [
  ["the connection is back", (page) => page.context().setOffline(true).then(() => page.context().setOffline(false))],
  ["he looks at the page again", (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))],
]) {
  test(`told to wait for minutes, it is sent at once when ${what}`, async () => {
    const someone = await somebody();
    const pattern = /\/v1\/inquiries/;
    let attempts = 0;
    const later = { "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after", "retry-after": "240" };
    await someone.context.route(pattern, (route) => {
      attempts++;
      return route.fulfill({ status: 503, headers: later, body: "" });
    });
    const seen = await someone.open("form.html");
    const reach = `${what.split(" ")[1]}@example.ru`;
    await sendWith(seen, reach);
    const told = seen.me.form.locator(".status:not(:empty)").first();
    await told.waitFor();
    await someone.context.unroute(pattern);
    await seen.page.waitForTimeout(2500);
    assert.equal(attempts, 1, "it waits as it was told");
    assert.equal(await told.isVisible(), true);
    await signal(seen.page);
    await seen.me.seeThanks();
    await theOne(reach);
    await someone.context.close();
  });
}

test("what was sent is known for an hour, and gone when he turns to the form after that", async () => {
  const someone = await somebody();
  const seen = await someone.open("form.html");
  await sendWith(seen, "hour@example.ru");
  await seen.me.seeThanks();
  const sent = () => seen.page.evaluate(() => JSON.parse(localStorage.getItem("firstcontact:sent")));
  const before = await waitFor(async () => Object.values((await sent()) ?? {})[0]?.reply && sent(), "what was sent");
  assert.ok(!JSON.stringify(before).includes("hour@example.ru"));
  // As if it had been an hour ago, in a tab that is closed.
  const age = (by) =>
    seen.page.evaluate(
      ([sent, by]) => {
        for (const entry of Object.values(sent)) entry.at = Date.now() - by;
        localStorage.setItem("firstcontact:sent", JSON.stringify(sent));
        sessionStorage.clear();
      },
      [before, by],
    );
  for (const [minutes, stays] of [[59, true], [61, false]]) {
    await age(minutes * 6e4);
    await seen.page.reload();
    await turnTo(seen);
    assert.equal((await sent()) !== null, stays, `after ${minutes} minutes`);
  }
  await someone.context.close();
});

test("two tabs: while one is still sending the other waits with it, and it becomes one inquiry", async () => {
  const someone = await somebody();
  const acknowledged = acknowledgedTo(someone.context);
  const restore = await cutOff(someone);
  const first = await someone.open("form.html");
  await sendWith(first, "tabs@example.ru");
  await first.page.getByText(KEPT).waitFor();
  const second = await someone.open("form.html");
  await second.page.getByText(KEPT).waitFor();
  await restore();
  await first.page.getByRole("button", { name: "Попробовать сейчас" }).click();
  await first.me.seeThanks();
  await second.me.seeThanks();
  await theOne("tabs@example.ru");
  await everythingArrives(server, acknowledged);
  await someone.context.close();
});

test("the same contact sent again after the back button or from a second tab is the same inquiry", async () => {
  const someone = await somebody();
  const seen = await someone.open("form.html");
  await sendWith(seen, "again@example.ru");
  await seen.me.seeThanks();
  const second = await someone.open("form.html");
  await sendWith(second, "again@example.ru");
  await second.me.seeThanks();
  await theOne("again@example.ru");
  // Another contact is another inquiry.
  const third = await someone.open("form.html");
  await sendWith(third, "another@example.ru");
  await third.me.seeThanks();
  await theOne("another@example.ru");
  await someone.context.close();
});

test("a reload after the thanks goes on with the questions, not with an empty form", async () => {
  const someone = await somebody();
  const seen = await someone.open("form.html");
  await sendWith(seen, "reload@example.ru");
  await seen.me.seeQuestion("Какую задачу хотите решить?");
  await seen.page.getByRole("button", { name: "Что-то не устраивает" }).click();
  await seen.me.seeQuestion("На каком вы этапе?");
  await seen.page.reload();
  await seen.me.seeThanks();
  await seen.page.locator("first-contact .question").waitFor();
  assert.equal(await seen.me.form.locator("[name=reach]").count(), 0);
  const { id } = await theOne("reload@example.ru");
  await waitFor(async () => (await server.lead(id)).lead.need === "yes", "the answer");
  await someone.context.close();
});

test("a browser that stores nothing loses nothing while the page is open", async () => {
  const someone = await somebody();
  const acknowledged = acknowledgedTo(someone.context);
  await someone.context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("refused", "SecurityError");
    };
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, { get: refuse });
  });
  const restore = await cutOff(someone);
  const seen = await someone.open("form.html");
  await sendWith(seen, "nostore@example.ru");
  await seen.page.getByText("Не закрывайте страницу").waitFor();
  await restore();
  await seen.page.getByRole("button", { name: "Попробовать сейчас" }).click();
  await seen.me.seeThanks();
  await theOne("nostore@example.ru");
  await everythingArrives(server, acknowledged);
  assert.deepEqual(seen.heard.filter((text) => !/ERR_FAILED/.test(text)), []);
  await someone.context.close();
});

test("without IndexedDB and locks the plain store does", async () => {
  const someone = await somebody();
  await someone.context.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", { value: undefined });
    Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
  });
  const restore = await cutOff(someone);
  const seen = await someone.open("form.html");
  await sendWith(seen, "plainstore@example.ru");
  await seen.page.getByText(KEPT).waitFor();
  await seen.page.close();
  await restore();
  // The lease of the closed tab runs out by itself.
  const { told } = await someone.open("later.html");
  await waitFor(async () => (await told("recorded")).length === 1, "the recording", 40_000);
  await theOne("plainstore@example.ru");
  await someone.context.close();
});

test("after a week it is given up", async () => {
  const someone = await somebody();
  const { page } = await someone.open("later.html");
  const body = { site: server.site, form: server.form, contact: { reach: "week@example.ru" } };
  const keep = (id, days) =>
    page.evaluate(
      ([id, days, body, base]) => {
        const name = `${body.site}/${body.form}`;
        const item = { key: `${id}:1`, name, base, path: "/v1/inquiries", body: JSON.stringify({ id, ...body }), at: Date.now() - days * 864e5 };
        localStorage.setItem(`firstcontact:item:${item.key}`, JSON.stringify(item));
        localStorage.setItem("firstcontact", JSON.stringify(name));
      },
      [id, days, body, server.url],
    );
  await keep("01a2016c-e4cd-7ec4-a92d-590d117a49d5", 8);
  await page.reload();
  await waitFor(() => page.evaluate(() => localStorage.length === 0), "the store to be tidied");
  assert.deepEqual(await leadsOf("week@example.ru"), []);
  await keep("01a2016c-e4cd-7ec4-a92d-590d117a49d6", 6);
  await page.reload();
  await theOne("week@example.ru");
  await someone.context.close();
});

test("the page closed right after the press: it arrives", async () => {
  const someone = await somebody();
  const seen = await someone.open("form.html");
  await seen.me.fillContact("closed@example.ru");
  await seen.me.agree();
  await andLeave(seen.page, () => {
    document.querySelector("first-contact").shadowRoot.querySelector("button.button").click();
    location.href = "about:blank";
  });
  const { id } = await theOne("closed@example.ru");
  // The page is gone before it could be told: the ledger says which inquiry it was.
  await everythingArrives(server, new Set((await server.lead(id)).inquiries.map((inquiry) => inquiry.id)));
  await someone.context.close();
});

for (const [where, cutsOff] of [
  ["it arrives", false],
  ["without a network: it is kept, and arrives from the next page", true],
]) {
  test(`the page closed in the moment of a tapped answer, before the next question is painted; ${where}`, async () => {
    const reach = `tapped-${cutsOff}@example.ru`;
    const someone = await somebody();
    const seen = await someone.open("form.html");
    await sendWith(seen, reach);
    await seen.me.seeQuestion("Какую задачу хотите решить?");
    const join = cutsOff && (await cutOff(someone));
    await andLeave(seen.page, () => {
      // The browser comes to nothing more before it leaves.
      window.requestAnimationFrame = window.setTimeout = () => 0;
      document.querySelector("first-contact").shadowRoot.querySelector(".choice").click();
      location.href = "about:blank";
    });
    if (cutsOff) {
      await join();
      await someone.open("later.html");
    }
    const { id } = await theOne(reach);
    const answers = await waitFor(async () => {
      const { lead } = await server.lead(id);
      return lead.answers.length && lead.answers;
    }, "the answer");
    assert.deepEqual(answers.map(({ question }) => question), ["need"]);
    await someone.context.close();
  });
}

test("what is counted says how far visitors come, and nothing of who they are", async () => {
  const someone = await somebody();
  await someone.context.addInitScript(() => {
    window.beacons = [];
    navigator.sendBeacon = (...said) => window.beacons.push(said);
  });
  const seen = await someone.open("form.html?utm_source=yandex&utm_medium=cpc&yclid=123456");
  await sendWith(seen, "counted@example.ru");
  await seen.me.seeQuestion("Какую задачу хотите решить?");
  await seen.page.getByRole("button", { name: "Что-то не устраивает" }).click();
  await seen.me.seeQuestion("На каком вы этапе?");
  await seen.page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
    dispatchEvent(new Event("pagehide"));
  });
  const beacons = (await seen.page.evaluate(() => window.beacons)).filter(([url]) => url.endsWith("/v1/counts"));
  assert.equal(beacons.length, 1, "said once");
  const bodies = beacons.map(([, body]) => body);
  const told = JSON.parse(bodies[0]);
  assert.deepEqual(told.source, { utm_source: "yandex", utm_medium: "cpc", click: "yclid" });
  assert.equal(told.form, "price");
  for (const step of ["open", "contact", "minted", "answered:need"]) assert.equal(told.steps[step], 1, step);
  assert.ok(!/counted@|123456/.test(bodies.join()));
  await someone.context.close();
});

test("the page's analytics hear of the lead once, with nothing personal in it", async () => {
  const someone = await somebody();
  await someone.context.addInitScript(() => {
    window.pixels = [];
    window.dataLayer = [];
    window.ym = (...said) => window.pixels.push(["ym", ...said]);
    window.ym.a = [[4711, "init"]];
    window.fbq = (...said) => window.pixels.push(["fbq", ...said]);
    window.VK = { Goal: (name) => window.pixels.push(["VK", name]) };
    window._tmr = [{ id: "99", type: "pageView" }];
  });
  const seen = await someone.open("form.html");
  await sendWith(seen, "pixels@example.ru");
  await seen.me.seeThanks();
  const [{ id }] = await seen.told("recorded");
  const heard = await seen.page.evaluate(() => ({ pixels: window.pixels, data: window.dataLayer, tmr: window._tmr }));
  assert.deepEqual(heard.data.filter(({ event }) => event === "generate_lead"), [{ event: "generate_lead", form_id: "price" }]);
  assert.deepEqual(heard.pixels.filter(([kind, , , goal]) => kind !== "ym" || goal === "lead_first_contact"), [
    ["ym", 4711, "reachGoal", "lead_first_contact"],
    ["fbq", "track", "Lead", {}, { eventID: id }],
    ["VK", "lead"],
  ]);
  assert.deepEqual(heard.tmr.slice(1), [{ id: "99", type: "reachGoal", goal: "lead_first_contact" }]);
  assert.ok(heard.data.some(({ event }) => event === "lead_widget_open"));
  assert.ok(!JSON.stringify(heard).includes("pixels@example.ru"));
  await someone.context.close();
});

for (const [what, answer] of [
  ["a page of an office's proxy", { status: 403, contentType: "text/html", body: `<h1>Access denied</h1><script>({"code":"denied","status":403})</script>` }],
  ["nothing here, says whoever stands in between", { status: 404, contentType: "text/html", body: "<h1>Not found</h1>" }],
  ["the page that a service worker shows offline", { status: 200, contentType: "text/html", body: `<h1>You are offline</h1><script>let page = {"id":"7"};</script>` }],
  ["too slow, says our own door", { status: 408, contentType: "application/problem+json", body: JSON.stringify({ title: "too slow", status: 408, code: "too_slow" }) }],
]) {
  test(`an answer that is none of ours, or asks for patience, ends nothing: ${what}`, async () => {
    const someone = await somebody();
    const pattern = /\/v1\/inquiries/;
    await someone.context.route(pattern, (route) => route.fulfill({ ...answer, headers: { "access-control-allow-origin": "*" } }));
    const first = await someone.open("form.html");
    const reach = `patient-${answer.status}@example.ru`;
    await sendWith(first, reach);
    await first.page.getByText(KEPT).waitFor();
    await first.page.close();
    // On another page it meets the same, and is still kept.
    const meets = someone.context.waitForEvent("response", (response) => pattern.test(response.url()));
    const second = await someone.open("later.html");
    await meets;
    await second.page.close();
    await someone.context.unroute(pattern);
    const third = await someone.open("later.html");
    await theOne(reach);
    await third.page.close();
    await someone.context.close();
  });
}

test("a store whose commit fails has kept nothing, and another one does", async () => {
  const someone = await somebody();
  const restore = await cutOff(someone);
  await someone.context.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...values) {
      const request = put.apply(this, values);
      request.addEventListener("success", () => this.transaction.abort());
      return request;
    };
  });
  const first = await someone.open("form.html");
  await sendWith(first, "aborted@example.ru");
  await first.page.getByText(KEPT).waitFor();
  await first.page.close();
  await restore();
  const second = await someone.open("later.html");
  await theOne("aborted@example.ru");
  await second.page.close();
  await someone.context.close();
});
