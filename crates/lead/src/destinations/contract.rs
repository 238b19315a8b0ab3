//! The contract of every destination: (what is told, the answers so far) in, the next request or the
//! outcome out. Nothing here sends anything.

use serde::Serialize;
use serde_json::Value;

use super::telling::Telling;
pub use crate::delivery::Outcome;
use crate::delivery::is_code;

/// What an erasure ends with that a person has to go on with.
pub const BY_HAND: &str = "delete_by_hand";

/// The most of an answer that is read, in bytes.
pub const LONGEST_ANSWER: usize = 65_536;

/// One delivery on its way.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The delivery's id: the same over all attempts.
    pub id: &'a str,
    /// What is told.
    pub telling: &'a Telling,
    /// The destination's secret.
    pub secret: &'a str,
    /// What the service called this lead when it took it, if it did.
    pub remote: Option<&'a str>,
    /// The number of this attempt, from 1. From the second on an earlier one may have arrived unnoticed.
    pub attempt: u32,
    /// Unix time in seconds.
    pub now: i64,
}

impl Job<'_> {
    /// True when the service may have this lead although we do not know by which id: an earlier attempt may have arrived
    /// unnoticed, of this delivery or of one before it that was given up.
    pub fn may_be_there(&self) -> bool {
        self.attempt > 1 || self.telling.event() != "lead.created"
    }

    /// True when the visitor has said something: a card that is there hears of nothing else but its stage, since what
    /// stands on it is the team's.
    pub fn says_more(&self) -> bool {
        matches!(self.telling.event(), "lead.created" | "lead.touched" | "lead.answered")
    }

    /// Of a closing or a reopening, which move a card: true when the lead is closed. What counts is how the lead stands
    /// as it is told: a dead letter may be sent again long after what it is called by.
    pub fn closes(&self) -> Option<bool> {
        matches!(self.telling.event(), "lead.closed" | "lead.reopened")
            .then(|| !matches!(self.telling.get("status"), "open" | "suspect" | "deferred"))
    }

    /// The stage that a card is moved to, if it is moved.
    pub fn moved_to<'a>(&self, first: &'a str, closed: Option<&'a str>) -> Option<&'a str> {
        if self.closes()? { closed } else { Some(first) }
    }

    /// The same end without a code of the service's that stands in what it was sent, whatever it is written with
    /// between its letters: it may be the person's name or our secret. Of an erasure, which says nothing of the person
    /// to compare with, only codes in capitals are left.
    #[must_use]
    pub fn without_what_was_sent(&self, ended: Ended) -> Ended {
        if !ended.said.split(' ').any(is_code) {
            return ended;
        }
        let bare = |text: &str| text.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
        let sent = [bare(self.telling.body()), bare(self.secret)];
        let is_kept = |word: &&str| {
            let code = bare(word);
            !is_code(word)
                || *word == BY_HAND
                || !(sent.iter().any(|sent| sent.contains(&code))
                    || (self.erases() && word.bytes().any(|byte| byte.is_ascii_lowercase())))
        };
        Ended { said: ended.said.split(' ').filter(is_kept).collect::<Vec<_>>().join(" "), ..ended }
    }

    /// True when what was told of a person is to be forgotten.
    pub fn erases(&self) -> bool {
        self.telling.event() == super::ERASED
    }

    /// What the service calls the leads of a person who was erased, as far as it is known.
    pub fn remotes(&self) -> Vec<String> {
        match self.telling.remotes() {
            known if known.is_empty() => self.remote.map(str::to_owned).into_iter().collect(),
            known => known,
        }
    }
}

/// A destination's way of telling.
pub trait Adapter {
    /// What follows from the answer to the request of `step`; at [`Step::begin`] there is none yet.
    fn next(&self, job: &Job<'_>, step: &Step, answer: Option<&Answer>) -> Next;

    /// What the service would say to the request of this step, for a preview.
    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok("{}")
    }
}

/// Where in a delivery's few requests one is, and what is carried from one to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// For example `search`; empty at the beginning.
    pub name: &'static str,
    /// An id or a token that an earlier answer gave.
    pub kept: String,
}

impl Step {
    /// True when the request of this step only looks: nothing is made or changed by it.
    pub fn only_looks(&self) -> bool {
        self.name.starts_with("find_") || matches!(self.name, "search" | "look" | "end" | "sign" | "token")
    }

    /// Before the first request.
    pub fn begin() -> Self {
        Self::default()
    }

    /// A step that carries something.
    pub fn with(name: &'static str, kept: impl Into<String>) -> Self {
        Self { name, kept: kept.into() }
    }
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Make this request, and come back with its answer.
    Ask(Step, Request),
    /// It is over.
    End(Ended),
}

