//! Everything a workspace knows, to take along: JSON with every detail, and one table for spreadsheets as CSV
//! ([`csv`](mod@csv)) or XLSX ([`workbook`]).
//!
//! What a visitor typed is never a formula: in a workbook every text is a text by its type, and in CSV a cell that
//! a spreadsheet would calculate begins with an apostrophe. Phones are written as people read them.

pub mod csv;
pub mod workbook;

use form::{Answers, FactKey};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use serde::{Deserialize, Serialize};

pub use self::csv::{BYTE_ORDER_MARK, csv, csv_heading};

use crate::{
    qualify::code,
    view::{InquiryView, LeadDetail},
};

/// A lead as it is exported.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportedLead {
    /// The person's id.
    pub person_id: String,
    /// Everything that the desk shows.
    #[serde(flatten)]
    pub detail: LeadDetail,
    /// What came, as it came: nothing here. In JSON its inquiries follow one by one, since there is no knowing how many
    /// they are ([`json_until_raw`]); a spreadsheet has no place for them.
    pub raw: [RawInquiry; 0],
}

/// Between two leads of the JSON.
pub const BETWEEN_LEADS: &str = ",\n";

/// What follows a lead's inquiries as they came.
pub const AFTER_RAW: &str = "]}";

/// A lead's JSON up to where its inquiries as they came follow, with commas between them, and then [`AFTER_RAW`].
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json_until_raw(lead: &ExportedLead) -> serde_json::Result<String> {
    let mut text = serde_json::to_string(lead)?;
    text.truncate(text.len().saturating_sub(AFTER_RAW.len()));
    Ok(text)
}

/// An inquiry as it came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawInquiry {
    /// Its id.
    pub inquiry: String,
    /// The body, word for word, without its secret.
    pub body: String,
    /// Other bodies that came under the same id.
    pub revisions: Vec<String>,
    /// Its answers, question by question.
    pub answers: Answers,
}

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// Comma-separated values.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// The format with this name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Its name, also the file's ending.
    pub fn code(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// One cell of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// Words, whoever wrote them.
    Text(String),
    /// A phone, as people read it: `+7 999 123-45-67`.
    Phone(String),
    /// A count.
    Number(u64),
    /// A moment, RFC 3339 in UTC; empty for none.
    Time(String),
}

impl Cell {
    /// About how many bytes it takes.
    #[allow(clippy::len_without_is_empty, reason = "a measure, not a collection")]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(words) | Self::Phone(words) | Self::Time(words) => words.len(),
            Self::Number(_) => size_of::<u64>(),
        }
    }
}

/// Facts that have a column of their own.
const FACTS: [FactKey; 10] = [
    FactKey::Need,
    FactKey::NeedText,
    FactKey::Budget,
    FactKey::FundingSource,
    FactKey::Timing,
    FactKey::SolveBy,
    FactKey::ReadyOnOffer,
    FactKey::BuyingStage,
    FactKey::PriceConsent,
    FactKey::DecisionSize,
];

/// The table's first row.
pub fn heading() -> Vec<String> {
    const BEFORE: [&str; 30] = [
        "lead",
        "person",
        "opened_at",
        "status",
        "stage",
        "priority",
        "rank",
        "closed_at",
        "close_reason",
        "answer_by",
        "answered_at",
        "assigned_to",
        "rule",
        "name",
        "phone",
        "other_phones",
        "emails",
        "messengers",
        "other_contacts",
        "message",
        "best_time",
        "answers",
        "notes",
        "do_not_contact",
        "source_kind",
        "channel",
        "network",
        "campaign",
        "medium",
        "content",
    ];
    const AFTER: [&str; 16] = [
        "term",
        "click",
        "click_id",
        "landing",
        "referrer",
        "page",
        "site",
        "form",
        "language",
        "time_zone",
        "fields",
        "consent_processing",
        "consent_marketing",
        "consent_version",
        "consent_text",
        "consent_at",
    ];
    let counts = ["inquiries", "files", "deliveries"];
    let names = BEFORE.into_iter().chain(AFTER).map(str::to_owned);
    names.chain(FACTS.map(|key| format!("fact_{}", code(key)))).chain(counts.map(str::to_owned)).collect()
}

