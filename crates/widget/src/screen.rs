//! One question on the screen at a time, and the end.
//!
//! Views are put together from functions instead of markup: markup that never changes would be
//! parsed from text at run time, which pages with Trusted Types forbid. One signal draws the screen
//! anew; everything else is decided when it is drawn, which keeps the module small.

use form::{Answer, Date, Question, QuestionKind, day};
use leptos::{
    either::Either,
    html::{div, p, progress, span},
    prelude::*,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, KeyboardEvent};

use crate::{
    choices, entry,
    host::{Host, Options},
    phrases::{self, Phrases},
    pieces::{Button, heading},
    talk::Talk,
};

/// What every view needs at hand.
#[derive(Clone, Copy)]
pub struct Screen {
    /// Our own words.
    pub phrases: &'static Phrases,
    visit: StoredValue<Visit, LocalStorage>,
    drawn: RwSignal<bool>,
}

struct Visit {
    talk: Talk,
    lang: String,
    host: Host,
    root: HtmlElement,
    /// Turns over with every move from question to question.
    odd: bool,
}

/// Draws the questions into `root`.
pub fn draw(root: &HtmlElement, options: Options, host: Host) {
    let Options { form, lang, seq, today } = options;
    host.style(include_str!("questions.css"));
    listen_for_digits(root);
    let phrases = phrases::in_language(&lang);
    let talk = Talk::new(form.into(), seq, day::read(&today).unwrap_or(Date::ZERO));
    let visit = Visit { talk, lang, host, root: root.clone(), odd: false };
    mount_to(root.clone(), move || {
        let screen = Screen { phrases, visit: StoredValue::new_local(visit), drawn: RwSignal::new(true) };
        move || screen.view()
    })
    .forget();
}

impl Screen {
    /// These words in the language of the visit.
    pub fn words(&self, text: &form::Text) -> String {
        self.visit.with_value(|visit| text.in_language(&visit.lang).to_owned())
    }

    /// Reads where the visitor is.
    pub fn talk<T>(&self, read: impl FnOnce(&Talk) -> T) -> T {
        self.visit.with_value(|visit| read(&visit.talk))
    }

    /// Sends what is known of an answer while the question stays: closing the page loses nothing.
    pub fn keep(&self, answer: &Answer) {
        self.send(Some(answer));
        self.draw(".field");
    }

    /// Sends an answer (`None` is a skip) and goes on.
    pub fn answer(&self, answer: Option<&Answer>) {
        self.send(answer);
        self.go_on();
    }

    /// Goes on; what was kept stands.
    pub fn go_on(&self) {
        self.visit.update_value(|Visit { talk, host, .. }| {
            let question = talk.question().map(|question| question.id.clone()).unwrap_or_default();
            let next = talk.go_on();
            host.answered(&question, next);
            if next.is_none() {
                host.completed();
            }
        });
        self.turn();
    }

    fn go_back(&self) {
        self.visit.update_value(|visit| visit.talk.go_back());
        self.turn();
    }

    fn send(&self, answer: Option<&Answer>) {
        self.visit.update_value(|Visit { talk, host, .. }| {
            if let Some(message) = talk.keep(answer) {
                host.send(&message);
            }
        });
    }

    fn turn(&self) {
        self.visit.update_value(|visit| visit.odd = !visit.odd);
        self.draw(".heading");
    }

    /// Draws anew and leads the focus, which tells a screen reader what has changed. It is never led
    /// on the first screen: nobody who still reads the thanks is torn away.
    fn draw(&self, focus: &'static str) {
        self.drawn.set(true);
        let root = self.visit.with_value(|visit| visit.root.clone());
        // The first screen was announced as it appeared; announcing the others twice would be noise.
        let _ = root.remove_attribute("aria-live");
        request_animation_frame(move || {
            let found = root.query_selector(focus).ok().flatten();
            if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let _ = element.focus();
            }
        });
    }

    fn view(self) -> impl IntoView {
        self.drawn.track();
        let place = self.talk(Talk::place);
        let page = self.talk(|talk| match talk.question() {
            Some(question) => Either::Left(question_view(self, talk, question)),
            None => Either::Right(end(self)),
        });
        // Each question gets elements of its own: what was typed into the last one's stays with it.
        let page = if self.visit.with_value(|visit| visit.odd) { Either::Left(page) } else { Either::Right(page) };
        (way(self, place), page)
    }
}

/// The way: back, a thin bar, "2 of 4". It stays while the questions change, so that the bar moves.
fn way(screen: Screen, (before, all): (usize, usize)) -> impl IntoView {
    let back = (before > 0 && before < all).then(|| {
        Button { class: "back", spoken: Some(screen.phrases.back), ..Default::default() }
            .view(move |_| screen.go_back())
    });
    let count = (before < all).then(|| format!("{} {} {all}", before.saturating_add(1), screen.phrases.of));
    div().class("way").attr("part", "way").child((
        back,
        progress()
            .attr("part", "progress")
            .attr("aria-hidden", "true")
            .attr("max", all.to_string())
            .attr("value", before.to_string()),
        span().class("count").attr("part", "count").child(count),
    ))
}

fn question_view(screen: Screen, talk: &Talk, question: &Question) -> impl IntoView + use<> {
    let answered = talk.earlier().is_some();
    let words = if answered { screen.phrases.keep } else { screen.phrases.skip };
    // A choice that asks for words has a button to go on already.
    let skip = talk.asking().is_none().then(|| {
        Button { class: "skip", words: words.to_owned(), ..Default::default() }
            .view(move |_| if answered { screen.go_on() } else { screen.answer(None) })
    });
    div().class("question").attr("part", "question").attr("role", "group").attr("aria-labelledby", "question").child((
        heading(screen.words(&question.text)),
        match question.kind {
            QuestionKind::Text => Either::Left(entry::text(screen, talk)),
            _ => Either::Right(choices::view(screen, talk, question)),
        },
        skip,
    ))
}

fn end(screen: Screen) -> impl IntoView {
    let [words, rest] = screen.phrases.done;
    div().class("question").attr("part", "done").child((heading(words.to_owned()), p().class("soft").child(rest)))
}

/// Digits choose, wherever in the form the focus is, except where digits are typed.
fn listen_for_digits(root: &HtmlElement) {
    let Some(card) = root.parent_element() else { return };
    let root = root.clone();
    let listener = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok())
            .is_some_and(|target| ["INPUT", "TEXTAREA"].contains(&target.tag_name().as_str()));
        let key = event.key();
        let digit = matches!(key.as_bytes(), [b'1'..=b'9']);
        if typing || !digit || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let choice = root.query_selector(&format!(".choice:nth-of-type({key})")).ok().flatten();
        if let Some(choice) = choice.and_then(|choice| choice.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            choice.click();
        }
    });
    let _ = card.add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
    listener.forget();
}
