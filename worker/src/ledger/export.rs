//! Everything there is, page by page: between two pages the ledger goes on recording.

use lead::{
    config::Config,
    export::{self, Cell, ExportedLead, Format},
    privacy,
};

use super::{Ledger, Outcome, hand::Hand, reply, team::Viewer};
use crate::{
    clock,
    rejection::{Failure, NOT_FOR_ROLE, NOT_FOUND},
    sql::{exports, history, leads, persons},
};

/// Leads on one page of an export.
const PAGE: i64 = 40;

/// A page ends when it has come to so many bytes, in the midst of a lead too: however much there is, no more than
/// this and one inquiry is held at once.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Which part of an export is wanted.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct ExportWanted {
    /// As what: for the audit log.
    pub format: String,
    /// Everything of this lead's person, or everything there is.
    pub lead: Option<String>,
    /// Where the page before ended; as it is by default for the first page.
    pub after: Place,
}

/// Where a page ends.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The last lead of which anything is on it; empty before the first.
    pub lead: String,
    /// The last of its inquiries that is there as it came, where others follow.
    pub inquiry: Option<String>,
}

/// A page of an export.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct ExportPage {
    /// As JSON or CSV: as it is written.
    pub text: String,
    /// As a workbook: a row for each lead.
    pub rows: Vec<Vec<Cell>>,
    /// Where the next page begins; `null` for the last.
    pub next: Option<Place>,
}

impl Ledger {
    /// A page of `GET /api/export`. The first one is written to the audit log.
    pub(super) fn export(&self, config: &Config, viewer: &Viewer, wanted: &ExportWanted) -> Outcome {
        if !privacy::allowed(viewer.role) {
            return Err(NOT_FOR_ROLE.into());
        }
        let after = &wanted.after;
        let (mut ids, more) = match &wanted.lead {
            None => {
                let ids = exports::leads_after(&self.database, &after.lead, PAGE)?;
                let full = i64::try_from(ids.len()).unwrap_or(0) == PAGE;
                (ids, full)
            }
            Some(lead) => {
                let row = leads::find(&self.database, lead)?.ok_or(NOT_FOUND)?;
                let mut ids = persons::leads_of(&self.database, &row.contact)?;
                ids.reverse();
                if let Some(at) = ids.iter().position(|id| *id == after.lead) {
                    ids.drain(..=at);
                }
                (ids, false)
            }
        };
        if after.lead.is_empty() {
            let hand = Hand { by: &viewer.id, now: clock::now() };
            let what = wanted.lead.as_deref().unwrap_or("all");
            history::audit(&self.database, &hand.audit(&format!("export {}", wanted.format), what))?;
        }
        let format = Format::of(&wanted.format).unwrap_or(Format::Json);
        let mut page = Page { begun: !after.lead.is_empty(), bytes: 0, page: ExportPage::default() };
        let mut reached = after.clone();
        if after.inquiry.is_some() {
            ids.insert(0, after.lead.clone());
        }
        let mut left = ids.len();
        for id in ids {
            let goes_on = std::mem::take(&mut reached.inquiry);
            reached.lead.clone_from(&id);
            left = left.saturating_sub(1);
            match format {
                Format::Json => reached.inquiry = self.write_json(config, &id, goes_on, &mut page)?,
                Format::Csv | Format::Xlsx => {
                    let Some(lead) = self.exported(config, &id)? else { continue };
                    page.add(format, export::row(&lead));
                }
            }
            if page.is_full() && (left > 0 || more || reached.inquiry.is_some()) {
                page.page.next = Some(reached);
                return reply(200, &page.page);
            }
        }
        page.page.next = Some(reached).filter(|_| more);
        reply(200, &page.page)
    }

    /// Writes a lead, or the rest of it after the inquiry `goes_on`. Gives the last inquiry that has a place on this
    /// page, when not all have.
    fn write_json(
        &self,
        config: &Config,
        id: &str,
        goes_on: Option<String>,
        page: &mut Page,
    ) -> Result<Option<String>, Failure> {
        let mut inquiries = persons::inquiries_of(&self.database, id)?;
        match &goes_on {
            None => {
                let Some(lead) = self.exported(config, id)? else { return Ok(None) };
                let comma = if page.begun { export::BETWEEN_LEADS } else { "" };
                page.write(&[comma, &export::json_until_raw(&lead)?]);
            }
            Some(last) => {
                if let Some(at) = inquiries.iter().position(|inquiry| inquiry == last) {
                    inquiries.drain(..=at);
                }
            }
        }
        let mut first = goes_on.is_none();
        let mut left = inquiries.len();
        for inquiry in inquiries {
            let comma = if first { "" } else { "," };
            let Some(raw) = exports::raw(&self.database, &inquiry)? else { continue };
            page.write(&[comma, &serde_json::to_string(&raw)?]);
            first = false;
            left = left.saturating_sub(1);
            if page.is_full() && left > 0 {
                return Ok(Some(inquiry));
            }
        }
        page.write(&[export::AFTER_RAW]);
        Ok(None)
    }

    fn exported(&self, config: &Config, id: &str) -> Result<Option<ExportedLead>, Failure> {
        let Some(row) = leads::find(&self.database, id)? else { return Ok(None) };
        Ok(Some(ExportedLead { detail: self.detail(config, &row)?, raw: [], person_id: row.contact }))
    }
}

/// A page that is being written.
struct Page {
    begun: bool,
    bytes: usize,
    page: ExportPage,
}

impl Page {
    fn write(&mut self, pieces: &[&str]) {
        self.begun = true;
        for piece in pieces {
            self.bytes = self.bytes.saturating_add(piece.len());
            self.page.text.push_str(piece);
        }
    }

    fn add(&mut self, format: Format, row: Vec<Cell>) {
        if format == Format::Csv {
            return self.write(&[&export::csv(&row)]);
        }
        for cell in &row {
            self.bytes = self.bytes.saturating_add(cell.len());
        }
        self.page.rows.push(row);
    }

    fn is_full(&self) -> bool {
        self.bytes >= PAGE_BYTES
    }
}
