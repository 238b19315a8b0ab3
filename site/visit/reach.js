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

/** The mailbox that was probably meant; undefined when there is nothing to say. */
export const meantMailbox = (typed) =>
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed) ? speller.run({ email: typed, domains: DOMAINS })?.full : undefined;

/**
 * Helps with what was typed, once the visitor has left the field: writes a phone readably, and offers the mailbox
 * that was probably meant, which a tap takes over. It never stands in the way of sending.
 */
export const helpWithReach = ({ card, lang, tools: { draw } }, say) => {
  let offer;
  const withdraw = () => offer?.remove();
  const take = (field, mailbox) => {
    field.value = mailbox;
    withdraw();
    field.focus();
  };
  card.addEventListener("input", ({ target }) => target.name == "reach" && withdraw());
  card.addEventListener("focusout", ({ target }) => {
    if (target.name != "reach") return;
    const typed = target.value.trim();
    const written = writtenPhone(typed, lang);
    if (written != typed) target.value = written;
    const mailbox = meantMailbox(typed);
    withdraw();
    if (!mailbox || mailbox == typed.toLowerCase()) return;
    const button = draw("button", { type: "button", class: "offer" }, `${say("meant")} ${mailbox}`);
    button.addEventListener("click", () => take(target, mailbox));
    offer = draw("p", { class: "suggestion", role: "status" }, button);
    target.after(offer);
  });
};
