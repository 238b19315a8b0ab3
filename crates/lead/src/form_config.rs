//! A form as an operator writes it: ready questions by name, with changes, or the site's own.

use form::{
    Choice, Computed, Condition, ContactStep, End, Jump, Question, Text, definition::is_default, json,
    question::PriceBand,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

/// A form: a contact step and questions, ready ones by name or the site's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename(deserialize = "FormConfig!"), deny_unknown_fields)]
pub struct FormConfig {
    /// The name in URLs, for example `price`.
    pub id: String,
    /// The contact step; absent means the ready one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactStep>,
    /// The questions in order; absent means need, buying stage, timing, offer and pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<Vec<Asked>>,
    /// Numbers that conditions and wordings may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Computed>,
    /// What follows the last question.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end: End,
}

/// A question of a form: a ready one by its name, one with changes, or the site's own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Asked {
    /// `need`, `whose`, `buying_stage`, `timing`, `offer`, `pay`, `price`, `decide`, `members`, `visit`,
    /// `later` or `file`.
    Ready(String),
    /// A ready question with some of its members changed.
    Changed(Box<Changed>),
    /// A question of the site's own.
    Own(Box<Question>),
}

impl<'de> Deserialize<'de> for Asked {
    /// What it is, its shape says: a text, something with `ready`, or neither.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Ready(name)),
            tree if tree.get("ready").is_some() => json::from_tree(tree).map(Self::Changed),
            tree => json::from_tree(tree).map(Self::Own),
        };
        read.map_err(D::Error::custom)
    }
}

/// A ready question with some of its members changed; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename(deserialize = "Changed!"), deny_unknown_fields)]
pub struct Changed {
    /// The ready question's name.
    pub ready: String,
    /// Another wording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// A sentence under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_in: Option<Text>,
    /// Other choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
    /// Another condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Other jumps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jumps: Option<Vec<Jump>>,
    /// The price band, without which `price` cannot be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceBand>,
}

impl Changed {
    /// The question with the changes.
    pub fn apply(&self, ready: Question) -> Question {
        let Self { ready: _, text, lead_in, choices, when, jumps, price } = self.clone();
        Question {
            text: text.unwrap_or(ready.text),
            lead_in: lead_in.unwrap_or(ready.lead_in),
            choices: choices.unwrap_or(ready.choices),
            when: when.or(ready.when),
            jumps: jumps.unwrap_or(ready.jumps),
            price: price.or(ready.price),
            ..ready
        }
    }
}
