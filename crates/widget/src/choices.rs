//! What is tapped: one choice or several.

use std::{cell::RefCell, rc::Rc};

use form::{Answer, Choice, Question, QuestionKind};
use leptos::{either::EitherOf3, html::div, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::{entry, pieces::Button, screen::Screen, talk::Talk};

/// The codes chosen so far, where several may be.
type Chosen = Rc<RefCell<Vec<String>>>;

/// The choices of a question, and below them what the chosen one asks for besides.
pub fn view(screen: Screen, talk: &Talk, question: &Question) -> impl IntoView + use<> {
    let several = question.kind == QuestionKind::Several;
    let earlier = talk.earlier();
    let codes = earlier.map(|answer| answer.codes(question)).unwrap_or_default();
    let chosen: Chosen = Rc::new(RefCell::new(codes.iter().map(|code| (*code).to_owned()).collect()));
    let buttons: Vec<_> = question
        .choices
        .iter()
        .zip(1u8..)
        .map(|(choice, number)| {
            choice_button(screen, choice, number, several.then(|| chosen.clone()), &chosen.borrow())
        })
        .collect();
    let rest = match (several, talk.asking()) {
        (true, _) => EitherOf3::A(entry::go_on(screen, move || {
            let answer = Answer::Several(chosen.borrow().clone());
            screen.answer(Some(&answer).filter(|answer| !answer.is_empty()));
        })),
        (false, Some((choice, takes))) => {
            let words = earlier.and_then(Answer::words).unwrap_or_default();
            EitherOf3::B(entry::beside(screen, talk, choice.code.clone(), takes, words.to_owned()))
        }
        (false, None) => EitherOf3::C(()),
    };
    (div().class("choices").attr("part", "choices").child(buttons), rest)
}

fn choice_button(
    screen: Screen,
    choice: &Choice,
    number: u8,
    several: Option<Chosen>,
    chosen: &[String],
) -> impl IntoView + use<> {
    let is_chosen = chosen.contains(&choice.code);
    // Pressed or not says something where a tap does not lead on at once, and about an earlier answer.
    let pressed = (several.is_some() || choice.takes.is_some() || is_chosen).then(|| is_chosen.to_string());
    let key = (number <= 9).then(|| number.to_string());
    let words = screen.words(&choice.text);
    let (code, asks) = (choice.code.clone(), choice.takes.is_some());
    Button { class: "choice", words, spoken: None, pressed, key }.view(move |event| match &several {
        Some(chosen) => toggle(chosen, &code, &event),
        None => {
            let answer = Answer::One(code.clone());
            if asks { screen.keep(&answer) } else { screen.answer(Some(&answer)) }
        }
    })
}

/// One of several goes in or out, and its button says so; nothing else on the screen changes.
fn toggle(chosen: &Chosen, code: &str, event: &Event) {
    let mut chosen = chosen.borrow_mut();
    let before = chosen.len();
    chosen.retain(|known| known != code);
    let goes_in = chosen.len() == before;
    if goes_in {
        chosen.push(code.to_owned());
    }
    let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(button) = button {
        let _ = button.set_attribute("aria-pressed", &goes_in.to_string());
    }
}
