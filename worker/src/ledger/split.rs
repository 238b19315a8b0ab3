//! An inquiry turns out to be somebody else's: a person and a lead of its own, and nothing of his stays behind.

use lead::{
    FIRST_CONTACT,
    config::Config,
    contact::{Point, Reach},
    deadline,
    event::EventKind,
    intake::Task,
    person::{Moved, Parted},
};

use super::{Ledger, hand::Hand};
use crate::{
    clock,
    rejection::{Failure, NOT_FOUND, Rejection},
    sql::{Database, contacts, deliveries, erasures, history, inquiries, leads, persons, routings, tasks},
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
        for contact in inquiries::said(database, inquiry)? {
            let name = contact.name.trim();
            if !name.is_empty() {
                all.names.push(name.to_owned());
            }
            for point in Reach::parse(&contact.reach, &config.phone_region).unwrap_or_default().points {
                if !has(&all.reach, &point) {
                    all.reach.points.push(point);
                }
            }
        }
        Ok(all)
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
        if alone && persons::leads_of(database, &row.contact)?.len() < 2 {
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
            let parted = Parted { inquiry: inquiry.to_owned(), from: row.id.clone(), lead: lead.clone() };
            let mut moved = Moved { parted: Some(parted), ..Moved::default() };
            if alone {
                persons::part(database, &contact, "", std::slice::from_ref(&lead), std::slice::from_ref(&row.contact))?;
                moved.leads.push(lead.clone());
            } else {
                persons::open_parted(
                    database,
                    &persons::PartedLead {
                        id: &lead,
                        from: &row.id,
                        contact: &contact,
                        inquiry,
                        stage: FIRST_CONTACT,
                        answer_by: task.due_at.as_millisecond(),
                    },
                )?;
                persons::move_inquiries(database, &[inquiry.to_owned()], &lead)?;
                routings::copy(database, &row.id, &lead)?;
                tasks::add(database, &lead, &task)?;
                self.tell_destinations(config, &lead, "lead.created", hand.now)?;
                persons::put_standing(database, &row.id, None)?;
                self.rank_anew(config, hand, &[&row.id, &lead])?;
                // What was written of both together is nobody's: an erasure of the other would not find it here.
                deliveries::forget_bodies(database, &row.id)?;
                erasures::forget_said(database, &row.id)?;
                persons::put_source(database, &row.id)?;
            }
            self.leave_points(config, &row.contact, &said)?;
            for one in persons::contacts_of(database, &row.contact)? {
                persons::settle(database, &one, &contact, "apart", at)?;
            }
            persons::add_change(database, &change, "split", (&row.contact, &contact), &moved, (at, hand.by))?;
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
            if !alone {
                let opened = hand.event(EventKind::LeadOpened, &[("stage", FIRST_CONTACT)]);
                let set = [("task", task.id.as_str()), ("kind", task.kind), ("due_at", &task.due_at.to_string())];
                let set = hand.event(EventKind::TaskSet, &set);
                history::add(database, &lead, &[event, opened, set])?;
            }
            history::audit(database, &hand.audit("split", &format!("{} {contact} {}", row.contact, known.lead)))
        })?;
        Ok(vec![row.id.clone(), lead])
    }

    /// What only the parted inquiry said of the person who stays is no longer his.
    fn leave_points(&self, config: &Config, person: &str, parted: &Said) -> worker::Result<()> {
        let database = &self.database;
        let mut left = parted.reach.clone();
        let mut names = Vec::new();
        for lead in persons::leads_of(database, person)? {
            for inquiry in persons::inquiries_of(database, &lead)? {
                let said = Said::of(database, config, &inquiry)?;
                names.extend(said.names);
                left.points.retain(|point| !has(&said.reach, point));
            }
        }
        for contact in persons::contacts_of(database, person)? {
            contacts::take_points(database, &contact, &left)?;
        }
        let named = contacts::view(database, person)?.name;
        if parted.names.contains(&named) && !names.contains(&named) {
            contacts::put_name(database, person, &names.into_iter().next().unwrap_or_default())?;
        }
        Ok(())
    }
}
