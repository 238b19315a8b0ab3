//! How it was sent.

use super::{Sign, Signal, sign};

/// Sooner than anyone reads a form, in milliseconds.
const IMPOSSIBLE: u64 = 700;

/// Sooner than most people type, though a browser may fill a form for its owner.
const HASTY: u64 = 2_000;

/// A field that no person sees or reaches was filled in.
pub fn trap(filled: &str) -> Option<Signal> {
    if filled.trim().is_empty() { None } else { sign(Sign::Trap, 100, 0) }
}

/// The time from the form being shown to its being sent; unknown says nothing.
pub fn too_fast(took: Option<u64>) -> Option<Signal> {
    let took = took?;
    let n = u32::try_from(took).unwrap_or(u32::MAX);
    match took {
        0..IMPOSSIBLE => sign(Sign::TooFast, 60, n),
        IMPOSSIBLE..HASTY => sign(Sign::TooFast, 30, n),
        _ => None,
    }
}
