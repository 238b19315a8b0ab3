//! Couriers: each carries a message to one kind of destination and reports how it ended.

pub mod webhook;

use lead::delivery::Outcome;

/// How an attempt ended, and what the receiver said, in a few words without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What follows from it.
    pub outcome: Outcome,
    /// For people, for example `200` or `no answer within 15 s`.
    pub said: String,
}
