//! One question of a form, and how it is answered.

use serde::{Deserialize, Serialize};

use crate::{condition::Condition, definition::is_default, text::Text};

/// One question of the form.
///
/// The members after `jumps` belong to some kinds only; the others ignore them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// The code under which answers are stored and sent, for example `need`.
    pub id: String,
    /// How it is answered.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: QuestionKind,
    /// What the answer says about the case; without it the answer is only kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Meaning>,
    /// The wording; `{{question}}`, `{{field.NAME}}`, `{{name}}` and the ids of computed values are
    /// replaced (see [`crate::piping`]).
    pub text: Text,
    /// A sentence under the wording.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub lead_in: Text,
    /// The choices, for kinds that have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Asked only when this holds; absent means always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Where the way goes on, tried in order; without one that holds, at the next question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jumps: Vec<Jump>,

    /// What a number counts, for example «м²».
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub unit: Text,
    /// The least number (number, range, scale), advice and not a barrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The distance between two numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
    /// Words at the low end of a scale.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub low: Text,
    /// Words at the high end of a scale.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub high: Text,
    /// Room for several lines of text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub long: bool,
    /// The price band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceBand>,
    /// Endings of the files that may be attached, for example `pdf`; absent means documents and pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endings: Vec<String>,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One choice, one tap.
    #[default]
    Single,
    /// Any number of choices.
    Several,
    /// Free words.
    Text,
    /// A number, typed.
    Number,
    /// A number, on a slider.
    Range,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// From a day to a day, `YYYY-MM-DD/YYYY-MM-DD` (ISO 8601).
    Period,
    /// A number on a row of buttons, from `min` (1) to `max` (5).
    Scale,
    /// A phone, as typed.
    Phone,
    /// A mailbox, as typed.
    Email,
    /// A box to tick: its one choice.
    Consent,
    /// A price band: accept, discuss, or decline, which is confirmed once.
    Price,
    /// A file, sent beside the answer; the answer is its name.
    File,
    /// Words to read; there is nothing to answer.
    Statement,
}

/// One choice of a question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// The code that is sent, for example `specific`.
    pub code: String,
    /// The wording.
    pub text: Text,
    /// The standard code whose facts this choice carries, for a site's own list of choices;
    /// absent means the code itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<String>,
    /// What may be added to the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Takes>,
    /// Address of its picture, `https` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// What it adds to a computed value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// What a choice may carry besides its code (the `text` member of an answer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// A few words.
    Words,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
}

/// Where the way goes on after a question was answered or skipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Jump {
    /// Only when this holds; absent means always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// A question further down, or `end`.
    pub to: String,
}

/// The target of a jump that ends the questions.
pub const END: &str = "end";

/// What it usually costs; the wording names it as `{{min}}`, `{{max}}` and `{{cur}}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceBand {
    /// From, in whole units of the currency.
    pub min: u32,
    /// To, in whole units of the currency.
    pub max: u32,
    /// The currency as it is shown, for example «₽».
    pub currency: String,
}

/// What the answer to a question says about the case (see [`crate::fact`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Is there a task, named or not yet put into words?
    Need,
    /// Whose task is it?
    Whose,
    /// An idea, a budget, or a choice of vendor?
    BuyingStage,
    /// When will it be solved at all?
    Timing,
    /// Ready now, if a really interesting offer came up?
    Offer,
    /// Is there any possibility to pay?
    Pay,
    /// Does the price band suit?
    Price,
    /// How is it decided on the person's side?
    Decide,
    /// Who else takes part?
    Members,
    /// When to visit, or what instead?
    Visit,
    /// Whether and when to remind.
    Later,
}

/// The standard code of the choice that closes the request.
const DECLINE: &str = "decline";

/// The largest file that may be attached, in bytes.
pub const LARGEST_FILE: u32 = 10 * 1024 * 1024;

impl Question {
    /// Whether this choice closes the request: the price band, refused. It is confirmed once.
    pub fn is_closed_by(&self, choice: &Choice) -> bool {
        self.kind == QuestionKind::Price && choice.meaning_code() == DECLINE
    }

    /// The choice with this code.
    pub fn choice(&self, code: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.code == code)
    }
}

impl Choice {
    /// The standard code whose facts this choice carries.
    pub fn meaning_code(&self) -> &str {
        self.means.as_deref().unwrap_or(&self.code)
    }
}
