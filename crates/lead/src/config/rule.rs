//! Routing rules as they are written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Day;
use crate::source::SourceKind;

/// A routing rule: when the source looks like this, it goes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "RuleMembers", into = "RuleMembers")]
pub struct Rule {
    /// The name that leads record, for example `yandex-direct`.
    pub id: String,
    /// What the source must look like.
    pub when: When,
    /// Where it goes: its members stand beside the others.
    pub route: Route,
}

/// A rule as it stands in the file.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Rule"))]
#[serde(rename(deserialize = "RuleMembers!"), deny_unknown_fields)]
struct RuleMembers {
    /// The name that leads record, for example `yandex-direct`.
    id: String,
    /// What the source must look like.
    when: When,
    /// The person who gets it, or the team whose turn gives it.
    assign: String,
    /// People and teams to ask, in this order, where nobody there is to be had; after them the catch-all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    otherwise: Vec<String>,
    /// The destinations that hear of it.
    #[serde(default)]
    deliver: Vec<String>,
}

impl From<RuleMembers> for Rule {
    fn from(RuleMembers { id, when, assign, otherwise, deliver }: RuleMembers) -> Self {
        Self { id, when, route: Route { assign, otherwise, deliver } }
    }
}

impl From<Rule> for RuleMembers {
    fn from(Rule { id, when, route: Route { assign, otherwise, deliver } }: Rule) -> Self {
        Self { id, when, assign, otherwise, deliver }
    }
}

/// Where a lead goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Route {
    /// The person who gets it, or the team whose turn gives it.
    pub assign: String,
    /// People and teams to ask, in this order, where nobody there is to be had; after them the catch-all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<String>,
    /// The destinations that hear of it.
    #[serde(default)]
    pub deliver: Vec<String>,
}

/// What a source must look like: every member that is given must match; a list matches any of its
/// words, whatever their case. In a word `*` stands for anything: `autumn-*` begins, `*sale*` contains, and
/// `*` alone is anything at all. The category, need, money and timing are not here and never will be (I-5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "When"))]
#[serde(rename(deserialize = "When!"), deny_unknown_fields, default)]
pub struct When {
    /// Kind of source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<SourceKind>,
    /// `paid`, `search`, `social`, `email`, `referral`, `direct`, …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<String>,
    /// `yandex`, `google`, `vk`, …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<String>,
    /// utm_campaign.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub campaign: Vec<String>,
    /// utm_medium.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub medium: Vec<String>,
    /// The referrer's host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub referrer: Vec<String>,
    /// How the landing page's path begins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub landing: Vec<String>,
    /// The site.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub site: Vec<String>,
    /// The form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<String>,
    /// utm_source, as it was written; `network` is what it was understood as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub utm_source: Vec<String>,
    /// utm_content.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<String>,
    /// utm_term.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub term: Vec<String>,
    /// ISO country of the sender's network, for example `RU`; known where the runtime knows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// Region of the sender's network, in English, for example `Tula Oblast`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<String>,
    /// City of the sender's network, in English.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub city: Vec<String>,
    /// The language the visitor saw; `pt` takes `pt-BR` too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lang: Vec<String>,
    /// The day of the week on which it came, where the company is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// When it came, where the company is: `09:00-18:00`; `22:00-06:00` goes over midnight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<String>,
    /// True: only within the company's working hours; false: only outside of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working: Option<bool>,
    /// Hidden fields of the tag, by name: a word or several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub field: BTreeMap<String, Wanted>,
    /// Parameters of the landing page, by name, for example `utm_id`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameter: BTreeMap<String, Wanted>,
    /// What was chosen before the contact, by question: codes of choices. Only questions that say nothing
    /// of need, money, timing or stage.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answer: BTreeMap<String, Wanted>,
    /// What it must not look like: none of these may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<When>>,
}

/// One word, or several of which any will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Wanted {
    /// This word.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

impl Wanted {
    /// The words.
    pub fn words(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Any(words) => words,
        }
    }
}
