//! Inquiries: one row per submission, never changed; a different body under the same id is a revision.

use lead::{
    form::{
        lenient,
        wire::{Contact, InquiryRequest},
    },
    source::Source,
    view::{InquiryView, RevisionView},
};
use worker::Result;

use super::{Database, binds, json, parsed};
use crate::clock::rfc3339;

/// An inquiry to record.
#[derive(Debug)]
pub struct NewInquiry<'a> {
    /// The lead it became or joined.
    pub lead: &'a str,
    /// When.
    pub recorded_at: i64,
    /// `widget`, `hosted` or `api`.
    pub channel: &'a str,
    /// Hash of the secret that lets answers follow.
    pub secret_hash: Option<String>,
    /// Hash of the raw body.
    pub body_hash: &'a str,
    /// The raw body.
    pub raw: &'a str,
    /// The reply, as JSON.
    pub reply: &'a str,
    /// The configuration version whose form the visitor saw.
    pub form_version: u32,
    /// What was sent.
    pub request: &'a InquiryRequest,
    /// Where the person came from.
    pub source: &'a Source,
    /// The site.
    pub site: &'a str,
    /// The Origin header.
    pub origin: &'a str,
    /// The User-Agent header.
    pub user_agent: &'a str,
    /// ISO country, where the runtime knows it.
    pub country: &'a str,
    /// Region, where the runtime knows it.
    pub region: &'a str,
    /// City, where the runtime knows it.
    pub city: &'a str,
}

/// Records an inquiry.
pub fn add(database: &Database, inquiry: &NewInquiry<'_>) -> Result<()> {
    let request = InquiryRequest { secret: None, ..inquiry.request.clone() };
    database.run(
        "INSERT INTO inquiries (id, lead, recorded_at, channel, secret_hash, body_hash, raw, reply, form, form_version,
                                request, source, site, origin, user_agent, country, region, city)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        binds![
            inquiry.request.id.as_str(),
            inquiry.lead,
            inquiry.recorded_at,
            inquiry.channel,
            inquiry.secret_hash.clone(),
            inquiry.body_hash,
            inquiry.raw,
            inquiry.reply,
            inquiry.request.form.clone().unwrap_or_default(),
            i64::from(inquiry.form_version),
            json(&request)?,
            json(inquiry.source)?,
            inquiry.site,
            inquiry.origin,
            inquiry.user_agent,
            inquiry.country,
            inquiry.region,
            inquiry.city,
        ],
    )
}

/// What is needed to answer a repetition and to let answers follow.
#[derive(Debug, Clone)]
pub struct Known {
    /// The lead.
    pub lead: String,
    /// The first reply, as JSON.
    pub reply: String,
    /// Hash of the first body.
    pub body_hash: String,
    /// Hash of the secret.
    pub secret_hash: Option<String>,
    /// The form.
    pub form: String,
    /// The configuration version whose form the visitor saw.
    pub form_version: u32,
    /// The site.
    pub site: String,
}
row!(Known: lead, reply, body_hash, secret_hash, form, form_version, site);

impl Known {
    /// True when its person was erased: it is known, and nothing of it is written any more.
    pub fn is_erased(&self) -> bool {
        self.body_hash == lead::erasure::ERASED
    }
}

/// The inquiry with this id.
pub fn find(database: &Database, id: &str) -> Result<Option<Known>> {
    database.row(
        "SELECT lead, reply, body_hash, secret_hash, form, form_version, site FROM inquiries WHERE id = ?",
        binds![id],
    )
}

/// What was sent with this inquiry, without its secret.
pub fn request(database: &Database, id: &str) -> Result<Option<InquiryRequest>> {
    struct Row {
        request: String,
    }
    row!(Row: request);
    let row: Option<Row> = database.row("SELECT request FROM inquiries WHERE id = ?", binds![id])?;
    row.map(|row| parsed(&row.request)).transpose()
}

/// How many bodies are kept under one id.
const MOST_REVISIONS: i64 = 100;

/// True when this body is kept under the id already, or there is room for it.
pub fn has_room_for(database: &Database, id: &str, body_hash: &str) -> Result<bool> {
    database.any(
        "SELECT 1 AS found WHERE (SELECT count(*) FROM revisions WHERE inquiry = ?1 AND body_hash <> ?2) < ?3",
        binds![id, body_hash, MOST_REVISIONS],
    )
}

/// Keeps another body that came under the same id. True when this body is new.
pub fn add_revision(database: &Database, id: &str, body_hash: &str, raw: &str, now: i64) -> Result<bool> {
    database.any(
        "INSERT INTO revisions (inquiry, recorded_at, body_hash, raw) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING RETURNING 1 AS added",
        binds![id, now, body_hash, raw],
    )
}

