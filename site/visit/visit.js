import after from "./after.css";
import { afterPaint } from "./after_paint.js";
import { answerTime } from "./answer_time.js";
import modes from "./modes.css";
import { makeRoom } from "./modes.js";
import { openCounts } from "./counting.js";
import { goOnElsewhere, whenForbidden } from "./elsewhere.js";
import { drawEnd, redirect } from "./ending.js";
import { askForFile } from "./file_again.js";
import { listening } from "./listening.js";
import { preload, publishedForm, start, takeUpModule, wayHere } from "./questions.js";
import { helpWithReach } from "./reach.js";
import { remembered } from "./remembered.js";
import { keptOf, safekeep, takeTurn, takeUp, unpacked } from "./safekeeping.js";
import { recordedLead, signal } from "./signals.js";
import { openSource } from "./source.js";
import { wordsOf } from "./speak.js";
import { layTrap } from "./trap.js";
import { remember, triggers } from "./triggers.js";

const FILE_PATIENCE = 6e5;

/** Joins a visit that the embed script has begun, and returns what that script then leaves to this one. */
export const join = (visit) => {
  const { base, site, form, card, element, shadow, lang, emit, outbox, given, words, tools } = visit;
  const { answer, attribution, draw, dress, hiddenFields, json, recorded, send } = tools;
  let ownWords = wordsOf("visit", lang);
  const say = (name) => ownWords[name] ?? visit.say(name);
  const source = openSource(visit, attribution);
  const way = () => ({ ...attribution(), ...source.source() });
  const ears = listening(() => visit.live);
  const { count, tell: tellCounts } = openCounts(visit, ears.here, way);
  const memory = remembered(visit);
  const later = afterPaint();
  const files = [];
  let room;
  let seq = 0;
  let asked = 0;
  let opened;
  let over;
  let fallen;

  const heard = new Set();
  /** Tells the page's analytics, each thing once: going back and answering again is the same visitor and the same lead. */
  const tell = (name, more) => {
    const thing = name + (more?.question ?? "");
    if (heard.has(thing)) return;
    heard.add(thing);
    signal(form.id, name, more);
    // In a frame of ours it is the page around it that has analytics.
    if (given("framed") != null) emit("signal", { name, ...more });
  };

  /** What conditions may use of the way here: as it was when the inquiry was recorded, else as it is now. */
  const wayThen = () => visit.context.way || wayHere(visit.context.source || way());

  /** What the inquiry was recorded with, as far as the questions need it: they go on with it wherever they go on. */
  const known = () => ({
    version: visit.context.version || form.version,
    fields: visit.context.fields || hiddenFields(visit),
    way: wayThen(),
    // A quiz is not recorded yet, and will be in the language of the page where it ends.
    lang: visit.context.lang || (visit.minted && lang),
  });
  const name = () => visit.contact?.name || visit.context.name;

  /** Notes in this tab where the visitor is: of a recorded inquiry, and of a quiz where the site has his consent. */
  const going = () => {
    const { sent, reply, ids, answers } = visit;
    const state = { answers, seq, context: { ...known(), name: name() } };
    if (reply || given("asking") != null) memory.going({ ...state, ids, reply });
    else if (!sent && source.consented()) memory.going(state);
  };

  /**
   * The end of all: thanks, and on to where the owner wants the visitor. Who has declined is led nowhere, and who did so
   * before he could be reached was no lead.
   */
  const finish = (end) => {
    if (over) return;
    over = true;
    memory.going(null);
    if (visit.sent) {
      count("completed");
      tell("lead_thanks");
    }
    emit("completed");
    if (!heard.has("lead_price_declined")) redirect(visit, end?.redirect);
  };

  const published = () => publishedForm(visit).then(JSON.parse).catch(() => ({}));

  /** What our own page is told: in a hash, which is never sent over the network. */
  const hash = (begins, told) => begins + encodeURIComponent(json({ ...told, answers: visit.answers }));

  /** The next rung: our own page. */
  const lower = (told = hash(`#fc=${visit.ids.join(".")}&`, { ...known(), name: name() }), note) => {
    room?.remove();
    // Our own page inside itself would help nobody; the inquiry is recorded, and that is said.
    if (given("hosted") != null) {
      emit("error", { code: "questions_unavailable" });
      if (!card.firstChild) card.append(draw("p", { class: "thanks" }, say("thanks") + say("soon") + "."));
      return;
    }
    goOnElsewhere(visit, ears.here, told, note, async (name, detail) => {
      if (name == "completed") return finish((await published()).end);
      if (name == "signal") {
        const { name, ...more } = detail;
        return tell(name, more);
      }
      emit(name, detail);
      if (name == "recorded") recordedLead(form.id, detail.id);
    });
  };

  // A page may allow our script and no request to us: the visitor then takes what he typed to our own page.
  const allowed = whenForbidden(ears.here, "connect-src", base, () => {
    const { step, contact } = visit;
    if (!step || !contact) return;
    allowed();
    outbox.stop();
    step.node.remove();
    visit.step = null;
    const { fields, source } = visit.context;
    lower(hash("#fv=", { contact, fields, source }), visit.say("refused"));
  });

  const sendAnswer = (body) => {
    const { answers, ...message } = JSON.parse(body);
    seq = message.seq;
    for (const question of Object.keys(answers)) {
      const value = answers[question];
      visit.answers.push([question, seq, value]);
      answer(visit, visit.answers.at(-1));
      published().then(({ questions = [] }) => {
        const { kind, choices = [] } = questions.find(({ id }) => id == question) || {};
        const chosen = choices.find(({ code }) => code == value);
        if (kind == "price" && (chosen?.means ?? chosen?.code) == "accept") tell("lead_price_accepted");
      });
    }
    going();
  };

  const sendFile = ([question, file]) => {
    const body = new FormData();
    const fields = { site, secret: visit.ids[1], question };
    for (const name of Object.keys(fields)) body.append(name, fields[name]);
    body.append("file", file, file.name);
    outbox
      .send(`/v1/inquiries/${visit.ids[0]}/files`, body, { patience: FILE_PATIENCE })
      .catch((refusal) => {
        emit("error", refusal);
        published().then((published) =>
          askForFile(visit, published, question, refusal.code, (another) => {
            sendAnswer(json({ seq: seq + 1, answers: { [question]: { code: "", text: another.name } } }));
            attach(question, another);
          }),
        );
      });
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
      layTrap(visit);
    },
    declined: () => tell("lead_price_declined"),
    completed: async () => finish((await published()).end),
  };
  const on = (name, detail) => {
    const isPlain = name == "style" || name == "panic" || !detail;
    const act = () => happened[name]?.(isPlain ? detail : JSON.parse(detail));
    // What changes the screen comes at once, and after all that was put off before it.
    if (!/style|panic|contact/.test(name)) return later.soon(act);
    later.now();
    act();
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

  /** Asks the questions. Answers are numbered from `from` + 1. What was being asked until now is asked no more. */
  const ask = async (from) => {
    const mine = ++asked;
    room?.remove();
    seq = from;
    // The first question is announced when it appears; the module takes the announcing over from then on.
    room = draw("div", { class: "more questions", "aria-live": "polite" });
    if (!visit.first) card.append(room);
    going();
    const place = () => {
      if (mine != asked) return null;
      const inside = shadow.activeElement && visit.first;
      visit.first?.replaceWith(room);
      visit.first = null;
      if (inside) requestAnimationFrame(() => room.querySelector("[tabindex]")?.focus());
      return room;
    };
    const words = (own) => wordsOf("questions", lang, own);
    try {
      const [send, bring] = [sendAnswer, attach].map((act) => (...said) => later.soon(() => act(...said)));
      await start(visit, from, words, wayThen, { send, on, attach: bring, place });
    } catch {
      if (mine == asked) unable();
    }
  };

  /** Leads the focus inside: to the first field, or where that would bring up a keyboard on glass, to the heading. */
  const focus = (asked) => {
    const field = asked && matchMedia("(pointer:fine)").matches && card.querySelector("input,.choice");
    (field || card.querySelector("[tabindex]"))?.focus({ preventScroll: true });
  };

  /** Draws the contact step in place of whatever was there first. */
  const drawContact = () => {
    visit.draft(true);
    asked++;
    room?.remove();
    if (!visit.step) visit.lastly();
    visit.first = null;
    return visit.step;
  };

  /** Goes on where the visitor was in this tab, before a reload or on another page; true when there is such a place. */
  const goOn = () => {
    const state = memory.gone();
    if (!state || visit.sent || visit.ids || visit.answers[0]) return false;
    const { ids, reply, answers, context } = state;
    const { node } = drawContact();
    Object.assign(visit, { answers, context: context || {} });
    seq = state.seq;
    if (ids) {
      Object.assign(visit, { ids, sent: true });
      recorded(visit, reply);
    } else {
      node.remove();
      visit.step = null;
      ask(seq);
    }
    return true;
  };

  const closed = () => {
    remember(visit);
    emit("close");
  };
  const chamber = visit.mode && makeRoom(visit, say, closed);

  const more = {
    open(byItself) {
      if (visit.box.open || !element.isConnected) return;
      goOn();
      chamber.show();
      opened?.();
      emit("open");
      if (!byItself || chamber.modal) focus(!byItself);
    },
    focus,
    shut: () => chamber.shut(),
    rest() {
      later.now();
      chamber?.rest();
      // Moved, it is back by now; removed for good, it has nothing to wait for.
      setTimeout(() => visit.live.aborted && tellCounts());
    },
    wake() {
      chamber?.wake();
      ears.again();
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
      count("minted", visit.ids[0]);
      memory.minted(visit.contact, visit.ids, known());
    },
    known: memory.known,
    source: source.source,
    consent() {
      source.keep();
      if (!source.consented() && !visit.sent) memory.going(null);
    },
    ask,
    /** On our own page: the questions of an inquiry that is recorded already. */
    askHere() {
      const state = memory.gone();
      if (state?.ids?.[0] == visit.ids[0]) Object.assign(visit, { answers: state.answers, context: state.context });
      // Answers given in another window must win over those given before.
      return ask(Math.floor(Date.now() / 1e3));
    },
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
      const goesOn = form.asks && form.contact.place != "last";
      if (goesOn) going();
      // Sent in the background, while nobody looks: everything else waits until the visitor opens it.
      if (visit.mode && !visit.box.open) await new Promise((resolve) => (opened = resolve));
      // Answered in another window, or before a reload: what is answered now must win.
      if (goesOn) return ask(again && !visit.answers.length ? Math.floor(Date.now() / 1e3) : seq);
      const { end = form.end } = form.asks ? await published() : {};
      if (form.asks && !fallen && json(end || "").includes("{{")) await takeUpModule(visit, wayThen).catch(() => {});
      drawEnd(visit, end);
      finish(end);
    },
    /** Takes up what an earlier page has left; true when this form goes on with it. */
    async resume() {
      const mine = async (id, items) => {
        if (visit.sent || visit.box.open) return false;
        const step = drawContact();
        words.waiting = say("kept");
        const { secret, contact, fields, source, lang, chosen, form_version: version } = JSON.parse(items[0].body);
        step.fill(contact);
        step.wait(true);
        Object.assign(visit, { contact, ids: [id, secret], context: { version, fields, source, lang } });
        takeTurn(id).then(async (release) => {
          const left = await keptOf(id);
          release();
          const [inquiry, ...answers] = left;
          const isLeft = inquiry?.path == "/v1/inquiries";
          if (isLeft) {
            send(visit, inquiry.body, inquiry.key);
            for (const { path, body, key } of answers) outbox.send(path, unpacked(body), { key }).catch(() => {});
          }
          // What was answered before the contact is on its way already; the end may name it.
          visit.answers = Object.entries(chosen || {}).map(([question, value], at) => [question, at + 1, value]);
          // Another tab has sent it meanwhile.
          if (!isLeft) {
            visit.sent = true;
            recorded(visit, memory.last()?.reply || {});
          }
        });
        return true;
      };
      const told = (id, { lead }, name) => {
        emit("recorded", { id, lead, form: name });
        recordedLead(name, id);
      };
      return (await takeUp(visit, mine, told)) || (!visit.mode && goOn());
    },
  };

  dress(shadow, after + modes);
  safekeep(visit, (stored) => {
    if (!stored) return;
    words.waiting = say("kept");
  });
  helpWithReach(visit, say);
  layTrap(visit);
  card.addEventListener("input", ({ target }) => target.form && count("contact"), { once: true });
  if (visit.first) count("shown:" + form.first.id);
  if (visit.turned) more.turned();
  if (visit.minted) more.minted();
  more.wake();
  if (form.words?.[lang]) published().then((form) => (ownWords = wordsOf("visit", lang, form.words)));
  return more;
};
