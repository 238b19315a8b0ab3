//! A published form: the contact step, the questions, and when each is asked.
//!
//! A numbered version never changes: a visitor who began on version 3 finishes on version 3.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One version of a form, as the embed script and the widget receive it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The form's name in URLs, for example `price`.
    pub id: String,
    /// The published version, counted from 1.
    pub version: u32,
    /// The first step, drawn without WebAssembly.
    pub contact: ContactStep,
    /// The questions in the order they are asked, each skippable.
    pub questions: Vec<Question>,
}

/// The step that makes a lead: a way to reach the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactStep {
    /// The heading, for example «Как с вами связаться?».
    pub title: Text,
    /// A sentence under the heading.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub lead_in: Text,
    /// Ask for a name (never required).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub name: bool,
    /// Offer a free message (never required).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub message: bool,
    /// Ask for a good time to call (never required).
    #[serde(default, skip_serializing_if = "is_no")]
    pub best_time: bool,
    /// How consent to the processing of personal data is asked.
    pub consent: Consent,
}

/// How consent is asked; the wording is the site owner's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consent {
    /// A separate box, or a notice beside the button.
    pub kind: ConsentKind,
    /// The wording the visitor sees.
    pub text: Text,
    /// Which wording it was, stored with every inquiry.
    pub version: String,
    /// Link to the full document, `https` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A second, separate and optional box for useful materials; absent means not asked.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub marketing: Text,
}

/// A separate unticked box that must be ticked, or a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// An unticked box; the form asks for it before sending.
    Required,
    /// A sentence; sending is the consent.
    Notice,
}

/// One question of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// The code under which answers are stored and sent, for example `need`.
    pub id: String,
    /// How it is answered.
    #[serde(default)]
    pub kind: QuestionKind,
    /// What the answer says about the case; without it the answer is only kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Meaning>,
    /// The wording.
    pub text: Text,
    /// The choices, for kinds that have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Asked only when this holds; absent means always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
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
}

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
}

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
        /// The codes; any of them is enough.
        one_of: Vec<String>,
    },
}

impl Form {
    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

impl Question {
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

fn yes() -> bool {
    true
}

// serde hands these a reference.
fn is_yes(value: &bool) -> bool {
    *value
}

fn is_no(value: &bool) -> bool {
    !*value
}
