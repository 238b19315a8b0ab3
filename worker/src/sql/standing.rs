//! How a ledger stands, in numbers, for whoever operates it.

use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds};

/// Numbers of one workspace; times in milliseconds since 1970.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Standing {
    /// All leads.
    pub leads: i64,
    /// All inquiries.
    pub inquiries: i64,
    /// When the last one was recorded.
    pub last_inquiry_at: Option<i64>,
    /// Deliveries that will be tried.
    pub waiting: i64,
    /// When the next is due.
    pub due_at: Option<i64>,
    /// Deliveries that were given up.
    pub dead: i64,
    /// Deliveries that a restore has paused.
    pub paused: i64,
    /// Bytes of the database.
    pub bytes: i64,
}
row!(Standing: leads, inquiries, last_inquiry_at, waiting, due_at, dead, paused, bytes);

/// Reads the numbers. It counts, so it is asked by people only.
pub fn read(database: &Database) -> Result<Standing> {
    let row = database.row(
        "SELECT (SELECT count(*) FROM leads) AS leads, (SELECT count(*) FROM inquiries) AS inquiries,
                (SELECT max(recorded_at) FROM inquiries) AS last_inquiry_at,
                (SELECT count(*) FROM deliveries WHERE next_at IS NOT NULL) AS waiting,
                (SELECT min(next_at) FROM deliveries WHERE next_at IS NOT NULL) AS due_at,
                (SELECT count(*) FROM deliveries WHERE state = 'dead') AS dead,
                (SELECT count(*) FROM deliveries WHERE state = 'paused') AS paused, 0 AS bytes",
        binds![],
    )?;
    Ok(Standing { bytes: database.size(), ..row.unwrap_or_default() })
}
