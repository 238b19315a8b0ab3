//! Who is the same person: merges and splits by the head, each one commit, audited, and taken back by one more.

use lead::{
    config::Config,
    event::EventKind,
    person::{self, Moved},
    privacy::{self, ChangeView, PerhapsView, PersonCommand, PersonLead, PersonView},
};

use super::{Ledger, Outcome, hand::Hand, rejoin::REJOINED, reply, team::Viewer};
use crate::{
    clock::{self, rfc3339},
    rejection::{Failure, NOT_FOR_ROLE, NOT_FOUND, Rejection},
    sql::{
        closings, contacts, erasures, history, leads,
        persons::{self, Change},
    },
};

const ONE_ALREADY: Rejection = Rejection::new(409, "same_already", "these are one person already");
const TAKEN_BACK: Rejection = Rejection::new(409, "taken_back", "this was taken back already");
const LATER_CHANGE: Rejection =
    Rejection::new(409, "later_change", "a later change of the same person has to be taken back first");
/// The person was erased: there is nothing left to tell one from another by.
pub const PERSON_ERASED: Rejection = Rejection::new(409, "person_erased", "this person was erased");

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
        let mut moved = Moved { leads: persons::join(&self.database, other, person, change)?, ..Moved::default() };
        let mut data = vec![("change", change.to_owned()), ("person", person.to_owned()), ("other", other.to_owned())];
        // One person has one open lead: it goes on with everything that the other has.
        if let (Some(one), Some(two)) = (&mine, &theirs) {
            let (into, folded) = person::fold(one.as_one(), two.as_one());
            data.push(("folded", folded.to_owned()));
            data.push(("into", into.to_owned()));
            moved.folded = Some(self.fold(config, hand, folded, into)?);
        }
        self.settle_silence(hand, person)?;
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
        if let Some(later) = self.later_than(&change)? {
            let which = format!("{} {} {}", later.kind, rfc3339(later.at), later.id);
            return Err(LATER_CHANGE.because(which).into());
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
        let touched = self.database.transaction(|| {
            let mut touched = if change.kind == "split" {
                self.unite(config, hand, &change, &moved)?
            } else if change.kind == REJOINED {
                self.part_again(config, hand, &moved, change.at)?
            } else {
                persons::part(database, &change.other, id, &moved.leads, &everyone)?;
                let mut touched = moved.leads.clone();
                if let Some(folded) = &moved.folded {
                    self.unfold(config, hand, folded, change.at)?;
                    touched.extend([folded.lead.clone(), folded.into.clone()]);
                }
                persons::settle(database, &change.person, &change.other, "apart", at)?;
                touched.extend(self.sort_out(config, hand, (&change.person, &change.other), change.at)?);
                touched
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

    /// The change in force that has to be taken back before this one can be: each rests on how the one before it left
    /// the persons and leads that it moved.
    fn later_than(&self, change: &Change) -> worker::Result<Option<Change>> {
        let database = &self.database;
        let mut found: Option<Change> = None;
        loop {
            let from = found.as_ref().unwrap_or(change);
            let mut concerned = persons::contacts_of(database, &persons::of(database, &from.person)?)?;
            concerned.extend(persons::contacts_of(database, &persons::of(database, &from.other)?)?);
            let mut next = None;
            for later in persons::later(database, &from.id, &concerned)? {
                // One who was parted and erased is nobody's any more, and nothing rests on him.
                let gone = later.kind == "split"
                    && erasures::of_contact(database, &persons::of(database, &later.other)?)?.is_some();
                if !gone {
                    next = Some(later);
                    break;
                }
            }
            match next {
                Some(next) => found = Some(next),
                None => return Ok(found),
            }
        }
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
