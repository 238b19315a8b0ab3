//! Tasks and notes of a lead.

use lead::{
    intake::Task,
    view::{NoteView, TaskView},
};
use worker::Result;

use super::{Database, binds};
use crate::clock::rfc3339;

/// Sets a task.
pub fn add(database: &Database, lead: &str, task: &Task) -> Result<()> {
    database.run(
        "INSERT INTO tasks (id, lead, kind, due_at, assignee) VALUES (?, ?, ?, ?, ?)",
        binds![task.id.as_str(), lead, task.kind, task.due_at.as_millisecond(), task.assignee.as_str()],
    )
}

/// Marks a lead's open tasks of a kind as done, and gives their ids.
pub fn finish(database: &Database, lead: &str, kind: &str, result: &str, now: i64) -> Result<Vec<String>> {
    struct Row {
        id: String,
    }
    row!(Row: id);
    let rows = database.rows::<Row>(
        "UPDATE tasks SET done_at = ?, result = ? WHERE lead = ? AND kind = ? AND done_at IS NULL RETURNING id",
        binds![now, result, lead, kind],
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Id and kind of a lead's open tasks.
pub fn open(database: &Database, lead: &str) -> Result<Vec<(String, String)>> {
    struct Row {
        id: String,
        kind: String,
    }
    row!(Row: id, kind);
    let rows = database.rows::<Row>(
        "SELECT id, kind FROM tasks WHERE lead = ? AND done_at IS NULL ORDER BY due_at, id",
        binds![lead],
    )?;
    Ok(rows.into_iter().map(|row| (row.id, row.kind)).collect())
}

/// Marks all of a lead's open tasks as done.
pub fn finish_all(database: &Database, lead: &str, result: &str, now: i64) -> Result<()> {
    database
        .run("UPDATE tasks SET done_at = ?, result = ? WHERE lead = ? AND done_at IS NULL", binds![now, result, lead])
}

/// A lead's tasks, by due time.
pub fn of_lead(database: &Database, lead: &str) -> Result<Vec<TaskView>> {
    struct Row {
        id: String,
        kind: String,
        due_at: i64,
        done_at: Option<i64>,
        result: String,
    }
    row!(Row: id, kind, due_at, done_at, result);
    let rows = database.rows::<Row>(
        "SELECT id, kind, due_at, done_at, result FROM tasks WHERE lead = ? ORDER BY due_at, id LIMIT 500",
        binds![lead],
    )?;
    Ok(rows
        .into_iter()
        .map(|row| TaskView {
            id: row.id,
            kind: row.kind,
            due_at: rfc3339(row.due_at),
            done_at: row.done_at.map(rfc3339),
            result: row.result,
        })
        .collect())
}

/// Writes a note.
pub fn add_note(database: &Database, id: &str, lead: &str, author: &str, body: &str, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO notes (id, lead, written_at, author, body) VALUES (?, ?, ?, ?, ?)",
        binds![id, lead, now, author, body],
    )
}

/// A lead's notes, oldest first.
pub fn notes_of_lead(database: &Database, lead: &str) -> Result<Vec<NoteView>> {
    struct Row {
        id: String,
        written_at: i64,
        author: String,
        body: String,
    }
    row!(Row: id, written_at, author, body);
    let rows = database.rows::<Row>(
        "SELECT id, written_at, author, body FROM notes WHERE lead = ? ORDER BY written_at, id LIMIT 500",
        binds![lead],
    )?;
    Ok(rows
        .into_iter()
        .map(|row| NoteView { id: row.id, written_at: rfc3339(row.written_at), author: row.author, body: row.body })
        .collect())
}
