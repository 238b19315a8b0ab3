//! What the embed script hands over, and what it is told.

use std::cell::RefCell;

use form::{Answer, Context, Date, Form, day, piping::in_digits};
use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::{
    json::{self, Value, quoted},
    published,
};

/// What the embed script says at the start.
#[derive(Debug, Default)]
pub struct Options(Value);

impl Options {
    /// Reads them; `None` when they are no JSON.
    pub fn read(text: &str) -> Option<Self> {
        json::read(text).map(Self)
    }

    /// The published form.
    pub fn form(&self) -> Form {
        published::form(self.0.get("form"))
    }

    /// What the visit came with.
    pub fn context(&self) -> Context {
        published::context(&self.0)
    }

    /// The language of the page he is on, which may be another than the inquiry was recorded in.
    pub fn speaks(&self) -> String {
        self.0.get("speaks").words()
    }

    /// The day on the visitor's calendar.
    pub fn today(&self) -> Date {
        self.0.get("today").text().and_then(day::read).unwrap_or(Date::ZERO)
    }

    /// The number before the first new answer's.
    pub fn seq(&self) -> u32 {
        self.0.get("seq").count()
    }

    /// Answers given before: question, number, answer.
    pub fn answers(&self) -> impl Iterator<Item = (String, u32, Option<Answer>)> {
        self.0
            .get("answers")
            .items()
            .iter()
            .map(|given| (given.item(0).words(), given.item(1).count(), published::answer(given.item(2))))
    }

    /// Whether the contact step follows the questions.
    pub fn contact_follows(&self) -> bool {
        self.0.get("contact_follows").is_true()
    }

    /// Our own words under this name, in the language of the visit.
    pub fn say(&self, name: &str) -> String {
        self.0.get("words").get(name).words()
    }
}

/// The functions of the embed script.
#[derive(Clone)]
pub struct Host {
    send: Function,
    on: Function,
    attach: Function,
}

impl Host {
    /// Keeps the embed script's functions.
    pub fn new(send: Function, on: Function, attach: Function) -> Self {
        Self { send, on, attach }
    }

    /// Sends one answer. The embed script keeps the order, tries again, and reports refusals.
    pub fn send(&self, message: &str) {
        // A function of the host page that throws is not ours to fail on.
        let _ = self.send.call1(&JsValue::NULL, &message.into());
    }

    /// Hands over a file; the embed script brings it to the ledger.
    pub fn attach(&self, question: &str, file: &JsValue) {
        let _ = self.attach.call2(&JsValue::NULL, &question.into(), file);
    }

    /// Says that a question is on the screen.
    pub fn shown(&self, question: &str) {
        self.tell("shown", &format!(r#"{{"question":{}}}"#, quoted(question)));
    }

    /// Says that a question was answered or skipped.
    pub fn answered(&self, question: &str, next: Option<&str>, skipped: bool) {
        let next = next.map_or("null".to_owned(), quoted);
        let skipped = if skipped { r#","skipped":true"# } else { "" };
        self.tell("answered", &format!(r#"{{"question":{},"next":{next}{skipped}}}"#, quoted(question)));
    }

    /// Says what has happened: `completed`, `contact` or `declined`.
    pub fn happened(&self, what: &str) {
        self.tell(what, "{}");
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
        Some(Answer::Number(number)) => in_digits(*number),
    };
    format!(r#"{{"seq":{seq},"form_version":{form_version},"answers":{{{}:{answer}}}}}"#, quoted(question))
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
            Some(Answer::Number(-12.5)),
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
                    ..AnswersRequest::default()
                }
            );
        }
    }
}
