//! The sales process against case files, and the invariants as property tests.

#[path = "process/cases.rs"]
mod cases;
#[path = "process/invariants.rs"]
mod invariants;
#[path = "process/sample.rs"]
mod sample;
