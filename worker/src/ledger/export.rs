//! Everything there is, page by page: between two pages the ledger goes on recording.

use lead::{
    config::Config,
    export::{self, Cell, ExportedLead, Format},
    privacy,
};

use super::{Ledger, Outcome, merge::Hand, reply, team::Viewer};
use crate::{
    clock,
    rejection::{Failure, NOT_FOR_ROLE, NOT_FOUND},
    sql::{exports, history, leads, persons},
};

/// Leads on one page of an export.
const PAGE: i64 = 40;

/// Which part of an export is wanted.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct ExportWanted {
    /// As what: for the audit log.
    pub format: String,
    /// Everything of this lead's person, or everything there is.
    pub lead: Option<String>,
    /// After this lead; empty for the first page.
    pub after: String,
}

/// A page of an export, written as far as one lead is.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct ExportPage {
    /// As JSON or CSV: a lead each, in the order in which they were opened.
    pub pieces: Vec<String>,
    /// As a workbook: a row each.
    pub rows: Vec<Vec<Cell>>,
    /// After which lead the next page begins; `null` for the last.
    pub next: Option<String>,
}

impl Ledger {
    /// A page of `GET /api/export`. The first one is written to the audit log.
    pub(super) fn export(&self, config: &Config, viewer: &Viewer, wanted: &ExportWanted) -> Outcome {
        if !privacy::allowed(viewer.role) {
            return Err(NOT_FOR_ROLE.into());
        }
        let (ids, next) = match &wanted.lead {
            None => {
                let ids = exports::leads_after(&self.database, &wanted.after, PAGE)?;
                let full = i64::try_from(ids.len()).unwrap_or(0) == PAGE;
                let next = ids.last().filter(|_| full).cloned();
                (ids, next)
            }
            Some(lead) => {
                let row = leads::find(&self.database, lead)?.ok_or(NOT_FOUND)?;
                let mut ids = persons::leads_of(&self.database, &row.contact)?;
                ids.reverse();
                (ids, None)
            }
        };
        if wanted.after.is_empty() {
            let hand = Hand { by: &viewer.id, now: clock::now() };
            let what = wanted.lead.as_deref().unwrap_or("all");
            history::audit(&self.database, &hand.audit(&format!("export {}", wanted.format), what))?;
        }
        let format = Format::of(&wanted.format).unwrap_or(Format::Json);
        let mut page = ExportPage { next, ..ExportPage::default() };
        for id in ids {
            let Some(lead) = self.exported(config, &id)? else { continue };
            match format {
                Format::Json => page.pieces.push(serde_json::to_string(&lead)?),
                Format::Csv => page.pieces.push(export::csv(&export::row(&lead))),
                Format::Xlsx => page.rows.push(export::row(&lead)),
            }
        }
        reply(200, &page)
    }

    fn exported(&self, config: &Config, id: &str) -> Result<Option<ExportedLead>, Failure> {
        let Some(row) = leads::find(&self.database, id)? else { return Ok(None) };
        Ok(Some(ExportedLead {
            detail: self.detail(config, &row)?,
            raw: exports::raw(&self.database, id)?,
            person_id: row.contact,
        }))
    }
}
