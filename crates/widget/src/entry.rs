//! What is typed: words or a date beside a choice, and answers in free words.

use form::{Answer, day, question::Takes};
use leptos::{
    ev::{self, SubmitEvent},
    html::{form, input, label, textarea},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};

use crate::{pieces::Button, screen::Screen, talk::Talk};

/// The field that goes with a choice. Left empty, the choice alone is the answer, and it was sent
/// when it was chosen.
pub fn beside(screen: Screen, talk: &Talk, code: String, takes: Takes, earlier: String) -> impl IntoView + use<> {
    let (asked, kind, first) = match takes {
        Takes::Words => (screen.phrases.words, "text", None),
        Takes::Date => (screen.phrases.date, "date", Some(day::written(talk.today()))),
    };
    let field = input()
        .class("field")
        .attr("part", "field")
        .attr("id", "entry")
        .attr("type", kind)
        .attr("min", first)
        .attr("value", earlier)
        .attr("autocomplete", "off");
    entry(screen, asked, field, move |text| {
        if text.is_empty() {
            screen.go_on();
        } else {
            screen.answer(Some(&Answer::WithText { code: code.clone(), text }));
        }
    })
}

/// An answer in free words.
pub fn text(screen: Screen, talk: &Talk) -> impl IntoView + use<> {
    let earlier = match talk.earlier() {
        Some(Answer::One(words)) => words.clone(),
        _ => String::new(),
    };
    let field = textarea().class("field").attr("part", "field").attr("id", "entry").attr("rows", "3").child(earlier);
    entry(screen, screen.phrases.text, field, move |text| {
        screen.answer(Some(&Answer::One(text)).filter(|answer| !answer.is_empty()));
    })
}

/// The button that sends what was chosen.
pub fn go_on(screen: Screen, act: impl Fn() + 'static) -> impl IntoView {
    let words = screen.phrases.go_on.to_owned();
    Button { class: "button", words, ..Default::default() }.view(move |_| act())
}

fn entry(screen: Screen, asked: &'static str, field: impl IntoView, done: impl Fn(String) + 'static) -> impl IntoView {
    let submit: Box<dyn Fn(SubmitEvent)> = Box::new(move |event| done(typed(&event)));
    form().class("entry").attr("part", "entry").attr("novalidate", "").on(ev::submit, submit).child((
        label().class("label").attr("part", "label").attr("for", "entry").child(asked),
        field,
        go_on(screen, || ()),
    ))
}

/// What stands in the field of a form that is being submitted, without blanks around it.
fn typed(event: &SubmitEvent) -> String {
    event.prevent_default();
    let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let field = form.and_then(|form| form.query_selector(".field").ok().flatten());
    let text = field.map(|field| match field.dyn_into::<HtmlInputElement>() {
        Ok(field) => field.value(),
        Err(field) => field.unchecked_into::<HtmlTextAreaElement>().value(),
    });
    text.unwrap_or_default().trim().to_owned()
}
