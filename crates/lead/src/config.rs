//! What a workspace is: one client company with its team, sites, forms, rules and destinations.
//!
//! An operator writes it as a TOML file (see `worker/demo/workspace.toml`), the ledger keeps every
//! published version. The catch-all is a field, not a rule, so it cannot be removed (I-19).

mod rule;
mod team;

use std::collections::{BTreeMap, BTreeSet};

use form::definition::Words;
use serde::{Deserialize, Serialize};

pub use self::{
    rule::{Route, Rule, Wanted, When},
    team::{Absence, Day, Member, Team, USUAL_CAPACITY, WorkingHours},
};
pub use crate::destinations::Destination;
#[cfg(feature = "decide")]
use crate::web_address;
use crate::{
    form_config::FormConfig,
    retention::Retention,
    suspicion::{
        self,
        guard::{ProofOfWork, Turnstile},
    },
};

/// A workspace's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Config"))]
#[serde(rename(deserialize = "Config!"), deny_unknown_fields)]
pub struct Config {
    /// The client company's name, as the team and visitors see it.
    pub name: String,
    /// The language of the desk and of wordings without a translation: `ru` or `en`.
    #[serde(default = "russian")]
    pub language: String,
    /// IANA time zone of the working hours.
    #[serde(default = "moscow")]
    pub time_zone: String,
    /// ISO country whose local phone habits are assumed, for example `RU`.
    #[serde(default = "russia")]
    pub phone_region: String,
    /// The common first-response deadline, in working minutes (I-18).
    #[serde(default = "fifteen")]
    pub first_response_minutes: u16,
    /// When the team works.
    #[serde(default)]
    pub working_hours: WorkingHours,
    /// Days within which a date counts as now.
    #[serde(default = "thirty")]
    pub urgent_days: u16,
    /// The people.
    pub team: Vec<Member>,
    /// Groups of them that rules may name; within one, each lead is a fair turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Team>,
    /// The sites that carry the tag.
    pub sites: Vec<Site>,
    /// The forms.
    pub forms: Vec<FormConfig>,
    /// Our own words in further languages, by language code (`ar`, `pt-BR`) and by the names of
    /// `site/words/en.json`; a word that is left out is said in English. In the same way single words of
    /// Russian and English can be said otherwise. Wordings of forms carry their languages themselves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Words>,
    /// Routing rules on the source, tried in order; the first that matches decides.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Who gets everything that no rule matched.
    pub catch_all: Route,
    /// The systems that hear of leads.
    #[serde(default)]
    pub destinations: Vec<Destination>,
    /// When a lead is set aside because it looks as if nobody had sent it.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub suspicion: suspicion::Rule,
    /// How long what people typed is kept; without rules for good.
    #[serde(default, skip_serializing_if = "Retention::is_absent")]
    pub retention: Retention,
}

/// A site that carries the tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Site"))]
#[serde(rename(deserialize = "Site!"), deny_unknown_fields)]
pub struct Site {
    /// A short code, for example `shop`.
    pub id: String,
    /// The name visitors see on the hosted page.
    pub name: String,
    /// Origins the tag is expected on, for example `https://shop.example`.
    /// Advice, not authentication: an inquiry from elsewhere is recorded and labelled.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Asks browsers for a small piece of work, which costs a sender of thousands; off unless it stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof_of_work: Option<ProofOfWork>,
    /// Asks Turnstile, a third party; off unless it stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnstile: Option<Turnstile>,
}

/// Something wrong with a configuration, with the place it is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigProblem {
    /// For example `rules[2].assign`.
    pub at: String,
    /// What is wrong.
    pub problem: String,
}

impl Site {
    /// True when the tag is expected on this origin. A site without a list, and a caller that names
    /// no origin, are not held against anyone.
    #[cfg(feature = "decide")]
    pub fn expects(&self, origin: &str) -> bool {
        origin.is_empty()
            || self.origins.is_empty()
            || self.origins.iter().any(|listed| web_address::origin(listed).as_deref().unwrap_or(listed) == origin)
    }
}

impl Config {
    /// The member with this id.
    pub fn member(&self, id: &str) -> Option<&Member> {
        self.team.iter().find(|member| member.id == id)
    }

    /// The group of people with this id.
    pub fn group(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// The destination with this id.
    pub fn destination(&self, id: &str) -> Option<&Destination> {
        self.destinations.iter().find(|destination| destination.id() == id)
    }

    /// True when the destination with this id hears of this event; one that is missing says so later.
    pub fn tells(&self, id: &str, event: &str) -> bool {
        self.destination(id).is_none_or(|destination| destination.wants(event))
    }

    /// What leads that came by this rule are told to; nothing, when it is there no longer.
    pub fn deliver_of(&self, rule: &str) -> Option<&[String]> {
        let route = self.rules.iter().find(|known| known.id == rule).map(|known| &known.route);
        let route = route.or_else(|| (rule == crate::CATCH_ALL).then_some(&self.catch_all));
        route.map(|route| route.deliver.as_slice())
    }

    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// Which of its ids are missing, odd or stand twice; `publish::problems` says everything that is wrong.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let mut report = |at: String, problem: &str| found.push(ConfigProblem { at, problem: problem.to_owned() });

        let lists: [(&str, Vec<&str>); 6] = [
            ("team", self.team.iter().map(|member| member.id.as_str()).collect()),
            ("teams", self.teams.iter().map(|team| team.id.as_str()).collect()),
            ("sites", self.sites.iter().map(|site| site.id.as_str()).collect()),
            ("forms", self.forms.iter().map(|form| form.id.as_str()).collect()),
            ("rules", self.rules.iter().map(|rule| rule.id.as_str()).collect()),
            ("destinations", self.destinations.iter().map(Destination::id).collect()),
        ];
        for (list, ids) in lists {
            let mut seen = BTreeSet::new();
            for (index, id) in ids.iter().enumerate() {
                if !is_code(id) {
                    report(format!("{list}[{index}].id"), "must be 1 to 40 of a-z, 0-9, - and _");
                }
                if !seen.insert(*id) {
                    report(format!("{list}[{index}].id"), "stands twice");
                }
            }
            if ids.is_empty() && matches!(list, "team" | "sites" | "forms") {
                report(list.to_owned(), "must not be empty");
            }
        }
        if self.suspicion.suspect_at < LEAST_SUSPECT_AT {
            report("suspicion.suspect_at".to_owned(), "must be at least 30: below it one weak sign sets a lead aside");
        }
        for (index, site) in self.sites.iter().enumerate() {
            if site.proof_of_work.is_some_and(|proof| !TRIES.contains(&proof.tries)) {
                report(format!("sites[{index}].proof_of_work.tries"), "must be from 1000 to 2000000");
            }
        }
        found
    }
}

/// True for a short code that may stand in a URL.
pub fn is_code(id: &str) -> bool {
    (1..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
}

/// The least score at which a lead may be set aside.
const LEAST_SUSPECT_AT: u16 = 30;

/// How much work may be asked for: less is none, more is a visitor's patience.
const TRIES: std::ops::RangeInclusive<u32> = 1_000..=2_000_000;

fn is_usual(rule: &suspicion::Rule) -> bool {
    *rule == suspicion::Rule::default()
}

fn russian() -> String {
    "ru".into()
}

fn moscow() -> String {
    "Europe/Moscow".into()
}

fn russia() -> String {
    "RU".into()
}

fn fifteen() -> u16 {
    15
}

fn thirty() -> u16 {
    30
}
