//! Who is the same person: merges and splits by the head, each one commit, audited, and taken back by one more.

use lead::{
    FIRST_CONTACT,
    closing::NOT_NEEDED,
    config::Config,
    contact::{Point, Reach},
    deadline,
    event::{Event, EventKind},
    form::priority,
    intake::Task,
    person::{self, Folded, Moved, Parted},
    privacy::{self, ChangeView, PerhapsView, PersonCommand, PersonLead, PersonView},
};

use super::{Ledger, Outcome, rejoin::REJOINED, reply, team::Viewer};
use crate::{
    clock::{self, Timestamp, rfc3339},
    rejection::{Failure, NOT_FOR_ROLE, NOT_FOUND, Rejection},
    sql::{
        Database, answers, closings, contacts, deliveries, erasures, history, inquiries, leads,
        persons::{self, Hangs},
        routings, tasks,
    },
};

/// Why a lead is closed that was folded into another of the same person (methodology §9).
const DUPLICATE: &str = "duplicate";

const ONE_ALREADY: Rejection = Rejection::new(409, "same_already", "these are one person already");
const NOTHING_TO_PART: Rejection =
    Rejection::new(409, "nothing_to_part", "the person has no other inquiry, so there is nothing to part");
const TAKEN_BACK: Rejection = Rejection::new(409, "taken_back", "this was taken back already");
/// The person was erased: there is nothing left to tell one from another by.
pub const PERSON_ERASED: Rejection = Rejection::new(409, "person_erased", "this person was erased");

/// Who does it, and when.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// A member's id, or `api`.
    pub by: &'a str,
    /// Now.
    pub now: Timestamp,
}

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

impl Hand<'_> {
    /// A line of the history.
    pub fn event(&self, kind: EventKind, data: &[(&str, &str)]) -> Event {
        Event { at: self.now.to_string(), kind, by: self.by.to_owned(), data: lead::event::data(data) }
    }

    /// A line of the audit log.
    pub fn audit(&self, action: &str, target: &str) -> history::AuditLine {
        history::AuditLine {
            at: self.now.as_millisecond(),
            who: self.by.to_owned(),
            action: action.to_owned(),
            target: target.to_owned(),
            outcome: "done".into(),
        }
    }
}

impl Ledger {
    /// `POST /api/leads/{id}/commands`, about the person.
    pub(super) async fn change_person(
        &self,
        config: &Config,
        viewer: &Viewer,
        id: &str,
        command: PersonCommand,
    ) -> Outcome {
        if !privacy::allowed(viewer.role) {
            return Err(NOT_FOR_ROLE.into());
        }
        let row = leads::find(&self.database, id)?.ok_or(NOT_FOUND)?;
        let hand = Hand { by: &viewer.id, now: clock::now() };
        if erasures::of_contact(&self.database, &row.contact)?.is_some() {
            return Err(PERSON_ERASED.into());
        }
        let touched = match command {
            PersonCommand::Merge { with } => self.merge(config, hand, &row, &with)?,
            PersonCommand::Split { inquiry } => self.split(config, hand, &row, &inquiry)?,
            PersonCommand::TakeBack { change } => self.take_back(config, hand, &row, &change)?,
            PersonCommand::Apart { contact } => {
                self.database.transaction(|| {
                    for one in persons::contacts_of(&self.database, &row.contact)? {
                        persons::settle(&self.database, &one, &contact, "apart", hand.now.as_millisecond())?;
                    }
                    leads::touch(&self.database, &row.id)?;
                    history::audit(&self.database, &hand.audit("apart", &format!("{} {contact}", row.contact)))
                })?;
                vec![]
            }
            PersonCommand::ErasePerson { reason } => {
                let held = self.forget_in_spill(config, &row.contact).await?;
                // Meanwhile somebody else may have erased him, or merged him with another.
                let row = leads::find(&self.database, id)?.ok_or(NOT_FOUND)?;
                if erasures::of_contact(&self.database, &row.contact)?.is_some() {
                    return Err(PERSON_ERASED.into());
                }
                self.erase(hand, &row.contact, reason.code(), &held)?
            }
        };
        self.arm().await?;
        for lead in touched.iter().filter(|lead| *lead != id) {
            self.announce(lead);
        }
        self.announce(id);
        let row = leads::find(&self.database, id)?.ok_or(NOT_FOUND)?;
        reply(200, &self.detail_for(viewer, config, &row)?)
    }

