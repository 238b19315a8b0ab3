//! What is tapped: one choice, several, a number on a scale, the price band.

use std::{cell::RefCell, rc::Rc};

use form::{Answer, Question, QuestionKind, piping::in_groups};
use leptos::{
    either::Either,
    html::{div, span},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::{
    entry,
    pieces::{Button, soft},
    screen::Screen,
    talk::Talk,
};

/// The most buttons a scale has: 0 to 10.
const LONGEST_SCALE: u32 = 11;

/// The most of them that stand in one row on a phone.
const LONGEST_ROW: usize = 6;

/// The codes chosen so far, where several may be.
type Chosen = Rc<RefCell<Vec<String>>>;

/// One button.
struct Item {
    answer: Answer,
    words: String,
    picture: Option<String>,
    /// Asks for words or a date besides.
    asks: bool,
    /// Closes the request, which is confirmed once.
    closes: bool,
    is_chosen: bool,
}

/// The choices of a question, and below them what the chosen one asks for besides.
pub fn view(screen: &Screen, talk: &Talk, question: &Question) -> impl IntoView + use<> {
    let several = question.kind == QuestionKind::Several;
    let earlier = talk.earlier();
    let items = if question.kind == QuestionKind::Scale { scale(talk, question) } else { listed(talk, question) };
    let codes = earlier.map(|answer| answer.codes(question)).unwrap_or_default();
    let chosen: Chosen = Rc::new(RefCell::new(codes.iter().map(|code| (*code).to_owned()).collect()));
    let class = match question.kind {
        QuestionKind::Scale if items.len() > LONGEST_ROW => "choices scale long",
        QuestionKind::Scale => "choices scale",
        _ if items.iter().any(|item| item.picture.is_some()) => "choices pictures",
        _ => "choices",
    };
    let buttons: Vec<_> = items
        .into_iter()
        .zip(1u32..)
        .map(|(item, number)| button(screen, item, number, several.then(|| chosen.clone())))
        .collect();
    let ends = (!question.low.is_empty() || !question.high.is_empty()).then(|| {
        let [low, high] = [&question.low, &question.high].map(|words| span().child(talk.words(words)));
        div().class("ends").attr("part", "ends").child((low, high))
    });
    let rest = if several {
        let screen = screen.clone();
        Some(Either::Left(entry::go_on(&screen.clone(), move || {
            let answer = Answer::Several(chosen.borrow().clone());
            screen.answer(Some(&answer).filter(|answer| !answer.is_empty()));
        })))
    } else {
        talk.asking().map(|(choice, takes)| {
            let words = earlier.and_then(Answer::words).unwrap_or_default();
            Either::Right(entry::beside(screen, talk, choice.code.clone(), takes, words.to_owned()))
        })
    };
    let hint = if several { screen.say("optional_several") } else { String::new() };
    (soft(hint), div().class(class).attr("part", "choices").child(buttons), ends, rest)
}

fn listed(talk: &Talk, question: &Question) -> Vec<Item> {
    let codes = talk.earlier().map(|answer| answer.codes(question)).unwrap_or_default();
    question
        .choices
        .iter()
        .map(|choice| Item {
            answer: Answer::One(choice.code.clone()),
            words: talk.words(&choice.text),
            picture: choice.picture.clone().filter(|address| address.starts_with("https://")),
            asks: choice.takes.is_some(),
            closes: question.is_closed_by(choice),
            is_chosen: codes.contains(&choice.code.as_str()),
        })
        .collect()
}

fn scale(talk: &Talk, question: &Question) -> Vec<Item> {
    let (least, most) = (question.min.unwrap_or(1.0), question.max.unwrap_or(5.0));
    (0..LONGEST_SCALE)
        .map(|place| least + f64::from(place))
        .take_while(|number| *number <= most)
        .map(|number| Item {
            is_chosen: talk.earlier() == Some(&Answer::Number(number)),
            answer: Answer::Number(number),
            words: in_groups(number),
            picture: None,
            asks: false,
            closes: false,
        })
        .collect()
}

fn button(screen: &Screen, item: Item, number: u32, several: Option<Chosen>) -> impl IntoView + use<> {
    let Item { answer, words, picture, asks, closes, is_chosen } = item;
    // Pressed or not says something where a tap does not lead on at once, and about an earlier answer.
    let pressed = (several.is_some() || asks || is_chosen).then(|| is_chosen.to_string());
    let key = match &answer {
        // The digit on a scale is the number on it.
        Answer::Number(_) => Some(words.clone()).filter(|words| words.len() == 1),
        _ => (number <= 9).then(|| number.to_string()),
    };
    let screen = screen.clone();
    Button { class: "choice", words, spoken: None, pressed, key, picture }.view(move |event| {
        match (&several, &answer) {
            (Some(chosen), Answer::One(code)) => toggle(chosen, code, &event),
            _ if closes => screen.confirm(Some(answer.clone())),
            _ if asks => screen.keep(&answer),
            _ => screen.answer(Some(&answer)),
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

/// The one confirmation before a request is closed.
pub fn confirmation(screen: &Screen) -> impl IntoView + use<> {
    let choice = |name: &str, closes: bool| {
        let (words, screen) = (screen.say(name), screen.clone());
        Button { class: "choice", words, ..Default::default() }
            .view(move |_| if closes { screen.decline() } else { screen.confirm(None) })
    };
    div().class("choices").attr("part", "choices").child((choice("confirm_yes", true), choice("confirm_no", false)))
}
