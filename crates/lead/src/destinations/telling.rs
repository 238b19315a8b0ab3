//! What a destination is told, under the names that mappings use.
//!
//! A template is words with `{{name}}` in them, or `{{name|words}}` for what stands there when nothing is known.

use std::collections::BTreeMap;

use serde_json::Value;

/// Our names, each with its place in the body of an event (see [`crate::webhook::body`]).
pub const NAMES: [(&str, &str); 37] = [
    ("event", "/type"),
    ("at", "/timestamp"),
    ("lead", "/data/id"),
    ("stage", "/data/stage"),
    ("status", "/data/status"),
    ("close_reason", "/data/close_reason"),
    ("opened_at", "/data/opened_at"),
    ("answer_by", "/data/answer_by"),
    ("priority", "/data/priority"),
    ("filter", "/data/filter"),
    ("assigned_to", "/data/assigned_to"),
    ("assigned_name", "/data/assigned_name"),
    ("rule", "/data/rule"),
    ("workspace", "/data/workspace"),
    ("source_kind", "/data/source/kind"),
    ("channel", "/data/source/channel"),
    ("network", "/data/source/network"),
    ("campaign", "/data/source/campaign"),
    ("medium", "/data/source/medium"),
    ("content", "/data/source/content"),
    ("term", "/data/source/term"),
    ("click", "/data/source/click"),
    ("click_id", "/data/source/click_id"),
    ("referrer", "/data/source/referrer"),
    ("landing", "/data/source/landing"),
    ("site", "/data/source/site"),
    ("form", "/data/source/form"),
    ("page", "/data/page"),
    ("name", "/data/contact/name"),
    ("phone", "/data/contact/phones/0/e164"),
    ("email", "/data/contact/emails/0"),
    ("messenger", "/data/contact/messengers/0"),
    ("other", "/data/contact/other/0"),
    ("message", "/data/message"),
    ("best_time", "/data/best_time"),
    // Of the alert that a destination was switched off.
    ("destination", "/data/destination"),
    ("reason", "/data/reason"),
];

/// Names that are put together: the best way to reach the person, all of them, all answers in words, and all that
/// was written, newest first.
pub const MADE: [&str; 5] = ["reach", "phones", "emails", "answers", "messages"];

/// Beginnings of names that go on with a code: an answer in words, a hidden field, a fact.
pub const PREFIXES: [&str; 3] = ["answer.", "field.", "fact."];

/// The body of an event, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    body: String,
    value: Value,
    names: BTreeMap<String, String>,
}

impl Telling {
    /// Reads the body of an event; what is missing in it is empty.
    pub fn of(body: &str) -> Self {
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        let mut names = BTreeMap::new();
        let mut know = |name: String, text: String| {
            if !text.is_empty() {
                names.insert(name, text);
            }
        };
        let mut reach = String::new();
        for (name, pointer) in NAMES {
            let text = super::contract::text_at(&value, pointer).unwrap_or_default();
            if reach.is_empty() && ["phone", "email", "messenger", "other"].contains(&name) {
                reach.clone_from(&text);
            }
            know(name.to_owned(), text);
        }
        let list = |pointer: &str, member: &str| -> Vec<String> {
            let items = value.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
            items.iter().filter_map(|item| super::contract::text_at(item, member)).collect()
        };
        let (phones, emails) = (list("/data/contact/phones", "/e164"), list("/data/contact/emails", ""));
        let mut answers = Vec::new();
        for answer in value.pointer("/data/answers").and_then(Value::as_array).into_iter().flatten() {
            let word = |member: &str| super::contract::text_at(answer, member).unwrap_or_default();
            answers.push(format!("{}: {}", word("/asked"), word("/answered")));
            know(format!("answer.{}", word("/question")), word("/answered"));
        }
        for fact in value.pointer("/data/facts").and_then(Value::as_array).into_iter().flatten() {
            let word = |member: &str| super::contract::text_at(fact, member).unwrap_or_default();
            let said = if word("/value").is_empty() { word("/known") } else { word("/value") };
            know(format!("fact.{}", word("/key")), said);
        }
        for (field, text) in value.pointer("/data/fields").and_then(Value::as_object).into_iter().flatten() {
            know(format!("field.{field}"), text.as_str().unwrap_or_default().to_owned());
        }
        let mut messages = list("/data/messages", "");
        if messages.is_empty() {
            // An older build told of the newest only.
            messages.extend(super::contract::text_at(&value, "/data/message"));
        }
        let made = [reach, phones.join(", "), emails.join(", "), answers.join("\n"), messages.join("\n\n")];
        for (name, text) in MADE.iter().zip(made) {
            know((*name).to_owned(), text);
        }
        Self { body: body.to_owned(), value, names }
    }

