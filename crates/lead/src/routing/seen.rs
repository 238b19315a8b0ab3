//! What rules may look at: where, when and by which form an inquiry came. Nothing of the person's case is
//! here, so no rule can ask for it (I-5).

use std::collections::BTreeMap;

use form::{Form, Question, QuestionKind, definition::Place, wire::InquiryRequest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::condition::{named, yes_or_no};
use crate::{
    config::Config,
    deadline,
    source::Source,
    web_address,
    zone::{hours_minutes, zone_or_utc},
};

/// Longest value a rule looks at, in characters.
const LONGEST: usize = 512;

/// Where the sender's network is, as far as the runtime knows; empty where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Geography {
    /// ISO country, for example `RU`.
    #[serde(default)]
    pub country: String,
    /// Region, in English.
    #[serde(default)]
    pub region: String,
    /// City, in English.
    #[serde(default)]
    pub city: String,
}

/// An inquiry, as far as rules are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// What was sent.
    pub request: &'a InquiryRequest,
    /// Where it was classified to.
    pub source: &'a Source,
    /// Where the sender's network is.
    pub geography: &'a Geography,
    /// The form the visitor saw, where something was chosen before the contact.
    pub form: Option<&'a Form>,
    /// When it was recorded.
    pub at: Timestamp,
}

/// Facts by name, each with its words; only known ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<String, Vec<String>>);

impl Seen {
    /// What rules see of an inquiry.
    pub fn of(config: &Config, arrived: Arrived<'_>) -> Self {
        let Arrived { request, source, geography, form, at } = arrived;
        let mut seen = Self::default();
        let local = at.to_zoned(zone_or_utc(&config.time_zone));
        let working = yes_or_no(deadline::is_working(&config.working_hours, &local));
        let time = hours_minutes(&local);
        for (fact, value) in [
            ("kind", source.kind.code()),
            ("channel", &source.channel),
            ("network", &source.network),
            ("campaign", &source.campaign),
            ("medium", &source.medium),
            ("content", &source.content),
            ("term", &source.term),
            ("referrer", &source.referrer),
            ("landing", &source.landing),
            ("site", &source.site),
            ("form", &source.form),
            ("country", &geography.country),
            ("region", &geography.region),
            ("city", &geography.city),
            ("lang", request.lang.as_deref().unwrap_or_default()),
            ("days", deadline::day_of(&local).code()),
            ("hours", &time),
            ("working", working),
        ] {
            seen.add(fact.to_owned(), value);
        }
        for (name, value) in &request.fields {
            seen.add(format!("field.{}", named(name)), value);
        }
        let landing = web_address::read(&request.source.landing).or_else(|| web_address::read(&request.source.page));
        for (name, value) in landing.iter().flat_map(|url| url.query_pairs()) {
            let name = name.to_lowercase();
            if name == "utm_source" {
                seen.add(name.clone(), &value);
            }
            seen.add(format!("parameter.{name}"), &value);
        }
        for (id, answer) in &request.chosen {
            let (Some(form), Some(answer)) = (form, answer) else { continue };
            let Some(question) = form.question(id).filter(|_| chooses_before_contact(form)) else { continue };
            if may_route(question) {
                for code in answer.codes(question).into_iter().filter(|code| question.choice(code).is_some()) {
                    seen.add(format!("answer.{id}"), code);
                }
            }
        }
        seen
    }

    /// The words of a fact; none where it is not known.
    pub fn get(&self, fact: &str) -> &[String] {
        self.0.get(fact).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, fact: String, value: &str) {
        let value: String = value.trim().chars().take(LONGEST).collect();
        if !value.is_empty() {
            self.0.entry(fact).or_default().push(value);
        }
    }
}

/// True for a form that asks before it wants the contact.
pub fn chooses_before_contact(form: &Form) -> bool {
    form.contact.place == Place::Last
}

/// True for a question whose choices a rule may look at: it has choices, and says nothing of the case.
pub fn may_route(question: &Question) -> bool {
    question.meaning.is_none() && matches!(question.kind, QuestionKind::Single | QuestionKind::Several)
}
