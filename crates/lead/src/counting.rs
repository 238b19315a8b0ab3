//! How visitors go through a form, counted without knowing who they are.
//!
//! A browser sends names of steps and how often, once when the visit ends; the ledger adds them up by
//! day, form and source. No address, no id, no browser's name is kept, and nothing that a stranger sends
//! can make the table grow beyond what its site and forms have.

use std::collections::BTreeMap;

use form::Form;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{attribution, source::Source};

/// Steps in one beacon; further ones are ignored.
const MOST_STEPS: usize = 64;

/// How often one step may have happened in one visit; a greater number is nonsense and ignored.
const MOST_OF_A_STEP: u64 = 100;

/// Sources per day and site that are told apart; further ones are added up.
pub const MOST_SOURCES: usize = 200;

/// The longest name of a source that is kept, in characters.
const LONGEST: usize = 100;

/// What sources beyond [`MOST_SOURCES`] are called.
const OTHER: &str = "other";

/// The turn to the form; the contact step begun; an inquiry sent off; the end of the questions.
/// `recorded` is not among them: the ledger counts that itself.
const STEPS: [&str; 4] = ["open", "contact", "minted", "completed"];

/// Steps that belong to a question, as in `shown:need`.
const STEPS_OF_QUESTIONS: [&str; 3] = ["shown", "answered", "skipped"];

/// What `POST /v1/counts` brings, with everything of an odd shape left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// The site key.
    pub site: String,
    /// The form.
    pub form: String,
    /// The version of the form that the visitor saw.
    pub version: Option<u32>,
    /// Where the visitor came from.
    pub source: Place,
    /// The steps that can be steps at all.
    pub steps: Vec<(String, u32)>,
    /// The hour since 1970 in which the inquiry was made that was sent off ([`crate::loss::hour_of`]).
    pub hour: Option<i64>,
}

/// A source as it is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// `paid`, `search`, `social`, `email`, `referral`, `direct` or a custom medium.
    pub channel: String,
    /// Who sent the visitor, for example `yandex`; empty for direct.
    pub network: String,
    /// utm_campaign.
    pub campaign: String,
}

/// Reads a beacon; `None` when it is no object or names no site.
pub fn read(body: &Value) -> Option<Beacon> {
    let body = body.as_object()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let site = Some(text("site")).filter(|site| !site.is_empty())?;
    let steps = body.get("steps").and_then(Value::as_object).into_iter().flatten();
    Some(Beacon {
        site,
        form: text("form"),
        version: body.get("version").and_then(Value::as_u64).and_then(|version| version.try_into().ok()),
        source: body.get("source").and_then(Value::as_object).map(source).unwrap_or_else(|| source(&Map::new())),
        steps: steps
            .filter_map(|(step, n)| {
                let n = n.as_u64().filter(|n| (1..=MOST_OF_A_STEP).contains(n))?;
                Some((step.clone(), n.try_into().ok()?))
            })
            .take(MOST_STEPS)
            .collect(),
        hour: body.get("hour").and_then(Value::as_i64),
    })
}

/// Only names come with a beacon: of parameters, of the click id, of the referrer's host.
fn source(named: &Map<String, Value>) -> Place {
    let text = |name: &str| named.get(name).and_then(Value::as_str).map(cut).filter(|value| !value.is_empty());
    let mut query: BTreeMap<String, String> = BTreeMap::new();
    for name in ["utm_source", "utm_medium", "utm_campaign"] {
        query.extend(text(name).map(|value| (name.to_owned(), value)));
    }
    query.extend(text("click").map(|name| (name.to_lowercase(), "1".to_owned())));
    let host = text("referrer").map(|host| host.trim_start_matches("www.").to_lowercase());
    Place::of(&attribution::by_names(&query, host))
}

impl Beacon {
    /// The steps that this form has.
    pub fn steps_of<'a>(&'a self, form: &'a Form) -> impl Iterator<Item = (&'a str, u32)> {
        self.steps.iter().map(|(step, n)| (step.as_str(), *n)).filter(|(step, _)| match step.split_once(':') {
            None => STEPS.contains(step),
            Some((what, question)) => STEPS_OF_QUESTIONS.contains(&what) && form.question(question).is_some(),
        })
    }
}

