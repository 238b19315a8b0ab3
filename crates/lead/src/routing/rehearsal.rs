//! What other rules would have done with leads that were recorded. Both sets of rules are tried on the same
//! inquiry at the time it came; nobody's load of that time is known, so everyone had room.

use form::{Form, wire::InquiryRequest};
use jiff::Timestamp;

use super::{
    Now, Routed, route,
    seen::{Arrived, Geography, Seen},
    turn::{self, Board},
};
use crate::{config::Config, deadline, settings::Place, source::Source};

/// A lead that was recorded, by the inquiry that opened it.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// The lead.
    pub lead: String,
    /// What was sent.
    pub request: InquiryRequest,
    /// Where it was classified to.
    pub source: Source,
    /// Where the sender's network was.
    pub geography: Geography,
    /// The form the visitor saw, where something was chosen before the contact.
    pub form: Option<Form>,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who had the person's leads before.
    pub owner: Option<String>,
    /// Who got it.
    pub went_to: String,
}

/// Where the lead goes now and where it would go, if that differs: another person, another team, other
/// destinations, or the same team without the person who got it.
pub fn elsewhere(in_force: &Config, draft: &Config, past: &Past) -> Option<(Place, Place)> {
    let (from, to) = (place(in_force, past), place(draft, past));
    let leaves = is_of(in_force, &from.to, &past.went_to) && !is_of(draft, &to.to, &past.went_to);
    (from.to != to.to || from.deliver != to.deliver || leaves).then_some((from, to))
}

/// Where these rules send a lead.
fn place(config: &Config, past: &Past) -> Place {
    let Past { request, source, geography, form, at, .. } = past;
    let seen = Seen::of(config, Arrived { request, source, geography, form: form.as_ref(), at: *at });
    let board = Board::default();
    let begins = deadline::answering_begins(config, *at);
    let now = Now { board: &board, at: &deadline::local(config, *at), begins: &begins };
    let Routed { rule, assigned_to, mut destinations, why } = route(config, &seen, past.owner.as_deref(), &now);
    destinations.sort_unstable();
    // Nobody was asked when the person's own seller took it.
    let to = why.asked.into_iter().last().map_or(assigned_to, |asked| asked.target);
    Place { rule, to, deliver: destinations }
}

/// Whether a member is this target, or takes turns in it.
fn is_of(config: &Config, target: &str, member: &str) -> bool {
    let board = Board::default();
    let whenever = jiff::Zoned::default();
    let stands = turn::stands(config, target, &Now { board: &board, at: &whenever, begins: &whenever });
    stands.iter().any(|stand| stand.member == member && turn::whose(std::slice::from_ref(stand), true).is_some())
}
