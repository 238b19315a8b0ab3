//! Two who were taken for one: what each of them said and wrote is his, and nothing of it stays with the other.

use lead::{
    closing::NOT_NEEDED,
    config::Config,
    contact::{Point, Reach},
    intake::Task,
    person::{self, Typed},
};

use super::{Ledger, hand::Hand, suspect::SPAM};
use crate::{
    clock::{self, Timestamp},
    sql::{Database, closings, contacts, inquiries, leads, persons, suspects, tasks},
};

/// What an inquiry says of its person, with everything that it was corrected to.
#[derive(Debug)]
pub(super) struct Said {
    /// The names, first to last, none of them empty.
    pub(super) names: Vec<String>,
    /// Every way to reach him.
    pub(super) reach: Reach,
}

impl Said {
    pub(super) fn of(database: &Database, config: &Config, inquiry: &str) -> worker::Result<Self> {
        let mut all = Self { names: Vec::new(), reach: Reach::default() };
        all.hear(database, config, inquiry)?;
        Ok(all)
    }

    /// What all inquiries of a person say.
    fn of_person(database: &Database, config: &Config, person: &str) -> worker::Result<Self> {
        let mut all = Self { names: Vec::new(), reach: Reach::default() };
        for lead in persons::leads_of(database, person)?.iter().rev() {
            for inquiry in persons::inquiries_of(database, lead)? {
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
            touched.push(self.give(config, hand, &lead, (whose, &inquiry), since)?);
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
        since: i64,
    ) -> worker::Result<String> {
        let database = &self.database;
        let Some(row) = leads::find(database, from)? else { return Ok(String::new()) };
        let open = persons::open_lead(database, person, "")?;
        if persons::inquiries_of(database, from)? == [inquiry.to_owned()] {
            persons::part(database, person, "", &[from.to_owned()], std::slice::from_ref(&row.contact))?;
            if let Some(open) = open.filter(|_| row.is_open()) {
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
                let task = Task::first_response(clock::mint(hand.now)?, due_at, &row.assigned_to);
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
            tasks::finish_all(database, &lead, NOT_NEEDED, hand.now.as_millisecond())?;
            persons::put_owed_before(database, &lead, answer_by, Some(at))?;
        }
        if row.answered_at.is_none()
            && let Some(at) = persons::answered_last(database, from)?
        {
            // What is left was answered: it was owed to him who is gone.
            tasks::finish_all(database, from, NOT_NEEDED, hand.now.as_millisecond())?;
            persons::put_owed_before(database, from, row.answer_by, Some(at))?;
        }
        if row.answered_at.is_none() && tasks::open(database, &lead)?.is_empty() {
            // He wrote again, and by then he was promised an answer.
            leads::put_owed(database, &lead, row.answer_by)?;
        }
        for place in [from, &lead] {
            self.settle_price(config, hand, place)?;
            self.settle_owed(config, hand, place, since)?;
        }
        Ok(lead)
    }

    /// What only the other's inquiries said of a person is no longer his.
    pub(super) fn leave_points(&self, config: &Config, person: &str, parted: &Said) -> worker::Result<()> {
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