    /// The body as it was written at the first attempt.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The event.
    pub fn event(&self) -> &str {
        self.get("event")
    }

    /// The language of the workspace, for what people read.
    pub fn is_russian(&self) -> bool {
        self.value.pointer("/data/language").and_then(Value::as_str) != Some("en")
    }

    /// The workspace's time zone.
    pub fn time_zone(&self) -> &str {
        self.value.pointer("/data/time_zone").and_then(Value::as_str).unwrap_or("UTC")
    }

    /// The leads it is about: those of a person who was erased, else its one.
    pub fn leads(&self) -> Vec<Value> {
        let leads = self.value.pointer("/data/leads").and_then(Value::as_array);
        leads.cloned().unwrap_or_else(|| vec![self.get("lead").into()])
    }

    /// What the destination calls the leads of a person who was erased.
    pub fn remotes(&self) -> Vec<String> {
        let remotes = self.value.pointer("/data/remotes").and_then(Value::as_array).cloned().unwrap_or_default();
        remotes.iter().filter_map(|remote| super::contract::text_at(remote, "")).collect()
    }

    /// What stands under a name; empty when nothing is known.
    pub fn get(&self, name: &str) -> &str {
        self.names.get(name).map_or("", String::as_str)
    }

    /// Everything that is known, by name.
    pub fn names(&self) -> &BTreeMap<String, String> {
        &self.names
    }

    /// Answers: what was asked, and what was answered.
    pub fn answers(&self) -> Vec<(String, String)> {
        let answers = self.value.pointer("/data/answers").and_then(Value::as_array).cloned().unwrap_or_default();
        let word = |answer: &Value, member: &str| super::contract::text_at(answer, member).unwrap_or_default();
        answers.iter().map(|answer| (word(answer, "/asked"), word(answer, "/answered"))).collect()
    }

    /// True when the destination may know more of a person who was erased than it ever said.
    pub fn is_unsure(&self) -> bool {
        self.value.pointer("/data/unsure") == Some(&Value::Bool(true))
    }

    /// Of the alert that something is missing: where, and what.
    pub fn missing(&self) -> Vec<(String, String)> {
        let missing = self.value.pointer("/data/missing").and_then(Value::as_array).cloned().unwrap_or_default();
        let word = |line: &Value, member: &str| super::contract::text_at(line, member).unwrap_or_default();
        missing.iter().map(|line| (word(line, "/where"), word(line, "/what"))).collect()
    }

    /// Fills a template; what stands in for a name goes through `escape` first.
    pub fn fill(&self, template: &str, escape: &dyn Fn(&str) -> String) -> String {
        let mut filled = String::new();
        for piece in pieces(template) {
            match piece {
                Piece::Words(words) => filled.push_str(words),
                Piece::Name { name, otherwise } => match self.get(name) {
                    "" => filled.push_str(otherwise),
                    text => filled.push_str(&escape(text)),
                },
            }
        }
        filled
    }

    /// Fills the templates of a mapping, at most `longest` characters each, and leaves out what is empty.
    /// What the configuration names goes before what is usual.
    pub fn map(&self, usual: &[(&str, &str)], fields: &super::Fields, longest: usize) -> BTreeMap<String, String> {
        let mut filled = BTreeMap::new();
        let mut put = |field: &str, template: &str| {
            let text = cut(self.fill(template, &str::to_owned).trim(), longest);
            if !text.is_empty() {
                filled.insert(field.to_owned(), text);
            }
        };
        for (field, template) in usual.iter().filter(|(field, _)| !fields.contains_key(*field)) {
            put(field, template);
        }
        for (field, template) in fields {
            put(field, template);
        }
        filled
    }
}

/// The names in a template that are not ours.
pub fn unknown_names(template: &str) -> Vec<String> {
    let known = |name: &str| {
        NAMES.iter().any(|(known, _)| *known == name)
            || MADE.contains(&name)
            || PREFIXES.iter().any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
    };
    let names = pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Name { name, .. } if !known(name) => Some(name.to_owned()),
        _ => None,
    });
    names.collect()
}

/// At most so many characters; the last of a text that was cut is an ellipsis.
pub fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(longest.saturating_sub(1)).collect();
    short.push('…');
    short
}

enum Piece<'a> {
    Words(&'a str),
    Name { name: &'a str, otherwise: &'a str },
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else { break };
        found.push(Piece::Words(before));
        let (name, otherwise) = inside.split_once('|').unwrap_or((inside, ""));
        found.push(Piece::Name { name: name.trim(), otherwise });
        rest = behind;
    }
    found.push(Piece::Words(rest));
    found
}
