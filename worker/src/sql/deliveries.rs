//! The outbox.

use lead::{
    delivery::Line,
    destinations::{LOSSES, SWITCHED_OFF},
    erasure::PERSON_ERASED,
    intake::Delivery,
    view::DeliveryView,
};
use worker::Result;

use super::{Database, binds};
use crate::clock::rfc3339;

/// Queues a delivery. Behind an earlier one of the same lead and destination it waits until that is over.
pub fn add(database: &Database, lead: &str, delivery: &Delivery, now: i64) -> Result<()> {
    let (next_at, wanted_at) = turn(database, lead, &delivery.destination, delivery.due_at.as_millisecond())?;
    database.run(
        "INSERT INTO deliveries (id, lead, destination, event, created_at, state, next_at, wanted_at)
         VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)",
        binds![delivery.id.as_str(), lead, delivery.destination.as_str(), delivery.event, now, next_at, wanted_at],
    )
}

/// When a delivery goes that is wanted at a time, and the time itself when it has to wait behind another.
fn turn(database: &Database, lead: &str, destination: &str, at: i64) -> Result<(Option<i64>, Option<i64>)> {
    let behind = database.any(
        "SELECT 1 AS found FROM deliveries WHERE lead = ? AND destination = ?
         AND (next_at IS NOT NULL OR wanted_at IS NOT NULL OR state = 'paused') LIMIT 1",
        binds![lead, destination],
    )?;
    Ok(if behind { (None, Some(at)) } else { (Some(at), None) })
}

/// True when a message of this event still waits for its first attempt: it will say the news too.
pub fn waits(database: &Database, lead: &str, destination: &str, event: &str) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM deliveries WHERE lead = ? AND destination = ? AND event = ? AND attempts = 0
         AND body IS NULL AND (next_at IS NOT NULL OR wanted_at IS NOT NULL) LIMIT 1",
        binds![lead, destination, event],
    )
}

/// True when something of this lead is held, because it was set aside.
pub fn is_held(database: &Database, lead: &str) -> Result<bool> {
    database.any("SELECT 1 AS found FROM deliveries WHERE lead = ? AND state = 'held' LIMIT 1", binds![lead])
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
    /// 1 when it may have arrived in a life before.
    pub again: u32,
}
row!(Due: id, lead, destination, event, created_at, body, attempts, again);

/// A destination with something to send.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The destination.
    pub destination: String,
    /// When its next delivery is due.
    pub at: i64,
    /// 1 while it fails.
    failing: i64,
}
row!(Waiting: destination, at, failing);

impl Waiting {
    /// As a line of those who want to send.
    pub fn line(&self, in_flight: usize) -> Line {
        Line { due: true, in_flight, failing: self.failing != 0 }
    }
}

/// The destinations that have something to send and are not switched off, whoever has waited longest first: a few
/// seeks for each, however much waits.
pub fn waiting(database: &Database) -> Result<Vec<Waiting>> {
    database.rows(
        "WITH RECURSIVE turn (destination) AS (
           SELECT min(destination) FROM due
           UNION ALL
           SELECT (SELECT min(destination) FROM due WHERE destination > turn.destination) FROM turn
           WHERE turn.destination IS NOT NULL
         )
         SELECT turn.destination AS destination,
                (SELECT min(at) FROM due WHERE due.destination = turn.destination) AS at,
                health.failing_since IS NOT NULL AS failing
         FROM turn LEFT JOIN destination_health AS health ON health.destination = turn.destination
         WHERE turn.destination IS NOT NULL AND health.off_since IS NULL ORDER BY at",
        binds![],
    )
}

/// Forgets what was written of a lead: what is still to be sent is written anew from what is known then.
pub fn forget_bodies(database: &Database, lead: &str) -> Result<()> {
    database.run(
        "UPDATE deliveries SET body = NULL WHERE lead = ? AND event NOT IN (?, ?, ?)",
        binds![lead, PERSON_ERASED, SWITCHED_OFF, LOSSES],
    )
}

/// The deliveries of a destination that are due by `now`, longest overdue first.
pub fn due(database: &Database, destination: &str, now: i64, most: usize) -> Result<Vec<Due>> {
    database.rows(
        "SELECT deliveries.id, lead, deliveries.destination, event, created_at, body, attempts, again
         FROM due JOIN deliveries ON deliveries.id = due.delivery
         WHERE due.destination = ? AND due.at <= ? ORDER BY due.at, due.delivery LIMIT ?",
        binds![destination, now, i64::try_from(most).unwrap_or(1)],
    )
}

/// When the next delivery is due that may go.
pub fn next_due(database: &Database) -> Result<Option<i64>> {
    Ok(waiting(database)?.into_iter().map(|waiting| waiting.at).min())
}

/// When the next delivery of this lead is due that may go.
pub fn next_due_of(database: &Database, lead: &str) -> Result<Option<i64>> {
    struct Row {
        next: Option<i64>,
    }
    row!(Row: next);
    let row: Option<Row> = database.row("SELECT min(next_at) AS next FROM deliveries WHERE lead = +?", binds![lead])?;
    Ok(row.and_then(|row| row.next))
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

/// Takes an attempt back: its destination is switched off, and this delivery has lost nothing by it.
pub fn keep(database: &Database, id: &str, at: i64, result: &str) -> Result<()> {
    database.run(
        "UPDATE deliveries SET attempts = max(attempts - 1, 0), again = 1, next_at = ?, state = 'queued', last_result = ? WHERE id = ?",
        binds![at, result, id],
    )
}

/// What waited behind a delivery that is over takes its turn.
pub fn release(database: &Database, lead: &str, destination: &str, now: i64) -> Result<()> {
    database.run(
        "UPDATE deliveries SET next_at = max(wanted_at, ?), wanted_at = NULL WHERE id = (
           SELECT id FROM deliveries WHERE lead = ? AND destination = ? AND wanted_at IS NOT NULL ORDER BY rowid LIMIT 1)",
        binds![now, lead, destination],
    )
}

