//! Why leads went where they went, and the inquiries that rules are rehearsed on.

use lead::{
    form::wire::InquiryRequest,
    routing::{seen::Geography, why::Why},
    source::Source,
};
use worker::Result;

use super::{Database, binds, json, parsed};

/// Keeps why a lead went where it went: a new one, or one that is somebody else's from now on.
pub fn add(database: &Database, lead: &str, version: u32, why: &Why) -> Result<()> {
    database.run(
        "INSERT OR REPLACE INTO routings (lead, inquiry, version, body) VALUES (?, ?, ?, ?)",
        binds![lead, why.inquiry.as_str(), i64::from(version), json(why)?],
    )
}

/// A lead that was parted from another went where that went.
pub fn copy(database: &Database, from: &str, to: &str) -> Result<()> {
    database.run(
        "INSERT OR IGNORE INTO routings (lead, inquiry, version, body) SELECT ?, inquiry, version, body FROM routings WHERE lead = ?",
        binds![to, from],
    )
}

/// Why a lead went where it went, as it was kept.
pub fn of_lead(database: &Database, lead: &str) -> Result<Option<Why>> {
    struct Row {
        inquiry: String,
        version: u32,
        body: String,
    }
    row!(Row: inquiry, version, body);
    let row = database.row::<Row>("SELECT inquiry, version, body FROM routings WHERE lead = ?", binds![lead])?;
    row.map(|row| Ok(Why { inquiry: row.inquiry, version: row.version, ..parsed(&row.body)? })).transpose()
}

/// What rules may look at of a recorded inquiry.
#[derive(Debug)]
pub struct Recorded {
    /// When.
    pub recorded_at: i64,
    /// The configuration version whose form the visitor saw.
    pub form_version: u32,
    /// The form.
    pub form: String,
    request: String,
    source: String,
    country: String,
    region: String,
    city: String,
}
row!(Recorded: recorded_at, form_version, form, request, source, country, region, city);

impl Recorded {
    /// What was sent, where it was classified to, and where the sender's network was.
    pub fn read(&self) -> Result<(InquiryRequest, Source, Geography)> {
        let Self { country, region, city, .. } = self;
        let geography = Geography { country: country.clone(), region: region.clone(), city: city.clone() };
        Ok((parsed(&self.request)?, parsed(&self.source)?, geography))
    }
}

/// An inquiry as rules see it.
pub fn inquiry(database: &Database, id: &str) -> Result<Option<Recorded>> {
    database.row(
        "SELECT recorded_at, form_version, form, request, source, country, region, city FROM inquiries WHERE id = ?",
        binds![id],
    )
}

/// True while an inquiry is of the person whose lead this is: it may have been parted from it.
pub fn is_of_person(database: &Database, inquiry: &str, lead: &str) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM inquiries JOIN leads AS has ON has.id = inquiries.lead
         JOIN leads ON leads.contact = has.contact WHERE inquiries.id = ? AND leads.id = ?",
        binds![inquiry, lead],
    )
}

/// A lead to rehearse on, with the inquiry that opened it.
#[derive(Debug)]
pub struct Opened {
    /// The lead.
    pub lead: String,
    /// When it was opened.
    pub opened_at: i64,
    /// Who has it.
    pub assigned_to: String,
    /// Who had the person's lead before.
    pub owner: Option<String>,
    /// The inquiry that opened it.
    pub inquiry: Option<String>,
}
row!(Opened: lead, opened_at, assigned_to, owner, inquiry);

/// Leads before this one, newest first. Ids sort by the time they were made.
pub fn newest(database: &Database, before: &str, most: i64) -> Result<Vec<Opened>> {
    database.rows(
        "SELECT leads.id AS lead, leads.opened_at, leads.assigned_to, parents.assigned_to AS owner,
                (SELECT inquiries.id FROM inquiries WHERE inquiries.lead = leads.id ORDER BY recorded_at LIMIT 1) AS inquiry
         FROM leads LEFT JOIN leads AS parents ON parents.id = leads.parent
         WHERE leads.id < ? ORDER BY leads.id DESC LIMIT ?",
        binds![before, most],
    )
}
