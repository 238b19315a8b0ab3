//! What came lately, as digests under a salt of the day: enough to see the same again, and nothing else.

use worker::Result;

use super::{Database, binds};

/// The most old rows taken away with each new one, so that no inquiry pays for a whole day.
const SWEPT_AT_ONCE: i64 = 12;

/// The salt of a day; `fresh` is the one it gets when it has none yet. Those of days before the last are gone.
pub fn salt(database: &Database, day: &str, fresh: &str) -> Result<String> {
    struct Row {
        salt: String,
    }
    row!(Row: salt);
    let known: Option<Row> = database.row("SELECT salt FROM daily_salts WHERE day = ?", binds![day])?;
    if let Some(row) = known {
        return Ok(row.salt);
    }
    database.run("DELETE FROM daily_salts WHERE day < ?", binds![day])?;
    database.run("INSERT INTO daily_salts (day, salt) VALUES (?, ?)", binds![day, fresh])?;
    Ok(fresh.to_owned())
}

/// How often this came since then, counted up to `most`.
pub fn count(database: &Database, key: &str, since: i64, most: u32) -> Result<u32> {
    struct Row {
        n: u32,
    }
    row!(Row: n);
    let row: Option<Row> = database.row(
        "SELECT count(*) AS n FROM (SELECT 1 FROM arrivals WHERE key = ? AND at >= ? LIMIT ?)",
        binds![key, since, i64::from(most)],
    )?;
    Ok(row.map_or(0, |row| row.n))
}

/// Remembers what came, and forgets a little of what came before `until`.
pub fn remember(database: &Database, keys: &[String], now: i64, until: i64) -> Result<()> {
    for key in keys {
        database.run("INSERT INTO arrivals (at, key) VALUES (?, ?)", binds![now, key.as_str()])?;
    }
    database.run(
        "DELETE FROM arrivals WHERE number IN (SELECT number FROM arrivals WHERE at < ? ORDER BY at LIMIT ?)",
        binds![until, SWEPT_AT_ONCE],
    )
}

/// Takes work for spent on this inquiry. False when it was spent on another; the same one may show it again,
/// because messages come twice.
pub fn spend(database: &Database, signature: &str, inquiry: &str, expires_at: i64, now: i64) -> Result<bool> {
    database.run("DELETE FROM spent_proofs WHERE expires_at < ?", binds![now])?;
    database.run(
        "INSERT INTO spent_proofs (signature, inquiry, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        binds![signature, inquiry, expires_at],
    )?;
    let rows: Vec<serde_json::Value> = database.rows(
        "SELECT 1 AS its_own FROM spent_proofs WHERE signature = ? AND inquiry = ?",
        binds![signature, inquiry],
    )?;
    Ok(!rows.is_empty())
}
