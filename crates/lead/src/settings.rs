//! The configuration as the desk reads and drafts it: `/api/config`.

use serde::{Deserialize, Serialize};

use crate::config::ConfigProblem;

/// What stands in place of a secret, which is never shown again. A draft that sends it back keeps the secret.
pub const MASK: &str = "********";

/// `GET /api/config`. `C` is the configuration, with its secrets masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings<C> {
    /// The version in force.
    pub version: u32,
    /// The configuration in force.
    pub config: C,
    /// What is being prepared.
    pub draft: Option<Draft<C>>,
    /// Every version, newest first.
    pub versions: Vec<Version>,
    /// Who has how many leads at this moment.
    pub loads: Vec<LoadView>,
}

/// A configuration that is being prepared. `PUT /api/config/draft` answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft<C> {
    /// The configuration.
    pub config: C,
    /// The version that was in force when it was begun.
    pub based_on: u32,
    /// When it was last saved.
    pub saved_at: String,
    /// Who saved it.
    pub saved_by: String,
    /// What keeps it from being published; empty when nothing does.
    pub problems: Vec<Located>,
}

/// Something wrong with a draft, with its place in the configuration and in the text that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// For example `rules[2].assign`.
    pub at: String,
    /// The same as a JSON pointer (RFC 6901): `/rules/2/assign`.
    pub pointer: String,
    /// Line of the text that was sent, from 1; 0 where there is none.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What is wrong.
    pub problem: String,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub version: u32,
    /// When it was published.
    pub published_at: String,
    /// Who published it: a member's id, `api` or `operator`.
    pub published_by: String,
    /// The older version that was taken up again, if it is one.
    #[serde(default)]
    pub again: Option<u32>,
}

/// What a member has at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadView {
    /// The member's id.
    pub member: String,
    /// Open leads.
    pub open: u32,
    /// When a rule last gave him one.
    pub last_given_at: Option<String>,
}

/// `POST /api/config/rehearse`: the draft's rules over leads that were recorded, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// How many leads were looked at on this page.
    pub leads: u32,
    /// Those that would go elsewhere.
    pub elsewhere: Vec<Moved>,
    /// The cursor of the next page; `None` when there are no more.
    pub next: Option<String>,
}

/// A lead that would go elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The lead.
    pub lead: String,
    /// When it was recorded.
    pub at: String,
    /// Where it goes by the rules in force.
    pub from: Place,
    /// Where it would go.
    pub to: Place,
}

/// Where rules send a lead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The rule that matches.
    pub rule: String,
    /// The person or team.
    pub to: String,
    /// The destinations, sorted.
    pub deliver: Vec<String>,
}

impl Located {
    /// A problem without a place in a text.
    pub fn of(problem: &ConfigProblem, pointer: String) -> Self {
        Self { at: problem.at.clone(), pointer, problem: problem.problem.clone(), ..Self::default() }
    }
}