/// How an attempt ended, and what the service said, in a few words without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// What follows from it.
    pub outcome: Outcome,
    /// For people, for example `200` or `429 QUERY_LIMIT_EXCEEDED`.
    pub said: String,
}

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// An HTTP request; redirects are never followed.
    Http(Http),
    /// Sign this text by RS256 with this private key (PEM, PKCS 8); the answer's body is the signature in
    /// base64url. A service account of Google proves itself by it.
    Sign {
        /// The text.
        text: String,
        /// The key.
        key: String,
    },
    /// A conversation with a mail server, led by [`super::smtp_dialogue::Dialogue`].
    Smtp(Box<super::smtp_dialogue::Dialogue>),
    /// A letter to the runtime's own binding.
    Letter(Box<super::letter::Letter>),
}

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Http {
    /// `GET`, `POST`, `PATCH`.
    pub method: &'static str,
    /// Where.
    pub url: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
}

impl Http {
    /// A request that carries JSON.
    pub fn json(method: &'static str, url: impl Into<String>, body: &Value) -> Self {
        Self {
            method,
            url: url.into(),
            headers: vec![("content-type", "application/json".into())],
            body: body.to_string(),
        }
    }

    /// A request without a body.
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: "GET", url: url.into(), headers: vec![], body: String::new() }
    }

    /// The same with a header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status; 0 when nothing came back in time.
    pub status: u16,
    /// Seconds that the service asked to wait, from `Retry-After`.
    pub retry_after: Option<i64>,
    /// At most [`LONGEST_ANSWER`] of the body; what could not be read is missing.
    pub body: String,
}

impl Answer {
    /// A plain success.
    pub fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, retry_after: None, body: body.into() }
    }

    /// The body as JSON; `null` when it is not.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// True for 2xx.
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The outcome by the status alone.
    pub fn by_status(&self) -> Ended {
        let said = if self.status == 0 { "no answer".to_owned() } else { self.status.to_string() };
        Ended { outcome: crate::delivery::outcome(self.status, self.retry_after), said }
    }

    /// The same with the service's own code beside the status.
    pub fn by_status_and(&self, code: &str) -> Ended {
        let ended = self.by_status();
        let code = code_only(code);
        if code.is_empty() { ended } else { Ended { said: format!("{} {code}", ended.said), ..ended } }
    }

    /// The outcome for a service that everyone reaches with a token: 401 and 403 are the token's.
    pub fn by_status_with_token(&self, code: &str) -> Ended {
        let ended = self.by_status_and(code);
        if matches!(self.status, 401 | 403) { ended.but(Outcome::Auth) } else { ended }
    }
}

impl Ended {
    /// It arrived.
    pub fn sent(remote: Option<String>) -> Self {
        Self { outcome: Outcome::Sent { remote }, said: "200".into() }
    }

    /// It will never work like this.
    pub fn permanent(said: impl Into<String>) -> Self {
        Self { outcome: Outcome::Permanent, said: said.into() }
    }

    /// It was we who failed, which says nothing of how the service does; it may work later.
    pub fn our_fault() -> Self {
        Self::retry("fault on our side")
    }

    /// Nobody is to hear of it any more.
    pub fn not_wanted() -> Self {
        Self::permanent("not wanted any more")
    }

    /// True when it was we who did not go on.
    pub fn is_ours(&self) -> bool {
        *self == Self::our_fault() || *self == Self::not_wanted()
    }

    /// It may work later.
    pub fn retry(said: impl Into<String>) -> Self {
        Self { outcome: Outcome::Retry { after: None }, said: said.into() }
    }

    /// It does not know us, or does not let us: somebody has to look after it.
    pub fn auth(said: impl Into<String>) -> Self {
        Self { outcome: Outcome::Auth, said: said.into() }
    }

    /// The same words, another outcome.
    #[must_use]
    pub fn but(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }
}

impl From<Ended> for Next {
    fn from(ended: Ended) -> Self {
        Self::End(ended)
    }
}

/// A service's code, when it looks like one: a short number, or what [`is_code`]. Anything else may be a person's word.
pub fn code_only(text: &str) -> String {
    let word = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || "_-.".contains(sign))).next();
    let word = word.unwrap_or_default();
    let is_number = word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || is_code(word) { word.to_owned() } else { String::new() }
}

/// A text or number in an answer, as text.
pub fn text_at(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The step is not one of this destination: our own mistake, tried again after the next build.
pub(super) fn lost() -> Next {
    Ended::retry("fault on our side").into()
}
