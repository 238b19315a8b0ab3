//! What holds for everything that is due.

use worker::Result;

use super::{Database, binds};

/// Makes due now what would be due later than `latest`.
pub fn not_later(database: &Database, latest: i64, now: i64) -> Result<()> {
    database.run("UPDATE loss_watch SET next_at = ? WHERE next_at > ?", binds![now, latest])?;
    database.run("UPDATE retention_due SET next_at = ? WHERE next_at > ?", binds![now, latest])?;
    database.run("UPDATE deliveries SET next_at = ? WHERE next_at > ?", binds![now, latest])
}
