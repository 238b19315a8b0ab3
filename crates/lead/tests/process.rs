//! The sales process against case files, and the invariants as property tests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

#[path = "process/cases.rs"]
mod cases;
#[path = "process/destinations.rs"]
mod destinations;
#[path = "process/invariants.rs"]
mod invariants;
#[path = "process/routing.rs"]
mod routing;
#[path = "process/sample.rs"]
mod sample;
#[path = "process/suspicion.rs"]
mod suspicion;
