//! Configuration versions and keys.

use lead::{config::Config, form::Form};
use worker::Result;

use super::{Database, binds, json, parsed, retention};

struct Body {
    body: String,
}
row!(Body: body);

/// Publishes a configuration under a version number, with its forms as visitors will see them.
pub fn publish(database: &Database, version: u32, config: &Config, forms: &[Form], at: i64, by: &str) -> Result<()> {
    database.run(
        "INSERT INTO config_versions (version, body, published_at, published_by) VALUES (?, ?, ?, ?)",
        binds![i64::from(version), json(config)?, at, by],
    )?;
    for form in forms {
        database.run(
            "INSERT INTO published_forms (version, form, body) VALUES (?, ?, ?)",
            binds![i64::from(version), form.id.as_str(), json(form)?],
        )?;
    }
    retention::begin(database, config, at)
}

/// A form as it was published.
pub fn form(database: &Database, form: &str, version: u32) -> Result<Option<Form>> {
    struct Row {
        body: String,
    }
    row!(Row: body);
    database
        .row::<Row>(
            "SELECT body FROM published_forms WHERE version = ? AND form = ?",
            binds![i64::from(version), form],
        )?
        .map(|row| parsed(&row.body))
        .transpose()
}

/// Which version is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its number.
    pub version: u32,
    /// Milliseconds since 1970.
    pub published_at: i64,
}
row!(Published: version, published_at);

/// Which version is in force; none before the first.
pub fn published(database: &Database) -> Result<Option<Published>> {
    database.row("SELECT version, published_at FROM config_versions ORDER BY version DESC LIMIT 1", binds![])
}

/// Who published a version; empty when there is none.
pub fn published_by(database: &Database, version: u32) -> Result<String> {
    struct Row {
        published_by: String,
    }
    row!(Row: published_by);
    let row: Option<Row> =
        database.row("SELECT published_by FROM config_versions WHERE version = ?", binds![i64::from(version)])?;
    Ok(row.map(|row| row.published_by).unwrap_or_default())
}

/// One published version.
pub fn version(database: &Database, version: u32) -> Result<Option<Config>> {
    database
        .row::<Body>("SELECT body FROM config_versions WHERE version = ?", binds![i64::from(version)])?
        .map(|row| parsed(&row.body))
        .transpose()
}

/// Adds a key. `id` is public for a site key, a hash for an API key.
pub fn add_key(database: &Database, id: &str, kind: &str, site: &str, at: i64) -> Result<()> {
    database.run("INSERT INTO keys (id, kind, site, created_at) VALUES (?, ?, ?, ?)", binds![id, kind, site, at])
}

/// The site a site key stands for, unless it is unknown or was revoked by then.
pub fn site_of_key(database: &Database, id: &str, at: i64) -> Result<Option<String>> {
    struct Row {
        site: String,
    }
    row!(Row: site);
    let row = database.row::<Row>(
        "SELECT site FROM keys WHERE id = ? AND kind = 'site' AND (revoked_at IS NULL OR revoked_at > ?)",
        binds![id, at],
    )?;
    Ok(row.map(|row| row.site))
}

/// The sites that have a key which holds.
pub fn sites_with_keys(database: &Database) -> Result<Vec<String>> {
    struct Row {
        site: String,
    }
    row!(Row: site);
    let rows =
        database.rows::<Row>("SELECT DISTINCT site FROM keys WHERE kind = 'site' AND revoked_at IS NULL", binds![])?;
    Ok(rows.into_iter().map(|row| row.site).collect())
}

/// True for an API key that was given out and not revoked by then; `hash` is of its secret id.
pub fn api_key_holds(database: &Database, hash: &str, at: i64) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM keys WHERE id = ? AND kind = 'api' AND (revoked_at IS NULL OR revoked_at > ?)",
        binds![hash, at],
    )
}
