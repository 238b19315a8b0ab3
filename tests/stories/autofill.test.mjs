// What the browser knows of its owner, filled in by the browser itself: Chromium's own autofill, inside the shadow root.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { madePage, openMadeTown, person, tag } from "../story/made.mjs";
import { waitFor } from "../story/server.mjs";
import { makeCompany } from "../story/workspace.mjs";

const FORMS = `
[[forms]]
id = "price"
questions = [
  { id = "other_phone", kind = "phone", text = { en = "Another phone?" } },
  { id = "mailbox", kind = "email", text = { en = "Which mailbox?" } },
]
[forms.contact]
title = { en = "How can we reach you?" }
best_time = true
[forms.contact.consent]
kind = "notice"
version = "1"
text = { en = "By sending you agree." }
`;

/** As it stands in the settings of a browser. */
const ANNA = [
  ["NAME_FULL", "Anna Smith"],
  ["EMAIL_ADDRESS", "anna@example.com"],
  ["PHONE_HOME_WHOLE_NUMBER", "+14155550132"],
  ["ADDRESS_HOME_COUNTRY", "US"],
  ["COMPANY_NAME", "Smith and Sons, https://smith.example.com"],
  ["ADDRESS_HOME_STREET_ADDRESS", "1 Main Street"],
  ["ADDRESS_HOME_CITY", "San Francisco"],
  ["ADDRESS_HOME_STATE", "CA"],
  ["ADDRESS_HOME_ZIP", "94103"],
].map(([name, value]) => ({ name, value }));

let town;
let company;
before(async () => {
  town = await openMadeTown();
  company = await makeCompany(town.server, FORMS);
});
after(() => town?.close());

/** The browser fills the form from this field on; says which field it took for what, and by what it knew. */
async function autofill(page, name) {
  const client = await page.context().newCDPSession(page);
  await client.send("Autofill.enable");
  const filled = new Promise((resume) => client.on("Autofill.addressFormFilled", ({ filledFields }) => resume(filledFields)));
  const { root } = await client.send("DOM.getDocument", { depth: -1, pierce: true });
  const nodes = [root];
  let field;
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const attributes = node.attributes ?? [];
    const own = (key) => attributes[attributes.indexOf(key) + 1];
    if (node.nodeName === "INPUT" && (attributes.includes("name") ? own("name") : own("class")) === name) field = node.backendNodeId;
    nodes.push(...(node.children ?? []), ...(node.shadowRoots ?? []));
  }
  await client.send("Autofill.trigger", { fieldId: field, address: { fields: ANNA } });
  const fields = await filled;
  await client.detach();
  // What it takes for nothing of a person's address is listed as well, and stays empty.
  return Object.fromEntries(fields.filter(({ autofillType }) => autofillType).map(({ name, id, autofillType, fillingStrategy }) => [name || id, `${autofillType} (${fillingStrategy})`]));
}

for (const mode of ["inline", "popup"]) {
  test(`the browser knows the fields inside the shadow root, fills them, and the lead has what it filled: ${mode}`, async () => {
    const someone = await person(town.browser, town.host, { "made.html": madePage(tag({ ...company, form: "price" }, `data-mode="${mode}"`), { lang: "en" }) }, { locale: "en-US" });
    const { page, me, told, heard } = await someone.open("made.html");
    await waitFor(async () => (await told("ready")).length === 1, "the form");
    await page.evaluate(() => window.firstContact.open());
    const reach = me.form.locator("[name=reach]");
    await reach.waitFor();
    await reach.focus();
    const known = await autofill(page, "reach");
    assert.deepEqual(known, { name: "Full name (autocompleteAttribute)", reach: "Phone number (autocompleteAttribute)" });
    assert.equal(await me.form.locator("[name=name]").inputValue(), "Anna Smith");
    assert.match(await reach.inputValue(), /^\+?1 ?\(?415\)? ?555-?0132$/);
    for (const name of ["message", "best_time"]) assert.equal(await me.form.locator(`[name=${name}]`).inputValue(), "", name);
    await page.getByRole("button", { name: "Send" }).click();
    await me.seeThanks();
    const [{ lead }] = await told("recorded");
    const { contact } = (await company.lead(lead)).lead;
    assert.deepEqual([contact.name, contact.phones.map(({ e164 }) => e164)], ["Anna Smith", ["+14155550132"]]);

    // The questions' own fields too.
    await me.seeQuestion("Another phone?");
    assert.deepEqual(Object.values(await autofill(page, "field")), ["Phone number (autocompleteAttribute)"]);
    await page.getByRole("button", { name: "Continue" }).click();
    await me.seeQuestion("Which mailbox?");
    assert.deepEqual(Object.values(await autofill(page, "field")), ["Email address (autocompleteAttribute)"]);
    await page.getByRole("button", { name: "Continue" }).click();
    const answers = await waitFor(async () => {
      const { answers } = (await company.lead(lead)).lead;
      return answers.length === 2 && answers;
    }, "the answers");
    assert.match(answers[0].answered, /415/);
    assert.equal(answers[1].answered, "anna@example.com");
    assert.deepEqual(heard, []);
    await someone.context.close();
  });
}

test("the field for machines is filled by no browser, from whichever field it begins, and password managers are told to leave it", async () => {
  const someone = await person(town.browser, town.host, { "made.html": madePage(tag({ ...company, form: "price" }), { lang: "en" }) }, { locale: "en-US" });
  const { page, me, told } = await someone.open("made.html");
  const trap = me.form.locator("[name=website]");
  for (const name of ["website", "name", "reach"]) {
    await page.reload();
    await me.form.locator("[name=reach]").focus();
    await trap.waitFor({ state: "attached" });
    // Begun at a field that is nothing of a person's, it fills nothing, and says nothing either.
    const known = await Promise.race([autofill(page, name), name === "website" && page.waitForTimeout(1500)].filter(Boolean));
    if (name !== "website") assert.deepEqual(Object.keys(known).sort(), ["name", "reach"], name);
    assert.equal(await trap.inputValue(), "", name);
  }
  const attributes = await trap.evaluate((node) => Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])));
  assert.equal(attributes.autocomplete, "off");
  // 1Password fills in hidden fields of a person's address and has a website among them; each has a name for its own "no".
  assert.ok("data-1p-ignore" in attributes && "data-bwignore" in attributes);
  assert.deepEqual([attributes["data-lpignore"], attributes["data-form-type"]], ["true", "other"]);
  const sent = page.waitForRequest((request) => request.url().endsWith("/v1/inquiries"));
  await page.getByRole("button", { name: "Send" }).click();
  assert.equal(JSON.parse((await sent).postData()).trap, "");
  await me.seeThanks();
  const [{ lead }] = await told("recorded");
  assert.equal((await company.lead(lead)).lead.status, "open", "nobody takes him for a machine");
  await someone.context.close();
});