impl Place {
    /// The same of a classified source.
    pub fn of(source: &Source) -> Self {
        Self { channel: cut(&source.channel), network: cut(&source.network), campaign: cut(&source.campaign) }
    }

    /// The place beyond which sources are not told apart: of what can be made up nothing is left.
    #[must_use]
    pub fn added_up(self) -> Self {
        let known = |channel: &str| ["paid", "search", "social", "email", "referral", "direct"].contains(&channel);
        let other = || OTHER.to_owned();
        Self {
            channel: if known(&self.channel) { self.channel } else { other() },
            network: if self.network.is_empty() || attribution::is_named(&self.network) {
                self.network
            } else {
                other()
            },
            campaign: if self.campaign.is_empty() { self.campaign } else { other() },
        }
    }
}

fn cut(value: &str) -> String {
    value.trim().chars().filter(|sign| !sign.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use form::{Question, ready};
    use serde_json::json;

    use super::*;
    use crate::{form_config::FormConfig, publish};

    fn form() -> Form {
        let form = publish::publish(&FormConfig { id: "price".into(), ..FormConfig::default() }, &BTreeMap::new(), 1);
        assert_eq!(ready::DEFAULT.len(), 5);
        form.unwrap()
    }

    #[test]
    fn a_beacon_is_read_and_everything_odd_is_left_out() {
        let beacon = read(&json!({
            "site": "site_x", "form": "price", "version": 3, "ip": "1.2.3.4",
            "source": { "utm_source": "Yandex", "utm_medium": "cpc", "utm_campaign": "осень", "click": "yclid", "id": "42" },
            "steps": { "open": 1, "shown:need": 2, "answered:need": 1, "shown:mood": 1, "open:need": 1, "recorded": 1,
                       "minted": 101, "contact": 0, "completed": "1", "skipped:": 1, "skipped:pay": 1.5 },
        }))
        .unwrap();
        assert_eq!((beacon.form.as_str(), beacon.version), ("price", Some(3)));
        let place = |channel: &str, network: &str, campaign: &str| Place {
            channel: channel.into(),
            network: network.into(),
            campaign: campaign.into(),
        };
        assert_eq!(beacon.source, place("paid", "yandex", "осень"));
        let form = form();
        assert_eq!(beacon.steps_of(&form).collect::<Vec<_>>(), [("answered:need", 1), ("open", 1), ("shown:need", 2)]);
        for unreadable in [json!(null), json!([]), json!("x"), json!({}), json!({ "site": 7 })] {
            assert_eq!(read(&unreadable), None);
        }
        let bare = read(&json!({ "site": "site_x", "source": [], "steps": 5 })).unwrap();
        assert_eq!((bare.source, bare.steps), (place("direct", "", ""), vec![]));
        let referred = read(&json!({ "site": "x", "source": { "referrer": "www.google.de" } })).unwrap();
        assert_eq!(referred.source, place("search", "google", ""));
    }

    #[test]
    fn a_beacon_has_at_most_so_many_steps() {
        let many: Map<String, Value> = (0..500).map(|n| (format!("shown:q{n}"), json!(1))).collect();
        let beacon = read(&json!({ "site": "x", "steps": many })).unwrap();
        assert_eq!(beacon.steps.len(), MOST_STEPS);
        let form = Form { questions: vec![Question { id: "q0".into(), ..Question::default() }], ..form() };
        assert_eq!(beacon.steps_of(&form).count(), 1);
    }

    #[test]
    fn beyond_the_most_nothing_made_up_is_left() {
        let added = |channel: &str, network: &str, campaign: &str| {
            let place = Place { channel: channel.into(), network: network.into(), campaign: campaign.into() };
            let Place { channel, network, campaign } = place.added_up();
            format!("{channel} {network} {campaign}")
        };
        assert_eq!(added("paid", "yandex", "x1"), "paid yandex other");
        assert_eq!(added("made-up", "made-up", ""), "other other ");
        assert_eq!(added("direct", "", ""), "direct  ");
    }
}