/// A lead's row, in the order of [`heading`]. What belongs to an inquiry is the newest one's.
pub fn row(exported: &ExportedLead) -> Vec<Cell> {
    let ExportedLead { person_id, detail, .. } = exported;
    let lead = &detail.lead;
    let text = |words: &str| Cell::Text(words.to_owned());
    let coded = |value: Option<String>| Cell::Text(value.unwrap_or_default());
    let time = |at: Option<&String>| Cell::Time(at.cloned().unwrap_or_default());
    let yes = |given: bool| Cell::Text(if given { "yes" } else { "no" }.to_owned());
    let lines = |lines: Vec<String>| Cell::Text(lines.join("\n"));
    let newest = detail.inquiries.last();
    let of = |pick: fn(&InquiryView) -> &String| Cell::Text(newest.map(pick).cloned().unwrap_or_default());
    let phones: Vec<String> = lead.contact.phones.iter().map(|phone| readable(&phone.e164)).collect();
    let best_time =
        detail.inquiries.iter().rev().map(|inquiry| &inquiry.best_time).find(|time| !time.trim().is_empty());
    let answered = lead.answers.iter().filter(|answer| !answer.left && !answer.answered.is_empty());
    let fields = newest.map(|inquiry| inquiry.fields.clone()).unwrap_or_default();
    let source = &lead.source;
    let mut cells = vec![
        text(&lead.id),
        text(person_id),
        Cell::Time(lead.opened_at.clone()),
        text(&lead.status),
        text(&lead.stage),
        coded(lead.priority.map(|priority| priority.to_string())),
        Cell::Number(lead.rank.into()),
        time(lead.closed.as_ref().map(|closed| &closed.at)),
        coded(lead.closed.as_ref().map(|closed| closed.reason.clone())),
        Cell::Time(lead.answer_by.clone()),
        time(lead.answered_at.as_ref()),
        text(&lead.assigned_name),
        text(&lead.rule),
        text(&lead.contact.name),
        phones.first().map_or_else(|| text(""), |phone| Cell::Phone(phone.clone())),
        match phones.get(1..) {
            Some([only]) => Cell::Phone(only.clone()),
            Some(more) => Cell::Text(more.join(", ")),
            None => text(""),
        },
        text(&lead.contact.emails.join(", ")),
        text(&lead.contact.messengers.join(", ")),
        text(&lead.contact.other.join(", ")),
        lines(
            detail
                .inquiries
                .iter()
                .map(|inquiry| inquiry.message.clone())
                .filter(|message| !message.is_empty())
                .collect(),
        ),
        coded(best_time.cloned()),
        lines(answered.map(|answer| format!("{} {}", answer.asked, answer.answered)).collect()),
        lines(detail.notes.iter().map(|note| note.body.clone()).collect()),
        yes(lead.contact.do_not_contact),
        coded(Some(code(source.kind))),
        text(&source.channel),
        text(&source.network),
        text(&source.campaign),
        text(&source.medium),
        text(&source.content),
        text(&source.term),
        text(&source.click),
        text(&source.click_id),
        of(|inquiry| &inquiry.landing),
        of(|inquiry| &inquiry.referrer),
        of(|inquiry| &inquiry.page),
        text(&source.site),
        text(&source.form),
        of(|inquiry| &inquiry.lang),
        of(|inquiry| &inquiry.tz),
        lines(fields.iter().map(|(name, value)| format!("{name}={value}")).collect()),
        yes(newest.is_some_and(|inquiry| inquiry.consent_processing)),
        yes(newest.is_some_and(|inquiry| inquiry.consent_marketing)),
        of(|inquiry| &inquiry.consent_version),
        of(|inquiry| &inquiry.consent_text),
        time(newest.filter(|inquiry| inquiry.consent_processing).map(|inquiry| &inquiry.recorded_at)),
    ];
    cells.extend(FACTS.map(|key| {
        let fact = detail.facts.iter().find(|fact| fact.key == key);
        coded(fact.map(|fact| if fact.value.is_empty() { code(fact.known) } else { fact.value.clone() }))
    }));
    cells.extend([detail.inquiries.len(), detail.files.len(), detail.deliveries.len()].map(|n| Cell::Number(n as u64)));
    cells
}

/// `+7 999 123-45-67` for `+79991234567`: a spreadsheet shows it as it is and calculates nothing.
fn readable(e164: &str) -> String {
    let parsed = PHONE_NUMBER_UTIL.parse(e164, None);
    parsed.map_or_else(
        |_| e164.to_owned(),
        |number| PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::International).into_owned(),
    )
}
