//! E-mail by a mail server of one's own: submission with TLS on 465, or with STARTTLS on 587.

use super::{
    Fields, NEWS_FOR_PEOPLE, Secret, Settings,
    contract::{Adapter, Answer, Ended, Job, Next, Request, Step},
    letter,
    members::{members, usual_members},
    needs, problem,
    smtp_dialogue::{Dialogue, Tls},
};
use crate::delivery::Outcome;

/// `kind = "smtp"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Smtp {
    /// A short code.
    pub id: String,
    /// The password.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The sender, for example `Sales <sales@company.ru>`.
    pub from: String,
    /// The team's mailboxes.
    pub to: Vec<String>,
    /// The mail server's name.
    pub host: String,
    /// 465 speaks TLS from the beginning, every other port after STARTTLS; 465 when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "submissions"))]
    pub port: u16,
    /// The mailbox's or account's name.
    pub user: String,
    /// For trying out on one machine only: no TLS at all. Refused everywhere else.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "std::ops::Not::not"))]
    pub plain: bool,
    /// The events it hears of; new and assigned leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// `subject`: a template in place of the usual subject.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Smtp: id, from, to, host, user; secret = Default::default, port = submissions, plain = Default::default, events = Default::default, fields = Default::default);

fn submissions() -> u16 {
    465
}

impl Settings for Smtp {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        NEWS_FOR_PEOPLE
    }

    fn is_email(&self) -> bool {
        true
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "the password");
        found.extend(letter::problems(&self.from, &self.to, &self.fields));
        if self.port == 25 {
            found.push(problem("port", "must be 465 or 587: no runtime opens 25"));
        }
        if self.user.chars().any(char::is_control) || self.user.is_empty() {
            found.push(problem("user", "must be the account's name"));
        }
        found
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        // The guard looks at the host; a plain connection is as good as plain http.
        let scheme = if self.plain { "http" } else { "https" };
        vec![("host", format!("{scheme}://{}:{}/", self.host, self.port))]
    }
}

impl Adapter for Smtp {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            let letter = letter::write(job, &self.from, &self.to, &self.fields);
            let tls = match self.port {
                _ if self.plain => Tls::None,
                465 => Tls::FromTheBeginning,
                _ => Tls::AfterStartTls,
            };
            let dialogue =
                Dialogue::new(&self.host, self.port, tls, (&self.user, job.secret), &letter, (job.id, job.now));
            return Next::Ask(Step::with("send", ""), Request::Smtp(Box::new(dialogue)));
        };
        // The dialogue's last reply: its code, and after a success what the server called the letter.
        let said = answer.status.to_string();
        match answer.status {
            250 => {
                let said =
                    if answer.body.is_empty() { said } else { format!("250, one mailbox refused: {}", answer.body) };
                Ended { outcome: Outcome::Sent { remote: None }, said }.into()
            }
            0 => Ended::retry("no answer").into(),
            // 530, 534, 535: who we are; 454 and other 4xx pass by themselves.
            530 | 534 | 535 | 538 => Ended::auth(said).into(),
            500..=599 => Ended::permanent(said).into(),
            _ => Ended::retry(said).into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer { status: 250, ..Answer::default() }
    }
}
