//! Who gets a lead, and which systems hear of it: by its source, never by its category.
//!
//! Invariant (I-19): routing is total. The rules are tried in order; what none of them matches goes
//! to the catch-all, which is a field of the configuration and cannot be missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    CATCH_ALL,
    config::{Config, Route, When},
    source::Source,
};

/// Where a lead goes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// The rule that matched, or `catch-all`.
    pub rule: String,
    /// The member who gets the lead.
    pub assigned_to: String,
    /// The destinations that hear of it.
    pub destinations: Vec<String>,
}

/// Chooses by the source. `fields` are the hidden fields of the tag.
pub fn route(config: &Config, source: &Source, fields: &BTreeMap<String, String>) -> Routed {
    let matched = config.rules.iter().find(|rule| matches(&rule.when, source, fields));
    match matched {
        Some(rule) => routed(&rule.id, &rule.route),
        None => routed(CATCH_ALL, &config.catch_all),
    }
}

fn routed(rule: &str, route: &Route) -> Routed {
    Routed { rule: rule.to_owned(), assigned_to: route.assign.clone(), destinations: route.deliver.clone() }
}

fn matches(when: &When, source: &Source, fields: &BTreeMap<String, String>) -> bool {
    let any = |wanted: &[String], found: &str| {
        wanted.is_empty() || wanted.iter().any(|word| word.to_lowercase() == found.to_lowercase())
    };
    (when.kind.is_empty() || when.kind.contains(&source.kind))
        && any(&when.channel, &source.channel)
        && any(&when.network, &source.network)
        && any(&when.campaign, &source.campaign)
        && any(&when.medium, &source.medium)
        && any(&when.referrer, &source.referrer)
        && any(&when.site, &source.site)
        && any(&when.form, &source.form)
        && (when.landing.is_empty() || when.landing.iter().any(|start| source.landing.starts_with(start.as_str())))
        && when.field.iter().all(|(name, value)| fields.get(name) == Some(value))
}
