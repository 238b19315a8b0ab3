//! Sign-in links and sessions of the team. Only hashes of their secrets are kept.

use worker::Result;

use super::{Database, binds, json};

struct MemberRow {
    member: String,
}
row!(MemberRow: member);

/// Adds a sign-in link.
pub fn add_link(database: &Database, hash: &str, member: &str, expires_at: i64, uses: i64) -> Result<()> {
    database.run(
        "INSERT INTO sign_in_links (id, member, expires_at, uses_left) VALUES (?, ?, ?, ?)",
        binds![hash, member, expires_at, uses],
    )
}

/// Uses a sign-in link once, and says whose it is; `None` when it is unknown, expired or used up.
pub fn use_link(database: &Database, hash: &str, now: i64) -> Result<Option<String>> {
    let row = database.row::<MemberRow>(
        "UPDATE sign_in_links SET uses_left = uses_left - 1
         WHERE id = ? AND expires_at > ? AND uses_left > 0 RETURNING member",
        binds![hash, now],
    )?;
    Ok(row.map(|row| row.member))
}

/// Opens a session.
pub fn add_session(database: &Database, hash: &str, member: &str, now: i64, expires_at: i64) -> Result<()> {
    database.run("DELETE FROM sessions WHERE expires_at <= ?", binds![now])?;
    database.run(
        "INSERT INTO sessions (id, member, created_at, expires_at) VALUES (?, ?, ?, ?)",
        binds![hash, member, now, expires_at],
    )
}

/// Whose session it is, unless it ended.
pub fn session_member(database: &Database, hash: &str, now: i64) -> Result<Option<String>> {
    let row =
        database.row::<MemberRow>("SELECT member FROM sessions WHERE id = ? AND expires_at > ?", binds![hash, now])?;
    Ok(row.map(|row| row.member))
}

/// Ends the links and sessions of everybody but these: whoever is called like somebody who has left is another.
pub fn let_go_but(database: &Database, team: &[&str]) -> Result<()> {
    end_of(database, "NOT IN (SELECT value FROM json_each(?))", &json(&team)?)
}

/// Ends every link and session of a member.
pub fn let_go(database: &Database, member: &str) -> Result<()> {
    end_of(database, "= ?", member)
}

fn end_of(database: &Database, whose: &str, bound: &str) -> Result<()> {
    for table in ["sessions", "sign_in_links"] {
        database.run(&format!("DELETE FROM {table} WHERE member {whose}"), binds![bound])?;
    }
    Ok(())
}

/// Ends a session.
pub fn end_session(database: &Database, hash: &str) -> Result<()> {
    database.run("DELETE FROM sessions WHERE id = ?", binds![hash])
}
