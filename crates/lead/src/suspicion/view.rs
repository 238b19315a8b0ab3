//! What the desk's quarantine shows, and what `GET /api/quarantine` answers.

use serde::{Deserialize, Serialize};

use super::{Signal, sample::Share};
use crate::view::LeadSummary;

/// One page of the quarantine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quarantine {
    /// Set aside and not decided, newest first.
    pub suspects: Vec<Suspect>,
    /// Not set aside, and drawn for the team to judge.
    pub to_judge: Vec<Suspect>,
    /// Confirmed as spam, newest first: the last few, still to be taken back.
    pub confirmed: Vec<Suspect>,
    /// How many are set aside and not decided, of those this viewer sees.
    pub waiting: u32,
    /// Set aside though people sent them: of the sample that was judged.
    pub wrongly_set_aside: Share,
    /// Let through though no person sent them: of the sample that was judged.
    pub let_through: Share,
    /// The cursor of the next page of `suspects`.
    pub next: Option<String>,
}

/// A lead with what speaks against it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// The lead.
    pub lead: LeadSummary,
    /// When it was set aside, or drawn; RFC 3339 in UTC.
    pub at: String,
    /// All weights together.
    pub score: u16,
    /// The signs, the heaviest first.
    pub signals: Vec<Signal>,
    /// True when chance asks for a judgement.
    pub drawn: bool,
}
