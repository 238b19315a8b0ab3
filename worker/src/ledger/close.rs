//! What an answer does to its lead besides its facts: it may close it, or open it again.

use lead::{
    closing::{self, NOT_NEEDED, Turn},
    config::Config,
    event::EventKind,
    form::Fact,
};

use super::{Ledger, hand::Hand};
use crate::{
    clock::{self, Timestamp},
    sql::{closings, contacts, history, inquiries, leads, persons, tasks},
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
        let stands = self.stands(&row, closed.as_ref(), &open_tasks)?;
        let turn = closing::turn(config, stands, inquiry, facts, now, &clock::mint(now)?);
        self.take_turn(config, &row, turn, now)
    }

    /// Whoever refused the price is the one whom nobody disturbs, also when inquiries have gone over from one person to
    /// another. Runs inside the caller's transaction.
    pub(super) fn settle_price(&self, config: &Config, hand: Hand<'_>, lead: &str) -> worker::Result<()> {
        let database = &self.database;
        let Some(row) = leads::find(database, lead)? else { return Ok(()) };
        let closed = closings::of_lead(database, lead)?;
        let open_tasks = tasks::open(database, lead)?;
        let stands = self.stands(&row, closed.as_ref(), &open_tasks)?;
        let evidence = stands.rests_on().map(|inquiry| inquiries::find(database, inquiry)).transpose()?.flatten();
        let has_evidence = evidence.as_ref().is_none_or(|known| known.lead == lead);
        let refused_in = closings::refused_in(database, lead)?;
        if !has_evidence && refused_in.is_none() {
            // He refused nothing, and has written again since: one of the two goes on.
            if let Some(another) = persons::open_lead(database, &row.contact, lead)? {
                return self.fold(config, hand, lead, another.as_one().id).map(drop);
            }
        }
        let task = clock::mint(hand.now)?;
        let turn = closing::settle(config, stands, has_evidence, refused_in.as_deref(), (hand.by, hand.now), &task);
        self.take_turn(config, &row, turn, hand.now)
    }

    /// Nobody is to disturb whom a refusal is the last word of, and who has nothing open; anybody else may be answered.
    /// Runs inside the caller's transaction.
    pub(super) fn settle_silence(&self, hand: Hand<'_>, person: &str) -> worker::Result<()> {
        let database = &self.database;
        let (is, shall) = (contacts::is_silent(database, person)?, closings::refused_last(database, person)?);
        if is == shall {
            return Ok(());
        }
        contacts::put_silence(database, person, shall)?;
        match persons::open_lead(database, person, "")? {
            Some(open) if is => history::add(database, open.as_one().id, &[hand.event(EventKind::SilenceEnded, &[])]),
            _ => Ok(()),
        }
    }

    fn stands<'a>(
        &self,
        row: &'a leads::Row,
        closed: Option<&'a closings::Closing>,
        open_tasks: &'a [(String, String)],
    ) -> worker::Result<closing::Lead<'a>> {
        Ok(closing::Lead {
            status: &row.status,
            closed: closed.map(|closed| (closed.reason.as_str(), closed.evidence.as_str())),
            assigned_to: &row.assigned_to,
            open_tasks,
            another_is_open: leads::another_is_open(&self.database, row)?,
        })
    }

    fn take_turn(&self, config: &Config, row: &leads::Row, turn: Option<Turn>, now: Timestamp) -> worker::Result<()> {
        let (database, lead, at) = (&self.database, &row.id, now.as_millisecond());
        match turn {
            None => Ok(()),
            Some(Turn::Closed { reason, evidence, events }) => {
                closings::close(database, row, reason, &evidence, at)?;
                tasks::finish_all(database, lead, NOT_NEEDED, at)?;
                contacts::put_silence(database, &row.contact, true)?;
                history::add(database, lead, &events)?;
                // Of a lead that is set aside nobody has heard.
                if row.status == "suspect" { Ok(()) } else { self.tell_destinations(config, lead, "lead.closed", now) }
            }
            Some(Turn::Reopened { task, events }) => {
                closings::reopen(database, lead)?;
                tasks::add(database, lead, &task)?;
                leads::put_owed(database, lead, task.due_at.as_millisecond())?;
                contacts::put_silence(database, &row.contact, false)?;
                history::add(database, lead, &events)?;
                self.tell_if_open(config, lead, "lead.reopened", now)
            }
        }
    }

    /// Tells of a lead that is worked on: of one that is set aside nobody has heard.
    pub(super) fn tell_if_open(
        &self,
        config: &Config,
        lead: &str,
        event: &'static str,
        now: Timestamp,
    ) -> worker::Result<()> {
        if leads::find(&self.database, lead)?.is_some_and(|row| row.status == "open") {
            self.tell_destinations(config, lead, event, now)?;
        }
        Ok(())
    }
}
