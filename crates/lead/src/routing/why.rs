//! Why a lead went where it went: the rules tried, what each looked at, who was asked and who took it.
//!
//! What is stored are ids, codes and whether a condition held. The words a rule wanted and the words it saw
//! are filled in when it is shown, from the configuration's version and from the inquiry: what is erased
//! there is gone here.

use serde::{Deserialize, Serialize};

use super::condition;
use crate::config::Config;

/// The whole reasoning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The configuration's version that decided.
    #[serde(default)]
    pub version: u32,
    /// The inquiry it decided on.
    #[serde(default)]
    pub inquiry: String,
    /// The rules in the order they were tried; the last one matched, or none did.
    pub tried: Vec<Tried>,
    /// The member who had the person's leads before, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Stand>,
    /// Who was asked, in order; the last one took it. Empty when the person's own seller did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
}

/// A rule that was tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Its name.
    pub rule: String,
    /// True when every condition held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub matched: bool,
    /// Its conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// A condition that was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The fact's name.
    pub fact: String,
    /// True where none of the words may be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
    /// Whether it held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// The words the rule wanted; filled in when it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<String>,
    /// The words it saw; filled in when it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saw: Vec<String>,
}

/// A person or team that was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The id of the person or team.
    pub target: String,
    /// The name; filled in when it is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// How its people stood at that moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Stand>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_to: Option<String>,
    /// True when nobody at all was to be had, and it was given all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub though_away: bool,
}

/// How a person stood at that moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// The member's id.
    pub member: String,
    /// The name; filled in when it is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Open leads.
    pub open: u32,
    /// How many he can look after; `None` is without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// When he was last given one, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_given_at: Option<String>,
    /// Why he was not to be had; `None` when he was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out: Option<Out>,
}

/// Why somebody is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Out {
    /// No longer in the team.
    Gone,
    /// Practises, and takes no turn.
    Trainee,
    /// Another role, which receives no leads.
    Role,
    /// Away on that day.
    Absent,
    /// Not at work when answering begins.
    OffHours,
    /// Has as many open leads as he can look after.
    Full,
}

impl Why {
    /// Fills in what is shown: the rules' words by the configuration that decided, what was seen by
    /// `saw`, and names.
    pub fn fill(&mut self, config: &Config, saw: impl Fn(&str) -> Vec<String>) {
        for tried in &mut self.tried {
            let rule = config.rules.iter().find(|rule| rule.id == tried.rule);
            for check in &mut tried.checks {
                check.wanted = rule.map(|rule| condition::wanted(rule, &check.fact, check.not)).unwrap_or_default();
                check.saw = saw(&check.fact);
            }
        }
        for asked in &mut self.asked {
            let team = config.group(&asked.target).map(|team| &team.name);
            asked.name = team.or(config.member(&asked.target).map(|member| &member.name)).cloned().unwrap_or_default();
        }
        let people = self.asked.iter_mut().flat_map(|asked| &mut asked.people).chain(self.owner.as_mut());
        for stand in people {
            stand.name = config.member(&stand.member).map(|member| member.name.clone()).unwrap_or_default();
        }
    }
}