    fn merge(&self, config: &Config, hand: Hand<'_>, row: &leads::Row, with: &str) -> Result<Vec<String>, Failure> {
        let other = leads::find(&self.database, with)?.ok_or(NOT_FOUND)?;
        if other.contact == row.contact {
            return Err(ONE_ALREADY.into());
        }
        if erasures::of_contact(&self.database, &other.contact)?.is_some() {
            return Err(PERSON_ERASED.into());
        }
        let change = clock::mint(hand.now)?;
        Ok(self.database.transaction(|| self.join(config, hand, &change, &row.contact, &other.contact))?)
    }

    /// One person from now on. Runs inside the caller's transaction; gives the leads that changed.
    fn join(
        &self,
        config: &Config,
        hand: Hand<'_>,
        change: &str,
        person: &str,
        other: &str,
    ) -> worker::Result<Vec<String>> {
        let at = hand.now.as_millisecond();
        let mine = persons::open_lead(&self.database, person, "")?;
        let theirs = persons::open_lead(&self.database, other, "")?;
        let silent = contacts::is_silent(&self.database, other)? && !contacts::is_silent(&self.database, person)?;
        let mut moved = Moved { leads: persons::join(&self.database, other, person, change)?, ..Moved::default() };
        let mut data = vec![("change", change.to_owned()), ("person", person.to_owned()), ("other", other.to_owned())];
        match (&mine, &theirs) {
            // One person has one open lead: it goes on with everything that the other has.
            (Some(one), Some(two)) => {
                let (into, folded) = person::fold(one.as_one(), two.as_one());
                data.push(("folded", folded.to_owned()));
                data.push(("into", into.to_owned()));
                moved.folded = Some(self.fold(config, hand, folded, into)?);
            }
            // Whoever wrote again himself may be answered; silence goes over where nothing is open.
            (None, None) if silent => {
                contacts::put_silence(&self.database, person, true)?;
                moved.silenced = true;
            }
            _ => {}
        }
        persons::settle(&self.database, person, other, "same", at)?;
        persons::add_change(&self.database, change, "merge", (person, other), &moved, (at, hand.by))?;
        let data: Vec<(&str, &str)> = data.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let event = hand.event(EventKind::PersonsMerged, &data);
        let touched = persons::leads_of(&self.database, person)?;
        for lead in &touched {
            history::add(&self.database, lead, std::slice::from_ref(&event))?;
        }
        history::audit(&self.database, &hand.audit("merge", &format!("{person} {other}")))?;
        Ok(touched)
    }

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
    fn rank_anew(&self, config: &Config, hand: Hand<'_>, ids: &[&str]) -> worker::Result<()> {
        let rule = priority::Rule { urgent_days: config.urgent_days };
        let today = deadline::local_day(config, hand.now);
        for lead in ids {
            let standing = priority::standing(&answers::facts(&self.database, lead)?, today, rule);
            leads::put_rank(&self.database, lead, standing.rank)?;
        }
        Ok(())
    }

