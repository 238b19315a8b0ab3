import speller from "@zootools/email-spell-checker";

/** Mailboxes of the countries where the library's own list, made elsewhere, knows none. */
const DOMAINS = [
  ...speller.POPULAR_DOMAINS,
  ..."mail.ru yandex.ru ya.ru bk.ru list.ru inbox.ru rambler.ru vk.com gmx.de ukr.net tut.by proton.me".split(" "),
];

/**
 * A phone as it is written where it comes from, when that is beyond doubt: a Russian one with its eleven digits.
 * Everything else stays as it was typed; the server reads any habit.
 */
export const writtenPhone = (typed, lang) => {
  if (!/^\+?[\d\s().-]+$/.test(typed)) return typed;
  const digits = typed.replace(/\D/g, "");
  const certain = typed.startsWith("+") ? /^7[3-9]/ : lang == "ru" ? /^[78][3-9]/ : /^$/;
  if (digits.length != 11 || !certain.test(digits)) return typed;
  return digits.replace(/^.(...)(...)(..)(..)$/, "+7 $1 $2-$3-$4");
};

/**
 * The mailbox that was probably meant; undefined when there is nothing to say. Only well-known mailboxes are meant: a
 * guess at the ending would doubt every company's own domain, and next to a short one everything is near.
 */
export const meantMailbox = (typed) => {
  if (!/^[^\s@]+@[^\s@]{6,}$/.test(typed)) return undefined;
  return speller.run({ email: typed, domains: DOMAINS, secondLevelDomains: [], topLevelDomains: [] })?.full;
};

/**
 * Helps with what was typed, once the visitor has left the field: writes a phone readably, and offers the mailbox
 * that was probably meant, which a tap takes over. It never stands in the way of sending.
 */
export const helpWithReach = ({ card, lang, tools: { draw } }, say) => {
  let offer;
  let pressed;
  const withdraw = () => offer?.remove();
  const take = (field, mailbox) => {
    field.value = mailbox;
    withdraw();
    field.focus();
  };
  const propose = (field) => {
    const typed = field.value.trim();
    const mailbox = meantMailbox(typed);
    withdraw();
    if (!mailbox || mailbox == typed.toLowerCase() || field.matches(":disabled")) return;
    const button = draw("button", { type: "button", class: "offer" }, `${say("meant")} ${mailbox}`);
    button.addEventListener("click", () => take(field, mailbox));
    offer = draw("p", { class: "suggestion", role: "status" }, button);
    field.after(offer);
  };
  card.addEventListener("pointerdown", () => (pressed = true));
  for (const end of ["click", "pointercancel"]) card.addEventListener(end, () => (pressed = false));
  card.addEventListener("input", ({ target }) => target.name == "reach" && withdraw());
  card.addEventListener("focusout", ({ target }) => {
    if (target.name != "reach") return;
    target.value = writtenPhone(target.value.trim(), lang);
    // Whoever is just pressing the button must find it under his finger still when he lets go.
    if (!pressed) propose(target);
    else card.addEventListener("click", () => setTimeout(propose, 0, target), { once: true });
  });
};
