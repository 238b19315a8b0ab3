// The ladder: the module cut short, broken, stalled or panicking, and a policy that only reports. The lead is kept on every rung.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { visitor } from "../story/browser.mjs";
import { FIRST_QUESTION, openTown } from "../story/guest.mjs";
import { madePage, openMadeHost, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

let town;
before(async () => (town = await openTown()));
after(() => town?.close());

/** The module as the server sends it, whole; nothing, when nobody waits for it any more. */
const wholeModule = async (route) => {
  try {
    return await (await route.fetch()).body();
  } catch {
    return Buffer.alloc(0);
  }
};
/** Whoever has left the page has no use for an answer. */
const unlessGone = (answer) => answer.catch(() => {});

const BROKEN = {
  "half of it": async (route) => {
    const body = await wholeModule(route);
    await route.fulfill({ contentType: "application/wasm", body: body.subarray(0, body.length / 2) });
  },
  "cut in its first bytes": (route) => route.fulfill({ contentType: "application/wasm", body: Buffer.from([0, 0x61, 0x73, 0x6d]) }),
  "another file of the same name": (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Sign in to the café's network</title>" }),
  "one byte wrong": async (route) => {
    const body = Buffer.from(await wholeModule(route));
    body[Math.floor(body.length / 3)] ^= 0xff;
    body[Math.floor(body.length / 2)] ^= 0xff;
    await route.fulfill({ contentType: "application/wasm", body });
  },
  "nothing at all": (route) => route.abort(),
  "a line that stalls": async () => {},
};

for (const [what, act] of Object.entries(BROKEN)) {
  test(`the module arrives broken (${what}): the questions go on in our frame, and the lead has their answers`, async () => {
    const { page, context, me, told } = await town.visit("plain.html");
    let times = 0;
    // Only the page's own module is broken; the frame asks for its own, and gets it.
    await context.route("**/widget_bg.wasm", (route) => (route.request().frame() === page.mainFrame() ? (times++, unlessGone(act(route))) : route.continue()));
    const reach = `${encodeURIComponent(what).replace(/%../g, "").toLowerCase()}@example.ru`;
    await me.leaveContact(reach);
    const [{ lead }] = await waitFor(async () => (await told("recorded")).length && told("recorded"), "the record");
    assert.equal((await town.server.lead(lead)).lead.stage, "first_contact");
    const frame = page.frameLocator("first-contact iframe");
    await visitor(frame).seeQuestion(FIRST_QUESTION);
    await frame.getByRole("button", { name: /Что-то не устраивает/ }).click();
    await waitFor(async () => (await town.server.lead(lead)).lead.need === "yes", "the answer from the frame");
    assert.ok(times > 0, "the page asked for the module");
    assert.equal((await told("recorded")).length, 1);
    assert.equal(await page.locator("first-contact iframe").count(), 1);
    await context.close();
  });
}

test("the module can be had nowhere: the lead is kept, the thanks stay, and nothing is asked twice", async () => {
  const { page, context, me, told } = await town.visit("plain.html");
  await context.route("**/widget_bg.wasm", (route) => unlessGone(BROKEN["half of it"](route)));
  await me.leaveContact("nowhere@example.ru");
  const [{ lead }] = await told("recorded");
  const frame = page.frameLocator("first-contact iframe");
  await frame.locator("first-contact .thanks").waitFor({ timeout: 20_000 });
  await page.waitForTimeout(500);
  assert.equal(await frame.locator("[name=reach]:visible").count(), 0, "the contact is not asked again");
  assert.equal(await me.form.locator(".thanks").first().isVisible(), true);
  assert.equal((await town.server.lead(lead)).lead.stage, "first_contact");
  await context.close();
});

test("a policy on trial only reports: the questions go on in place, and nothing is done another way", async () => {
  const { page, context, heard, told, me } = await town.visit("on_trial.html");
  await page.evaluate(() => {
    window.reported = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, disposition }) => window.reported.push(`${disposition} ${effectiveDirective}`));
  });
  await me.leaveContact("trial@example.ru");
  await me.seeQuestion(FIRST_QUESTION);
  await page.getByRole("button", { name: "Что-то не устраивает" }).click();
  await me.seeQuestion("На каком вы этапе?");
  const lead = await town.recorded(told);
  await waitFor(async () => (await town.server.lead(lead.id)).lead.need === "yes", "the answer");
  const reported = await page.evaluate(() => window.reported);
  // Else this page would be like any other.
  for (const kind of ["connect-src", "script-src-elem"]) assert.ok(reported.includes(`report ${kind}`), `${kind} among ${reported}`);
  assert.deepEqual(reported.filter((said) => said.startsWith("enforce")), []);
  assert.equal(await page.locator("first-contact iframe, first-contact a.button").count(), 0);
  assert.equal((await town.server.lead(lead.id)).inquiries[0].channel, "widget");
  assert.deepEqual(heard.filter((said) => !/Report Only|report-only|Content Security Policy/i.test(said)), []);
  await context.close();
});

