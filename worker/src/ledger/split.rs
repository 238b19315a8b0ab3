//! An inquiry turns out to be somebody else's: a person and a lead of its own, and nothing of his stays behind.

use lead::{
    FIRST_CONTACT,
    closing::{NOT_NEEDED, PRICE_BAR_DECLINED},
    config::Config,
    contact::{Point, Reach},
    deadline,
    event::{Event, EventKind},
    intake::Task,
    person::{self, Moved, Parted, Typed},
};

use super::{Ledger, hand::Hand, suspect::SPAM};
use crate::{
    clock::{self, Timestamp},
    rejection::{Failure, NOT_FOUND, Rejection},
    sql::{
        Database, closings, contacts, deliveries, erasures, history, inquiries, leads,
        persons::{self, Change},
        routings, suspects, tasks,
    },
};

const NOTHING_TO_PART: Rejection =
    Rejection::new(409, "nothing_to_part", "the person has no other inquiry, so there is nothing to part");

/// What an inquiry says of its person, with everything that it was corrected to.
struct Said {
    /// The names, first to last, none of them empty.
    names: Vec<String>,
    /// Every way to reach him.
    reach: Reach,
}

impl Said {
    fn of(database: &Database, config: &Config, inquiry: &str) -> worker::Result<Self> {
        let mut all = Self { names: Vec::new(), reach: Reach::default() };
        all.hear(database, config, inquiry)?;
        Ok(all)
    }

    /// What all inquiries of a person say.
    fn of_person(database: &Database, config: &Config, person: &str) -> worker::Result<Self> {
        let mut all = Self { names: Vec::new(), reach: Reach::default() };
        for lead in persons::leads_of(database, person)? {
            for inquiry in persons::inquiries_of(database, &lead)? {
                all.hear(database, config, &inquiry)?;
            }
        }
        Ok(all)
    }

    fn hear(&mut self, database: &Database, config: &Config, inquiry: &str) -> worker::Result<()> {
        for contact in inquiries::said(database, inquiry)? {
            let name = contact.name.trim();
            if !name.is_empty() {
                self.names.push(name.to_owned());
            }
            for point in Reach::parse(&contact.reach, &config.phone_region).unwrap_or_default().points {
                if !has(&self.reach, &point) {
                    self.reach.points.push(point);
                }
            }
        }
        Ok(())
    }
}

