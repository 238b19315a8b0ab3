//! A message to a Slack channel by an incoming webhook. The webhook's address is the secret.

use serde_json::{Value, json};

use super::{
    Fields, NEWS_FOR_PEOPLE, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step},
    members::{members, usual_members},
    message::{message, straight},
    needs, problem,
    telling::cut,
};
use crate::delivery::Outcome;

/// `kind = "slack"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Slack {
    /// A short code.
    pub id: String,
    /// The webhook's address, `https://hooks.slack.com/services/…`.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The events it hears of; new and assigned leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// `text`: a template with Slack's marks, in place of the usual message.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Slack: id; secret = Default::default, events = Default::default, fields = Default::default);

impl Settings for Slack {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        NEWS_FOR_PEOPLE
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "the webhook's address");
        for field in self.fields.keys().filter(|field| *field != "text") {
            found.push(problem(&format!("fields.{field}"), "only text can be said here"));
        }
        found
    }

    fn addresses(&self, secret: Option<&str>) -> Vec<(&'static str, String)> {
        secret.map(|secret| ("secret", secret.to_owned())).into_iter().collect()
    }

    fn mask(&self) -> String {
        format!("https://hooks.slack.com/services/{}", super::preview::MASK)
    }
}

/// Slack reads `&`, `<` and `>`, and at the beginning of a word `*`, `_`, `~` and a backtick. A sign of no
/// width in front of those keeps them as they were typed.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in straight(text).chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '*' | '_' | '~' | '`' => safe.extend(['\u{200b}', sign, '\u{200b}']),
            _ => safe.push(sign),
        }
    }
    safe
}

impl Adapter for Slack {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            return Next::Ask(Step::with("post", ""), Request::Http(Http::json("POST", job.secret, &self.body(job))));
        };
        match (answer.status, answer.body.trim()) {
            (200..=299, "ok") => Ended::sent(None).into(),
            (200..=299, _) => Ended::retry(format!("{} without ok", answer.status)).into(),
            (404 | 410, _) | (403, "action_prohibited") => answer.by_status_and(&answer.body).but(Outcome::Gone).into(),
            (401 | 403, _) => answer.by_status_and(&answer.body).but(Outcome::Auth).into(),
            _ => answer.by_status_and(&answer.body).into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok("ok")
    }
}

impl Slack {
    fn body(&self, job: &Job<'_>) -> Value {
        // The template is for news of leads; an alert has words of its own.
        if let Some(template) = self.fields.get("text").filter(|_| !super::is_alert(job.telling.event())) {
            return json!({ "text": cut(&job.telling.fill(template, &|text| escaped(&cut(text, 1_000))), 3_000) });
        }
        let message = message(job.telling);
        // A header is plain text and takes 150 characters; a section takes ten fields of 2000.
        let header = json!({ "type": "header", "text": { "type": "plain_text", "text": cut(&message.title, 150), "emoji": false } });
        let field = |(label, value): &(String, String)| json!({ "type": "mrkdwn", "text": format!("*{}*\n{}", escaped(&cut(label, 200)), escaped(&cut(value, 300))) });
        let all: Vec<Value> = message.lines.iter().chain(&message.answers).take(40).map(field).collect();
        let sections = all.chunks(10).map(|fields| json!({ "type": "section", "fields": fields }));
        let last = (!message.last.is_empty())
            .then(|| json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": escaped(&message.last) }] }));
        let blocks: Vec<Value> = std::iter::once(header).chain(sections).chain(last).collect();
        let whom = message.lines.first().map(|(label, value)| format!("{label}: {value}")).unwrap_or_default();
        json!({ "text": escaped(&format!("{} · {whom}", message.title)), "blocks": blocks })
    }
}
