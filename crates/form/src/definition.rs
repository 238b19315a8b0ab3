//! A published form: the contact step, the questions, what is computed, and the end.
//!
//! A numbered version never changes: a visitor who began on version 3 finishes on version 3.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{computed::Computed, question::Question, text::Text};

/// Our own words in a language that is not built in, by the names of `site/words/en.json`.
pub type Words = BTreeMap<String, String>;

/// One version of a form, as the embed script and the widget receive it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The form's name in URLs, for example `price`.
    pub id: String,
    /// The published version, counted from 1.
    pub version: u32,
    /// The step that makes a lead, drawn without WebAssembly.
    pub contact: ContactStep,
    /// The questions in the order they are asked, each skippable.
    pub questions: Vec<Question>,
    /// Numbers that conditions and wordings may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Computed>,
    /// What follows the last question.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end: End,
    /// Our own words in further languages, by language code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Words>,
}

/// The step that makes a lead: a way to reach the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactStep {
    /// Before the questions or after them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub place: Place,
    /// The heading, for example «Как с вами связаться?».
    pub title: Text,
    /// A sentence under the heading.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub lead_in: Text,
    /// The words on the button; absent means «Отправить» / "Send".
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub button: Text,
    /// Ask for a name (never required).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub name: bool,
    /// Offer a free message (never required).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub message: bool,
    /// Ask for a good time to call (never required).
    #[serde(default, skip_serializing_if = "is_default")]
    pub best_time: bool,
    /// How consent to the processing of personal data is asked.
    pub consent: Consent,
}

/// Where the contact step stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Before any question: the lead exists whatever happens afterwards.
    #[default]
    First,
    /// After the questions (a quiz): nothing is a lead until the person can be reached.
    Last,
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

/// What follows the last question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct End {
    /// The heading; absent means our own thanks.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// A sentence or two below it.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub text: Text,
    /// A page to go to, `https` only, or a path of the host page's site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// A file to download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileToDownload>,
}

/// A file offered at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileToDownload {
    /// Its address, `https` only.
    pub url: String,
    /// The words on the link.
    pub text: Text,
}

impl Form {
    /// A form of which only the name is known: who sends it can be reached, and nothing is asked.
    pub fn bare(id: &str, version: u32) -> Self {
        let consent = Consent {
            kind: ConsentKind::Notice,
            text: Text::default(),
            version: String::new(),
            link: None,
            marketing: Text::default(),
        };
        let contact = ContactStep {
            place: Place::First,
            title: Text::default(),
            lead_in: Text::default(),
            button: Text::default(),
            name: true,
            message: true,
            best_time: false,
            consent,
        };
        Self {
            id: id.to_owned(),
            version,
            contact,
            questions: vec![],
            values: vec![],
            end: End::default(),
            words: BTreeMap::new(),
        }
    }

    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

fn yes() -> bool {
    true
}

// serde hands these a reference.
fn is_yes(value: &bool) -> bool {
    *value
}

/// True for what a member is when it is left out.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
