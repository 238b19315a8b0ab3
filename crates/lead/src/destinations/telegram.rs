//! A message to a Telegram chat, by a bot. `ok` in the body decides; 429 and moved groups are told there too.
//!
//! What Telegram calls a lead is the list of its messages, each as `chat/message`, with a `?` where one may stand there
//! that nobody knows: a person who is erased is deleted message by message, as far as a bot may.

use serde_json::{Value, json};

use super::{
    Fields, NEWS_FOR_PEOPLE, Secret, Settings,
    contract::{Adapter, Answer, BY_HAND, Ended, Http, Job, Next, Request, Step, lost, text_at},
    members::{members, usual_members},
    message::{html, message},
    needs,
    preview::MOST_STEPS,
    problem,
    telling::cut,
};
use crate::delivery::Outcome;

/// The longest text that is sent, in characters: the service takes 4096 after the markup is read.
const LONGEST: usize = 4_000;

/// The most messages of a person that are deleted; each is a request.
const MOST_MESSAGES: usize = MOST_STEPS - 1;

/// `kind = "telegram"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Telegram {
    /// A short code.
    pub id: String,
    /// The bot's token, from BotFather.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The chat: `-1001234567890`, or `@channel`.
    pub chat: String,
    /// The topic in a group with topics.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Option::is_none"))]
    pub thread: Option<i64>,
    /// Another server of the Bot API; Telegram's own when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "official"))]
    pub url: String,
    /// The events it hears of; new and assigned leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// `text`: a template with Telegram's HTML, in place of the usual message.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Telegram: id, chat; secret = Default::default, thread = Default::default, url = official, events = Default::default, fields = Default::default);

fn official() -> String {
    "https://api.telegram.org".into()
}

impl Settings for Telegram {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        NEWS_FOR_PEOPLE
    }

    fn takes_erasure(&self) -> bool {
        true
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "the bot's token");
        let is_token = |secret: &str| {
            secret
                .split_once(':')
                .is_some_and(|(bot, _)| !bot.is_empty() && bot.bytes().all(|byte| byte.is_ascii_digit()))
                && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_-".contains(&byte))
        };
        if secret.is_some_and(|secret| !is_token(secret)) {
            found.push(problem("secret", "must be the bot's token, for example 123456:ABC-DEF"));
        }
        if self.chat.parse::<i64>().is_err() && !self.chat.starts_with('@') {
            found.push(problem("chat", "must be a number, or @ and a channel's name"));
        }
        for field in self.fields.keys().filter(|field| *field != "text") {
            found.push(problem(&format!("fields.{field}"), "only text can be said here"));
        }
        found
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.url.clone())]
    }
}

impl Telegram {
    fn send(&self, job: &Job<'_>, chat: &str, plain: bool) -> Request {
        let mut body = json!({
            "chat_id": chat_id(chat),
            "text": if plain { self.plain(job) } else { self.text(job) },
            "link_preview_options": { "is_disabled": true },
        });
        if let Some(members) = body.as_object_mut() {
            if !plain {
                members.insert("parse_mode".into(), "HTML".into());
            }
            members.extend(self.thread.map(|thread| ("message_thread_id".into(), thread.into())));
        }
        self.call(job, "sendMessage", &body)
    }

    fn call(&self, job: &Job<'_>, method: &str, body: &Value) -> Request {
        let url = format!("{}/bot{}/{method}", self.url.trim_end_matches('/'), job.secret);
        Request::Http(Http::json("POST", url, body))
    }

    /// Deletes the newest first: the older ones may be too old.
    fn erase(&self, job: &Job<'_>) -> Next {
        let known = job.remotes().join(",");
        let (messages, odd): (Vec<&str>, Vec<&str>) = known.rsplit(',').partition(|message| message.contains('/'));
        let are_all =
            !job.telling.is_unsure() && !messages.is_empty() && odd.is_empty() && messages.len() <= MOST_MESSAGES;
        let newest: String = messages.iter().take(MOST_MESSAGES).map(|message| format!("{message},")).collect();
        self.delete(job, if are_all { "delete" } else { "left" }, &newest)
    }

    /// Deletes the first of these messages, each with a comma behind it, then the others. In step `left` some have to
    /// stay.
    fn delete(&self, job: &Job<'_>, step: &'static str, messages: &str) -> Next {
        let Some((message, others)) = messages.split_once(',') else {
            return if step == "left" { Ended::permanent(BY_HAND) } else { Ended::sent(None) }.into();
        };
        let (chat, message) = message.split_once('/').unwrap_or((&self.chat, message));
        let body = json!({ "chat_id": chat_id(chat), "message_id": message.parse::<i64>().unwrap_or_default() });
        Next::Ask(Step::with(step, others), self.call(job, "deleteMessage", &body))
    }

