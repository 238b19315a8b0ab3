//! What was sent off, recorded and delivered, by site and day.

use worker::Result;

use super::{Database, binds};

/// A step counted on a day.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The site.
    pub site: String,
    /// `YYYY-MM-DD`, where the workspace is.
    pub day: String,
    /// `minted`, `recorded` or `recorded:widget`.
    pub step: String,
    /// How often.
    pub n: u64,
}
row!(Counted: site, day, step, n);

/// What was counted from one day to another, both included.
pub fn counted(database: &Database, from: &str, to: &str) -> Result<Vec<Counted>> {
    database.rows(
        "SELECT site, day, step, sum(n) AS n FROM count_sources JOIN counts ON counts.source = count_sources.id
         WHERE day BETWEEN ? AND ? AND step IN ('minted', 'recorded', 'recorded:widget') GROUP BY site, day, step",
        binds![from, to],
    )
}

/// Deliveries of an hour.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Hours since 1970.
    pub hour: i64,
    /// The site.
    pub site: String,
    /// The destination.
    pub destination: String,
    /// That became due.
    pub queued: u64,
    /// … that arrived.
    pub sent: u64,
    /// … that were given up.
    pub dead: u64,
}
row!(Delivered: hour, site, destination, queued, sent, dead);

/// Deliveries from one hour to another, both included. What was counted down without having been counted up, as it
/// may be of an hour before there was this table, is none. That a system cannot be told of an erasure is no loss.
pub fn delivered(database: &Database, from: i64, to: i64) -> Result<Vec<Delivered>> {
    database.rows(
        "SELECT hour, site, destination, max(sum(queued), 0) AS queued, max(sum(sent), 0) AS sent,
                max(sum(dead), 0) AS dead
         FROM delivery_hours WHERE hour BETWEEN ? AND ? AND event <> ? GROUP BY hour, site, destination",
        binds![from, to, lead::erasure::PERSON_ERASED],
    )
}
