//! A person is erased: one commit over the list of columns, and a message to every system that knew him.

use std::time::Duration;

use lead::{
    closing::NOT_NEEDED,
    config::Config,
    erasure::{self, OPT_OUT},
    event::EventKind,
    form::wire::{AnswersReply, InquiryReply},
    intake::Delivery,
    privacy::ErasureView,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ledger, Outcome, answered::Answered, hand::Hand, reply, set_up::OPERATOR};
use crate::{
    clock::{self, Timestamp, rfc3339},
    environment,
    rejection::{Failure, UNAVAILABLE},
    spill,
    sql::{
        closings, contacts, deliveries, destinations,
        erasures::{self, Belongings, Receipt},
        history, leads, persons, tasks,
    },
};

/// How long a message to a destination waits when something else is under way there, in milliseconds: longer than
/// any attempt takes, so that it does not overtake what it takes back.
const AFTER_WHAT_IS_UNDERWAY: i64 = 60_000;

/// How long a spill may take to forget a person.
const SPILL_PATIENCE: Duration = Duration::from_secs(10);

/// An erasure as an operator takes it along, and brings it back after a restore. Ids only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The contact.
    pub contact: String,
    /// When, milliseconds since 1970.
    pub erased_at: i64,
    /// Its inquiries.
    pub inquiries: Vec<String>,
}

impl Ledger {
    /// Erases a person; gives his leads. `more` are inquiries of his that were never recorded here.
    pub(super) fn erase(
        &self,
        hand: Hand<'_>,
        person: &str,
        reason: &str,
        more: &[String],
    ) -> Result<Vec<String>, Failure> {
        let contacts = persons::contacts_of(&self.database, person)?;
        let of = erasures::belongings(&self.database, contacts)?;
        self.database.transaction(|| self.erase_all(hand, person, reason, &of, more))?;
        Ok(of.leads)
    }

    /// What a spill holds of a person: refused by the ledger, or not yet through. It goes first, so that nothing of it
    /// comes after he is erased; what may be somebody else's stays. Gives the inquiries that were held there.
    pub(super) async fn forget_in_spill(&self, config: &Config, person: &str) -> Result<Vec<String>, Failure> {
        let of = erasures::belongings(&self.database, persons::contacts_of(&self.database, person)?)?;
        let known = contacts::candidate(&self.database, person.to_owned())?;
        let Some(workspace) = destinations::whose(&self.database)? else { return Ok(vec![]) };
        let spill = self.environment.spill_of(&workspace)?;
        let call = spill::Call::Erase {
            workspace,
            names: known.names,
            points: known.points,
            inquiries: of.inquiries,
            region: config.phone_region.clone(),
        };
        match clock::in_time(SPILL_PATIENCE, environment::call(&spill, &call)).await {
            Ok(mut response) if response.status_code() == 200 => {
                let spill::Forgotten { inquiries } = lead::json::read(&response.text().await?)?;
                Ok(inquiries)
            }
            _ => Err(UNAVAILABLE.into()),
        }
    }

    /// Runs inside the caller's transaction. `more` are inquiries that are known to be erased although they are not
    /// here: after a restore, or held by the spill.
    fn erase_all(
        &self,
        hand: Hand<'_>,
        person: &str,
        reason: &str,
        of: &Belongings,
        more: &[String],
    ) -> worker::Result<()> {
        let database = &self.database;
        let at = hand.now.as_millisecond();
        let id = &clock::mint(hand.now)?;
        let told = erasures::told(database, &of.leads)?;
        erasures::erase(database, of)?;
        for lead in &of.leads {
            let Some(row) = leads::find(database, lead)? else { continue };
            let mut events = vec![hand.event(EventKind::PersonErased, &[("erasure", id), ("reason", reason)])];
            if matches!(row.status.as_str(), "open" | "suspect" | "deferred") {
                closings::close(database, &row, OPT_OUT, &format!("erasure {id}"), at)?;
                events.push(hand.event(EventKind::LeadClosed, &[("status", "lost"), ("reason", OPT_OUT)]));
            }
            tasks::finish_all(database, lead, NOT_NEEDED, at)?;
            history::add(database, lead, &events)?;
        }
        for contact in &of.contacts {
            contacts::put_silence(database, contact, true)?;
        }
        for (destination, lead, underway) in told {
            let wait = if underway { AFTER_WHAT_IS_UNDERWAY } else { 0 };
            let due_at = Timestamp::from_millisecond(at.saturating_add(wait)).unwrap_or(hand.now);
            let delivery = Delivery { id: clock::mint(hand.now)?, destination, event: erasure::PERSON_ERASED, due_at };
            deliveries::add(database, &lead, &delivery, at)?;
            let queued = [
                ("delivery", delivery.id.as_str()),
                ("destination", &delivery.destination),
                ("event", erasure::PERSON_ERASED),
            ];
            history::add(database, &lead, &[hand.event(EventKind::DeliveryQueued, &queued)])?;
        }
        let count = |list: &[String]| u32::try_from(list.len()).unwrap_or(u32::MAX);
        let receipt = Receipt {
            id: id.to_owned(),
            contact: person.to_owned(),
            erased_at: at,
            by: hand.by.to_owned(),
            reason: reason.to_owned(),
            leads: count(&of.leads),
            inquiries: count(&of.inquiries),
            files: count(&of.files),
        };
        let inquiries: Vec<String> = of.inquiries.iter().chain(more).cloned().collect();
        erasures::add(database, &receipt, &inquiries)?;
        history::audit(database, &hand.audit("erase_person", &format!("{person} {id}")))
    }