test("a panic in the module: its own form and one that was asking go on in our frame, one that has not begun still records and asks", async () => {
  const { page, context, told, heard } = await town.visit("panic.html");
  const form = (place) => page.locator(`#${place} first-contact`);
  const leave = async (place, reach) => {
    await form(place).locator("[name=reach]").fill(reach);
    await form(place).locator("[name=consent]").check();
    await form(place).locator("form.contact .button").click();
  };
  for (const [place, reach] of [["first", "first@example.ru"], ["second", "other@example.ru"]]) {
    await leave(place, reach);
    await form(place).getByRole("heading", { name: FIRST_QUESTION }).waitFor({ timeout: 20_000 });
  }
  // A page that breaks the browser's own function for one moment: the module cannot draw its next screen.
  await page.evaluate(() => {
    const { createElement } = Document.prototype;
    Document.prototype.createElement = function () {
      Document.prototype.createElement = createElement;
      throw new Error("broken for a moment");
    };
  });
  await form("first").getByRole("button", { name: /Есть конкретная задача|I have a specific/ }).click();
  const recorded = async () => told("recorded");
  const [one, two] = await recorded();
  for (const place of ["first", "second"]) {
    const frame = page.frameLocator(`#${place} first-contact iframe`);
    await visitor(frame).seeQuestion(FIRST_QUESTION);
    await frame.getByRole("button", { name: /Что-то не устраивает|Something is not right/ }).click();
  }
  for (const { lead } of [one, two]) {
    await waitFor(async () => (await town.client.lead(lead)).lead.answers.some(({ question, answered }) => question === "need" && /Что-то|Something/.test(answered)), "the answer from the frame");
  }
  // The third has not begun: what has happened to the others is nothing to it.
  await form("third").locator("[name=reach]").fill("third@example.ru");
  await form("third").locator("form.contact .button").click();
  await waitFor(async () => (await recorded()).length === 3, "the third record");
  await form("third").getByText(/^(Спасибо! Мы уже записали|Thank you! Your request)/).waitFor();
  assert.deepEqual(heard.filter((said) => !/unreachable|RuntimeError|panicked/.test(said)), []);
  await context.close();
});

const QUIZ = `
[[forms]]
id = "quiz"
questions = ["buying_stage", "timing"]
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, consent = { kind = "notice", version = "1", text = { ru = "Отправляя, вы соглашаетесь" } } }
end = { title = { ru = "Расчёт уже делаем" } }

[[forms]]
id = "typed"
questions = [{ id = "area", kind = "number", text = { ru = "Какая площадь?" } }, "timing"]
contact = { place = "last", title = { ru = "Куда прислать расчёт?" }, consent = { kind = "notice", version = "1", text = { ru = "Отправляя, вы соглашаетесь" } } }
end = { title = { ru = "Расчёт уже делаем" } }
`;

for (const what of ["half of it", "cut in its first bytes", "a line that stalls"]) {
  for (const form of ["quiz", "typed"]) {
    test(`the module of a quiz arrives broken (${what}): the contact is asked at once, the lead has what was answered, and the end is the owner's: ${form}`, async () => {
      const company = await makeCompany(town.server, QUIZ);
      const host = await openMadeHost();
      const someone = await person(town.browser, host, { "made.html": madePage(tag({ ...company, form })) });
      await someone.context.route("**/widget_bg.wasm", (route) => unlessGone(BROKEN[what](route)));
      const { page, me, told, heard } = await someone.open("made.html");
      if (form === "quiz") await page.getByRole("button", { name: "Выбираем, что и у кого купить" }).click();
      await me.form.locator("[name=reach]").waitFor({ timeout: 20_000 });
      await me.fillContact("brokenquiz@example.ru");
      await me.send();
      await me.seeThanks();
      await page.getByRole("heading", { name: "Расчёт уже делаем" }).waitFor();
      const [{ lead }] = await waitFor(async () => (await told("recorded")).length && told("recorded"), "the record");
      const expected = form === "quiz" ? ["buying_stage"] : [];
      const found = await waitFor(async () => {
        const { lead: found } = await company.lead(lead);
        return found.answers.length === expected.length && found;
      }, "the answer");
      assert.deepEqual(found.answers.map(({ question }) => question), expected);
      assert.equal(found.stage, "first_contact");
      assert.equal((await told("completed")).length, 1);
      assert.deepEqual(heard, []);
      await someone.context.close();
      host.close();
    });
  }
}
