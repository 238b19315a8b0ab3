//! One question on the screen at a time, and the end.
//!
//! Views are put together from functions instead of markup: markup that never changes would be
//! parsed from text at run time, which pages with Trusted Types forbid. Each screen is mounted anew
//! and the one before is taken away, so that no code is downloaded for telling two screens apart;
//! what stays while the questions change is the way above them, whose bar moves.

use std::{any::Any, cell::RefCell, rc::Rc};

use form::{Answer, Question, QuestionKind, Text};
use leptos::{
    either::{Either, EitherOf3},
    html::{a, div, progress, span},
    prelude::*,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::{
    choices, entry,
    host::{Host, Options},
    pieces::{ASKED, Button, heading},
    talk::Talk,
};

/// What every view needs at hand.
#[derive(Clone)]
pub struct Screen(Rc<Visit>);

struct Visit {
    talk: RefCell<Talk>,
    options: Options,
    host: Host,
    root: HtmlElement,
    /// The answer that closes the request, while the visitor is asked whether it is to be closed.
    confirming: RefCell<Option<Answer>>,
    /// The screen that is mounted; letting go of it takes it away.
    mounted: RefCell<Option<Box<dyn Any>>>,
}

/// Draws the questions into `root`.
pub fn draw(root: &HtmlElement, options: Options, host: Host) {
    host.style(concat!(include_str!("../../../site/quiz/choices.css"), include_str!("questions.css")));
    listen_for_keys(root);
    let screen = Screen(Rc::new(Visit {
        talk: RefCell::new(Talk::new(&options)),
        options,
        host,
        root: root.clone(),
        confirming: RefCell::default(),
        mounted: RefCell::default(),
    }));
    let way = screen.clone();
    mount_to(root.clone(), move || way.way()).forget();
    screen.mount();
    screen.say_what_is_shown();
    // A visitor who comes back may have answered everything.
    screen.say_what_is_over();
}

impl Screen {
    /// Our own words under this name, in the language of the visit.
    pub fn say(&self, name: &str) -> String {
        self.0.options.say(name)
    }

    /// Sends what is known of an answer while the question stays: closing the page loses nothing.
    pub fn keep(&self, answer: &Answer) {
        self.send(Some(answer));
        self.turn(FIELD);
    }

    /// Sends an answer (`None` is a skip) and goes on.
    pub fn answer(&self, answer: Option<&Answer>) {
        self.send(answer);
        self.leave(answer.is_none());
    }

    /// Goes on; what was kept stands.
    pub fn go_on(&self) {
        self.leave(false);
    }

    /// Sends the name of a file as the answer, hands the file over, and goes on.
    pub fn attach(&self, file: &JsValue, name: String) {
        self.send(Some(&Answer::WithText { code: String::new(), text: name }));
        if let Some(question) = self.0.talk.borrow().question() {
            self.0.host.attach(&question.id, file);
        }
        self.leave(false);
    }

    /// Asks whether the request is to be closed, or goes back from there.
    pub fn confirm(&self, asks: Option<Answer>) {
        *self.0.confirming.borrow_mut() = asks;
        self.turn(HEADING);
    }

    /// Closes the request: the visitor's own word, said twice.
    pub fn decline(&self) {
        let answer = self.0.confirming.take();
        self.answer(answer.as_ref());
    }

    fn leave(&self, skipped: bool) {
        {
            let mut talk = self.0.talk.borrow_mut();
            let question = talk.question().map(|question| question.id.clone()).unwrap_or_default();
            let next = talk.go_on();
            self.0.host.answered(&question, next, skipped);
        }
        self.say_what_is_over();
        self.say_what_is_shown();
        self.turn(HEADING);
    }

    fn go_back(&self) {
        self.0.confirming.take();
        self.0.talk.borrow_mut().go_back();
        self.turn(HEADING);
    }

    fn send(&self, answer: Option<&Answer>) {
        if let Some(message) = self.0.talk.borrow_mut().keep(answer) {
            self.0.host.send(&message);
        }
    }

    fn say_what_is_shown(&self) {
        if let Some(question) = self.0.talk.borrow().question() {
            self.0.host.shown(&question.id);
        }
    }

    /// When nothing is left to ask: that the request is closed, and that the contact is next or nothing at all.
    fn say_what_is_over(&self) {
        let Visit { talk, host, .. } = &*self.0;
        let talk = talk.borrow();
        if talk.question().is_some() {
            return;
        }
        if talk.is_closed() {
            host.happened("declined");
        }
        host.happened(if talk.contact_follows() { "contact" } else { "completed" });
    }

    /// Draws anew and leads the focus, which tells a screen reader what has changed. It is never led
    /// on the first screen: nobody who still reads the thanks is torn away.
    fn turn(&self, focus: &'static str) {
        let screen = self.clone();
        // The button that was tapped is part of what goes: its handler has to end first.
        queue_microtask(move || {
            // The first screen was announced as it appeared; announcing the others twice would be noise.
            let _ = screen.0.root.remove_attribute("aria-live");
            // What has the focus is taken away last, and hidden until then: a focus that is lost to nowhere makes the
            // browser work out the styles of everything, and then once more for the new screen.
            let before = screen.0.mounted.take();
            if let Some(question) = screen.find(".question") {
                let _ = question.toggle_attribute_with_force("hidden", true);
            }
            screen.mount();
            if let Some(element) = screen.find(focus).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let _ = element.focus();
            }
            drop(before);
        });
    }

    fn mount(&self) {
        let screen = self.clone();
        let mounted = mount_to(self.0.root.clone(), move || screen.page());
        *self.0.mounted.borrow_mut() = Some(Box::new(mounted));
        self.show_the_way();
    }

    fn page(&self) -> impl IntoView + use<> {
        let talk = self.0.talk.borrow();
        match talk.question() {
            Some(question) => Some(Either::Left(question_view(self, &talk, question))),
            // With the contact still to come the embed script goes on from here.
            None if talk.contact_follows() => None,
            None => Some(Either::Right(end(self, &talk))),
        }
    }

    /// The way: back, a thin bar, "2 of 4".
    fn way(&self) -> impl IntoView + use<> {
        let screen = self.clone();
        let back = Button { class: "back", spoken: Some(self.say("back")), ..Default::default() }
            .view(move |_| screen.go_back());
        div().class("way").attr("part", "way").child((
            back,
            progress().attr("part", "progress").attr("aria-hidden", "true"),
            span().class("count").attr("part", "count"),
        ))
    }

    fn show_the_way(&self) {
        let talk = self.0.talk.borrow();
        let (before, all) = talk.place();
        let over = talk.question().is_none();
        if let Some(bar) = self.find("progress") {
            let _ = bar.set_attribute("max", &all.to_string());
            let _ = bar.set_attribute("value", &if over { all } else { before }.to_string());
        }
        if let Some(back) = self.find(".back") {
            let _ = back.toggle_attribute_with_force("hidden", before == 0 || over);
        }
        if let Some(count) = self.find(".count") {
            let words = format!("{} {} {all}", before.saturating_add(1), self.say("of"));
            count.set_text_content(Some(if over { "" } else { &words }));
        }
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.0.root.query_selector(selector).ok().flatten()
    }
}