    /// Whole lines only, so that no mark is ever cut in two.
    fn text(&self, job: &Job<'_>) -> String {
        // The template is for news of leads; an alert has words of its own.
        if let Some(template) = self.fields.get("text").filter(|_| !super::is_alert(job.telling.event())) {
            // What a person typed is cut before it is filled in; only the marketer's own words have marks.
            return whole_lines(job.telling.fill(template, &|text| html(&cut(text, 1_000))).lines().map(str::to_owned));
        }
        let message = message(job.telling);
        let title = [format!("<b>{}</b>", html(&message.title))];
        let lines = message.lines.iter().map(|(label, value)| format!("{}: {}", html(label), html(value)));
        let answers =
            message.answers.iter().map(|(asked, answered)| format!("<i>{}</i> {}", html(asked), html(answered)));
        let last = Some(html(&message.last)).filter(|last| !last.is_empty());
        whole_lines(title.into_iter().chain(last).chain(lines).chain(answers))
    }

    fn plain(&self, job: &Job<'_>) -> String {
        let message = message(job.telling);
        let lines = message.lines.iter().chain(&message.answers).map(|(label, value)| format!("{label}: {value}"));
        cut(&[message.title, message.last].into_iter().chain(lines).collect::<Vec<_>>().join("\n"), LONGEST)
    }
}

fn chat_id(chat: &str) -> Value {
    chat.parse::<i64>().map_or_else(|_| chat.into(), Value::from)
}

fn whole_lines(lines: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for line in lines {
        if text.chars().count().saturating_add(line.chars().count()) > LONGEST {
            text.push('…');
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text.trim_end().to_owned()
}

impl Adapter for Telegram {
    fn next(&self, job: &Job<'_>, step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            if job.erases() {
                return self.erase(job);
            }
            return Next::Ask(Step::with("send", ""), self.send(job, &self.chat, false));
        };
        let body = answer.json();
        let deletes = matches!(step.name, "delete" | "left");
        if answer.succeeded() && body.get("ok") == Some(&Value::Bool(true)) {
            if deletes {
                return self.delete(job, step.name, &step.kept);
            }
            if super::is_alert(job.telling.event()) {
                return Ended::sent(None).into();
            }
            let message = text_at(&body, "/result/message_id").unwrap_or_default();
            let chat = text_at(&body, "/result/chat/id").unwrap_or_else(|| self.chat.clone());
            let before = job.remote.map(|before| format!("{before},")).unwrap_or_default();
            let unseen = if job.attempt > 1 { "?," } else { "" };
            return Ended::sent(Some(format!("{before}{unseen}{chat}/{message}"))).into();
        }
        let described = text_at(&body, "/description").unwrap_or_default().to_ascii_lowercase();
        if deletes && matches!(answer.status, 400 | 403) {
            // Gone already; else too old, or the bot may not, or was put out of a chat that is written to no more.
            let left = if described.contains("delete not found") { step.name } else { "left" };
            return self.delete(job, left, &step.kept);
        }
        let moved = text_at(&body, "/parameters/migrate_to_chat_id");
        match (step.name, moved) {
            ("send", Some(chat)) => return Next::Ask(Step::with("moved", chat.clone()), self.send(job, &chat, false)),
            ("send" | "moved", None) if answer.status == 400 && described.contains("parse") => {
                let chat = if step.kept.is_empty() { &self.chat } else { &step.kept };
                return Next::Ask(Step::with("plain", chat.clone()), self.send(job, chat, true));
            }
            ("send" | "moved" | "plain" | "delete" | "left", _) => {}
            _ => return lost(),
        }
        let wait = body.pointer("/parameters/retry_after").and_then(Value::as_i64);
        let asked = Answer { retry_after: wait.or(answer.retry_after), ..answer.clone() };
        let ended = asked.by_status();
        match answer.status {
            // A body without `ok` is not the service's, whatever its status.
            200..=299 => Ended::retry(format!("{} without ok", answer.status)).into(),
            401 | 404 => ended.but(Outcome::Auth).into(),
            403 => ended.but(Outcome::Gone).into(),
            _ if described.contains("chat not found") => Ended { said: "400 chat not found".into(), ..ended }.into(),
            _ => ended.into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok(r#"{"ok":true,"result":{"message_id":1}}"#)
    }
}
