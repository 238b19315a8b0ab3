//! One question on the screen at a time, and the end.
//!
//! Views are put together from functions instead of markup: markup that never changes would be
//! parsed from text at run time, which pages with Trusted Types forbid.

use form::{Answer, Question, QuestionKind};
use leptos::{
    either::Either,
    ev,
    html::{self, button, div, h3, p, progress, span},
    prelude::*,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, KeyboardEvent};

use crate::{
    choices, entry,
    host::{Host, Options},
    phrases::{self, Phrases},
    talk::Talk,
};

/// What every view needs at hand.
#[derive(Clone, Copy)]
pub struct Screen {
    /// Our own words.
    pub phrases: &'static Phrases,
    lang: StoredValue<String>,
    talk: StoredValue<Talk>,
    host: StoredValue<Host, LocalStorage>,
    root: StoredValue<HtmlElement, LocalStorage>,
    /// Counts the moves from question to question: what is drawn anew depends on nothing else.
    moves: RwSignal<u32>,
}

/// Draws the questions into `root`.
pub fn draw(root: &HtmlElement, options: Options, host: Host) {
    host.style(include_str!("questions.css"));
    listen_for_digits(root);
    let kept = root.clone();
    mount_to(root.clone(), move || {
        let screen = Screen {
            phrases: phrases::in_language(&options.lang),
            lang: StoredValue::new(options.lang.clone()),
            talk: StoredValue::new(Talk::new(options)),
            host: StoredValue::new_local(host),
            root: StoredValue::new_local(kept),
            moves: RwSignal::new(0),
        };
        (way(screen), move || page(screen))
    })
    .forget();
}

impl Screen {
    /// These words in the language of the visit.
    pub fn words(&self, text: &form::Text) -> String {
        self.lang.with_value(|lang| text.in_language(lang).to_owned())
    }

    /// Reads where the visitor is.
    pub fn talk<T>(&self, read: impl FnOnce(&Talk) -> T) -> T {
        self.talk.with_value(read)
    }

    /// Sends what is known of an answer while the question stays: closing the page loses nothing.
    pub fn keep(&self, answer: Option<&Answer>) {
        self.talk.update_value(|talk| {
            if let Some(message) = talk.keep(answer) {
                self.host.with_value(|host| host.send(&message));
            }
        });
    }

    /// Sends an answer (`None` is a skip) and goes on.
    pub fn answer(&self, answer: Option<&Answer>) {
        self.keep(answer);
        self.go_on();
    }

    /// Goes on; what was kept stands.
    pub fn go_on(&self) {
        let question = self.talk(|talk| talk.question().map(|question| question.id.clone()));
        let next = self.talk.try_update_value(|talk| talk.go_on().map(str::to_owned)).flatten();
        self.host.with_value(|host| {
            host.answered(question.as_deref().unwrap_or_default(), next.as_deref());
            if next.is_none() {
                host.completed();
            }
        });
        self.turn();
    }

    fn go_back(&self) {
        self.talk.update_value(Talk::go_back);
        self.turn();
    }

    fn turn(&self) {
        // From now on the focus moves to each question, and announcing it twice would be noise.
        self.root.with_value(|root| root.remove_attribute("aria-live").unwrap_or_default());
        self.moves.update(|moves| *moves = moves.saturating_add(1));
    }

    /// Calls `focus` on the element once it is drawn, except on the first screen: nobody who is
    /// elsewhere on the page, or still reading the thanks, is torn away.
    pub fn focus<E>(&self, node: NodeRef<E>)
    where
        E: html::ElementType + 'static,
        E::Output: JsCast + Clone + 'static,
    {
        if self.moves.get_untracked() > 0 {
            node.on_load(|element| {
                if let Some(element) = element.dyn_ref::<HtmlElement>() {
                    element.focus().unwrap_or_default();
                }
            });
        }
    }
}

/// The way: back, a thin bar, "2 of 4". It stays while the questions change, so that the bar moves.
fn way(screen: Screen) -> impl IntoView {
    let place = move || {
        screen.moves.track();
        screen.talk(Talk::place)
    };
    let count = move || {
        let (before, all) = place();
        (before < all).then(|| format!("{} {} {all}", before.saturating_add(1), screen.phrases.of))
    };
    let back = move || {
        let (before, all) = place();
        (before > 0 && before < all).then(|| {
            button()
                .class("back")
                .attr("part", "back")
                .attr("type", "button")
                .attr("aria-label", screen.phrases.back)
                .on(ev::click, move |_| screen.go_back())
        })
    };
    div().class("way").attr("part", "way").child((
        back,
        progress()
            .attr("part", "progress")
            .attr("aria-hidden", "true")
            .attr("max", move || place().1.to_string())
            .attr("value", move || place().0.to_string()),
        span().class("count").attr("part", "count").child(count),
    ))
}

fn page(screen: Screen) -> impl IntoView {
    screen.moves.track();
    match screen.talk(|talk| talk.question().cloned()) {
        Some(question) => Either::Left(question_view(screen, question)),
        None => Either::Right(end(screen)),
    }
}

fn question_view(screen: Screen, question: Question) -> impl IntoView {
    let heading = NodeRef::new();
    screen.focus(heading);
    let answered = screen.talk(|talk| talk.earlier().is_some());
    let skip = button()
        .class("skip")
        .attr("part", "skip")
        .attr("type", "button")
        .on(ev::click, move |_| if answered { screen.go_on() } else { screen.answer(None) })
        .child(if answered { screen.phrases.keep } else { screen.phrases.skip });
    div().class("question").attr("part", "question").attr("role", "group").attr("aria-labelledby", "question").child((
        h3().attr("id", "question")
            .class("heading")
            .attr("part", "heading")
            .attr("tabindex", "-1")
            .node_ref(heading)
            .child(screen.words(&question.text)),
        match question.kind {
            QuestionKind::Text => Either::Left(entry::text(screen)),
            QuestionKind::Single | QuestionKind::Several => Either::Right(choices::view(screen, question)),
        },
        skip,
    ))
}

fn end(screen: Screen) -> impl IntoView {
    let [heading, rest] = screen.phrases.done;
    let node = NodeRef::new();
    screen.focus(node);
    div().class("question").attr("part", "done").child((
        h3().class("heading").attr("part", "heading").attr("tabindex", "-1").node_ref(node).child(heading),
        p().class("soft").child(rest),
    ))
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
    card.add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref()).unwrap_or_default();
    listener.forget();
}
