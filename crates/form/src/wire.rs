//! The bodies of version 1 of the public contract, as a browser or any server sends them.
//!
//! Members that are not known here are ignored (the Worker keeps the raw copy). Everything but
//! `id`, `site` and a way to reach the person is optional, and one of an odd shape is as good as absent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{answer::Answer, lenient};

/// `POST /v1/inquiries`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InquiryRequest {
    /// UUIDv7 minted by the sender: the idempotency key.
    pub id: String,
    /// base64url of 16 random bytes; without it no answers can follow.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The site key.
    pub site: String,
    /// The form's name.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The published version the visitor saw.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub form_version: Option<u32>,
    /// The language the visitor saw.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The visitor's IANA time zone.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub tz: Option<String>,
    /// `phone`, `tablet` or `computer`, as the browser sees it.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Who, and how to reach him.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub contact: Contact,
    /// What was agreed to.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub consent: Option<GivenConsent>,
    /// Where the visitor came from.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub source: Attribution,
    /// Hidden fields of the tag.
    #[serde(default, deserialize_with = "lenient::texts", skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// How long the form was shown before it was sent, in milliseconds.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub took: Option<u64>,
    /// What stands in a field that no person sees; empty unless a machine filled it.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub trap: String,
    /// What was chosen before the contact, by question; `null` is a skip. It may only choose who answers:
    /// the answers themselves come as answers.
    #[serde(default, deserialize_with = "lenient::each", skip_serializing_if = "BTreeMap::is_empty")]
    pub chosen: BTreeMap<String, Option<Answer>>,
}

/// Who, and how to reach him, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Name.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Phone, e-mail or messenger: the only thing that must not be blank.
    #[serde(default, deserialize_with = "lenient::text")]
    pub reach: String,
    /// Free message.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// A good time to call.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub best_time: String,
}

/// What was agreed to, and to which wording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenConsent {
    /// Processing of personal data.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub processing: bool,
    /// Useful materials.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub marketing: bool,
    /// The version of the wording.
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: String,
}

/// Where the visitor came from, as the browser saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// The page with the form.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// The first page of the visit, with its query.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub landing: String,
    /// The page that led here.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub referrer: String,
    /// The first visit known, where storage was allowed.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstTouch>,
    /// Cookies of analytics systems, where consent was given.
    #[serde(default, deserialize_with = "lenient::texts", skip_serializing_if = "BTreeMap::is_empty")]
    pub cookies: BTreeMap<String, String>,
}

/// The first visit known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstTouch {
    /// Its landing page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub landing: String,
    /// Its referrer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub referrer: String,
    /// When, RFC 3339.
    #[serde(default, deserialize_with = "lenient::text")]
    pub at: String,
}

/// `200`, `201`: the inquiry is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InquiryReply {
    /// The inquiry.
    pub id: String,
    /// The lead it became or joined.
    pub lead: String,
    /// Always `first_contact` for a new lead; the open lead's stage otherwise.
    pub stage: String,
    /// RFC 3339, UTC.
    pub recorded_at: String,
    /// When the visitor will have an answer at the latest, RFC 3339, UTC.
    pub answer_by: String,
}

/// `POST /v1/inquiries/{id}/answers`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswersRequest {
    /// The site key.
    #[serde(default, deserialize_with = "lenient::text")]
    pub site: String,
    /// The inquiry's secret.
    #[serde(default, deserialize_with = "lenient::text")]
    pub secret: String,
    /// Grows with each message; the newest wins per question.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub seq: u32,
    /// The version of the form the visitor sees.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub form_version: Option<u32>,
    /// Answers by question; `null` is a skip.
    #[serde(default, deserialize_with = "lenient::each")]
    pub answers: BTreeMap<String, Option<Answer>>,
    /// Work that the site asked this browser for, in base64 (the ALTCHA payload).
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub proof: String,
    /// Turnstile's token, where the site asks for one.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub turnstile: String,
}

/// `200`: the answers are kept. A visitor never learns how he was ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersReply {
    /// The inquiry.
    pub id: String,
    /// The next question, or `null` when the way is complete.
    pub next: Option<String>,
}

/// An error body (RFC 9457, `application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A short sentence for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Machine-readable, for example `contact_missing`.
    pub code: String,
    /// What was wrong with this request in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
