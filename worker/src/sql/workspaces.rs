//! The directory's one table.

use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds};

/// A workspace, as the directory lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Workspace {
    /// Its id: 16 hexadecimal digits.
    pub id: String,
    /// The client company's name.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it has something to do next, as far as its ledger has told.
    #[serde(default)]
    pub due_at: Option<i64>,
}
row!(Workspace: id, name, created_at, due_at);

/// Adds a workspace.
pub fn add(database: &Database, workspace: &Workspace) -> Result<()> {
    database.run(
        "INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END",
        binds![workspace.id.as_str(), workspace.name.as_str(), workspace.created_at],
    )
}

/// All workspaces, oldest first.
pub fn all(database: &Database) -> Result<Vec<Workspace>> {
    database.rows("SELECT id, name, created_at, due_at FROM workspaces ORDER BY created_at, id", binds![])
}

/// Writes down when a workspace has something to do next, and when the directory looks whether it was done.
/// A workspace that could not be added when it was made is added now.
pub fn put_due(database: &Database, id: &str, due_at: Option<i64>, look_at: i64, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO workspaces (id, name, created_at, due_at, look_at) VALUES (?, '', ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, look_at = excluded.look_at",
        binds![id, now, due_at, look_at],
    )
}

/// Writes down when the directory looks again, where nothing new is known.
pub fn put_look(database: &Database, id: &str, look_at: i64) -> Result<()> {
    database.run("UPDATE workspaces SET look_at = ? WHERE id = ?", binds![look_at, id])
}

/// The workspaces to look at by `now`. What is put off beyond `latest` was written while the clock was
/// wrong, and is looked at too.
pub fn to_look_at(database: &Database, now: i64, latest: i64, most: i64) -> Result<Vec<String>> {
    struct Row {
        id: String,
    }
    row!(Row: id);
    let rows: Vec<Row> = database.rows(
        "SELECT id FROM workspaces WHERE look_at <= ? OR look_at > ? ORDER BY look_at LIMIT ?",
        binds![now, latest, most],
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// When the next one is to be looked at.
pub fn next_look(database: &Database) -> Result<Option<i64>> {
    struct Row {
        next: Option<i64>,
    }
    row!(Row: next);
    let row: Option<Row> = database.row("SELECT min(look_at) AS next FROM workspaces", binds![])?;
    Ok(row.and_then(|row| row.next))
}

/// What is overdue.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Overdue {
    /// How many workspaces have work that was due before `then`.
    pub overdue: u32,
    /// When the oldest of it was due, in milliseconds since 1970.
    pub oldest: Option<i64>,
}
row!(Overdue: overdue, oldest);

/// What was due before `then`.
pub fn overdue(database: &Database, then: i64) -> Result<Overdue> {
    let row = database.row(
        "SELECT count(CASE WHEN due_at < ? THEN 1 END) AS overdue, min(CASE WHEN due_at < ? THEN due_at END) AS oldest
         FROM workspaces",
        binds![then, then],
    )?;
    Ok(row.unwrap_or_default())
}
