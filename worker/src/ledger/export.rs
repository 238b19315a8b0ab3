//! Everything there is, page by page: between two pages the ledger goes on recording.

use lead::{
    config::Config,
    export::{ExportPage, ExportedLead},
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
        let mut page = ExportPage { leads: vec![], next };
        for id in ids {
            page.leads.extend(self.exported(config, &id)?);
        }
        reply(200, &page)
    }

    fn exported(&self, config: &Config, id: &str) -> Result<Option<ExportedLead>, Failure> {
        let Some(row) = leads::find(&self.database, id)? else { return Ok(None) };
        Ok(Some(ExportedLead {
            detail: self.detail(config, &row)?,
            raw: exports::raw(&self.database, id)?,
            person: row.contact,
        }))
    }
}
