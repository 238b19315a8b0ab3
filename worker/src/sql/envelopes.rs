//! Envelopes: what a spill holds for ledgers that could not answer.

use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds};

/// What visitors sent, for one ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// The inquiry's id and a hash of the call.
    pub id: String,
    /// The inquiry it belongs to.
    pub inquiry: String,
    /// Whose ledger it is for.
    pub workspace: String,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
    /// The call to the ledger, as JSON.
    pub call: String,
}
row!(Envelope: id, inquiry, workspace, received_at, call);

/// An envelope that is to be tried.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its id.
    pub id: String,
    /// Whose ledger it is for.
    pub workspace: String,
    /// The call, as JSON.
    pub call: String,
    /// Attempts made.
    pub attempts: u32,
}
row!(Due: id, workspace, call, attempts);

/// Keeps an envelope and gives when it first came: the same one again changes nothing.
pub fn keep(database: &Database, envelope: &Envelope) -> Result<i64> {
    struct Row {
        first: Option<i64>,
    }
    row!(Row: first);
    database.run(
        "INSERT INTO envelopes (id, inquiry, workspace, received_at, call, next_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
        binds![
            envelope.id.as_str(),
            envelope.inquiry.as_str(),
            envelope.workspace.as_str(),
            envelope.received_at,
            envelope.call.as_str(),
            envelope.received_at
        ],
    )?;
    let first: Option<Row> = database.row(
        "SELECT min(received_at) AS first FROM envelopes WHERE inquiry = ? AND workspace = ?",
        binds![envelope.inquiry.as_str(), envelope.workspace.as_str()],
    )?;
    Ok(first.and_then(|row| row.first).unwrap_or(envelope.received_at))
}

/// Makes due now what would be due later than `latest`: it was kept while a clock was wrong.
pub fn not_later(database: &Database, latest: i64, now: i64) -> Result<()> {
    database.run("UPDATE envelopes SET next_at = ? WHERE next_at > ?", binds![now, latest])
}

/// The envelopes due by `now`, in the order they came.
pub fn due(database: &Database, now: i64, most: i64) -> Result<Vec<Due>> {
    database.rows(
        "SELECT id, workspace, call, attempts FROM envelopes
         WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY received_at, id LIMIT ?",
        binds![now, most],
    )
}

/// A workspace's envelopes, by id, after this one.
pub fn of_workspace(database: &Database, workspace: &str, after: &str, most: i64) -> Result<Vec<Envelope>> {
    database.rows(
        "SELECT id, inquiry, workspace, received_at, call FROM envelopes WHERE workspace = ? AND id > ? ORDER BY id LIMIT ?",
        binds![workspace, after, most],
    )
}

/// True while an envelope is held.
pub fn is_there(database: &Database, id: &str) -> Result<bool> {
    database.any("SELECT 1 AS found FROM envelopes WHERE id = ?", binds![id])
}

/// Forgets everything of an inquiry.
pub fn forget_inquiry(database: &Database, workspace: &str, inquiry: &str) -> Result<()> {
    database.run("DELETE FROM envelopes WHERE workspace = ? AND inquiry = ?", binds![workspace, inquiry])
}

/// When the next one is due.
pub fn next_due(database: &Database) -> Result<Option<i64>> {
    struct Row {
        next: Option<i64>,
    }
    row!(Row: next);
    let row: Option<Row> =
        database.row("SELECT min(next_at) AS next FROM envelopes WHERE next_at IS NOT NULL", binds![])?;
    Ok(row.and_then(|row| row.next))
}

/// Forgets an envelope: its ledger has acknowledged it.
pub fn forget(database: &Database, id: &str) -> Result<()> {
    database.run("DELETE FROM envelopes WHERE id = ?", binds![id])
}

/// Writes down a failed attempt; without a next one it is held.
pub fn failed(database: &Database, id: &str, next_at: Option<i64>, result: &str) -> Result<()> {
    database.run(
        "UPDATE envelopes SET attempts = attempts + 1, next_at = ?, last_result = ? WHERE id = ?",
        binds![next_at, result, id],
    )
}

/// Lets everything of a workspace that waits wait at least until then: its ledger cannot be reached.
pub fn wait(database: &Database, workspace: &str, until: i64) -> Result<()> {
    database
        .run("UPDATE envelopes SET next_at = ? WHERE workspace = ? AND next_at < ?", binds![until, workspace, until])
}

/// Tries everything of a workspace again now, also what was held.
pub fn again(database: &Database, workspace: &str, now: i64) -> Result<()> {
    database.run("UPDATE envelopes SET next_at = ? WHERE workspace = ?", binds![now, workspace])
}

/// What a spill holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Backlog {
    /// Envelopes that will be tried again.
    pub waiting: u32,
    /// Of those, the ones that failed so often that a person should look.
    pub stuck: u32,
    /// Envelopes that their ledger refused: kept, and never tried again by themselves.
    pub held: u32,
    /// When the oldest of all came, in milliseconds since 1970.
    pub oldest: Option<i64>,
}
row!(Backlog: waiting, stuck, held, oldest);

/// What this spill holds: of one workspace, or of all.
pub fn backlog(database: &Database, workspace: Option<&str>, stuck_after: u32) -> Result<Backlog> {
    let (filter, mut bindings) = match workspace {
        Some(workspace) => ("WHERE workspace = ?", binds![workspace]),
        None => ("", binds![]),
    };
    bindings.insert(0, i64::from(stuck_after).into());
    let row = database.row(
        &format!(
            "SELECT count(next_at) AS waiting, count(CASE WHEN next_at IS NOT NULL AND attempts >= ? THEN 1 END) AS stuck,
                    count(*) - count(next_at) AS held, min(received_at) AS oldest FROM envelopes {filter}"
        ),
        bindings,
    )?;
    Ok(row.unwrap_or_default())
}

/// What a workspace's held envelopes were refused with, and how many.
pub fn reasons(database: &Database, workspace: &str) -> Result<Vec<(String, u32)>> {
    struct Row {
        last_result: String,
        found: u32,
    }
    row!(Row: last_result, found);
    let rows: Vec<Row> = database.rows(
        "SELECT last_result, count(*) AS found FROM envelopes WHERE workspace = ? AND attempts > 0 GROUP BY last_result",
        binds![workspace],
    )?;
    Ok(rows.into_iter().map(|row| (row.last_result, row.found)).collect())
}
