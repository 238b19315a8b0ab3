//! E-mail by Resend, which takes the same delivery only once within a day.

use serde_json::json;

use super::{
    Fields, NEWS_FOR_PEOPLE, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step, text_at},
    letter,
    members::{members, usual_members},
    needs,
};

/// `kind = "resend"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Resend {
    /// A short code.
    pub id: String,
    /// The API key, `re_…`.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The sender, for example `Sales <sales@company.ru>`.
    pub from: String,
    /// The team's mailboxes.
    pub to: Vec<String>,
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

members!(Resend: id, from, to; secret = Default::default, url = official, events = Default::default, fields = Default::default);

fn official() -> String {
    "https://api.resend.com".into()
}

impl Settings for Resend {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        NEWS_FOR_PEOPLE
    }

    fn is_email(&self) -> bool {
        true
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "the API key");
        found.extend(letter::problems(&self.from, &self.to, &self.fields));
        found
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.url.clone())]
    }
}

impl Adapter for Resend {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            let letter = letter::write(job, &self.from, &self.to, &self.fields);
            let body = json!({
                "from": letter.sender(), "to": letter.to, "subject": letter.subject,
                "html": letter.html, "text": letter.text, "reply_to": letter.reply_to,
            });
            let request = Http::json("POST", format!("{}/emails", self.url.trim_end_matches('/')), &body)
                .bearer(job.secret)
                .header("idempotency-key", job.id);
            return Next::Ask(Step::with("send", ""), Request::Http(request));
        };
        let body = answer.json();
        let name = text_at(&body, "/name").unwrap_or_default();
        match (answer.succeeded(), text_at(&body, "/id")) {
            (true, Some(id)) => Ended::sent(Some(id)).into(),
            (true, None) => Ended::retry(format!("{} without an id", answer.status)).into(),
            // The same letter is still being taken.
            _ if name == "concurrent_idempotent_requests" => Ended::retry("409 concurrent_idempotent_requests").into(),
            // Taken before with other words: the letter is there.
            _ if name == "invalid_idempotent_request" => Ended::sent(None).into(),
            // 403 is also said of a sender's domain that is not verified: no letter will go out before that is mended.
            _ => answer.by_status_with_token(&name).into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok(r#"{"id":"1"}"#)
    }
}
