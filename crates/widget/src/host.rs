//! What the embed script hands over, and what it is told.

use std::cell::RefCell;

use form::{Answer, Consent, ConsentKind, ContactStep, End, Form, Place, Question, Text};
use js_sys::Function;
use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::json::quoted;

/// What the embed script says at the start.
#[derive(Deserialize)]
pub struct Options {
    /// The published form.
    pub form: Asked,
    /// The language of the visit, `ru` or `en`.
    pub lang: String,
    /// The number before the first answer's.
    #[serde(default)]
    pub seq: u32,
    /// The day on the visitor's calendar, `YYYY-MM-DD`.
    pub today: String,
}

/// The part of a published form that is asked here. The contact step is behind the visitor, and
/// reading it would only cost him code.
#[derive(Deserialize)]
pub struct Asked {
    id: String,
    version: u32,
    questions: Vec<Question>,
}

impl From<Asked> for Form {
    fn from(Asked { id, version, questions }: Asked) -> Self {
        let consent = Consent {
            kind: ConsentKind::Notice,
            text: Text::default(),
            version: String::new(),
            link: None,
            marketing: Text::default(),
        };
        let contact = ContactStep {
            place: Place::First,
            button: Text::default(),
            title: Text::default(),
            lead_in: Text::default(),
            name: false,
            message: false,
            best_time: false,
            consent,
        };
        Self { id, version, contact, questions, values: vec![], end: End::default(), words: Default::default() }
    }
}

/// The two functions of the embed script.
#[derive(Clone)]
pub struct Host {
    send: Function,
    on: Function,
}

impl Host {
    /// Keeps the embed script's functions.
    pub fn new(send: Function, on: Function) -> Self {
        Self { send, on }
    }

    /// Sends one answer. The embed script keeps the order, tries again, and reports refusals.
    pub fn send(&self, message: &str) {
        // A function of the host page that throws is not ours to fail on.
        let _ = self.send.call1(&JsValue::NULL, &message.into());
    }

    /// Says that a question was answered or skipped.
    pub fn answered(&self, question: &str, next: Option<&str>) {
        let next = next.map_or("null".to_owned(), quoted);
        self.tell("answered", &format!(r#"{{"question":{},"next":{next}}}"#, quoted(question)));
    }

    /// Says that the last question is behind.
    pub fn completed(&self) {
        self.tell("completed", "{}");
    }

    /// Hands over rules for the shadow root, which only the embed script may dress.
    pub fn style(&self, rules: &str) {
        self.tell("style", rules);
    }

    /// Asks the embed script to find another way.
    pub fn give_up(&self) {
        self.tell("panic", "");
    }

    fn tell(&self, name: &str, detail: &str) {
        let _ = self.on.call2(&JsValue::NULL, &name.into(), &detail.into());
    }
}

/// One answer (`None` is a skip) as the body of `POST /v1/inquiries/{id}/answers`, without the site
/// and the secret: the embed script adds those, because what draws the questions has no use for them.
pub fn message(seq: u32, form_version: u32, question: &str, answer: Option<&Answer>) -> String {
    let answer = match answer {
        None => "null".to_owned(),
        Some(Answer::One(text)) => quoted(text),
        Some(Answer::Several(codes)) => {
            let codes: Vec<String> = codes.iter().map(|code| quoted(code)).collect();
            format!("[{}]", codes.join(","))
        }
        Some(Answer::WithText { code, text }) => {
            format!(r#"{{"code":{},"text":{}}}"#, quoted(code), quoted(text))
        }
        // No question here is answered with a number; as text it would still be kept.
        Some(Answer::Number(_)) => "null".to_owned(),
    };
    let question = quoted(question);
    format!(r#"{{"seq":{seq},"form_version":{form_version},"answers":{{{question}:{answer}}}}}"#)
}

thread_local! {
    static LISTENERS: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
}

/// A panic ends this module for every form on the page; each embed script then asks the remaining
/// questions in another way.
pub fn tell_of_panics(on: Function) {
    LISTENERS.with_borrow_mut(|listeners| listeners.push(on));
    std::panic::set_hook(Box::new(|_| {
        for on in LISTENERS.take() {
            let _ = on.call2(&JsValue::NULL, &"panic".into(), &"".into());
        }
    }));
}

#[cfg(test)]
mod tests {
    use form::wire::AnswersRequest;

    use super::*;

    #[test]
    fn a_message_is_what_the_worker_reads() {
        for answer in [
            None,
            Some(Answer::One("month".into())),
            Some(Answer::Several(vec!["company".into(), "personal".into()])),
            Some(Answer::WithText { code: "specific".into(), text: "two \"tables\"\n".into() }),
        ] {
            let sent = message(4, 3, "need", answer.as_ref());
            let body = format!(r#"{{"site":"key","secret":"s",{}"#, sent.strip_prefix('{').unwrap());
            let read: AnswersRequest = serde_json::from_str(&body).unwrap();
            assert_eq!(
                read,
                AnswersRequest {
                    site: "key".into(),
                    secret: "s".into(),
                    seq: 4,
                    form_version: Some(3),
                    answers: [("need".to_owned(), answer)].into(),
                }
            );
        }
    }
}
