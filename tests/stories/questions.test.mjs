// Every kind of question, answered by a person and read by the team.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openTown } from "../story/guest.mjs";
import { openStage, walk } from "../story/steps.mjs";
import { waitFor } from "../story/server.mjs";

let town;
before(async () => {
  town = await openTown();
});
after(() => town?.close());

test("every kind of question: what was answered is what the team reads", async () => {
  const stage = await openStage(town.browser, town.server, town.host, town.second, { lang: "en", options: { timezoneId: "Europe/Moscow" } });
  const heard = [];
  stage.page.on("pageerror", (error) => heard.push(String(error)));
  const sent = [];
  stage.page.on("request", (request) => /\/answers$/.test(request.url()) && sent.push(JSON.parse(request.postData())));
  let statement;
  let price;
  await walk(stage, async ({ name }, { page }) => {
    if (name === "statement") statement = await page.locator("first-contact .question").innerText();
    if (name === "price") price = await page.locator("first-contact .heading").innerText();
  });
  assert.deepEqual(heard, []);
  await waitFor(() => sent.some(({ answers }) => "price" in answers), "the last answer on its way");
  const last = {};
  for (const { answers } of sent) Object.assign(last, answers);
  assert.deepEqual(last, {
    need: "specific",
    whose: ["company", "personal"],
    timing: "later",
    wishes: null,
    area: 12.5,
    budget: 150000,
    measure: "2027-03-01",
    holiday: "2027-03-08/2027-03-15",
    weight: 8,
    other_phone: "8 (495) 123-45-67",
    mailbox: "anna@example.com",
    catalogue: "yes",
    table: "oak",
    file: { code: "", text: "sketch.png" },
    nearly: null,
    price: "accept",
  });
  assert.match(statement, /Almost done, Анна[^]*12\.5\sm² and Oak: one question is left\./);
  assert.match(price, /45.000–120.000 ₽/u);

  const { client } = town;
  let id;
  const shown = await waitFor(async () => {
    const { leads } = await client.api("/api/leads");
    const lead = leads.find(({ contact }) => contact.emails.includes("steps@example.com"));
    const answers = Object.fromEntries((lead?.answers ?? []).map(({ question, answered }) => [question, answered]));
    id = lead?.id;
    return answers.price && answers;
  }, "the last answer");
  const files = await waitFor(async () => {
    const { files } = await client.api(`/api/leads/${id}`);
    return files.length && files;
  }, "the file");
  assert.deepEqual(files.map(({ name, question }) => [name, question]), [["sketch.png", "file"]]);
  assert.equal(shown.area, "12.5\u00a0m²");
  assert.equal(shown.budget, "150\u202f000\u00a0€");
  assert.equal(shown.holiday, "2027-03-08/2027-03-15");
  assert.equal(shown.weight, "8");
  assert.equal(shown.table, "Oak");
  assert.equal(shown.catalogue, "Send me the catalogue");
  await stage.context.close();
});
