//! Of two open leads of one person one goes on with everything that both have, and gives it back when that was wrong.

use lead::{
    closing::NOT_NEEDED,
    config::Config,
    deadline,
    event::EventKind,
    form::priority,
    intake::{FIRST_RESPONSE, Task},
    person::Folded,
};

use super::{Ledger, hand::Hand};
use crate::{
    clock::{self, Timestamp},
    sql::{
        answers, closings, deliveries, erasures, history, leads,
        persons::{self, Hangs},
        tasks,
    },
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
        let (his, its) = (tasks::open(database, from)?, tasks::open(database, into)?);
        let owed = |open: &[(String, String)], row: &leads::Row| {
            open.iter().any(|(_, kind)| kind == FIRST_RESPONSE).then_some(row.answer_by)
        };
        let (owed_by_it, owed_by_him) = (owed(&its, &into_row), owed(&his, &from_row));
        // Of two tasks of a kind the one that is due sooner goes on.
        let sooner = matches!((owed_by_it, owed_by_him), (Some(its), Some(his)) if his < its);
        let both = |(_, kind): &(String, String), others: &[(String, String)]| others.iter().any(|(_, of)| of == kind);
        let ids = |tasks: &[(String, String)], others: &[(String, String)], wanted: bool| -> Vec<String> {
            tasks.iter().filter(|task| both(task, others) == wanted).map(|(task, _)| task.clone()).collect()
        };
        let earlier = [owed_by_it, owed_by_him].into_iter().flatten().min();
        let mut folded = Folded {
            lead: from.to_owned(),
            into: into.to_owned(),
            inquiries: persons::inquiries_of(database, from)?,
            facts: persons::facts_of(database, from)?,
            notes: persons::notes_of(database, from)?,
            tasks: ids(&his, &its, false),
            owed_before: (earlier != owed_by_it).then_some((into_row.answer_by, into_row.answered_at)),
            ..Folded::default()
        };
        if sooner {
            folded.tasks.extend(ids(&his, &its, true));
            folded.replaced = ids(&its, &his, true);
        } else {
            folded.finished = ids(&his, &its, true);
        }
        persons::move_inquiries(database, &folded.inquiries, into)?;
        persons::move_facts(database, &folded.facts, from, into)?;
        persons::move_rows(database, Hangs::Notes, &folded.notes, from, into)?;
        persons::move_rows(database, Hangs::Tasks, &folded.tasks, from, into)?;
        persons::assign_tasks(database, &folded.tasks, &into_row.assigned_to)?;
        for pointless in [&folded.finished, &folded.replaced] {
            persons::finish_tasks(database, pointless, Some((at, NOT_NEEDED)))?;
        }
        persons::put_standing(database, into, earlier)?;
        persons::put_standing(database, from, None)?;
        closings::close(database, &from_row, DUPLICATE, &format!("lead {into}"), at)?;
        let closed = [("status", "lost"), ("reason", DUPLICATE), ("into", into)];
        history::add(database, from, &[hand.event(EventKind::LeadClosed, &closed)])?;
        self.rank_anew(config, hand, &[from, into])?;
        // Of what is set aside nobody has heard, and nobody hears now.
        if from_row.status == "open" && !deliveries::is_held(database, from)? {
            self.tell_destinations(config, from, "lead.closed", hand.now)?;
        }
        if into_row.status == "open" {
            self.tell_gathered(config, into, "lead.touched", hand.now)?;
        }
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

    /// The folded lead has its own again, and is open again unless nothing of it is left. Where its person has another
    /// open lead by now, that one has it. `since` is when it was folded. Runs inside the caller's transaction.
    pub(super) fn unfold(&self, config: &Config, hand: Hand<'_>, folded: &Folded, since: i64) -> worker::Result<()> {
        let database = &self.database;
        let (from, into) = (folded.lead.as_str(), folded.into.as_str());
        let (Some(row), Some(into_row)) = (leads::find(database, from)?, leads::find(database, into)?) else {
            return Ok(());
        };
        let duplicate = closings::of_lead(database, from)?.is_some_and(|closing| closing.reason == DUPLICATE);
        let another = if duplicate { persons::open_lead(database, &row.contact, from)? } else { None };
        let home = another.as_ref().map_or(from, |another| another.as_one().id);
        if home == into {
            return Ok(());
        }
        // Since then the other lead may have been folded too, and all of it be there; never with somebody else.
        let mut places = Vec::new();
        let mut answered = true;
        for place in self.where_it_went(into)? {
            if leads::find(database, &place)?
                .is_some_and(|at| at.contact == row.contact || at.contact == into_row.contact)
            {
                answered &= tasks::open(database, &place)?.iter().all(|(open, _)| !folded.tasks.contains(open));
                places.push(place);
            }
        }
        for place in &places {
            let mut still = persons::inquiries_of(database, place)?;
            still.retain(|inquiry| folded.inquiries.contains(inquiry));
            persons::move_inquiries(database, &still, home)?;
            persons::move_facts(database, &folded.facts, place, home)?;
            persons::move_rows(database, Hangs::Notes, &folded.notes, place, home)?;
            persons::move_rows(database, Hangs::Tasks, &folded.tasks, place, home)?;
        }
        let assigned_to = leads::find(database, home)?.map(|home| home.assigned_to).unwrap_or_default();
        persons::assign_tasks(database, &folded.tasks, &assigned_to)?;
        if let Some((answer_by, answered_at)) = folded.owed_before.filter(|_| !answered) {
            persons::put_owed_before(database, into, answer_by, answered_at)?;
            persons::finish_tasks(database, &folded.replaced, None)?;
        }
        if duplicate && home == from && !persons::inquiries_of(database, from)?.is_empty() {
            persons::finish_tasks(database, &folded.finished, None)?;
            closings::reopen(database, from)?;
            let reopened = hand.event(EventKind::LeadReopened, &[("reason", DUPLICATE)]);
            history::add(database, from, &[reopened])?;
            self.tell_if_open(config, from, "lead.reopened", hand.now)?;
        }
        for place in &places {
            deliveries::forget_bodies(database, place)?;
            erasures::forget_said(database, place)?;
        }
        places.push(home.to_owned());
        for place in &places {
            persons::put_standing(database, place, None)?;
            self.rank_anew(config, hand, &[place])?;
            self.settle_price(config, hand, place)?;
            self.settle_owed(config, hand, place, since)?;
        }
        Ok(())
    }

    /// An open lead owes an answer and has a task for it, or was answered after everything that was written to it since
    /// a moment; what was written before that was answered wherever it was then.
    pub(super) fn settle_owed(&self, config: &Config, hand: Hand<'_>, lead: &str, since: i64) -> worker::Result<()> {
        let database = &self.database;
        let open = leads::find(database, lead)?.filter(leads::Row::is_open);
        let Some(row) = open else { return Ok(()) };
        let mut due = tasks::open(database, lead)?;
        due.retain(|(_, kind)| kind == FIRST_RESPONSE);
        let more: Vec<String> = due.iter().skip(1).map(|(task, _)| task.clone()).collect();
        persons::finish_tasks(database, &more, Some((hand.now.as_millisecond(), NOT_NEEDED)))?;
        let answered = row.answered_at.filter(|_| due.is_empty());
        let answered = answered.or(if due.is_empty() { persons::answered_last(database, lead)? } else { None });
        let owes = match answered {
            None => true,
            Some(at) => persons::writes_after(database, lead, at.max(since))?,
        };
        if !owes {
            return persons::put_owed_before(database, lead, row.answer_by, answered);
        }
        if !due.is_empty() {
            return leads::put_owed(database, lead, row.answer_by);
        }
        // Whoever was answered and wrote since was promised an answer in the name of another lead.
        let promised = Timestamp::from_millisecond(row.answer_by).ok().filter(|_| answered.is_none());
        let due_at = promised.unwrap_or_else(|| deadline::first_response(config, hand.now));
        leads::put_owed(database, lead, due_at.as_millisecond())?;
        let task = Task::first_response(clock::mint(hand.now)?, due_at, &row.assigned_to);
        tasks::add(database, lead, &task)?;
        history::add(database, lead, &[task.set_by(hand.by, hand.now)])
    }

    /// A lead, the one it was folded into, the one that was folded into, and so on.
    pub(super) fn where_it_went(&self, lead: &str) -> worker::Result<Vec<String>> {
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
