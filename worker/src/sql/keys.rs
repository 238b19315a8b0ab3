//! Keys that a workspace has given out. `revoked_at` is the time from which a key no longer holds; it may lie
//! ahead, while an old key and its successor hold side by side.

use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds};

/// A key, as the operator sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyRow {
    /// A site key's id, which is public; the hash of an API key's.
    pub id: String,
    /// `site` or `api`.
    pub kind: String,
    /// The site it stands for.
    pub site: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// From when on it no longer holds.
    pub revoked_at: Option<i64>,
}
row!(KeyRow: id, kind, site, created_at, revoked_at);

/// All keys, oldest first.
pub fn all(database: &Database) -> Result<Vec<KeyRow>> {
    database.rows("SELECT id, kind, site, created_at, revoked_at FROM keys ORDER BY created_at, id", binds![])
}

/// Lets every key of this kind and site that holds beyond `until` hold until then, and gives how many.
pub fn end_all(database: &Database, kind: &str, site: &str, until: i64) -> Result<usize> {
    let ended: Vec<serde_json::Value> = database.rows(
        "UPDATE keys SET revoked_at = ? WHERE kind = ? AND site = ? AND (revoked_at IS NULL OR revoked_at > ?) RETURNING 1 AS ended",
        binds![until, kind, site, until],
    )?;
    Ok(ended.len())
}

/// Lets one key hold until then at most.
pub fn end(database: &Database, id: &str, until: i64) -> Result<()> {
    database.run(
        "UPDATE keys SET revoked_at = ? WHERE id = ? AND (revoked_at IS NULL OR revoked_at > ?)",
        binds![until, id, until],
    )
}