/// Where the focus is led on a new screen.
const HEADING: &str = ".question:not([hidden]) .heading";
/// Where it is led when a choice asks for a few words besides.
const FIELD: &str = ".question:not([hidden]) .field";

fn question_view(screen: &Screen, talk: &Talk, question: &Question) -> impl IntoView + use<> {
    let answered = talk.earlier().is_some();
    let confirming = screen.0.confirming.borrow().is_some();
    // A choice that asks for words has a button to go on already, and words to read need no answer.
    let needs_skip = talk.asking().is_none() && question.kind != QuestionKind::Statement && !confirming;
    let skip = needs_skip.then(|| {
        let words = screen.say(if answered { "keep" } else { "skip" });
        let screen = screen.clone();
        Button { class: "skip", words, ..Default::default() }
            .view(move |_| if answered { screen.go_on() } else { screen.answer(None) })
    });
    let (words, lead_in, body) = if confirming {
        (screen.say("confirm_decline"), String::new(), EitherOf3::A(choices::confirmation(screen)))
    } else {
        let body = match question.kind {
            QuestionKind::Single | QuestionKind::Several | QuestionKind::Scale | QuestionKind::Price => {
                EitherOf3::B(choices::view(screen, talk, question))
            }
            _ => EitherOf3::C(entry::view(screen, talk, question)),
        };
        (talk.words(&question.text), talk.words(&question.lead_in), body)
    };
    div().class("question").attr("part", "question").attr("role", "group").attr("aria-labelledby", ASKED).child((
        heading(words, lead_in),
        body,
        skip,
    ))
}

fn end(screen: &Screen, talk: &Talk) -> impl IntoView + use<> {
    let end = &talk.form().end;
    let declined = talk.is_closed();
    let own = |text, name| if Text::is_empty(text) { screen.say(name) } else { talk.words(text) };
    let (words, rest) = if declined {
        (screen.say("declined"), String::new())
    } else {
        (own(&end.title, "done"), own(&end.text, "done_more"))
    };
    let file = end.file.as_ref().filter(|file| !declined && file.url.starts_with("https://")).map(|file| {
        a().class("button")
            .attr("part", "button")
            .attr("href", file.url.clone())
            .attr("download", "")
            .attr("target", "_blank")
            .attr("rel", "noopener")
            .child(talk.words(&file.text))
    });
    div().class("question").attr("part", "done").child((heading(words, rest), file))
}

/// Digits choose and Enter goes on, wherever in the form the focus is, except where it is typed or a
/// button already has it.
fn listen_for_keys(root: &HtmlElement) {
    let Some(card) = root.parent_element() else { return };
    let root = root.clone();
    let listener = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let name = target.map(|target| target.tag_name()).unwrap_or_default();
        // Asked before the key: a browser that fills in a field tells of a key that has no name.
        if ["INPUT", "TEXTAREA"].contains(&name.as_str()) {
            return;
        }
        let key = event.key();
        let selector = match key.as_str() {
            _ if event.repeat() || event.ctrl_key() || event.alt_key() || event.meta_key() => return,
            "Enter" if !["BUTTON", "A"].contains(&name.as_str()) => ".button".to_owned(),
            digit if matches!(digit.as_bytes(), [b'0'..=b'9']) => format!("[aria-keyshortcuts=\"{digit}\"]"),
            _ => return,
        };
        let found = root.query_selector(&selector).ok().flatten();
        if let Some(button) = found.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            button.click();
        }
    });
    let _ = card.add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
    listener.forget();
}
