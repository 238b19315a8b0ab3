//! Answers whose inquiry has not come.

use lead::unclaimed::{self, Waiting};
use worker::Result;

use super::{Database, answers::Message, binds, json};

/// Keeps a message until its inquiry comes. False when there is no room for it. Runs inside the caller's transaction.
pub fn wait(database: &Database, inquiry: &str, body_hash: &str, message: &Message) -> Result<bool> {
    let known = database.any(
        "SELECT 1 AS known FROM answer_messages WHERE inquiry = ? AND body_hash = ?",
        binds![inquiry, body_hash],
    )?;
    if known {
        return Ok(true);
    }
    let bytes = i64::try_from(message.body.len()).unwrap_or(i64::MAX);
    if !unclaimed::has_room(waiting(database, inquiry)?, bytes) {
        return Ok(false);
    }
    super::answers::keep(database, inquiry, body_hash, message)?;
    database.run(
        "INSERT INTO unclaimed_answers (inquiry, since, messages, bytes) VALUES (?, ?, 1, ?)
         ON CONFLICT (inquiry) DO UPDATE SET messages = messages + 1, bytes = bytes + excluded.bytes",
        binds![inquiry, message.received_at, bytes],
    )?;
    Ok(true)
}

/// What waits, in all and for this inquiry. The table is as large as its bound at most, and nobody asks but whoever
/// sends answers before their inquiry.
fn waiting(database: &Database, inquiry: &str) -> Result<Waiting> {
    struct Row {
        inquiries: i64,
        bytes: i64,
        of_one: i64,
    }
    row!(Row: inquiries, bytes, of_one);
    let row = database.row::<Row>(
        "SELECT count(*) AS inquiries, coalesce(sum(bytes), 0) AS bytes,
                coalesce((SELECT messages FROM unclaimed_answers WHERE inquiry = ?), 0) AS of_one
         FROM unclaimed_answers",
        binds![inquiry],
    )?;
    Ok(row.map_or_else(Waiting::default, |row| Waiting {
        inquiries: row.inquiries,
        bytes: row.bytes,
        of_one: row.of_one,
    }))
}

/// Its inquiry has come, or is known never to come: what waits for it waits no longer.
pub fn claim(database: &Database, inquiry: &str) -> Result<()> {
    database.run("DELETE FROM unclaimed_answers WHERE inquiry = ?", binds![inquiry])
}

/// When the oldest are given up, if any wait.
pub fn next_due(database: &Database) -> Result<Option<i64>> {
    struct Row {
        since: Option<i64>,
    }
    row!(Row: since);
    let row = database.row::<Row>("SELECT min(since) AS since FROM unclaimed_answers", binds![])?;
    Ok(row.and_then(|row| row.since).map(unclaimed::given_up_at))
}

/// Gives up the oldest that came before this moment. An inquiry that is here has claimed its answers, whatever the
/// count of older rows says. Runs inside the caller's transaction.
pub fn give_up(database: &Database, before: i64, most: i64) -> Result<()> {
    struct Row {
        inquiry: String,
    }
    row!(Row: inquiry);
    let rows = database.rows::<Row>(
        "SELECT inquiry FROM unclaimed_answers WHERE since <= ? ORDER BY since LIMIT ?",
        binds![before, most],
    )?;
    for Row { inquiry } in rows {
        database.run(
            "DELETE FROM answer_messages WHERE inquiry = ?1 AND NOT EXISTS (SELECT 1 FROM inquiries WHERE id = ?1)",
            binds![inquiry.as_str()],
        )?;
        claim(database, &inquiry)?;
    }
    Ok(())
}

/// Counts what waited before it was counted: of the next inquiries after this one. Gives the last it looked at.
pub fn catch_up(database: &Database, after: &str, most: i64) -> Result<Option<String>> {
    struct Row {
        inquiry: String,
    }
    row!(Row: inquiry);
    let rows = database.rows::<Row>(
        "SELECT DISTINCT inquiry FROM answer_messages WHERE inquiry > ? ORDER BY inquiry LIMIT ?",
        binds![after, most],
    )?;
    let inquiries: Vec<String> = rows.into_iter().map(|row| row.inquiry).collect();
    let Some(last) = inquiries.last().cloned() else { return Ok(None) };
    database.run(
        "INSERT INTO unclaimed_answers (inquiry, since, messages, bytes)
         SELECT inquiry, min(received_at), count(*), sum(length(CAST(body AS BLOB))) FROM answer_messages
         WHERE inquiry IN (SELECT value FROM json_each(?))
           AND NOT EXISTS (SELECT 1 FROM inquiries WHERE inquiries.id = answer_messages.inquiry)
         GROUP BY inquiry
         ON CONFLICT (inquiry) DO UPDATE SET since = excluded.since, messages = excluded.messages, bytes = excluded.bytes",
        binds![json(&inquiries)?],
    )?;
    Ok(Some(last))
}
