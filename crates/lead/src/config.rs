//! What a workspace is: one client company with its team, sites, forms, rules and destinations.
//!
//! An operator writes it as a TOML file (see `worker/demo/workspace.toml`), the ledger keeps every
//! published version. The catch-all is a field, not a rule, so it cannot be removed (I-19).

use std::collections::{BTreeMap, BTreeSet};

use form::definition::Words;
use serde::{Deserialize, Serialize};

pub use crate::destinations::Destination;
#[cfg(feature = "decide")]
use crate::web_address;
use crate::{
    form_config::FormConfig,
    retention::Retention,
    role::Role,
    source::SourceKind,
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

/// When the team works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "WorkingHours"))]
#[serde(rename(deserialize = "WorkingHours!"), deny_unknown_fields)]
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

impl Day {
    /// `mon`, …
    pub fn code(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Member"))]
#[serde(rename(deserialize = "Member!"), deny_unknown_fields)]
pub struct Member {
    /// A short code, for example `anna`.
    pub id: String,
    /// The name.
    pub name: String,
    /// What the person may see and do.
    pub role: Role,
    /// How many open leads the person can look after; absent means without a limit, and in the sharing
    /// of turns as many as [`USUAL_CAPACITY`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// When this person works; absent means the company's working hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<WorkingHours>,
    /// Days on which this person gets no leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Absence>,
}

/// How many open leads a person without a capacity of his own counts for when turns are shared.
pub const USUAL_CAPACITY: u16 = 30;

/// Days on which a person gets no leads, the first and the last among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Absence"))]
#[serde(rename(deserialize = "Absence!"), deny_unknown_fields)]
pub struct Absence {
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// Several people of whom each lead goes to the one whose turn it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Team"))]
#[serde(rename(deserialize = "Team!"), deny_unknown_fields)]
pub struct Team {
    /// A short code that no person has, for example `kitchens`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The people's ids.
    pub members: Vec<String>,
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
