//! The outbox.

use lead::{intake::Delivery, view::DeliveryView};
use worker::Result;

use super::{Database, binds};
use crate::clock::rfc3339;

/// Queues a delivery.
pub fn add(database: &Database, lead: &str, delivery: &Delivery, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO deliveries (id, lead, destination, event, created_at, state, next_at) VALUES (?, ?, ?, ?, ?, 'queued', ?)",
        binds![
            delivery.id.as_str(),
            lead,
            delivery.destination.as_str(),
            delivery.event,
            now,
            delivery.due_at.as_millisecond()
        ],
    )
}

/// True when a message of this event still waits for its first attempt: it will say the news too.
pub fn waits(database: &Database, lead: &str, destination: &str, event: &str) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM deliveries WHERE lead = ? AND destination = ? AND event = ? AND attempts = 0 AND next_at IS NOT NULL",
        binds![lead, destination, event],
    )
}

/// A delivery that is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its id.
    pub id: String,
    /// The lead.
    pub lead: String,
    /// The destination.
    pub destination: String,
    /// The event.
    pub event: String,
    /// When the event happened.
    pub created_at: i64,
    /// The body of the first attempt, on a retry.
    pub body: Option<String>,
    /// Attempts made.
    pub attempts: u32,
}
row!(Due: id, lead, destination, event, created_at, body, attempts);

/// The deliveries due by `now`, longest overdue first.
pub fn due(database: &Database, now: i64, most: i64) -> Result<Vec<Due>> {
    database.rows(
        "SELECT id, lead, destination, event, created_at, body, attempts FROM deliveries
         WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at, id LIMIT ?",
        binds![now, most],
    )
}

/// Forgets what was written of a lead: what is still to be sent is written anew from what is known then.
pub fn forget_bodies(database: &Database, lead: &str) -> Result<()> {
    database.run(
        "UPDATE deliveries SET body = NULL WHERE lead = ? AND event <> ?",
        binds![lead, lead::erasure::PERSON_ERASED],
    )
}

/// When the next delivery is due.
pub fn next_due(database: &Database) -> Result<Option<i64>> {
    struct Row {
        next: Option<i64>,
    }
    row!(Row: next);
    Ok(database
        .row::<Row>("SELECT min(next_at) AS next FROM deliveries WHERE next_at IS NOT NULL", binds![])?
        .and_then(|row| row.next))
}

/// Counts an attempt before it is made, and sets when it is tried again should nobody live to write
/// down how it ended.
pub fn begin(database: &Database, id: &str, again_at: i64) -> Result<()> {
    database.run(
        "UPDATE deliveries SET attempts = attempts + 1, next_at = ?, state = 'retrying' WHERE id = ?",
        binds![again_at, id],
    )
}

/// Fixes the body: it stays the same over all retries.
pub fn fix_body(database: &Database, id: &str, body: &str) -> Result<()> {
    database.run("UPDATE deliveries SET body = ? WHERE id = ?", binds![body, id])
}

/// Writes down how an attempt ended.
pub fn end(database: &Database, id: &str, state: &str, next_at: Option<i64>, result: &str) -> Result<()> {
    database.run(
        "UPDATE deliveries SET state = ?, next_at = ?, last_result = ? WHERE id = ?",
        binds![state, next_at, result, id],
    )
}

/// Deliveries of one lead, or (`None`) the newest of all, oldest first.
pub fn list(database: &Database, lead: Option<&str>) -> Result<Vec<DeliveryView>> {
    struct Row {
        id: String,
        lead: String,
        destination: String,
        event: String,
        state: String,
        attempts: u32,
        next_at: Option<i64>,
        last_result: String,
    }
    row!(Row: id, lead, destination, event, state, attempts, next_at, last_result);
    let columns = "id, lead, destination, event, state, attempts, next_at, last_result";
    let mut rows = match lead {
        Some(lead) => database.rows::<Row>(
            &format!("SELECT {columns} FROM deliveries WHERE lead = ? ORDER BY created_at DESC, id DESC LIMIT 200"),
            binds![lead],
        )?,
        None => database
            .rows::<Row>(&format!("SELECT {columns} FROM deliveries ORDER BY rowid DESC LIMIT 200"), binds![])?,
    };
    rows.reverse();
    Ok(rows
        .into_iter()
        .map(|row| DeliveryView {
            id: row.id,
            lead: row.lead,
            destination: row.destination,
            event: row.event,
            state: row.state,
            attempts: row.attempts,
            next_at: row.next_at.map(rfc3339),
            last_result: row.last_result,
        })
        .collect())
}
