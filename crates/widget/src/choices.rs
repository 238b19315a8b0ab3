//! What is tapped: one choice or several.

use form::{Answer, Choice, Question, QuestionKind, definition::Takes};
use leptos::{
    either::EitherOf3,
    ev,
    html::{button, div, kbd, span},
    prelude::*,
};

use crate::{entry, screen::Screen};

/// The choices of a question, and what the chosen one asks for besides.
pub fn view(screen: Screen, question: Question) -> impl IntoView {
    let several = question.kind == QuestionKind::Several;
    let earlier = screen.talk(|talk| talk.earlier().cloned());
    let before = earlier.as_ref().map(|answer| answer.codes(&question)).unwrap_or_default();
    let chosen = RwSignal::new(before.into_iter().map(str::to_owned).collect::<Vec<String>>());
    let typed = StoredValue::new(earlier.as_ref().and_then(Answer::words).unwrap_or_default().to_owned());
    let choices = StoredValue::new(question.choices.clone());

    // Words and dates are asked for below the choices, when the choice that takes them is chosen.
    let rest = move || {
        let codes = chosen.get();
        let only = codes.first().cloned().unwrap_or_default();
        let takes = choices.with_value(|all| all.iter().find(|choice| choice.code == only).and_then(|choice| choice.takes));
        match (several, takes) {
            (true, _) => EitherOf3::A(entry::go_on(screen, move || {
                screen.answer(Some(Answer::Several(chosen.get_untracked())).filter(|answer| !answer.is_empty()).as_ref());
            })),
            (false, Some(takes)) => EitherOf3::B(entry::beside(screen, only, takes, typed)),
            (false, None) => EitherOf3::C(()),
        }
    };
    let tap = move |choice: &Choice| {
        let code = choice.code.clone();
        if several {
            chosen.update(|codes| match codes.iter().position(|known| *known == code) {
                Some(at) => {
                    codes.remove(at);
                }
                None => codes.push(code),
            });
            return;
        }
        let answer = Answer::One(code.clone());
        if choice.takes.is_some() {
            screen.keep(Some(&answer));
            chosen.set(vec![code]);
        } else {
            screen.answer(Some(&answer));
        }
    };
    let buttons: Vec<_> = question
        .choices
        .into_iter()
        .zip(1u8..)
        .map(|(choice, number)| choice_button(screen, choice, number, several, chosen, tap))
        .collect();
    (div().class("choices").attr("part", "choices").child(buttons), rest)
}

fn choice_button(
    screen: Screen,
    choice: Choice,
    number: u8,
    several: bool,
    chosen: RwSignal<Vec<String>>,
    tap: impl Fn(&Choice) + 'static,
) -> impl IntoView {
    let code = choice.code.clone();
    let asks = choice.takes.is_some();
    let is_chosen = Memo::new(move |_| chosen.with(|codes| codes.contains(&code)));
    // Pressed or not matters where a tap does not lead on at once, and where it shows the earlier answer.
    let pressed = move || (several || asks || is_chosen.get()).then(|| is_chosen.get().to_string());
    let key = (number <= 9).then(|| number.to_string());
    button()
        .class("choice")
        .attr("part", "choice")
        .attr("type", "button")
        .attr("aria-pressed", pressed)
        .attr("aria-keyshortcuts", key.clone())
        .child((
            span().child(screen.words(&choice.text)),
            key.map(|key| kbd().attr("aria-hidden", "true").child(key)),
        ))
        .on(ev::click, move |_| tap(&choice))
}

/// What a choice asks for, as the kind of field it needs.
pub fn field_type(takes: Takes) -> &'static str {
    match takes {
        Takes::Words => "text",
        Takes::Date => "date",
    }
}
