//! A lead's history and the workspace's audit log. Both are only ever added to.

use lead::event::Event;
use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds, json, parsed};

/// Adds lines to a lead's history.
pub fn add(database: &Database, lead: &str, events: &[Event]) -> Result<()> {
    let mut bodies = Vec::with_capacity(events.len());
    for event in events {
        bodies.push(json(event)?);
    }
    // The numbers of the lines are given in the order of the list.
    database.run(
        "INSERT INTO events (lead, body) SELECT ?, value FROM json_each(?) ORDER BY key",
        binds![lead, json(&bodies)?],
    )
}

/// A lead's history, oldest first.
pub fn of_lead(database: &Database, lead: &str) -> Result<Vec<Event>> {
    struct Row {
        body: String,
    }
    row!(Row: body);
    database
        .rows::<Row>("SELECT body FROM (SELECT number, body FROM events WHERE lead = ? ORDER BY number DESC LIMIT 2000) ORDER BY number", binds![lead])?
        .iter()
        .map(|row| parsed(&row.body))
        .collect()
}

/// One line of the audit log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuditLine {
    /// Milliseconds since 1970.
    pub at: i64,
    /// A member's id, `api`, `operator`, `machine` or `retention`.
    pub who: String,
    /// What was asked for.
    pub action: String,
    /// On what.
    pub target: String,
    /// `done`, `refused` or `failed`.
    pub outcome: String,
}
row!(AuditLine: at, who, action, target, outcome);

/// Writes a line of the audit log.
pub fn audit(database: &Database, line: &AuditLine) -> Result<()> {
    database.run(
        "INSERT INTO audit (at, who, action, target, outcome) VALUES (?, ?, ?, ?, ?)",
        binds![line.at, line.who.as_str(), line.action.as_str(), line.target.as_str(), line.outcome.as_str()],
    )
}

/// The newest lines of the audit log, newest first.
pub fn audit_lines(database: &Database) -> Result<Vec<AuditLine>> {
    database.rows("SELECT at, who, action, target, outcome FROM audit ORDER BY number DESC LIMIT 200", binds![])
}