/// True when this is one of the ways.
fn has(reach: &Reach, one: &Point) -> bool {
    reach.points.iter().any(|point| point.kind == one.kind && point.normal == one.normal)
}

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
        let task = Task {
            id: clock::mint(hand.now)?,
            kind: "first_response",
            due_at: deadline::first_response(config, hand.now),
            assignee: row.assigned_to.clone(),
        };
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
    fn open_own(
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
        let set = [("task", task.id.as_str()), ("kind", task.kind), ("due_at", &task.due_at.to_string())];
        events.push(hand.event(EventKind::LeadOpened, &[("stage", FIRST_CONTACT)]));
        events.push(hand.event(EventKind::TaskSet, &set));
        history::add(database, lead, &events)
    }

    /// An inquiry has left a lead of another person's.
    fn has_left(&self, config: &Config, hand: Hand<'_>, from: &str, lead: &str) -> worker::Result<()> {
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
                let is_open = |row: &leads::Row| row.status == "open" || row.status == "suspect";
                let refused = |closing: &closings::Closing| closing.reason == PRICE_BAR_DECLINED;
                let only = persons::inquiries_of(database, &lead.id)? == [parted.inquiry.clone()];
                let goes =
                    is_open(&lead) || (only && closings::of_lead(database, &lead.id)?.is_some_and(|why| refused(&why)));
                // A lead that was closed since then takes nothing in that is still open.
                let takes = is_open(&from)
                    || (only
                        && closings::of_lead(database, &from.id)?
                            .is_some_and(|why| refused(&why) || why.closed_at <= change.at));
                if goes && takes {
                    if only {
                        // Nothing but the split has asked for its answer.
                        let its =
                            if is_open(&from) { vec![parted.task.clone()] } else { open_ids(database, &lead.id)? };
                        persons::finish_tasks(database, &its, Some((at, NOT_NEEDED)))?;
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
            self.settle_price(config, hand, &parted.from)?;
            self.settle_owed(config, hand, &parted.from)?;
        }
        persons::settle(database, &person, &other, "same", at)?;
        self.settle_silence(hand, &person)?;
        persons::leads_of(database, &person)
    }

    /// Two who were taken for one since a moment: what one of them wrote meanwhile goes to him, and nothing that only
    /// one of them said stays with the other. Runs inside the caller's transaction; gives the leads that changed.
    pub(super) fn sort_out(
        &self,
        config: &Config,
        hand: Hand<'_>,
        (one, other): (&str, &str),
        since: i64,
    ) -> worker::Result<Vec<String>> {
        let database = &self.database;
        let them = [contacts::candidate(database, one.to_owned())?, contacts::candidate(database, other.to_owned())?];
        let mut theirs = Vec::new();
        for (mine, not_mine) in [(one, other), (other, one)] {
            for lead in persons::leads_of(database, mine)? {
                // What nobody wrote is nobody's.
                if closings::of_lead(database, &lead)?.is_some_and(|why| why.reason == SPAM) {
                    continue;
                }
                for inquiry in persons::inquiries_since(database, &lead, since)? {
                    let said = Said::of(database, config, &inquiry)?;
                    let name = said.names.last().map(String::as_str).unwrap_or_default();
                    let found = person::recognise(Typed { name, points: &said.reach.points }, &them);
                    if found.same.as_deref() == Some(not_mine) {
                        theirs.push((lead.clone(), inquiry, not_mine));
                    }
                }
            }
        }
        let mut touched = Vec::new();
        for (lead, inquiry, whose) in theirs {
            touched.push(self.give(config, hand, &lead, (whose, &inquiry))?);
            touched.push(lead);
        }
        let (his, its) = (Said::of_person(database, config, one)?, Said::of_person(database, config, other)?);
        for (person, said, not_said) in [(one, &his, &its), (other, &its, &his)] {
            contacts::extend(database, person, "", &said.reach)?;
            self.leave_points(config, person, not_said)?;
            self.settle_silence(hand, person)?;
        }
        Ok(touched)
    }

    /// An inquiry goes to whom it is from: to his open lead, or with a lead that is all his; gives the lead it is at.
    fn give(
        &self,
        config: &Config,
        hand: Hand<'_>,
        from: &str,
        (person, inquiry): (&str, &str),
    ) -> worker::Result<String> {
        let database = &self.database;
        let Some(row) = leads::find(database, from)? else { return Ok(String::new()) };
        let open = persons::open_lead(database, person, "")?;
        if persons::inquiries_of(database, from)? == [inquiry.to_owned()] {
            persons::part(database, person, "", &[from.to_owned()], std::slice::from_ref(&row.contact))?;
            if let Some(open) = open.filter(|_| row.status == "open" || row.status == "suspect") {
                self.fold(config, hand, from, open.as_one().id)?;
                return Ok(open.as_one().id.to_owned());
            }
            return Ok(from.to_owned());
        }
        let lead = match &open {
            Some(open) => {
                persons::move_inquiries(database, &[inquiry.to_owned()], open.as_one().id)?;
                self.has_left(config, hand, from, open.as_one().id)?;
                open.as_one().id.to_owned()
            }
            None => {
                let lead = clock::mint(hand.now)?;
                let due_at = Timestamp::from_millisecond(row.answer_by).unwrap_or(hand.now);
                let id = clock::mint(hand.now)?;
                let task = Task { id, kind: "first_response", due_at, assignee: row.assigned_to.clone() };
                self.open_own(config, hand, &row, (person, inquiry), &lead, &task, vec![])?;
                lead
            }
        };
        // Whoever wrote as a person does is let go.
        if leads::find(database, &lead)?.is_some_and(|lead| lead.status == "suspect")
            && !suspects::verdict(database, inquiry)?.is_suspect(config.suspicion)
        {
            self.release(&lead, inquiry, hand.by, hand.now)?;
        }
        if let Some(at) = row.answered_at
            && !persons::writes_after(database, &lead, at)?
        {
            // He was answered where it was.
            let answer_by = leads::find(database, &lead)?.map_or(row.answer_by, |lead| lead.answer_by);
            persons::finish_tasks(
                database,
                &open_ids(database, &lead)?,
                Some((hand.now.as_millisecond(), NOT_NEEDED)),
            )?;
            persons::put_owed_before(database, &lead, answer_by, Some(at))?;
        }
        if row.answered_at.is_none()
            && let Some(at) = persons::answered_last(database, from)?
        {
            // What is left was answered: it was owed to him who is gone.
            persons::finish_tasks(database, &open_ids(database, from)?, Some((hand.now.as_millisecond(), NOT_NEEDED)))?;
            persons::put_owed_before(database, from, row.answer_by, Some(at))?;
        }
        if row.answered_at.is_none() && tasks::open(database, &lead)?.is_empty() {
            // He wrote again, and by then he was promised an answer.
            leads::put_owed(database, &lead, row.answer_by)?;
        }
        for place in [from, &lead] {
            self.settle_price(config, hand, place)?;
            self.settle_owed(config, hand, place)?;
        }
        Ok(lead)
    }

    /// What only the other's inquiries said of a person is no longer his.
    fn leave_points(&self, config: &Config, person: &str, parted: &Said) -> worker::Result<()> {
        let database = &self.database;
        let own = Said::of_person(database, config, person)?;
        let mut left = parted.reach.clone();
        left.points.retain(|point| !has(&own.reach, point));
        for contact in persons::contacts_of(database, person)? {
            contacts::take_points(database, &contact, &left)?;
            for name in parted.names.iter().filter(|name| !own.names.contains(name)) {
                contacts::take_name(database, &contact, name)?;
            }
        }
        if contacts::view(database, person)?.name.is_empty() {
            contacts::put_name(database, person, &own.names.into_iter().next().unwrap_or_default())?;
        }
        Ok(())
    }
}

fn open_ids(database: &Database, lead: &str) -> worker::Result<Vec<String>> {
    Ok(tasks::open(database, lead)?.into_iter().map(|(task, _)| task).collect())
}
