//! What is typed: words or a date beside a choice, and answers in free words.

use form::{Answer, definition::Takes};
use leptos::{
    ev,
    html::{self, button, form, input, label, textarea},
    prelude::*,
};

use crate::{choices::field_type, screen::Screen};

/// The field that goes with a choice. Left empty, the choice alone is the answer, and it was sent when it was chosen.
pub fn beside(screen: Screen, code: String, takes: Takes, earlier: StoredValue<String>) -> impl IntoView {
    let field: NodeRef<html::Input> = NodeRef::new();
    // The visitor has just tapped the choice: what it asks for is where he goes on.
    field.on_load(|field| field.focus().unwrap_or_default());
    let today = screen.talk(|talk| talk.today().to_string());
    let go_on = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        if text.trim().is_empty() {
            screen.go_on();
        } else {
            screen.answer(Some(&Answer::WithText { code: code.clone(), text: text.trim().to_owned() }));
        }
    };
    form().class("entry").attr("part", "entry").attr("novalidate", "").on(ev::submit, go_on).child((
        label().class("label").attr("part", "label").attr("for", "entry").child(match takes {
            Takes::Words => screen.phrases.words,
            Takes::Date => screen.phrases.date,
        }),
        input()
            .node_ref(field)
            .class("field")
            .attr("part", "field")
            .attr("id", "entry")
            .attr("type", field_type(takes))
            .attr("min", (takes == Takes::Date).then_some(today))
            .attr("value", earlier.get_value())
            .attr("autocomplete", "off")
            .attr("enterkeyhint", "next"),
        submit(screen),
    ))
}

/// An answer in free words.
pub fn text(screen: Screen) -> impl IntoView {
    let field: NodeRef<html::Textarea> = NodeRef::new();
    let earlier = screen.talk(|talk| match talk.earlier() {
        Some(Answer::One(words)) => words.clone(),
        _ => String::new(),
    });
    let go_on = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let words = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        screen.answer(Some(Answer::One(words.trim().to_owned())).filter(|answer| !answer.is_empty()).as_ref());
    };
    form().class("entry").attr("part", "entry").on(ev::submit, go_on).child((
        textarea()
            .node_ref(field)
            .class("field")
            .attr("part", "field")
            .attr("rows", "3")
            .attr("aria-label", screen.phrases.text)
            .child(earlier),
        submit(screen),
    ))
}

/// The button that sends what was chosen.
pub fn go_on(screen: Screen, act: impl Fn() + 'static) -> impl IntoView {
    submit(screen).attr("type", "button").on(ev::click, move |_| act())
}

fn submit(screen: Screen) -> html::HtmlElement<html::Button, impl leptos::attr::Attribute, (&'static str,)> {
    button().class("button").attr("part", "button").child(screen.phrases.go_on)
}
