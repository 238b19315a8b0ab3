//! The leads this desk knows: the newest version of each, and the two queues.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use lead::view::LeadSummary;

/// What a message about a lead was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A lead that was not known.
    New,
    /// A newer version of a known lead.
    Newer,
    /// Nothing newer: messages may come twice and out of order.
    Known,
}

/// The leads by id. Per lead the highest revision wins, whichever way it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Book(BTreeMap<String, Arc<LeadSummary>>);

impl Book {
    /// The lead with this id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<LeadSummary>> {
        self.0.get(id).cloned()
    }

    /// Takes in one lead from the live socket or from a command's answer.
    pub(crate) fn hear(&mut self, lead: LeadSummary) -> Heard {
        let heard = match self.0.get(&lead.id) {
            Some(known) if known.revision >= lead.revision => return Heard::Known,
            Some(_) => Heard::Newer,
            None => Heard::New,
        };
        self.0.insert(lead.id.clone(), Arc::new(lead));
        heard
    }

    /// Puts a freshly loaded list in place of this one. What was loaded may be older than what the
    /// socket said meanwhile, and may lack what the socket brought (`heard`): both are kept.
    /// What is in neither is gone, for example reassigned while the socket was closed.
    pub(crate) fn reload(&mut self, loaded: Vec<LeadSummary>, heard: &BTreeSet<String>) {
        let before = std::mem::take(&mut self.0);
        let mut listed = BTreeSet::new();
        for lead in loaded {
            listed.insert(lead.id.clone());
            let newest = match before.get(&lead.id) {
                Some(known) if known.revision >= lead.revision => Arc::clone(known),
                _ => Arc::new(lead),
            };
            self.0.insert(newest.id.clone(), newest);
        }
        self.0.extend(before.into_iter().filter(|(id, _)| heard.contains(id) && !listed.contains(id)));
    }

    /// Leads whose first response is owed, by deadline alone: whatever the source, the priority or
    /// the words, everyone gets the same time (I-18).
    pub(crate) fn answer_first(&self) -> Vec<Arc<LeadSummary>> {
        let mut owed: Vec<_> = self.open().filter(|lead| lead.answered_at.is_none()).collect();
        owed.sort_by_cached_key(|lead| (at(&lead.answer_by), at(&lead.opened_at), lead.id.clone()));
        owed
    }

    /// The leads that were answered, in the order of the work queue: rank, then deadline, then the
    /// newest.
    pub(crate) fn work(&self) -> Vec<Arc<LeadSummary>> {
        let mut answered: Vec<_> = self.open().filter(|lead| lead.answered_at.is_some()).collect();
        answered
            .sort_by_cached_key(|lead| (lead.rank, at(&lead.answer_by), Reverse(at(&lead.opened_at)), lead.id.clone()));
        answered
    }

    /// The leads that are no longer open, the newest closed first.
    pub(crate) fn closed(&self) -> Vec<Arc<LeadSummary>> {
        let mut closed: Vec<_> = self.0.values().filter(|lead| lead.closed.is_some()).cloned().collect();
        closed.sort_by_cached_key(|lead| Reverse((lead.closed.as_ref().map(|closed| at(&closed.at)), lead.id.clone())));
        closed
    }

    /// Which leads are set aside, and as of when.
    pub(crate) fn suspects(&self) -> Vec<(String, u64)> {
        let suspects = self.0.values().filter(|lead| lead.status == "suspect");
        suspects.map(|lead| (lead.id.clone(), lead.revision)).collect()
    }

    fn open(&self) -> impl Iterator<Item = Arc<LeadSummary>> {
        self.0.values().filter(|lead| lead.status == "open").cloned()
    }
}

/// A time for comparing; a text that is no time comes last.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;

#[cfg(test)]
pub(crate) use tests::sample;
