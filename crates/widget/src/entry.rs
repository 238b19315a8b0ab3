//! What is typed: words or a date beside a choice, and answers in free words.

use form::{Answer, day, definition::Takes};
use leptos::{
    ev,
    html::{button, form, input, label, textarea},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};

use crate::{screen::Screen, talk::Talk};

/// The field that goes with a choice. Left empty, the choice alone is the answer, and it was sent
/// when it was chosen.
pub fn beside(screen: Screen, talk: &Talk, code: String, takes: Takes, earlier: String) -> impl IntoView + use<> {
    let (asked, kind, first) = match takes {
        Takes::Words => (screen.phrases.words, "text", None),
        Takes::Date => (screen.phrases.date, "date", Some(day::written(talk.today()))),
    };
    let go_on = move |event: ev::SubmitEvent| match typed(&event) {
        text if text.is_empty() => screen.go_on(),
        text => screen.answer(Some(&Answer::WithText { code: code.clone(), text })),
    };
    form().class("entry").attr("part", "entry").attr("novalidate", "").on(ev::submit, go_on).child((
        label().class("label").attr("part", "label").attr("for", "entry").child(asked),
        input()
            .class("field")
            .attr("part", "field")
            .attr("id", "entry")
            .attr("type", kind)
            .attr("min", first)
            .attr("value", earlier)
            .attr("autocomplete", "off")
            .attr("enterkeyhint", "next"),
        button().class("button").attr("part", "button").child(screen.phrases.go_on),
    ))
}

/// An answer in free words.
pub fn text(screen: Screen, talk: &Talk) -> impl IntoView + use<> {
    let earlier = match talk.earlier() {
        Some(Answer::One(words)) => words.clone(),
        _ => String::new(),
    };
    let go_on = move |event: ev::SubmitEvent| {
        let answer = Answer::One(typed(&event));
        screen.answer(Some(&answer).filter(|answer| !answer.is_empty()));
    };
    form().class("entry").attr("part", "entry").on(ev::submit, go_on).child((
        textarea()
            .class("field")
            .attr("part", "field")
            .attr("rows", "3")
            .attr("aria-label", screen.phrases.text)
            .child(earlier),
        button().class("button").attr("part", "button").child(screen.phrases.go_on),
    ))
}

/// The button that sends what was chosen.
pub fn go_on(screen: Screen, act: impl Fn() + 'static) -> impl IntoView {
    button().class("button").attr("part", "button").on(ev::click, move |_| act()).child(screen.phrases.go_on)
}

/// What stands in the field of a form that is being submitted, without blanks around it.
fn typed(event: &ev::SubmitEvent) -> String {
    event.prevent_default();
    let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let field = form.and_then(|form| form.query_selector(".field").ok().flatten());
    let text = field.map(|field| match field.dyn_into::<HtmlInputElement>() {
        Ok(field) => field.value(),
        Err(field) => field.unchecked_into::<HtmlTextAreaElement>().value(),
    });
    text.unwrap_or_default().trim().to_owned()
}
