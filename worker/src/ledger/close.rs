//! What an answer does to its lead besides its facts: it may close it, or open it again.

use lead::{
    closing::{self, NOT_NEEDED, Turn},
    config::Config,
    form::Fact,
};

use super::Ledger;
use crate::{
    clock::{self, Timestamp},
    sql::{closings, contacts, history, leads, tasks},
};

impl Ledger {
    /// Writes what follows from an inquiry's new facts. Runs inside the caller's transaction.
    pub(super) fn turn(
        &self,
        config: &Config,
        inquiry: &str,
        lead: &str,
        facts: &[Fact],
        now: Timestamp,
    ) -> worker::Result<()> {
        // Most answers are about something else, and read no more than that.
        if closing::price_consent(facts).is_none() {
            return Ok(());
        }
        let Some(row) = leads::find(&self.database, lead)? else { return Ok(()) };
        let closed = closings::of_lead(&self.database, lead)?;
        let open_tasks = tasks::open(&self.database, lead)?;
        let stands = closing::Lead {
            status: &row.status,
            closed: closed.as_ref().map(|closed| (closed.reason.as_str(), closed.evidence.as_str())),
            assigned_to: &row.assigned_to,
            open_tasks: &open_tasks,
            another_is_open: leads::another_is_open(&self.database, &row)?,
        };
        let at = now.as_millisecond();
        match closing::turn(config, stands, inquiry, facts, now, &clock::mint(now)?) {
            None => Ok(()),
            Some(Turn::Closed { reason, evidence, events }) => {
                closings::close(&self.database, &row, reason, &evidence, at)?;
                tasks::finish_all(&self.database, lead, NOT_NEEDED, at)?;
                contacts::put_silence(&self.database, &row.contact, true)?;
                history::add(&self.database, lead, &events)?;
                self.tell_destinations(config, lead, "lead.closed", now)
            }
            Some(Turn::Reopened { task, events }) => {
                closings::reopen(&self.database, lead)?;
                tasks::add(&self.database, lead, &task)?;
                leads::put_owed(&self.database, lead, task.due_at.as_millisecond())?;
                contacts::put_silence(&self.database, &row.contact, false)?;
                history::add(&self.database, lead, &events)?;
                self.tell_destinations(config, lead, "lead.reopened", now)
            }
        }
    }
}
