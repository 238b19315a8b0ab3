//! E-mail by Cloudflare's Email Service: the runtime's own binding `EMAIL`, without a key.

use super::{
    Fields, NEWS_FOR_PEOPLE, Secret, Settings,
    contract::{Adapter, Answer, Ended, Job, Next, Request, Step, code_only, text_at},
    letter,
    members::{members, usual_members},
};
use crate::delivery::Outcome;

/// `kind = "cloudflare_email"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct CloudflareEmail {
    /// A short code.
    pub id: String,
    /// None is needed.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The sender, for example `Sales <sales@company.ru>`.
    pub from: String,
    /// The team's mailboxes.
    pub to: Vec<String>,
    /// The events it hears of; new and assigned leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// `subject`: a template in place of the usual subject.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(CloudflareEmail: id, from, to; secret = Default::default, events = Default::default, fields = Default::default);

impl Settings for CloudflareEmail {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        NEWS_FOR_PEOPLE
    }

    fn is_email(&self) -> bool {
        true
    }

    fn problems(&self, _secret: Option<&str>) -> Vec<(String, String)> {
        letter::problems(&self.from, &self.to, &self.fields)
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![]
    }
}

/// The status with which the Worker says that it has no binding `EMAIL`.
pub const NO_BINDING: u16 = 501;

impl Adapter for CloudflareEmail {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            let letter = letter::write(job, &self.from, &self.to, &self.fields);
            return Next::Ask(Step::with("send", ""), Request::Letter(Box::new(letter)));
        };
        let code = code_only(&answer.body);
        match (answer.status, code.as_str()) {
            (200, _) => Ended::sent(text_at(&answer.json(), "/messageId")).into(),
            (NO_BINDING, _) => Ended::auth("there is no binding EMAIL").into(),
            (_, "E_RATE_LIMIT_EXCEEDED" | "E_DELIVERY_FAILED" | "E_INTERNAL_SERVER_ERROR") | (0, _) => {
                Ended::retry(code).into()
            }
            (_, "E_DAILY_LIMIT_EXCEEDED") => {
                Ended { outcome: Outcome::Retry { after: Some(6 * 3_600) }, said: code }.into()
            }
            (_, "E_SENDER_NOT_VERIFIED" | "E_SENDER_DOMAIN_NOT_AVAILABLE" | "E_RECIPIENT_NOT_ALLOWED") => {
                Ended::auth(code).into()
            }
            (_, code) if code.starts_with("E_") => Ended::permanent(code).into(),
            _ => Ended::retry("the binding failed").into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok(r#"{"messageId":"1"}"#)
    }
}