    /// What a destination is told of an erasure.
    pub(super) fn erasure_body(&self, due: &deliveries::Due) -> Result<String, Failure> {
        let contact = leads::find(&self.database, &due.lead)?.map(|row| row.contact).unwrap_or_default();
        let receipt = erasures::of_contact(&self.database, &contact)?;
        let inquiries = receipt.as_ref().map(|receipt| erasures::inquiries_of(&self.database, &receipt.id));
        let leads = persons::leads_of(&self.database, &contact)?;
        let inquiries = inquiries.transpose()?.unwrap_or_default();
        let remotes = destinations::remotes(&self.database, &leads, &due.destination)?;
        let unsure = erasures::may_know_more(&self.database, &leads, &due.destination)?;
        Ok(erasure::body(&rfc3339(due.created_at), &contact, &leads, &inquiries, &remotes, unsure))
    }

    /// A receipt, with what destinations said.
    pub(super) fn receipt(&self, receipt: Receipt) -> Result<ErasureView, Failure> {
        Ok(ErasureView {
            receipts: erasures::receipts(&self.database, &receipt.contact)?,
            id: receipt.id,
            contact: receipt.contact,
            at: rfc3339(receipt.erased_at),
            by: receipt.by,
            reason: receipt.reason,
            leads: receipt.leads,
            inquiries: receipt.inquiries,
            files: receipt.files,
        })
    }

    /// An inquiry of an erased person comes again: known, and nothing of it is written. `None` for any other.
    pub(super) fn erased_again(&self, inquiry: &str) -> Result<Option<InquiryReply>, Failure> {
        let erased = erasures::of_inquiry(&self.database, inquiry)?;
        Ok(erased.map(|at| InquiryReply {
            id: inquiry.to_owned(),
            lead: String::new(),
            stage: lead::FIRST_CONTACT.to_owned(),
            recorded_at: rfc3339(at),
            answer_by: rfc3339(at),
        }))
    }

    /// Answers of an erased person: taken, and not kept.
    pub(super) fn answered_in_vain(inquiry: String) -> worker::Result<Answered> {
        Answered::reply(200, &AnswersReply { id: inquiry, next: None })
    }

    /// Everything that was erased, for the operator to keep beside his backups.
    pub(super) fn erasures(&self) -> Outcome {
        self.config()?;
        let mut kept = Vec::new();
        for receipt in erasures::newest(&self.database, erasures::ALL)? {
            let inquiries = erasures::inquiries_of(&self.database, &receipt.id)?;
            kept.push(Kept { contact: receipt.contact, erased_at: receipt.erased_at, inquiries });
        }
        reply(200, &json!({ "erasures": kept }))
    }

    /// Erases again whoever was erased before a backup was restored. Persons are found by their ids and by those of
    /// their inquiries; inquiries that are not here are known from now on all the same. Safe to repeat.
    pub(super) async fn erase_again(&self, kept: Vec<Kept>) -> Outcome {
        let hand = Hand { by: OPERATOR, now: clock::now() };
        let (mut again, mut noted, mut left) = (0_u32, 0_u32, Vec::new());
        for one in kept {
            let mut persons: Vec<String> = Vec::new();
            for contact in erasures::contacts_of(&self.database, &one.contact, &one.inquiries)? {
                let person = persons::of(&self.database, &contact)?;
                // Known by inquiries alone, he may be somebody else from whom these were parted after the backup:
                // a person has to look.
                if contact != one.contact && self.has_more_than(&person, &one.inquiries)? {
                    left.push(contact);
                    continue;
                }
                if !persons.contains(&person) && erasures::of_contact(&self.database, &person)?.is_none() {
                    persons.push(person);
                }
            }
            if persons.is_empty() && erasures::of_contact(&self.database, &one.contact)?.is_none() {
                persons.push(one.contact.clone());
                noted = noted.saturating_add(1);
            } else {
                again = again.saturating_add(u32::try_from(persons.len()).unwrap_or(u32::MAX));
            }
            for person in persons {
                let contacts = persons::contacts_of(&self.database, &person)?;
                let of = erasures::belongings(&self.database, contacts)?;
                self.database.transaction(|| self.erase_all(hand, &person, "restored", &of, &one.inquiries))?;
                for lead in &of.leads {
                    self.announce(lead);
                }
            }
        }
        self.arm().await?;
        reply(200, &json!({ "erased_again": again, "noted": noted, "left": left }))
    }

    /// Whether a person has inquiries besides these.
    pub(super) fn has_more_than(&self, person: &str, inquiries: &[String]) -> Result<bool, Failure> {
        for lead in persons::leads_of(&self.database, person)? {
            if persons::inquiries_of(&self.database, &lead)?.iter().any(|inquiry| !inquiries.contains(inquiry)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
