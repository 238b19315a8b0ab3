//! An inquiry turns out to be somebody else's: a person and a lead of its own, and nothing of his stays behind.

use lead::{
    FIRST_CONTACT,
    closing::{NOT_NEEDED, PRICE_BAR_DECLINED},
    config::Config,
    deadline,
    event::{Event, EventKind},
    intake::Task,
    person::{self, Moved, Parted},
};

use super::{Ledger, apart::Said, hand::Hand};
use crate::{
    clock,
    rejection::{Failure, NOT_FOUND, Rejection},
    sql::{
        closings, contacts, deliveries, erasures, history, inquiries, leads,
        persons::{self, Change},
        routings, tasks,
    },
};

const NOTHING_TO_PART: Rejection =
    Rejection::new(409, "nothing_to_part", "the person has no other inquiry, so there is nothing to part");

impl Ledger {
    pub(super) fn split(
        &self,
        config: &Config,
        hand: Hand<'_>,
        row: &leads::Row,
        inquiry: &str,
    ) -> Result<Vec<String>, Failure> {
        let database = &self.database;
        let known = inquiries::find(database, inquiry)?.filter(|known| known.lead == row.id).ok_or(NOT_FOUND)?;
        // What was corrected belongs to whoever corrected it.
        let said = Said::of(database, config, inquiry)?;
        let (name, reach) = (said.names.last().cloned().unwrap_or_default(), said.reach.clone());
        if reach.points.is_empty() {
            return Err(NOTHING_TO_PART.into());
        }
        let alone = persons::inquiries_of(database, &row.id)?.len() < 2;
        if alone && !self.has_more_than(&row.contact, &[inquiry.to_owned()])? {
            return Err(NOTHING_TO_PART.into());
        }
        let at = hand.now.as_millisecond();
        let (change, contact) = (clock::mint(hand.now)?, clock::mint(hand.now)?);
        // An inquiry that is all of its lead takes the lead along; otherwise it begins one of its own (I-1).
        let lead = if alone { row.id.clone() } else { clock::mint(hand.now)? };
        let due_at = deadline::first_response(config, hand.now);
        let task = Task::first_response(clock::mint(hand.now)?, due_at, &row.assigned_to);
        database.transaction(|| {
            contacts::add(database, &contact, &name, at)?;
            contacts::add_points(database, &contact, &reach)?;
            let mut parted = Parted { inquiry: inquiry.to_owned(), from: row.id.clone(), ..Parted::default() };
            parted.lead.clone_from(&lead);
            let data = [
                ("change", change.as_str()),
                ("person", &row.contact),
                ("other", &contact),
                ("inquiry", inquiry),
                ("from", &row.id),
                ("lead", &lead),
            ];
            let event = hand.event(EventKind::PersonSplit, &data);
            history::add(database, &row.id, std::slice::from_ref(&event))?;
            let mut moved = Moved::default();
            if alone {
                persons::part(database, &contact, "", std::slice::from_ref(&lead), std::slice::from_ref(&row.contact))?;
                moved.leads.push(lead.clone());
            } else {
                parted.task.clone_from(&task.id);
                self.open_own(config, hand, row, (&contact, inquiry), &lead, &task, vec![event])?;
            }
            moved.parted = Some(parted);
            self.leave_points(config, &row.contact, &said)?;
            for one in persons::contacts_of(database, &row.contact)? {
                persons::settle(database, &one, &contact, "apart", at)?;
            }
            persons::add_change(database, &change, "split", (&row.contact, &contact), &moved, (at, hand.by))?;
            self.settle_price(config, hand, &row.id)?;
            self.settle_price(config, hand, &lead)?;
            self.settle_silence(hand, &row.contact)?;
            self.settle_silence(hand, &contact)?;
            history::audit(database, &hand.audit("split", &format!("{} {contact} {}", row.contact, known.lead)))
        })?;
        Ok(vec![row.id.clone(), lead])
    }

