//! Who has how many open leads, and when each was last given one.

use lead::{
    config::Config,
    routing::turn::{Board, Load},
};
use worker::Result;

use super::{Database, binds};

/// The board of everyone in the team. Who is asked for the first time is counted once.
pub fn board(database: &Database, config: &Config) -> Result<Board> {
    struct Row {
        member: String,
        open: i64,
        last_given_at: Option<i64>,
    }
    row!(Row: member, open, last_given_at);
    let read = |database: &Database| database.rows::<Row>("SELECT member, open, last_given_at FROM turns", binds![]);
    let mut rows = read(database)?;
    let unknown: Vec<&str> = config
        .team
        .iter()
        .map(|member| member.id.as_str())
        .filter(|id| !rows.iter().any(|row| row.member == *id))
        .collect();
    for member in &unknown {
        database.run(
            "INSERT INTO turns (member, open)
             VALUES (?, (SELECT count(*) FROM leads WHERE assigned_to = ? AND status = 'open'))",
            binds![*member, *member],
        )?;
    }
    if !unknown.is_empty() {
        rows = read(database)?;
    }
    let load = |row: &Row| Load { open: u32::try_from(row.open).unwrap_or(0), last_given_at: row.last_given_at };
    Ok(lead::form::by_key(rows.into_iter().map(|row| (row.member.clone(), load(&row)))))
}

/// A rule gave this member a lead.
pub fn given(database: &Database, member: &str, now: i64) -> Result<()> {
    database.run("UPDATE turns SET last_given_at = ? WHERE member = ?", binds![now, member])
}
