//! The questions, in the visitor's browser.
//!
//! The embed script has drawn the contact step and the inquiry is recorded before anything here
//! runs; nothing here can lose it. Which question comes next is decided by the `form` crate, the
//! same code that the Worker runs again on what it receives.
//!
//! The modules, in the order of a visit:
//!
//! 1. [`host`]: what the embed script hands over, and what it is told;
//! 2. [`published`]: the form in it, read from JSON;
//! 3. [`talk`]: where the visitor is in the questions: answers, the way back, numbering;
//! 4. [`screen`]: one question on the screen at a time, and the end;
//! 5. [`choices`] and [`entry`]: what is tapped, and what is typed, set or attached;
//! 6. [`pieces`]: the button and the heading all of them are made of;
//! 7. [`explain`]: what the answers say, for whoever wants to check that browser and Worker agree;
//! 8. [`json`]: what crosses the border to JavaScript, in as little code as it takes.

pub mod choices;
pub mod entry;
pub mod explain;
pub mod host;
pub mod json;
pub mod pieces;
pub mod published;
pub mod screen;
pub mod talk;

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

/// Draws the questions into `root`.
///
/// * `options`: JSON: `form` (a `form::Form`), `speaks` (the language of all wordings), `words` (our own words
///   by name), `today` (`YYYY-MM-DD`), `seq`, `answers` (`[[question, seq, answer], …]`, given before),
///   `contact_follows`, and what the inquiry was recorded with, by which conditions hold: `lang`, `device`,
///   `name`, `fields`, `source`;
/// * `send(body)`: posts one answer; the body is JSON without the site and the secret, which the
///   embed script adds;
/// * `on(name, detail)`: hears `shown {question}`, `answered {question, next, skipped}`, `declined {}`,
///   `completed {}` or `contact {}` with JSON details, `style` with the rules of the questions, and
///   `panic` when this module can't go on and the embed script has to find another way;
/// * `attach(question, file)`: brings a file to the ledger.
#[wasm_bindgen]
pub fn start(root: HtmlElement, options: &str, send: Function, on: Function, attach: Function) {
    host::tell_of_panics(on.clone());
    let host = host::Host::new(send, on, attach);
    match host::Options::read(options) {
        Some(options) => screen::draw(&root, options, host),
        None => host.give_up(),
    }
}

/// A wording of the form that belongs to no question, the contact step's or the end's, with what the visitor has said
/// in its places; as it is, when the options are unreadable.
///
/// * `options`: as for [`start`];
/// * `wording`: in the language of the page.
#[wasm_bindgen]
pub fn pipe(options: &str, wording: &str) -> String {
    host::Options::read(options)
        .map_or_else(|| wording.to_owned(), |options| talk::Talk::new(&options).words_after(wording))
}

/// What these answers say about the person's case, and the next question: JSON
/// `{"facts": […], "next": "question" | null}`, or `{"error": "unreadable"}`.
///
/// * `form_json`: a `form::Form`;
/// * `answers_json`: a list of `[question, seq, answer]`, the answer as it crosses the wire and
///   `null` for a skip, all given on the day `today` (`YYYY-MM-DD`).
#[wasm_bindgen(js_name = explain)]
pub fn explain_answers(form_json: &str, answers_json: &str, today: &str) -> String {
    explain::explain(form_json, answers_json, today)
}