/// A delivery and its state.
pub fn find(database: &Database, id: &str) -> Result<Option<DeliveryView>> {
    Ok(views(database, "WHERE id = ?", binds![id])?.into_iter().next())
}

/// True when the person whom a delivery tells of was erased.
pub fn is_erased(database: &Database, id: &str) -> Result<bool> {
    database.any("SELECT 1 AS found FROM deliveries WHERE id = ? AND state = 'erased'", binds![id])
}

/// Tries a dead letter again from the beginning, in the turn of its lead. `anew` says the lead as it stands then
/// and not as it stood.
pub fn revive(database: &Database, letter: &DeliveryView, anew: bool, now: i64) -> Result<()> {
    let (next_at, wanted_at) = turn(database, &letter.lead, &letter.destination, now)?;
    database.run(
        "UPDATE deliveries SET state = 'queued', attempts = 0, again = 1, next_at = ?, wanted_at = ?,
         body = CASE WHEN ? THEN NULL ELSE body END WHERE id = ? AND state = 'dead'",
        binds![next_at, wanted_at, i64::from(anew), letter.id.as_str()],
    )
}

/// Dead letters, newest first: of one destination, or of all.
pub fn dead(database: &Database, destination: Option<&str>, most: i64) -> Result<Vec<DeliveryView>> {
    match destination {
        Some(destination) => views(
            database,
            "WHERE id IN (SELECT delivery FROM dead_letters WHERE destination = ? ORDER BY delivery LIMIT ?) ORDER BY id",
            binds![destination, most],
        ),
        None => views(
            database,
            "WHERE id IN (SELECT delivery FROM dead_letters ORDER BY delivery DESC LIMIT ?) ORDER BY id DESC",
            binds![most],
        ),
    }
}

/// Looks through some more of the older deliveries for dead letters. False when there is nothing left to look at.
pub fn search_dead(database: &Database, rows: i64) -> Result<bool> {
    struct Search {
        next_row: i64,
        last_row: i64,
    }
    row!(Search: next_row, last_row);
    let search: Option<Search> = database.row("SELECT next_row, last_row FROM dead_letter_search", binds![])?;
    let Some(search) = search else { return Ok(false) };
    let until = search.next_row.saturating_add(rows);
    database.transaction(|| {
        database.run(
            "INSERT OR IGNORE INTO dead_letters (delivery, destination)
             SELECT id, destination FROM deliveries WHERE rowid BETWEEN ? AND ? AND state = 'dead'",
            binds![search.next_row, until.min(search.last_row)],
        )?;
        if until >= search.last_row {
            return database.run("DELETE FROM dead_letter_search", binds![]);
        }
        database.run("UPDATE dead_letter_search SET next_row = ?", binds![until])
    })?;
    Ok(until < search.last_row)
}

/// Puts some more of what waited before there were lines for it into them. False when nothing is left to look for.
/// Runs inside the caller's transaction.
pub fn search_due(database: &Database, most: i64) -> Result<bool> {
    struct Found {
        at: i64,
    }
    row!(Found: at);
    if !database.any("SELECT 1 AS found FROM due_search", binds![])? {
        return Ok(false);
    }
    let found: Vec<Found> = database.rows(
        "INSERT INTO due (destination, at, delivery)
         SELECT destination, next_at, id FROM deliveries WHERE next_at >= (SELECT at FROM due_search)
           AND NOT EXISTS (SELECT 1 FROM due WHERE due.destination = deliveries.destination AND at = next_at AND delivery = id)
         ORDER BY next_at LIMIT ? RETURNING at",
        binds![most],
    )?;
    match found.iter().map(|found| found.at).max() {
        Some(last) => database.run("UPDATE due_search SET at = ?", binds![last])?,
        None => database.run("DELETE FROM due_search", binds![])?,
    }
    Ok(!found.is_empty())
}

/// True while an older build has left something to be done: deliveries to be looked through, or secrets to be
/// sealed for an owner who is known.
pub fn older_work(database: &Database) -> Result<bool> {
    database.any(
        "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM dead_letter_search) OR EXISTS (SELECT 1 FROM due_search)
         OR (EXISTS (SELECT 1 FROM plain_configs) AND EXISTS (SELECT 1 FROM whose))",
        binds![],
    )
}

/// Deliveries of one lead, or (`None`) the newest of all, oldest first.
pub fn list(database: &Database, lead: Option<&str>) -> Result<Vec<DeliveryView>> {
    let mut rows = match lead {
        Some(lead) => views(database, "WHERE lead = ? ORDER BY created_at DESC, rowid DESC LIMIT 200", binds![lead])?,
        None => views(database, "ORDER BY rowid DESC LIMIT 200", binds![])?,
    };
    rows.reverse();
    Ok(rows)
}

fn views(database: &Database, which: &str, bindings: Vec<worker::SqlStorageValue>) -> Result<Vec<DeliveryView>> {
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
    // What waits for a destination that is off has no next attempt.
    let off = "next_at IS NOT NULL AND destination IN (SELECT destination FROM destination_health WHERE off_since IS NOT NULL)";
    let columns = format!(
        "id, lead, destination, event, iif({off}, 'paused', state) AS state, attempts, iif({off}, NULL, next_at) AS next_at, last_result"
    );
    let rows = database.rows::<Row>(&format!("SELECT {columns} FROM deliveries {which}"), bindings)?;
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
