//! Flat fields for a Zap or a Make scenario: each of our names is a key of its own. The hook's address is the secret.

use serde_json::{Map, Value};

use super::{
    Fields, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step},
    members::{members, usual_members},
    needs,
    telling::{MADE, NAMES, cut},
};
use crate::delivery::Outcome;

/// The longest value, in characters.
const LONGEST: usize = 2_000;

/// `kind = "zapier"`, `kind = "make"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct FlatHook {
    /// A short code.
    pub id: String,
    /// The hook's address, `https://hooks.zapier.com/…` or `https://hook.….make.com/…`.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The events it hears of; all when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// Keys of one's own beside ours.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(FlatHook: id; secret = Default::default, events = Default::default, fields = Default::default);

impl Settings for FlatHook {
    usual_members!(fields);

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        needs(secret, "the hook's address")
    }

    fn addresses(&self, secret: Option<&str>) -> Vec<(&'static str, String)> {
        secret.map(|secret| ("secret", secret.to_owned())).into_iter().collect()
    }

    fn mask(&self) -> String {
        format!("https://hook/{}", super::preview::MASK)
    }
}

impl Adapter for FlatHook {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        if let Some(answer) = answer {
            return match answer.status {
                // The scenario's own queue is full.
                400 if answer.body.to_ascii_lowercase().contains("queue") => {
                    Ended { outcome: Outcome::Retry { after: answer.retry_after }, said: "400 queue".into() }.into()
                }
                // Both answer in a word or in JSON; a page is that of something in between.
                200..=299 if answer.body.trim_start().starts_with('<') => {
                    Ended::retry(format!("{} with a page", answer.status)).into()
                }
                404 => answer.by_status().but(Outcome::Gone).into(),
                401 => answer.by_status().but(Outcome::Auth).into(),
                _ => answer.by_status().into(),
            };
        }
        let mut flat: Map<String, Value> = Map::new();
        // Every usual key is always there, so that a scenario that was set up on one lead understands the next.
        let always = NAMES.iter().take(35).map(|(name, _)| *name).chain(MADE);
        for name in always.chain(job.telling.names().keys().map(String::as_str)) {
            flat.insert(name.replace('.', "_"), cut(job.telling.get(name), LONGEST).into());
        }
        flat.insert("delivery".into(), job.id.into());
        for (key, text) in job.telling.map(&[], &self.fields, LONGEST) {
            flat.insert(key, text.into());
        }
        Next::Ask(Step::with("post", ""), Request::Http(Http::json("POST", job.secret, &Value::Object(flat))))
    }
}
