import after from "./after.css";
import { answerTime } from "./answer_time.js";
import modes from "./modes.css";
import { makeRoom } from "./modes.js";
import { openCounts } from "./counting.js";
import { goOnElsewhere, whenForbidden } from "./elsewhere.js";
import { drawEnd, redirect } from "./ending.js";
import { preload, publishedForm, start } from "./questions.js";
import { helpWithReach } from "./reach.js";
import { remembered } from "./remembered.js";
import { keptOf, safekeep, takeTurn, takeUp, unpacked } from "./safekeeping.js";
import { recordedLead, signal } from "./signals.js";
import { openSource } from "./source.js";
import { wordsOf } from "./speak.js";
import { remember, triggers } from "./triggers.js";

const FILE_PATIENCE = 6e5;

/** Joins a visit that the embed script has begun, and returns what that script then leaves to this one. */
export const join = (visit) => {
  const { base, site, form, card, element, shadow, lang, emit, outbox, given, words, tools } = visit;
  const { answer, attribution, draw, dress, json, recorded, send } = tools;
  let ownWords = wordsOf("visit", lang);
  const say = (name) => ownWords[name] ?? visit.say(name);
  const source = openSource(visit, attribution);
  const way = () => ({ ...attribution(), ...source.source() });
  const count = openCounts(visit, way);
  const memory = remembered(visit);
  const files = [];
  let room;
  let seq = 0;
  let over;
  let fallen;

  const tell = (name, more) => signal(form.id, name, more);

  const going = () => memory.going({ ids: visit.ids, reply: visit.reply, answers: visit.answers, seq });

  /** The end of all: thanks, and on to where the owner wants the visitor. */
  const finish = (end) => {
    if (over) return;
    over = true;
    count("completed");
    memory.going(null);
    tell("lead_thanks");
    emit("completed");
    redirect(visit, end?.redirect);
  };

  const published = () => publishedForm(visit).then(JSON.parse).catch(() => ({}));

  /** The next rung: our own page. */
  const lower = (hash = `#fc=${visit.ids.join(".")}`, note) => {
    room?.remove();
    if (given("hosted") != null) visit.elsewhere(hash);
    else
      goOnElsewhere(visit, hash, note, async (name, detail) => {
        if (name == "completed") return finish((await published()).end);
        emit(name, detail);
        if (name == "recorded") recordedLead(form.id, detail.id);
        if (name == "answered") tell("lead_question_answered", { question: detail.question });
      });
  };

  // A page may allow our script and no request to us: the visitor then takes what he typed to our own page.
  const allowed = whenForbidden("connect-src", base, () => {
    if (!visit.step || !visit.contact) return;
    allowed();
    outbox.stop();
    visit.step.node.remove();
    visit.step = null;
    lower("#fv=" + encodeURIComponent(json(visit.contact)), visit.say("refused"));
  });

  const sendAnswer = (body) => {
    const message = JSON.parse(body);
    seq = message.seq;
    for (const question of Object.keys(message.answers)) {
      visit.answers.push([question, seq, message.answers[question]]);
      published().then(({ questions = [] }) => {
        const isPrice = questions.find(({ id }) => id == question)?.kind == "price";
        if (isPrice && message.answers[question] == "accept") tell("lead_price_accepted");
      });
    }
    answer(visit, body);
    if (visit.sent) going();
  };

  const sendFile = ([question, file]) => {
    const body = new FormData();
    const fields = { site, secret: visit.ids[1], question };
    for (const name of Object.keys(fields)) body.append(name, fields[name]);
    body.append("file", file, file.name);
    outbox
      .send(`/v1/inquiries/${visit.ids[0]}/files`, body, { patience: FILE_PATIENCE })
      .catch((refusal) => emit("error", refusal));
  };
  const attach = (...file) => (visit.sent ? sendFile(file) : files.push(file));

  const happened = {
    style: (rules) => dress(shadow, rules),
    panic: () => unable(),
    shown: ({ question }) => count("shown:" + question),
    answered(detail) {
      const { question, skipped } = detail;
      count((skipped ? "skipped:" : "answered:") + question);
      tell("lead_question_answered", { question });
      emit("answered", detail);
    },
    contact() {
      room.remove();
      visit.lastly();
    },
    declined: () => tell("lead_price_declined"),
    completed: async () => finish((await published()).end),
  };
  const on = (name, detail) => {
    const isPlain = name == "style" || name == "panic" || !detail;
    happened[name]?.(isPlain ? detail : JSON.parse(detail));
  };

  /** Without the module: a recorded inquiry goes on in our own page, a quiz asks for the contact at once. */
  const unable = () => {
    // A panic is told to every form of the page, also to those that have gone on without the module.
    if (fallen || over || visit.step) return;
    fallen = true;
    if (visit.sent) return lower();
    room?.remove();
    visit.lastly();
  };

  /** Asks the questions. Answers are numbered from `from` + 1. */
  const ask = async (from) => {
    seq = from;
    // The first question is announced when it appears; the module takes the announcing over from then on.
    room = draw("div", { class: "more questions", "aria-live": "polite" });
    if (!visit.first) card.append(room);
    const place = () => {
      const inside = shadow.activeElement && visit.first;
      visit.first?.replaceWith(room);
      visit.first = null;
      if (inside) requestAnimationFrame(() => room.querySelector("[tabindex]")?.focus());
      return room;
    };
    const words = (own) => wordsOf("questions", lang, own);
    try {
      await start(visit, from, words, way, { send: sendAnswer, on, attach, place });
    } catch {
      unable();
    }
  };

  const closed = () => {
    remember(visit);
    emit("close");
  };
  const chamber = visit.mode && makeRoom(visit, say, closed);

  const more = {
    open(asked) {
      if (visit.box.open || !element.isConnected) return;
      chamber.show();
      emit("open");
      if (asked || chamber.modal) visit.focus(asked);
    },
    shut: () => chamber.shut(),
    rest: () => chamber?.rest(),
    wake() {
      chamber?.wake();
      if (chamber) triggers(visit, visit.open, visit.live);
    },
    /** A page opened from a file has no address of its own, and is no place for a form. */
    outside: () => card.append(draw("p", {}, say("file"))),
    prepare: () => preload(visit),
    turned() {
      preload(visit);
      // Most sites ask for nothing of this kind, and their visitors fetch nothing for it.
      if (form.guard) import(new URL("proof.js", import.meta.url)).then(({ prove }) => prove(visit)).catch(() => {});
      count("open");
      tell("lead_widget_open");
    },
    minted() {
      count("minted");
      memory.minted(visit.contact, visit.ids);
    },
    known: memory.known,
    source: source.source,
    consent: source.keep,
    ask,
    /** The inquiry is recorded, and `thanks` says so: now when the answer comes, and what is still to be asked. */
    async recorded(reply, thanks) {
      const when = answerTime(reply.answer_by, lang, say);
      if (when) thanks.textContent = visit.say("thanks") + when + ".";
      const again = memory.last()?.reply;
      visit.reply = reply;
      memory.recorded(reply);
      remember(visit);
      if (!again) recordedLead(form.id, visit.ids[0]);
      for (const file of files.splice(0)) sendFile(file);
      if (form.asks && form.contact.place != "last") {
        going();
        // Answered in another window, or before a reload: what is answered now must win.
        return ask(again && !visit.answers.length ? Math.floor(Date.now() / 1e3) : seq);
      }
      const { end = form.end } = form.asks ? await published() : {};
      drawEnd(visit, end);
      finish(end);
    },
    /** Takes up what an earlier page has left; true when this form goes on with it. */
    async resume() {
      const mine = async (id, items) => {
        if (visit.mode || visit.sent) return false;
        if (!visit.step) visit.lastly();
        const step = visit.step;
        words.waiting = say("kept");
        const { secret, contact } = JSON.parse(items[0].body);
        step.fill(contact);
        step.wait(true);
        visit.contact = contact;
        visit.ids = [id, secret];
        takeTurn(id).then(async (release) => {
          const left = await keptOf(id);
          release();
          const [inquiry, ...answers] = left;
          // Another tab has sent it meanwhile.
          if (inquiry?.path != "/v1/inquiries") return recorded(visit, memory.last()?.reply || {});
          send(visit, inquiry.body, inquiry.key);
          for (const { path, body, key } of answers) outbox.send(path, unpacked(body), { key }).catch(() => {});
        });
        return true;
      };
      const told = (id, { lead }, name) => {
        emit("recorded", { id, lead, form: name });
        recordedLead(name, id);
      };
      if (await takeUp(visit, mine, told)) return true;
      const state = memory.gone();
      if (!state || visit.mode || visit.sent || visit.ids) return false;
      if (!visit.step) visit.lastly();
      Object.assign(visit, { ids: state.ids, answers: state.answers, sent: true });
      seq = state.seq;
      recorded(visit, state.reply);
      return true;
    },
  };

  dress(shadow, after + modes);
  safekeep(visit, (stored) => {
    if (!stored) return;
    words.waiting = say("kept");
  });
  helpWithReach(visit, say);
  card.addEventListener("input", ({ target }) => target.form && count("contact"), { once: true });
  if (visit.first) count("shown:" + form.first.id);
  if (visit.turned) more.turned();
  if (visit.minted) more.minted();
  more.wake();
  if (form.words?.[lang]) published().then((form) => (ownWords = wordsOf("visit", lang, form.words)));
  return more;
};
