// One visit from the first step to the end, as a list: each step says how a person gets there from the step before.
// A new kind of question is one line here and one question in client.toml; a new mode or look is one entry of a list below.
import { visitor } from "./browser.mjs";

export const LANGUAGES = ["ru", "en"];
export const THEMES = ["light", "dark"];
/** A phone, where nothing hovers and fingers tap, and a desktop. */
export const WIDTHS = [390, 1280];
const PHONE = { hasTouch: true, isMobile: true };
/** The ways a form stands on a page, and what a person presses until it is there. */
export const MODES = { inline: null, popup: "#link", slider: "#link", bubble: "first-contact .opener" };

/** Every combination of lists, as a list of lists. */
export const every = (...lists) => lists.reduce((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);

const choice = (number) => (stage) => stage.page.locator("first-contact .choice").nth(number - 1).click();
const go = (stage) => stage.page.locator("first-contact .question .button").click();
const skip = (stage) => stage.page.locator("first-contact .skip").click();
const shown = (selector) => (stage) => stage.page.locator(`first-contact ${selector}`).waitFor({ timeout: 20_000 });
const asked = (words) => (stage) => stage.page.locator("first-contact .heading", { hasText: words }).waitFor({ timeout: 20_000 });
const inTurn = (...acts) => async (stage) => {
  for (const act of acts) await act(stage);
};

export const STEPS = [
  { name: "contact", go: shown("[name=reach]") },
  { name: "contact-missing", go: inTurn(send, shown("#reach-fault:not(:empty)")) },
  { name: "consent-missing", go: inTurn(fill, send, shown("#consent-fault:not(:empty)")) },
  { name: "sending", go: inTurn(agree, hold, send, shown("[aria-busy=true]")) },
  { name: "waiting", go: inTurn(lose, shown(".status:not(:empty)")) },
  { name: "thanks", go: inTurn(through, shown(".thanks"), asked(/Какую задачу|What would you like/)) },
  { name: "words-beside", go: inTurn(choice(1), shown(".entry [type=text]")) },
  { name: "several", go: inTurn(go, asked(/Кому это поможет|Who will it help/)) },
  { name: "several-chosen", go: inTurn(choice(1), choice(3)) },
  { name: "single", go: inTurn(go, asked(/Когда вообще|When do you plan/)) },
  { name: "date-beside", go: inTurn(choice(3), shown(".entry [type=date]")) },
  { name: "text", go: inTurn(go, asked(/Что ещё|What else/)) },
  { name: "number", go: inTurn(skip, asked(/Какая площадь|How large/)) },
  { name: "range", go: inTurn(write("12,5"), go, asked(/На какую сумму|What sum/)) },
  { name: "date", go: inTurn(go, asked(/Когда замер|When shall we measure/)) },
  { name: "period", go: inTurn(write("2027-03-01"), go, asked(/Когда вас не будет|When are you away/)) },
  { name: "scale", go: inTurn(write("2027-03-08", "2027-03-15"), go, asked(/Насколько важен|How much does/)) },
  { name: "phone", go: inTurn(choice(9), asked(/Второй телефон|Another phone/)) },
  { name: "email", go: inTurn(write("8 (495) 123-45-67"), go, asked(/Куда прислать|Where shall we send/)) },
  { name: "consent", go: inTurn(write("anna@example.com"), go, asked(/Прислать каталог|Shall we send/)) },
  { name: "pictures", go: inTurn(tick, go, asked(/Какой стол|Which table/)) },
  { name: "file", go: inTurn(choice(1), asked(/Есть чертёж|A drawing/)) },
  { name: "file-refused", go: inTurn(attach("song.mp3"), go, shown(".fault:not(:empty)")) },
  { name: "statement", go: inTurn(attach("sketch.png"), go, asked(/Почти всё|Almost done/)) },
  { name: "price", go: inTurn(go, asked(/Обычно это стоит|It usually costs/)) },
  { name: "price-confirmed", go: inTurn(choice(3), asked(/Закрыть заявку|Close the request/)) },
  { name: "end", go: inTurn(choice(2), choice(1), asked(/Это всё|That is all/)) },
];

/** The steps of a visit in this mode: a form that is opened and closed is closed first, and then somebody opens it. */
export const stepsOf = (mode) => {
  if (mode === "inline") return STEPS;
  const [contact, ...rest] = STEPS;
  const press = ({ page }) => page.locator(MODES[mode]).click();
  return [{ name: "closed", go: drawn }, { ...contact, go: inTurn(press, contact.go) }, ...rest];
};

/**
 * Where a dialog differs from a form in the page: its close button over the first lines, its edges, its narrower room
 * for what is wide, what is announced when it opens. Inside it is the same form, so that the steps that differ in
 * words alone are looked at inline only.
 */
export const IN_DIALOGS = ["closed", "contact", "contact-missing", "waiting", "thanks", "several-chosen", "range", "period", "scale", "pictures", "file-refused", "price-confirmed", "end"];

/** Writes into the fields of the question, in their order. */
function write(...texts) {
  return async ({ page }) => {
    for (const [at, text] of texts.entries()) await page.locator("first-contact .entry .field").nth(at).fill(text);
  };
}
/** Chooses a file of this name; what is in it is the smallest picture there is. */
function attach(name) {
  const buffer = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  return ({ page }) => page.locator("first-contact [type=file]").setInputFiles({ name, mimeType: "image/png", buffer });
}
/** The form is on the page, opened or not. */
const drawn = ({ page }) => page.waitForFunction(() => document.querySelector("first-contact")?.visit);
async function tick({ page }) {
  await page.locator("first-contact .entry [type=checkbox]").check();
}
async function fill({ me }) {
  await me.fillContact("steps@example.com", { name: "Анна" });
}
async function agree({ me }) {
  await me.agree();
}
async function send({ page }) {
  await page.locator("first-contact form.contact .button").click();
}
/** From now on nothing the page sends arrives. */
async function hold(stage) {
  stage.network.held = [];
}
async function lose(stage) {
  // Told to wait for minutes the form does not try again by itself while it is looked at.
  const later = { "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after", "retry-after": "240" };
  for (const route of stage.network.held) await route.fulfill({ status: 503, headers: later, body: "" });
  stage.network.held = [];
  stage.network.down = true;
}
async function through(stage) {
  stage.network.held = null;
  stage.network.down = false;
  // The form itself may be quicker: then there is nothing left to press.
  await stage.page.locator("first-contact form.contact .button").evaluateAll(([button]) => button?.click());
}

/**
 * Opens an empty page with the form of all steps. `asked`: lang, theme, width, height, mode, accent, and options of the browser.
 * The promised time is taken out of the reply, because it is another one each minute.
 */
export async function openStage(browser, server, host, site, asked = {}) {
  const { lang = "en", theme = "light", width = 1280, height = 1000, mode = "inline", form = "steps", accent, options = {} } = asked;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: lang === "ru" ? "ru-RU" : "en-GB",
    timezoneId: "Europe/Moscow",
    colorScheme: theme,
    ...(width === 390 && PHONE),
    ...options,
  });
  const page = await context.newPage();
  // The pictures of choices, which would be elsewhere in life.
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#b98"/><circle cx="2" cy="1.5" r="1" fill="#864"/></svg>';
  await page.route("https://pictures.example/**", (route) => route.fulfill({ contentType: "image/svg+xml", body: drawing }));
  const network = { held: null, down: false };
  await page.route(`${server.url}/v1/inquiries`, async (route) => {
    if (network.down) return route.abort();
    if (network.held) return network.held.push(route);
    const response = await route.fetch();
    const reply = await response.json();
    delete reply.answer_by;
    await route.fulfill({ response, json: reply });
  });
  const words = new URLSearchParams({ tag: `${server.url}/embed/${site}/${form}.js`, lang, theme, ...(mode !== "inline" && { mode }), ...(accent && { accent }) });
  await page.goto(host.url(`stage.html?${words}`));
  return { page, context, network, mode, me: visitor(page), form: page.locator("first-contact").first() };
}

/** Goes through the steps, and calls `look(step, stage)` at each; ends after the step named `last`. */
export async function walk(stage, look, last) {
  for (const step of stepsOf(stage.mode)) {
    await step.go(stage);
    await settle(stage.page);
    await look(step, stage);
    if (step.name === last) return;
  }
}

/** Draws form and page in the other theme, as an owner would who changes the attribute. */
export async function paint({ page, form }, theme) {
  await page.evaluate((theme) => (document.body.className = theme), theme);
  await form.evaluate((element, theme) => element.setAttribute("theme", theme), theme);
  await settle(page);
}

/** Lets what moves arrive at once, and waits for letters and until the focus has been led where it goes. */
export const settle = (page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    const frame = () => new Promise((resume) => requestAnimationFrame(resume));
    await frame();
    await frame();
    const root = document.querySelector("first-contact")?.shadowRoot;
    for (const animation of root?.getAnimations?.() ?? []) animation.finish();
    await frame();
  });
