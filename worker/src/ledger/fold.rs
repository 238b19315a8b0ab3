//! Of two open leads of one person one goes on with everything that both have, and gives it back when that was wrong.

use lead::{closing::NOT_NEEDED, config::Config, deadline, event::EventKind, form::priority, person::Folded};

use super::{Ledger, hand::Hand};
use crate::sql::{
    answers, closings, deliveries, erasures, history, leads,
    persons::{self, Hangs},
    tasks,
};

/// Why a lead is closed that was folded into another of the same person (methodology §9).
const DUPLICATE: &str = "duplicate";

impl Ledger {
    /// What `from` has goes over to `into`; the lead itself stays, closed as a duplicate.
    pub(super) fn fold(&self, config: &Config, hand: Hand<'_>, from: &str, into: &str) -> worker::Result<Folded> {
        let at = hand.now.as_millisecond();
        let database = &self.database;
        let (Some(from_row), Some(into_row)) = (leads::find(database, from)?, leads::find(database, into)?) else {
            return Err(worker::Error::RustError("a lead to fold is gone".into()));
        };
        let has = tasks::open(database, into)?;
        let (finished, go_on): (Vec<_>, Vec<_>) =
            tasks::open(database, from)?.into_iter().partition(|(_, kind)| has.iter().any(|(_, known)| known == kind));
        let owed = |row: &leads::Row| row.answered_at.is_none().then_some(row.answer_by);
        let takes_over = owed(&into_row).is_none() && owed(&from_row).is_some();
        let folded = Folded {
            lead: from.to_owned(),
            into: into.to_owned(),
            inquiries: persons::inquiries_of(database, from)?,
            facts: persons::facts_of(database, from)?,
            notes: persons::notes_of(database, from)?,
            tasks: go_on.into_iter().map(|(task, _)| task).collect(),
            finished: finished.into_iter().map(|(task, _)| task).collect(),
            owed_before: takes_over.then_some((into_row.answer_by, into_row.answered_at)),
        };
        persons::move_inquiries(database, &folded.inquiries, into)?;
        persons::move_facts(database, &folded.facts, from, into)?;
        persons::move_rows(database, Hangs::Notes, &folded.notes, from, into)?;
        persons::move_rows(database, Hangs::Tasks, &folded.tasks, from, into)?;
        persons::assign_tasks(database, &folded.tasks, &into_row.assigned_to)?;
        persons::finish_tasks(database, &folded.finished, Some((at, NOT_NEEDED)))?;
        let earlier = [owed(&into_row), owed(&from_row)].into_iter().flatten().min();
        persons::put_standing(database, into, earlier)?;
        closings::close(database, &from_row, DUPLICATE, &format!("lead {into}"), at)?;
        let closed = [("status", "lost"), ("reason", DUPLICATE), ("into", into)];
        history::add(database, from, &[hand.event(EventKind::LeadClosed, &closed)])?;
        self.rank_anew(config, hand, &[from, into])?;
        Ok(folded)
    }

    /// Facts have changed hands: the places of these leads are computed anew.
    pub(super) fn rank_anew(&self, config: &Config, hand: Hand<'_>, ids: &[&str]) -> worker::Result<()> {
        let rule = priority::Rule { urgent_days: config.urgent_days };
        let today = deadline::local_day(config, hand.now);
        for lead in ids {
            let standing = priority::standing(&answers::facts(&self.database, lead)?, today, rule);
            leads::put_rank(&self.database, lead, standing.rank)?;
        }
        Ok(())
    }

    /// The folded lead has its own again, and is open again unless the person has another open one by now.
    pub(super) fn unfold(&self, config: &Config, hand: Hand<'_>, folded: &Folded) -> worker::Result<()> {
        let database = &self.database;
        let (from, into) = (folded.lead.as_str(), folded.into.as_str());
        let Some(row) = leads::find(database, from)? else { return Ok(()) };
        let open = tasks::open(database, into)?;
        let answered = folded.tasks.iter().all(|task| open.iter().all(|(known, _)| known != task));
        // Since then the other lead may have been folded too, and all of it be there.
        let places = self.where_it_went(into)?;
        for place in &places {
            let mut still = persons::inquiries_of(database, place)?;
            still.retain(|inquiry| folded.inquiries.contains(inquiry));
            persons::move_inquiries(database, &still, from)?;
            persons::move_facts(database, &folded.facts, place, from)?;
            persons::move_rows(database, Hangs::Notes, &folded.notes, place, from)?;
            persons::move_rows(database, Hangs::Tasks, &folded.tasks, place, from)?;
        }
        persons::assign_tasks(database, &folded.tasks, &row.assigned_to)?;
        if let Some((answer_by, answered_at)) = folded.owed_before.filter(|_| !answered) {
            persons::put_owed_before(database, into, answer_by, answered_at)?;
        }
        let duplicate = closings::of_lead(database, from)?.is_some_and(|closing| closing.reason == DUPLICATE);
        if duplicate && !leads::another_is_open(database, &row)? {
            persons::finish_tasks(database, &folded.finished, None)?;
            closings::reopen(database, from)?;
            let reopened = hand.event(EventKind::LeadReopened, &[("reason", DUPLICATE)]);
            history::add(database, from, &[reopened])?;
        }
        persons::put_standing(database, from, None)?;
        for place in &places {
            persons::put_standing(database, place, None)?;
            deliveries::forget_bodies(database, place)?;
            erasures::forget_said(database, place)?;
            self.rank_anew(config, hand, &[place])?;
        }
        self.rank_anew(config, hand, &[from])
    }

    /// A lead, the one it was folded into, the one that was folded into, and so on.
    fn where_it_went(&self, lead: &str) -> worker::Result<Vec<String>> {
        let mut places = vec![lead.to_owned()];
        while let Some(closing) =
            places.last().map(|last| closings::of_lead(&self.database, last)).transpose()?.flatten()
        {
            let into = closing.evidence.strip_prefix("lead ").filter(|_| closing.reason == DUPLICATE);
            match into.map(str::to_owned) {
                Some(into) if !places.contains(&into) => places.push(into),
                _ => break,
            }
        }
        Ok(places)
    }
}
