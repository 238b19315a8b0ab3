//! What a webhook destination is told, signed by Standard Webhooks 1.0.0.

use base64ct::{Base64, Encoding};
use form::Fact;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::{
    config::Config,
    destinations::telling,
    view::{FileView, InquiryView, LeadSummary},
};

/// The longest text in a body, in characters: bodies stay under 20 kB.
const LONGEST_TEXT: usize = 2_000;

/// The longest of many answers, in characters, where all of them together are more than `ALL_ANSWERS` bytes.
const LONGEST_OF_MANY: usize = 200;
const ALL_ANSWERS: usize = 6_000;

/// The most messages of a lead that are told.
const MOST_MESSAGES: usize = 10;

/// The longest hidden field, in characters.
const LONGEST_FIELD: usize = 500;

/// What an event's body is made of.
#[derive(Debug, Clone, Copy)]
pub struct News<'a> {
    /// `lead.created`, …
    pub event: &'a str,
    /// When it happened, RFC 3339 in UTC.
    pub at: &'a str,
    /// The workspace it happened in.
    pub config: &'a Config,
    /// The lead as it stands.
    pub lead: &'a LeadSummary,
    /// Its facts.
    pub facts: &'a [Fact],
    /// What was attached.
    pub files: &'a [FileView],
    /// Its inquiries, oldest first.
    pub inquiries: &'a [InquiryView],
}

/// The body of an event: what a webhook posts, and what every other destination is told from.
pub fn body(news: &News<'_>) -> String {
    let News { event, at, config, lead, facts, files, inquiries } = *news;
    let inquiry = inquiries.last();
    let cut = |text: &str| telling::cut(text, LONGEST_TEXT);
    // Many long answers are cut so that the body stays what receivers take.
    let answered = || lead.answers.iter().filter(|answer| !answer.left && !answer.answered.is_empty()).take(30);
    let all = answered().fold(0_usize, |sum, answer| sum.saturating_add(answer.answered.len()));
    let longest = if all > ALL_ANSWERS { LONGEST_OF_MANY } else { LONGEST_TEXT };
    json!({
        "type": event,
        "timestamp": at,
        "data": {
            "id": lead.id,
            "workspace": config.name,
            "language": config.language,
            "time_zone": config.time_zone,
            "stage": lead.stage,
            "status": lead.status,
            "close_reason": lead.closed.as_ref().map(|closed| closed.reason.as_str()),
            "do_not_contact": lead.contact.do_not_contact,
            "opened_at": lead.opened_at,
            "answer_by": lead.answer_by,
            "priority": lead.priority,
            "reachable": lead.reachable,
            "rank": lead.rank,
            "filter": lead.filter,
            "assigned_to": lead.assigned_to,
            "assigned_name": lead.assigned_name,
            "rule": lead.rule,
            "source": lead.source,
            "contact": {
                "name": cut(&lead.contact.name),
                "phones": lead.contact.phones.iter().take(5).collect::<Vec<_>>(),
                "emails": lead.contact.emails.iter().take(5).collect::<Vec<_>>(),
                "messengers": lead.contact.messengers.iter().take(5).collect::<Vec<_>>(),
                "other": lead.contact.other.iter().take(5).map(|text| cut(text)).collect::<Vec<_>>(),
            },
            "message": cut(&lead.message),
            "messages": messages(inquiries),
            "answers": answered()
                .map(|answer| json!({ "question": answer.question, "asked": answer.asked, "answered": telling::cut(&answer.answered, longest) }))
                .collect::<Vec<_>>(),
            "facts": facts.iter().filter(|fact| fact.key != form::FactKey::NeedText)
                .map(|fact| json!({ "key": fact.key, "value": fact.value, "known": fact.known }))
                .collect::<Vec<_>>(),
            "files": files.iter().rev().take(10)
                .map(|file| json!({ "question": file.question, "name": file.name, "size": file.size, "path": file.path }))
                .collect::<Vec<_>>(),
            "best_time": inquiry.map(|inquiry| cut(&inquiry.best_time)),
            "page": inquiry.map(|inquiry| cut(&inquiry.page)),
            "fields": inquiry.map(|inquiry| form::by_key(inquiry.fields.iter().take(20).map(|(name, value)| (name.clone(), telling::cut(value, LONGEST_FIELD))))),
        }
    })
    .to_string()
}

/// Everything that was written with a lead's inquiries, newest first and each text once. Together they are cut to what one
/// may be; of very many there are the newest and the very first.
pub fn messages(inquiries: &[InquiryView]) -> Vec<String> {
    let mut written: Vec<&str> = Vec::new();
    for text in inquiries.iter().rev().map(|inquiry| inquiry.message.trim()) {
        if !text.is_empty() && !written.contains(&text) {
            written.push(text);
        }
    }
    if written.len() > MOST_MESSAGES {
        written.drain(MOST_MESSAGES.saturating_sub(1)..written.len().saturating_sub(1));
    }
    let longest = LONGEST_TEXT.checked_div(written.len()).unwrap_or(LONGEST_TEXT);
    written.iter().map(|text| telling::cut(text, longest)).collect()
}

/// The header `webhook-signature` for this id, Unix time in seconds and body.
///
/// Returns `None` when the secret is not `whsec_` and base64.
pub fn sign(secret: &str, id: &str, unix_seconds: i64, body: &str) -> Option<String> {
    let key = Base64::decode_vec(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{unix_seconds}.{body}").as_bytes());
    Some(format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes())))
}

/// True for `whsec_` and base64 of 24 to 64 bytes.
pub fn is_secret(secret: &str) -> bool {
    secret
        .strip_prefix("whsec_")
        .and_then(|text| Base64::decode_vec(text).ok())
        .is_some_and(|key| (24..=64).contains(&key.len()))
}
