//! The configuration that is being prepared, and the list of its versions.

use lead::settings::Version;
use worker::Result;

use super::{Database, binds};
use crate::clock::rfc3339;

/// The draft, as it is kept.
#[derive(Debug, Clone)]
pub struct Row {
    /// JSON of the configuration, with masks where secrets stay as they are.
    pub body: String,
    /// The version that was in force when it was begun.
    pub based_on: u32,
    /// When it was last saved.
    pub saved_at: i64,
    /// Who saved it.
    pub saved_by: String,
}
row!(Row: body, based_on, saved_at, saved_by);

/// The draft, if there is one.
pub fn find(database: &Database) -> Result<Option<Row>> {
    database.row("SELECT body, based_on, saved_at, saved_by FROM drafts WHERE number = 1", binds![])
}

/// Keeps the draft.
pub fn put(database: &Database, row: &Row) -> Result<()> {
    database.run(
        "INSERT INTO drafts (number, body, based_on, saved_at, saved_by) VALUES (1, ?, ?, ?, ?)
         ON CONFLICT (number) DO UPDATE SET body = excluded.body, based_on = excluded.based_on,
           saved_at = excluded.saved_at, saved_by = excluded.saved_by",
        binds![row.body.as_str(), i64::from(row.based_on), row.saved_at, row.saved_by.as_str()],
    )
}

/// Throws the draft away.
pub fn drop(database: &Database) -> Result<()> {
    database.run("DELETE FROM drafts", binds![])
}

/// This version is an older one, taken up again.
pub fn put_again(database: &Database, version: u32, again: u32) -> Result<()> {
    database
        .run("INSERT INTO versions_again (version, again) VALUES (?, ?)", binds![i64::from(version), i64::from(again)])
}

/// The newest versions, newest first.
pub fn versions(database: &Database) -> Result<Vec<Version>> {
    struct Row {
        version: u32,
        published_at: i64,
        published_by: String,
        again: Option<u32>,
    }
    row!(Row: version, published_at, published_by, again);
    let rows = database.rows::<Row>(
        "SELECT version, published_at, published_by, again
         FROM config_versions LEFT JOIN versions_again USING (version) ORDER BY version DESC LIMIT 200",
        binds![],
    )?;
    Ok(rows
        .into_iter()
        .map(|row| Version {
            version: row.version,
            published_at: rfc3339(row.published_at),
            published_by: row.published_by,
            again: row.again,
        })
        .collect())
}
