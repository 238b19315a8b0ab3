//! What destinations are told of a lead: which of them hear of an event, when, and in which words.

use jiff::ToSpan;
use lead::{
    config::Config,
    contact::Reach,
    intake::Delivery,
    webhook::{self, News},
};

use super::Ledger;
use crate::{
    clock::{self, Timestamp},
    rejection::{Failure, NOT_FOUND},
    sql::{answers, deliveries, inquiries, leads, routings, settings},
};

/// How long answers and touches are gathered before destinations hear of them, in seconds.
const GATHERED_FOR: i64 = 20;

impl Ledger {
    /// Queues an event for those destinations of a lead that hear of it, each behind what is still on its way. Runs
    /// inside the caller's transaction.
    pub(super) fn tell_destinations(
        &self,
        config: &Config,
        lead: &str,
        event: &'static str,
        now: Timestamp,
    ) -> worker::Result<()> {
        for destination in self.destinations_of(config, lead, event)? {
            self.queue(lead, destination, event, now, now)?;
        }
        Ok(())
    }

    /// The same a little later, and not where one of its kind still waits to be sent: what a visitor does in a while is
    /// one message.
    pub(super) fn tell_gathered(
        &self,
        config: &Config,
        lead: &str,
        event: &'static str,
        now: Timestamp,
    ) -> worker::Result<()> {
        let due_at = now.checked_add(GATHERED_FOR.seconds()).unwrap_or(now);
        for destination in self.destinations_of(config, lead, event)? {
            if !deliveries::waits(&self.database, lead, &destination, event)? {
                self.queue(lead, destination, event, now, due_at)?;
            }
        }
        Ok(())
    }

    fn queue(
        &self,
        lead: &str,
        destination: String,
        event: &'static str,
        now: Timestamp,
        due_at: Timestamp,
    ) -> worker::Result<()> {
        let delivery = Delivery { id: clock::mint(now)?, destination, event, due_at };
        deliveries::add(&self.database, lead, &delivery, now.as_millisecond())
    }

    /// The destinations of a lead that hear of an event. A rule that is no longer there counts as it was when the lead
    /// came by it.
    fn destinations_of(&self, config: &Config, lead: &str, event: &str) -> worker::Result<Vec<String>> {
        let Some(row) = leads::find(&self.database, lead)? else { return Ok(vec![]) };
        let mut deliver = config.deliver_of(&row.rule).map(<[String]>::to_vec);
        if deliver.is_none()
            && let Some(why) = routings::of_lead(&self.database, lead)?
            && let Some(then) = settings::version(&self.database, why.version)?
        {
            let mut known = then.deliver_of(&row.rule).unwrap_or_default().to_vec();
            known.retain(|id| config.destination(id).is_some());
            deliver = Some(known);
        }
        let mut deliver = deliver.unwrap_or_else(|| config.catch_all.deliver.clone());
        deliver.retain(|id| config.tells(id, event));
        Ok(deliver)
    }

    /// What a destination is told: the lead as it stands at the first attempt.
    pub(super) fn news(&self, config: &Config, lead: &str, event: &str, at: i64) -> Result<String, Failure> {
        let row = leads::find(&self.database, lead)?.ok_or(NOT_FOUND)?;
        // What cannot be read is not told of as if nothing were known.
        row.source()?;
        let mut inquiries = inquiries::of_lead(&self.database, lead)?;
        // Whoever corrected himself is told of as he wrote last.
        inquiries::add_revised(&self.database, lead, &mut inquiries)?;
        let newest = inquiries.last().map(|last| last.id.clone());
        for inquiry in &mut inquiries {
            let is_newest = newest.as_ref() == Some(&inquiry.id);
            if !is_newest && inquiry.revised.is_empty() {
                continue;
            }
            let Some(contact) = inquiries::corrected(&self.database, &inquiry.id)? else { continue };
            inquiry.message = contact.message;
            if is_newest {
                (inquiry.name, inquiry.reach) = (contact.name, contact.reach);
            }
        }
        let mut summary = self.summary_with(config, &row, &inquiries)?;
        // How he wants to be reached now goes before how he was reached once.
        if let Some(reach) = inquiries.last().and_then(|last| Reach::parse(&last.reach, &config.phone_region)) {
            summary.contact.put_first(&reach);
        }
        let facts: Vec<_> = answers::facts(&self.database, lead)?.into();
        let files = self.files_of(config, lead)?;
        Ok(webhook::body(&News {
            event,
            at: &clock::rfc3339(at),
            config,
            lead: &summary,
            facts: &facts,
            files: &files,
            inquiries: &inquiries,
        }))
    }
}
