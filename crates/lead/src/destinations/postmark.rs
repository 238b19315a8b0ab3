//! E-mail by Postmark. `ErrorCode` in the body decides.

use serde_json::{Value, json};

use super::{
    Fields, NEWS_FOR_PEOPLE, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step, text_at},
    letter,
    members::{members, usual_members},
    needs,
};
use crate::delivery::Outcome;

/// `kind = "postmark"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Postmark {
    /// A short code.
    pub id: String,
    /// The server's token.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The sender, for example `Sales <sales@company.ru>`.
    pub from: String,
    /// The team's mailboxes.
    pub to: Vec<String>,
    /// The message stream; `outbound` when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "outbound"))]
    pub stream: String,
    /// Another address of the service; its own when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "official"))]
    pub url: String,
    /// The events it hears of; new and assigned leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// `subject`: a template in place of the usual subject.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Postmark: id, from, to; secret = Default::default, stream = outbound, url = official, events = Default::default, fields = Default::default);

fn official() -> String {
    "https://api.postmarkapp.com".into()
}

fn outbound() -> String {
    "outbound".into()
}

impl Settings for Postmark {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        NEWS_FOR_PEOPLE
    }

    fn is_email(&self) -> bool {
        true
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "the server's token");
        found.extend(letter::problems(&self.from, &self.to, &self.fields));
        found
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.url.clone())]
    }
}

impl Adapter for Postmark {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            let letter = letter::write(job, &self.from, &self.to, &self.fields);
            let body = json!({
                "From": letter.sender(), "To": letter.to.join(","), "Subject": letter.subject,
                "HtmlBody": letter.html, "TextBody": letter.text, "ReplyTo": letter.reply_to,
                "MessageStream": self.stream, "Metadata": { "delivery": job.id },
            });
            let request = Http::json("POST", format!("{}/email", self.url.trim_end_matches('/')), &body)
                .header("accept", "application/json")
                .header("x-postmark-server-token", job.secret);
            return Next::Ask(Step::with("send", ""), Request::Http(request));
        };
        let body = answer.json();
        let code = body.get("ErrorCode").and_then(Value::as_i64);
        match code {
            Some(0) if answer.succeeded() => Ended::sent(text_at(&body, "/MessageID")).into(),
            // 100 is maintenance; a success without a code is not the service's.
            Some(100) => Ended::retry("ErrorCode 100").into(),
            None if answer.succeeded() => Ended::retry(format!("{} without ErrorCode", answer.status)).into(),
            // 10 is a wrong token, 400 and 401 a sender that is not confirmed.
            Some(code @ (10 | 400 | 401)) => answer.by_status_and(&code.to_string()).but(Outcome::Auth).into(),
            // An inactive recipient, an invalid request, whatever the status beside it.
            Some(code) if answer.succeeded() || answer.status == 422 => {
                Ended::permanent(format!("{} ErrorCode {code}", answer.status)).into()
            }
            _ => answer.by_status_with_token("").into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok(r#"{"ErrorCode":0,"MessageID":"1"}"#)
    }
}
