//! What the embed script hands over, and what it is told.

use std::cell::RefCell;

use form::{Answer, Date, Form};
use js_sys::Function;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// What the embed script says at the start.
#[derive(Debug, Clone, Deserialize)]
pub struct Options {
    /// The published form.
    pub form: Form,
    /// The language of the visit, `ru` or `en`.
    pub lang: String,
    /// The number before the first answer's.
    #[serde(default)]
    pub seq: u32,
    /// The day on the visitor's calendar.
    pub today: Date,
}

/// One answer on its way out: the body of `POST /v1/inquiries/{id}/answers` without the site and
/// the secret. The embed script adds those: what draws the questions has no use for them.
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    /// Grows with each message.
    pub seq: u32,
    /// The version of the form the visitor sees.
    pub form_version: u32,
    /// One question and its answer; `null` is a skip.
    pub answers: std::collections::BTreeMap<&'a str, Option<&'a Answer>>,
}

#[derive(Serialize)]
struct Answered<'a> {
    question: &'a str,
    next: Option<&'a str>,
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
    pub fn send(&self, message: &Message<'_>) {
        if let Ok(body) = serde_json::to_string(message) {
            // A function of the host page that throws is not ours to fail on.
            let _ = self.send.call1(&JsValue::NULL, &body.into());
        }
    }

    /// Says that a question was answered or skipped.
    pub fn answered(&self, question: &str, next: Option<&str>) {
        self.tell("answered", &serde_json::to_string(&Answered { question, next }).unwrap_or_default());
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
