//! Backfills: how far each is.

use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds};

/// A backfill.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Backfill {
    /// What is written.
    pub name: String,
    /// How far it is; what that counts is the backfill's own affair.
    pub position: i64,
    /// When it was finished, in milliseconds since 1970.
    pub done_at: Option<i64>,
    /// The last key it has looked at, where it goes by a text.
    pub reached: String,
}
row!(Backfill: name, position, done_at, reached);

/// All backfills this ledger has or had.
pub fn all(database: &Database) -> Result<Vec<Backfill>> {
    database.rows("SELECT name, position, done_at, reached FROM backfills ORDER BY name", binds![])
}

/// One of these backfills that is not finished. Others are of a later build that was taken back, and that build's to
/// finish.
pub fn unfinished(database: &Database, known: [&str; 2]) -> Result<Option<Backfill>> {
    database.row(
        "SELECT name, position, done_at, reached FROM backfills WHERE done_at IS NULL AND name IN (?, ?) LIMIT 1",
        binds![known[0], known[1]],
    )
}

/// Writes down how far a backfill is.
pub fn put(database: &Database, name: &str, position: i64, done_at: Option<i64>) -> Result<()> {
    database.run("UPDATE backfills SET position = ?, done_at = ? WHERE name = ?", binds![position, done_at, name])
}

/// Writes down to which key a backfill has come, or that it is finished.
pub fn reach(database: &Database, name: &str, reached: Option<&str>, now: i64) -> Result<()> {
    match reached {
        Some(reached) => database.run("UPDATE backfills SET reached = ? WHERE name = ?", binds![reached, name]),
        None => database.run("UPDATE backfills SET done_at = ? WHERE name = ?", binds![now, name]),
    }
}

/// The next versions above `position` whose configuration is there, as JSON, oldest first.
pub fn versions_above(database: &Database, position: i64, most: i64) -> Result<Vec<(u32, String)>> {
    struct Row {
        version: u32,
        body: String,
    }
    row!(Row: version, body);
    let rows: Vec<Row> = database.rows(
        "SELECT version, body FROM config_versions WHERE version > ? ORDER BY version LIMIT ?",
        binds![position, most],
    )?;
    Ok(rows.into_iter().map(|row| (row.version, row.body)).collect())
}

/// Keeps a form as published, unless that version has it.
pub fn keep_form(database: &Database, version: u32, form: &str, body: &str) -> Result<()> {
    database.run(
        "INSERT INTO published_forms (version, form, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        binds![i64::from(version), form, body],
    )
}
