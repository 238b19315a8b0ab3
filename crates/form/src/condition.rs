//! When a question is asked: over the answers before it, and over what the visit came with.

use serde::{Deserialize, Serialize};

use crate::{branching::Step, computed, definition::Form};

/// When a question is asked, over the answers given so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every one of them holds.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The question was answered with one of these codes.
    Answered {
        /// The question's id.
        question: String,
        /// The codes; any of them is enough, and without any every answer is.
        #[serde(default)]
        one_of: Vec<String>,
    },
    /// A number that was answered or computed lies between these.
    Number {
        /// The question's or computed value's id.
        of: String,
        /// From this number on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<f64>,
        /// Up to this number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<f64>,
    },
    /// A hidden field of the tag has one of these values.
    Field {
        /// The field's name.
        name: String,
        /// The values; without any, every value.
        #[serde(default)]
        one_of: Vec<String>,
    },
    /// Where the visitor came from.
    Source {
        /// `utm_source`, `utm_medium`, `utm_campaign`, `utm_content`, `utm_term`, `referrer` (its host)
        /// or `landing` (its path).
        key: String,
        /// The values; without any, every value.
        #[serde(default)]
        one_of: Vec<String>,
    },
    /// The visitor sees the form in one of these languages.
    Lang(Vec<String>),
    /// The visitor's device is one of `phone`, `tablet` and `computer`.
    Device(Vec<String>),
}

/// What a visit came with. Browser and Worker derive it from the same inquiry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The language the visitor sees.
    pub lang: String,
    /// `phone`, `tablet`, `computer`, or empty.
    pub device: String,
    /// The name, as typed.
    pub name: String,
    /// Hidden fields of the tag.
    pub fields: Vec<(String, String)>,
    /// See [`Condition::Source`].
    pub source: Vec<(String, String)>,
}

impl Context {
    /// A hidden field's value; empty when there is none.
    pub fn field(&self, name: &str) -> &str {
        value(&self.fields, name)
    }
}

/// Whether a condition holds after these steps.
pub fn holds(condition: &Condition, form: &Form, before: &[Step<'_>], context: &Context) -> bool {
    let again = |condition: &Condition| holds(condition, form, before, context);
    match condition {
        Condition::All(all) => all.iter().all(again),
        Condition::Any(any) => any.iter().any(again),
        Condition::Not(condition) => !again(condition),
        Condition::Answered { question, one_of } => before
            .iter()
            .find(|step| step.question.id == *question)
            .and_then(|step| step.answer.map(|answer| (step, answer)))
            .is_some_and(|(step, answer)| {
                one_of.is_empty() || answer.codes(step.question).iter().any(|code| one_of.iter().any(|one| one == code))
            }),
        Condition::Number { of, at_least, at_most } => computed::number(of, form, before).is_some_and(|number| {
            at_least.is_none_or(|least| number >= least) && at_most.is_none_or(|most| number <= most)
        }),
        Condition::Field { name, one_of } => is_one_of(context.field(name), one_of),
        Condition::Source { key, one_of } => is_one_of(value(&context.source, key), one_of),
        Condition::Lang(langs) => is_one_of(&context.lang, langs),
        Condition::Device(devices) => is_one_of(&context.device, devices),
    }
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

fn is_one_of(value: &str, wanted: &[String]) -> bool {
    !value.is_empty() && (wanted.is_empty() || wanted.iter().any(|one| one == value))
}
