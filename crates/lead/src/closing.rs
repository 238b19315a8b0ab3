//! A lead leaves the funnel, and comes back (methodology §4.2, §9, I-8, I-9).
//!
//! The one reason a visitor himself can close a lead for is the price band: declined, and confirmed
//! once. Then nobody disturbs him again: no task, no letter, no second call.
//!
//! The closing rests on that answer alone. When the same person takes the answer back in the same visit,
//! there is no evidence left and the same lead is open again, since one inquiry is one lead (I-1); a
//! lead of his that is open by then is enough, and the closed one stays closed. Writing anew opens a new
//! lead with this one as its parent, and ends the silence: we never write first, he may.

use form::{Fact, FactKey, Known};
use jiff::Timestamp;

use crate::{
    config::Config,
    deadline,
    event::{Event, EventKind},
    intake::Task,
};

/// The reason: the person does not agree to the price band.
pub const PRICE_BAR_DECLINED: &str = "price_bar_declined";

/// What a task is done with that a closing made pointless.
pub const NOT_NEEDED: &str = "not_needed";

/// The lead as it stands when an answer arrives.
#[derive(Debug, Clone, Copy)]
pub struct Lead<'a> {
    /// `open`, `suspect` (open, and set aside), `won`, `lost` or `deferred`.
    pub status: &'a str,
    /// Why it was closed and on which evidence, when it is.
    pub closed: Option<(&'a str, &'a str)>,
    /// Who has it.
    pub assigned_to: &'a str,
    /// Id and kind of its open tasks.
    pub open_tasks: &'a [(String, String)],
    /// True when the same person has another lead that is open.
    pub another_is_open: bool,
}

/// What follows for the lead, all of it in the commit of the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// It is lost.
    Closed {
        /// Why.
        reason: &'static str,
        /// The answer it rests on.
        evidence: String,
        /// The history's lines.
        events: Vec<Event>,
    },
    /// It is open again.
    Reopened {
        /// A first response is owed again.
        task: Task,
        /// The history's lines.
        events: Vec<Event>,
    },
}

/// What new facts say about the price band; a lead is closed and opened again by nothing else.
pub fn price_consent(facts: &[Fact]) -> Option<&Fact> {
    facts.iter().rev().find(|fact| fact.key == FactKey::PriceConsent)
}

/// Says what an inquiry's new facts do to its lead; `None` for nothing. `task` is the id of a task to set.
pub fn turn(
    config: &Config,
    lead: Lead<'_>,
    inquiry: &str,
    facts: &[Fact],
    now: Timestamp,
    task: &str,
) -> Option<Turn> {
    let consent = price_consent(facts)?;
    let declined = consent.known == Known::Yes && consent.value == "declined";
    if declined && lead.is_open() {
        return Some(closed(lead, inquiry, ("visitor", now)));
    }
    let rests_on_this = lead.rests_on() == Some(inquiry);
    if !declined && rests_on_this && !lead.another_is_open {
        return Some(reopened(config, lead, inquiry, ("visitor", now), task));
    }
    None
}

/// Inquiries have left a lead, or come back to it: says whether it is still closed for what its own person said.
/// `has_evidence` is whether the inquiry that its closing rests on is still its own, `refused_in` the inquiry in which
/// the person said his last word about the price, where that was a refusal and he has not written since.
pub fn settle(
    config: &Config,
    lead: Lead<'_>,
    has_evidence: bool,
    refused_in: Option<&str>,
    (by, now): (&str, Timestamp),
    task: &str,
) -> Option<Turn> {
    match (lead.rests_on(), refused_in) {
        (None, Some(inquiry)) if lead.is_open() => Some(closed(lead, inquiry, (by, now))),
        (Some(_), Some(inquiry)) if !has_evidence => Some(closed(lead, inquiry, (by, now))),
        (Some(inquiry), None) if !has_evidence && !lead.another_is_open => {
            Some(reopened(config, lead, inquiry, (by, now), task))
        }
        _ => None,
    }
}

impl<'a> Lead<'a> {
    fn is_open(self) -> bool {
        self.status == "open" || self.status == "suspect"
    }

    /// The inquiry in which the price was refused that this lead is closed for.
    pub fn rests_on(self) -> Option<&'a str> {
        let (reason, evidence) = self.closed.filter(|_| self.status == "lost")?;
        evidence.strip_prefix("inquiry ").filter(|_| reason == PRICE_BAR_DECLINED)
    }
}

fn event(kind: EventKind, (by, now): (&str, Timestamp), data: &[(&str, &str)]) -> Event {
    Event { at: now.to_string(), kind, by: by.to_owned(), data: crate::event::data(data) }
}

fn closed(lead: Lead<'_>, inquiry: &str, (by, now): (&str, Timestamp)) -> Turn {
    let closed =
        [("status", "lost"), ("reason", PRICE_BAR_DECLINED), ("inquiry", inquiry), ("do_not_contact", "forever")];
    let mut events = vec![event(EventKind::LeadClosed, (by, now), &closed)];
    for (task, kind) in lead.open_tasks {
        let done = [("task", task.as_str()), ("kind", kind), ("result", NOT_NEEDED)];
        events.push(event(EventKind::TaskDone, ("machine", now), &done));
    }
    Turn::Closed { reason: PRICE_BAR_DECLINED, evidence: format!("inquiry {inquiry}"), events }
}

fn reopened(config: &Config, lead: Lead<'_>, inquiry: &str, (by, now): (&str, Timestamp), task: &str) -> Turn {
    let task = Task::first_response(task.to_owned(), deadline::first_response(config, now), lead.assigned_to);
    let reopened = [("reason", PRICE_BAR_DECLINED), ("inquiry", inquiry)];
    let events = vec![event(EventKind::LeadReopened, (by, now), &reopened), task.set_by("machine", now)];
    Turn::Reopened { task, events }
}