    /// An inquiry leaves its lead for one of its own. Runs inside the caller's transaction.
    #[allow(clippy::too_many_arguments, reason = "whose, from where, and what it begins with")]
    pub(super) fn open_own(
        &self,
        config: &Config,
        hand: Hand<'_>,
        from: &leads::Row,
        (contact, inquiry): (&str, &str),
        lead: &str,
        task: &Task,
        mut events: Vec<Event>,
    ) -> worker::Result<()> {
        let database = &self.database;
        persons::open_parted(
            database,
            &persons::PartedLead {
                id: lead,
                from: &from.id,
                contact,
                inquiry,
                stage: FIRST_CONTACT,
                answer_by: task.due_at.as_millisecond(),
            },
        )?;
        persons::move_inquiries(database, &[inquiry.to_owned()], lead)?;
        routings::copy(database, &from.id, lead)?;
        tasks::add(database, lead, task)?;
        self.tell_destinations(config, lead, "lead.created", hand.now)?;
        self.has_left(config, hand, &from.id, lead)?;
        events.push(hand.event(EventKind::LeadOpened, &[("stage", FIRST_CONTACT)]));
        events.push(task.set_by(hand.by, hand.now));
        history::add(database, lead, &events)
    }

    /// An inquiry has left a lead of another person's.
    pub(super) fn has_left(&self, config: &Config, hand: Hand<'_>, from: &str, lead: &str) -> worker::Result<()> {
        let database = &self.database;
        persons::put_standing(database, from, None)?;
        persons::put_standing(database, lead, None)?;
        self.rank_anew(config, hand, &[from, lead])?;
        // What was written of both together is nobody's: an erasure of the other would not find it here.
        deliveries::forget_bodies(database, from)?;
        erasures::forget_said(database, from)?;
        persons::put_source(database, from)
    }

    /// Parted wrongly: one person again, and the inquiry is where it was, unless there is more to it by now. Runs
    /// inside the caller's transaction; gives the leads that changed.
    pub(super) fn unite(
        &self,
        config: &Config,
        hand: Hand<'_>,
        change: &Change,
        moved: &Moved,
    ) -> worker::Result<Vec<String>> {
        let (database, at) = (&self.database, hand.now.as_millisecond());
        let (person, other) = (persons::of(database, &change.person)?, persons::of(database, &change.other)?);
        persons::join(database, &other, &person, &change.id)?;
        if let Some(parted) = moved.parted.as_ref().filter(|parted| parted.lead != parted.from) {
            let (lead, from) = (leads::find(database, &parted.lead)?, leads::find(database, &parted.from)?);
            if let (Some(lead), Some(from)) = (lead, from)
                && lead.contact == person
                && from.contact == person
            {
                let refused = |closing: &closings::Closing| closing.reason == PRICE_BAR_DECLINED;
                let only = persons::inquiries_of(database, &lead.id)? == [parted.inquiry.clone()];
                let goes =
                    lead.is_open() || (only && closings::of_lead(database, &lead.id)?.is_some_and(|why| refused(&why)));
                // A lead that was closed since then takes nothing in that is still open.
                let takes = from.is_open()
                    || (only
                        && closings::of_lead(database, &from.id)?
                            .is_some_and(|why| refused(&why) || why.closed_at <= change.at));
                if goes && takes {
                    if only {
                        // Nothing but the split has asked for its answer.
                        if from.is_open() {
                            persons::finish_tasks(
                                database,
                                std::slice::from_ref(&parted.task),
                                Some((at, NOT_NEEDED)),
                            )?;
                        } else {
                            tasks::finish_all(database, &lead.id, NOT_NEEDED, at)?;
                        }
                    }
                    self.fold(config, hand, &lead.id, &from.id)?;
                }
            }
        }
        if let Some(one) = persons::open_lead(database, &person, "")?
            && let Some(two) = persons::open_lead(database, &person, one.as_one().id)?
        {
            let (into, folded) = person::fold(one.as_one(), two.as_one());
            self.fold(config, hand, folded, into)?;
        }
        if let Some(parted) = &moved.parted {
            persons::put_source(database, &parted.from)?;
            // Whoever was named by it is so again, unless he is several contacts: one of them may have been.
            if persons::inquiries_of(database, &parted.from)?.first() == Some(&parted.inquiry)
                && persons::contacts_of(database, &person)?.len() == 2
                && let Some(name) = Said::of(database, config, &parted.inquiry)?.names.first()
            {
                contacts::put_name(database, &person, name)?;
            }
            self.settle_price(config, hand, &parted.from)?;
            self.settle_owed(config, hand, &parted.from, change.at)?;
        }
        persons::settle(database, &person, &other, "same", at)?;
        self.settle_silence(hand, &person)?;
        persons::leads_of(database, &person)
    }
}