    fn split(&self, config: &Config, hand: Hand<'_>, row: &leads::Row, inquiry: &str) -> Result<Vec<String>, Failure> {
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

    fn take_back(&self, config: &Config, hand: Hand<'_>, row: &leads::Row, id: &str) -> Result<Vec<String>, Failure> {
        let database = &self.database;
        let change = persons::change(database, id)?.ok_or(NOT_FOUND)?;
        let everyone = persons::contacts_of(database, &persons::of(database, &change.person)?)?;
        if !everyone.contains(&row.contact) && change.other != row.contact {
            return Err(NOT_FOUND.into());
        }
        if change.undone_at.is_some() {
            return Err(TAKEN_BACK.into());
        }
        if change.kind == "split" {
            // Since then they may have become one in another way, or one of them nobody.
            let (person, other) = (persons::of(database, &change.person)?, persons::of(database, &change.other)?);
            if person == other {
                return Err(ONE_ALREADY.into());
            }
            for one in [&person, &other] {
                if erasures::of_contact(database, one)?.is_some() {
                    return Err(PERSON_ERASED.into());
                }
            }
        }
        let (at, moved) = (hand.now.as_millisecond(), change.moved()?);
        let again = clock::mint(hand.now)?;
        let touched = self.database.transaction(|| {
            let mut touched = if change.kind == "split" {
                // Parted wrongly: one person again, and of two open leads the older goes on.
                let person = persons::of(database, &change.person)?;
                let touched = self.join(config, hand, &again, &person, &persons::of(database, &change.other)?)?;
                if let Some(parted) = &moved.parted {
                    persons::put_source(database, &parted.from)?;
                }
                touched
            } else if change.kind == REJOINED {
                self.part_again(config, hand, &moved)?
            } else {
                persons::part(database, &change.other, id, &moved.leads, &everyone)?;
                if let Some(folded) = &moved.folded {
                    self.unfold(config, hand, folded)?;
                }
                if moved.silenced {
                    contacts::put_silence(database, &change.person, false)?;
                }
                persons::settle(database, &change.person, &change.other, "apart", at)?;
                moved.leads.clone()
            };
            touched.push(row.id.clone());
            touched.sort_unstable();
            touched.dedup();
            persons::take_back(database, id, at, hand.by)?;
            let event = hand.event(EventKind::SamenessTakenBack, &[("change", id)]);
            for lead in &touched {
                history::add(database, lead, std::slice::from_ref(&event))?;
                leads::touch(database, lead)?;
            }
            history::audit(database, &hand.audit("take_back", id))?;
            Ok(touched)
        })?;
        Ok(touched)
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

    /// The person of a lead, for head and owner.
    pub(super) fn person(&self, config: &Config, row: &leads::Row) -> Result<PersonView, Failure> {
        let database = &self.database;
        let contacts = persons::contacts_of(database, &row.contact)?;
        let mut view = PersonView { contact: row.contact.clone(), ..PersonView::default() };
        for id in persons::leads_of(database, &row.contact)? {
            let Some(lead) = leads::find(database, &id)? else { continue };
            let name = config.member(&lead.assigned_to).map(|member| member.name.clone());
            view.leads.push(PersonLead {
                id,
                opened_at: rfc3339(lead.opened_at),
                status: lead.status,
                reason: closings::of_lead(database, &lead.id)?.map(|closing| closing.reason).unwrap_or_default(),
                assigned_name: name.unwrap_or_default(),
            });
        }
        let mut others: Vec<String> = Vec::new();
        for contact in persons::perhaps(database, &contacts)? {
            let person = persons::of(database, &contact)?;
            if person == row.contact || others.contains(&person) {
                continue;
            }
            let Some(lead) = persons::leads_of(database, &person)?.into_iter().next() else { continue };
            let shown = contacts::view(database, &person)?;
            let phones = shown.phones.into_iter().map(|phone| phone.e164);
            let reach = phones.chain(shown.emails).chain(shown.messengers).chain(shown.other).take(5).collect();
            view.perhaps.push(PerhapsView { contact, name: shown.name, reach, lead });
            others.push(person);
        }
        for change in persons::changes_of(database, &contacts)? {
            view.changes.push(ChangeView {
                id: change.id,
                kind: change.kind,
                at: rfc3339(change.at),
                by: change.by,
                person: change.person,
                other: change.other,
                undone_at: change.undone_at.map(rfc3339),
            });
        }
        view.erased = erasures::of_contact(database, &row.contact)?.map(|receipt| self.receipt(receipt)).transpose()?;
        Ok(view)
    }
}
