//! What came lately, as digests under a salt of the day: enough to see the same again, and nothing else.

use worker::Result;

use super::{Database, binds, json};

/// The most old rows taken away with each new one, so that no inquiry pays for a whole day.
const SWEPT_AT_ONCE: i64 = 12;

/// The salt of a day, if it has one yet.
pub fn salt(database: &Database, day: &str) -> Result<Option<String>> {
    struct Row {
        salt: String,
    }
    row!(Row: salt);
    let known: Option<Row> = database.row("SELECT salt FROM daily_salts WHERE day = ?", binds![day])?;
    Ok(known.map(|row| row.salt))
}

/// Gives a day its salt. Those of days before are gone with it.
pub fn put_salt(database: &Database, day: &str, salt: &str) -> Result<()> {
    database.run("DELETE FROM daily_salts WHERE day < ?", binds![day])?;
    database.run("INSERT INTO daily_salts (day, salt) VALUES (?, ?)", binds![day, salt])
}

/// How often each of three things came since its moment, counted up to `most`; none for what is not known.
pub fn counts(database: &Database, of: [(&Option<String>, i64); 3], most: u32) -> Result<[u32; 3]> {
    struct Row {
        first: u32,
        second: u32,
        third: u32,
    }
    row!(Row: first, second, third);
    let [first, second, third] = of;
    let most = i64::from(most);
    let row: Option<Row> = database.row(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM arrivals WHERE key = +? AND at >= +? LIMIT +?)) AS first,
                (SELECT count(*) FROM (SELECT 1 FROM arrivals WHERE key = +? AND at >= +? LIMIT +?)) AS second,
                (SELECT count(*) FROM (SELECT 1 FROM arrivals WHERE key = +? AND at >= +? LIMIT +?)) AS third",
        binds![first.0.clone(), first.1, most, second.0.clone(), second.1, most, third.0.clone(), third.1, most],
    )?;
    Ok(row.map_or([0; 3], |row| [row.first, row.second, row.third]))
}

/// Remembers what came, and forgets a little of what came before `until`.
pub fn remember(database: &Database, keys: &[String], now: i64, until: i64) -> Result<()> {
    database.run("INSERT INTO arrivals (at, key) SELECT ?, value FROM json_each(?)", binds![now, json(&keys)?])?;
    database.run(
        "DELETE FROM arrivals WHERE number IN (SELECT number FROM arrivals WHERE at < +? ORDER BY at LIMIT +?)",
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
    database
        .any("SELECT 1 AS its_own FROM spent_proofs WHERE signature = ? AND inquiry = ?", binds![signature, inquiry])
}