/// What was written last under an id, where it is not what was written first. What was kept by the spill may have come
/// before what is recorded.
pub fn corrected(database: &Database, id: &str) -> Result<Option<Contact>> {
    struct Row {
        raw: String,
    }
    row!(Row: raw);
    let row: Option<Row> = database.row(
        "SELECT raw FROM revisions WHERE inquiry = ?1
               AND recorded_at >= (SELECT recorded_at FROM inquiries WHERE id = ?1)
             ORDER BY recorded_at DESC LIMIT 1",
        binds![id],
    )?;
    // What an erasure or a rule of retention has emptied says nothing any more.
    let request = row.and_then(|row| lenient::read::<InquiryRequest>(&row.raw).ok());
    Ok(request.map(|request| request.contact))
}

/// Everything that was said of the person under an id, first to last.
pub fn said(database: &Database, id: &str) -> Result<Vec<Contact>> {
    struct Row {
        raw: String,
        earlier: i64,
    }
    row!(Row: raw, earlier);
    let rows: Vec<Row> = database.rows(
        "SELECT raw, recorded_at < coalesce((SELECT recorded_at FROM inquiries WHERE id = ?1), 0) AS earlier
         FROM revisions WHERE inquiry = ?1 ORDER BY recorded_at",
        binds![id],
    )?;
    let recorded = request(database, id)?.unwrap_or_default().contact;
    let place = rows.iter().filter(|row| row.earlier != 0).count();
    let mut said = Vec::with_capacity(rows.len().saturating_add(1));
    for (number, row) in rows.iter().enumerate() {
        if number == place {
            said.push(recorded.clone());
        }
        said.extend(lenient::read::<InquiryRequest>(&row.raw).ok().map(|request| request.contact));
    }
    if place == rows.len() {
        said.push(recorded);
    }
    Ok(said)
}

/// A lead's inquiries, oldest first.
pub fn of_lead(database: &Database, lead: &str) -> Result<Vec<InquiryView>> {
    struct Row {
        id: String,
        recorded_at: i64,
        channel: String,
        form_version: u32,
        request: String,
        source: String,
        origin: String,
    }
    row!(Row: id, recorded_at, channel, form_version, request, source, origin);
    let rows = database.rows::<Row>(
        "SELECT * FROM (SELECT id, recorded_at, channel, form_version, request, source, origin FROM inquiries
                        WHERE lead = ? ORDER BY recorded_at DESC, id DESC LIMIT 200) ORDER BY recorded_at, id",
        binds![lead],
    )?;
    rows.into_iter()
        .map(|row| {
            let request: InquiryRequest = parsed(&row.request).unwrap_or_default();
            let consent = request.consent.unwrap_or_default();
            Ok(InquiryView {
                id: row.id,
                recorded_at: rfc3339(row.recorded_at),
                channel: row.channel,
                name: request.contact.name,
                reach: request.contact.reach,
                message: request.contact.message,
                best_time: request.contact.best_time,
                form: format!("{} {}", request.form.unwrap_or_default(), row.form_version),
                lang: request.lang.unwrap_or_default(),
                tz: request.tz.unwrap_or_default(),
                page: request.source.page,
                landing: request.source.landing,
                referrer: request.source.referrer,
                fields: request.fields.into_iter().collect(),
                consent_processing: consent.processing,
                consent_marketing: consent.marketing,
                consent_version: consent.version,
                consent_text: String::new(),
                source: parsed(&row.source).unwrap_or_default(),
                unlisted_origin: row.origin,
                revised: Vec::new(),
            })
        })
        .collect()
}

/// Adds what came under the same ids afterwards.
pub fn add_revised(database: &Database, lead: &str, inquiries: &mut [InquiryView]) -> Result<()> {
    struct Row {
        inquiry: String,
        recorded_at: i64,
        raw: String,
    }
    row!(Row: inquiry, recorded_at, raw);
    let rows = database.rows::<Row>(
        "SELECT inquiry, recorded_at, raw FROM revisions WHERE inquiry IN (SELECT id FROM inquiries WHERE lead = ?)
         ORDER BY recorded_at LIMIT 200",
        binds![lead],
    )?;
    for row in rows {
        // What an erasure or a rule of retention has emptied says nothing any more.
        let Ok(request) = lenient::read::<InquiryRequest>(&row.raw) else { continue };
        let Some(inquiry) = inquiries.iter_mut().find(|inquiry| inquiry.id == row.inquiry) else { continue };
        let Contact { name, reach, message, .. } = request.contact;
        inquiry.revised.push(RevisionView { recorded_at: rfc3339(row.recorded_at), name, reach, message });
    }
    Ok(())
}
