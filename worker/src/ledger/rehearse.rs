//! A draft's rules, tried on leads that were recorded; and why a lead went where it went.

use jiff::ToSpan;
use lead::{
    config::Config,
    form::{Form, wire::InquiryRequest},
    loss,
    routing::{
        rehearsal::{self, Past},
        seen::{Arrived, Seen},
        why::Why,
    },
    settings::{Moved, Rehearsal},
};

use super::{Ledger, Outcome, reply};
use crate::{
    clock::{self, Timestamp},
    rejection::Failure,
    sql::{routings, settings},
};

/// Leads looked at for one page.
const PAGE: i64 = 200;

/// Days looked back when none are named.
const MONTH: u16 = 31;

/// Sorts after every id.
const AFTER_ALL: &str = "~";

impl Ledger {
    /// Which leads of these days would go elsewhere, a page at a time, newest first.
    pub(super) fn rehearse(
        &self,
        in_force: &Config,
        draft: &Config,
        days: Option<u16>,
        cursor: Option<String>,
    ) -> Outcome {
        let hours = i64::from(days.unwrap_or(MONTH)).saturating_mul(24);
        let since = clock::now().checked_sub(hours.hours()).unwrap_or_default().as_millisecond();
        let rows = routings::newest(&self.database, cursor.as_deref().unwrap_or(AFTER_ALL), PAGE)?;
        let full = i64::try_from(rows.len()).unwrap_or(0) == PAGE;
        let (mut leads, mut elsewhere, mut next) = (0_u32, Vec::new(), None);
        for row in rows {
            if loss::made_at(&row.lead).is_some_and(|minted| minted < since) {
                return reply(200, &Rehearsal { leads, elsewhere, next: None });
            }
            next = Some(row.lead.clone());
            // A lead that was parted from another is younger than what was asked.
            if row.opened_at < since {
                continue;
            }
            let Some(past) = self.past(row)? else { continue };
            leads = leads.saturating_add(1);
            if let Some((from, to)) = rehearsal::elsewhere(in_force, draft, &past) {
                elsewhere.push(Moved { lead: past.lead, at: past.at.to_string(), from, to });
            }
        }
        reply(200, &Rehearsal { leads, elsewhere, next: next.filter(|_| full) })
    }

    fn past(&self, row: routings::Opened) -> Result<Option<Past>, Failure> {
        let Some(recorded) =
            row.inquiry.map(|inquiry| routings::inquiry(&self.database, &inquiry)).transpose()?.flatten()
        else {
            return Ok(None);
        };
        let (request, source, geography) = recorded.read()?;
        let form = self.form_chosen_from(&request, &recorded.form, recorded.form_version)?;
        Ok(Some(Past {
            lead: row.lead,
            request,
            source,
            geography,
            form,
            at: Timestamp::from_millisecond(recorded.recorded_at).unwrap_or_default(),
            owner: row.owner,
            went_to: row.assigned_to,
        }))
    }

    /// The form an inquiry's choices were made in; read only where there are any.
    pub(super) fn form_chosen_from(
        &self,
        request: &InquiryRequest,
        form: &str,
        version: u32,
    ) -> Result<Option<Form>, Failure> {
        if request.chosen.is_empty() { Ok(None) } else { self.published(form, version) }
    }

    /// Why a lead went where it went, with the words that its rules wanted and saw.
    pub(super) fn why(&self, lead: &str) -> Result<Option<Why>, Failure> {
        let Some(mut why) = routings::of_lead(&self.database, lead)? else { return Ok(None) };
        let Some(config) = settings::version(&self.database, why.version)? else { return Ok(Some(why)) };
        // An inquiry that was parted from this lead is somebody else's, and so are its words.
        let its_own = routings::is_of_person(&self.database, &why.inquiry, lead)?;
        let recorded = if its_own { routings::inquiry(&self.database, &why.inquiry)? } else { None };
        let seen = match recorded {
            None => Seen::default(),
            Some(recorded) => {
                let (request, source, geography) = recorded.read()?;
                let form = self.form_chosen_from(&request, &recorded.form, recorded.form_version)?;
                let at = Timestamp::from_millisecond(recorded.recorded_at).unwrap_or_default();
                let arrived =
                    Arrived { request: &request, source: &source, geography: &geography, form: form.as_ref(), at };
                Seen::of(&config, arrived)
            }
        };
        why.fill(&config, |fact| seen.get(fact).to_vec());
        Ok(Some(why))
    }
}
