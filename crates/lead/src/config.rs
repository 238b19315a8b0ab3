//! What a workspace is: one client company with its team, sites, forms, rules and destinations.
//!
//! An operator writes it as a TOML file (see `worker/demo/workspace.toml`), the ledger keeps every
//! published version. The catch-all is a field, not a rule, so it cannot be removed (I-19).

use std::collections::{BTreeMap, BTreeSet};

use form::definition::Words;
use serde::{Deserialize, Serialize};

pub use crate::destinations::Destination;
use crate::{form_config::FormConfig, role::Role, source::SourceKind};

/// A workspace's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
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
}

/// When the team works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// Working days.
    pub days: Vec<Day>,
    /// The day begins, `HH:MM`.
    pub from: String,
    /// The day ends, `HH:MM`.
    pub to: String,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// A short code, for example `anna`.
    pub id: String,
    /// The name.
    pub name: String,
    /// What the person may see and do.
    pub role: Role,
}

/// A site that carries the tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// A short code, for example `shop`.
    pub id: String,
    /// The name visitors see on the hosted page.
    pub name: String,
    /// Origins the tag is expected on, for example `https://shop.example`.
    /// Advice, not authentication: an inquiry from elsewhere is recorded and labelled.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// A routing rule: when the source looks like this, it goes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name that leads record, for example `yandex-direct`.
    pub id: String,
    /// What the source must look like.
    pub when: When,
    /// Where it goes.
    #[serde(flatten)]
    pub route: Route,
}

/// Where a lead goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Route {
    /// The member who gets it.
    pub assign: String,
    /// The destinations that hear of it.
    #[serde(default)]
    pub deliver: Vec<String>,
}

/// What a source must look like: every member that is given must match; a list matches any of its
/// words. The category, need, money and timing are not here and never will be (I-5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
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
    /// Hidden fields of the tag.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub field: BTreeMap<String, String>,
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
    pub fn expects(&self, origin: &str) -> bool {
        origin.is_empty() || self.origins.is_empty() || self.origins.iter().any(|listed| listed == origin)
    }
}

impl Config {
    /// The member with this id.
    pub fn member(&self, id: &str) -> Option<&Member> {
        self.team.iter().find(|member| member.id == id)
    }

    /// The destination with this id.
    pub fn destination(&self, id: &str) -> Option<&Destination> {
        self.destinations.iter().find(|destination| destination.id() == id)
    }

    /// True when the destination with this id hears of this event; one that is missing says so later.
    pub fn tells(&self, id: &str, event: &str) -> bool {
        self.destination(id).is_none_or(|destination| destination.wants(event))
    }

    /// Takes the secrets of the destinations out, by their ids: what is left can be kept and shown.
    pub fn take_secrets(&mut self) -> BTreeMap<String, String> {
        let secrets = self.destinations.iter_mut().filter_map(|destination| {
            let secret = destination.take_secret()?;
            Some((destination.id().to_owned(), secret))
        });
        secrets.collect()
    }

    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// Everything that is wrong with it; empty when it can be published.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let mut report = |at: String, problem: &str| found.push(ConfigProblem { at, problem: problem.to_owned() });

        let lists: [(&str, Vec<&str>); 5] = [
            ("team", self.team.iter().map(|member| member.id.as_str()).collect()),
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
        if self.rules.iter().any(|rule| rule.id == crate::CATCH_ALL) {
            report("rules".to_owned(), "the name catch-all is taken");
        }

        let routes = (self.rules.iter().enumerate())
            .map(|(index, rule)| (format!("rules[{index}]"), &rule.route))
            .chain([("catch_all".to_owned(), &self.catch_all)]);
        for (at, route) in routes {
            match self.member(&route.assign) {
                None => report(format!("{at}.assign"), "nobody in the team has this id"),
                Some(member) if !member.role.receives_leads() => {
                    report(format!("{at}.assign"), "this role does not receive leads");
                }
                Some(_) => {}
            }
            for destination in &route.deliver {
                if self.destination(destination).is_none() {
                    report(format!("{at}.deliver"), "no destination has this id");
                }
            }
        }
        found
    }
}

impl Default for WorkingHours {
    /// Monday to Friday, nine to six.
    fn default() -> Self {
        Self { days: vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri], from: "09:00".into(), to: "18:00".into() }
    }
}

/// True for a short code that may stand in a URL.
pub fn is_code(id: &str) -> bool {
    (1..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
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
