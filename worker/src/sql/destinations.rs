//! What is known of destinations beside their configuration: how they do, their sealed secrets, what they call our
//! leads.

use lead::{delivery::Health, form};
use worker::Result;

use super::{Database, binds, json};

row!(Health: failing_since, failures, off_since, said);

/// How a destination has been doing.
pub fn health(database: &Database, destination: &str) -> Result<Health> {
    let row = database.row(
        "SELECT failing_since, failures, off_since, said FROM destination_health WHERE destination = ?",
        binds![destination],
    )?;
    Ok(row.unwrap_or_default())
}

/// Writes down how it is doing; nothing is kept while all is well.
pub fn put_health(database: &Database, destination: &str, health: &Health) -> Result<()> {
    if *health == Health::default() {
        return database.run("DELETE FROM destination_health WHERE destination = ?", binds![destination]);
    }
    database.run(
        "INSERT OR REPLACE INTO destination_health (destination, failing_since, failures, off_since, said) VALUES (?, ?, ?, ?, ?)",
        binds![destination, health.failing_since, i64::from(health.failures), health.off_since, health.said.as_str()],
    )
}

/// How many destinations are switched off though nobody has paused them.
pub fn switched_off(database: &Database) -> Result<u32> {
    count(
        database,
        "SELECT count(*) AS n FROM destination_health WHERE off_since IS NOT NULL AND failures > 0",
        binds![],
    )
}

/// Deliveries that wait for a destination or are on their way, and its dead letters.
pub fn counts(database: &Database, destination: &str) -> Result<(u32, u32)> {
    let waiting = count(database, "SELECT count(*) AS n FROM due WHERE destination = ?", binds![destination])?;
    let dead = count(database, "SELECT count(*) AS n FROM dead_letters WHERE destination = ?", binds![destination])?;
    Ok((waiting, dead))
}

fn count(database: &Database, statement: &str, bindings: Vec<worker::SqlStorageValue>) -> Result<u32> {
    struct Row {
        n: u32,
    }
    row!(Row: n);
    Ok(database.row::<Row>(statement, bindings)?.map_or(0, |row| row.n))
}

/// Destinations for which something waits or is dead, whether they are configured or not.
pub fn with_letters(database: &Database) -> Result<Vec<String>> {
    struct Row {
        destination: String,
    }
    row!(Row: destination);
    let mut names: Vec<String> = Vec::new();
    for table in ["due", "dead_letters"] {
        let rows: Vec<Row> = database.rows(
            &format!(
                "WITH RECURSIVE turn (destination) AS (
                   SELECT min(destination) FROM {table} UNION ALL
                   SELECT (SELECT min(destination) FROM {table} WHERE destination > turn.destination) FROM turn
                   WHERE turn.destination IS NOT NULL)
                 SELECT destination FROM turn WHERE destination IS NOT NULL"
            ),
            binds![],
        )?;
        for row in rows {
            if !names.contains(&row.destination) {
                names.push(row.destination);
            }
        }
    }
    Ok(form::in_order(names, Clone::clone))
}

/// What a destination calls a lead.
pub fn remote(database: &Database, lead: &str, destination: &str) -> Result<Option<String>> {
    struct Row {
        remote: String,
    }
    row!(Row: remote);
    let row = database
        .row::<Row>("SELECT remote FROM remote_ids WHERE lead = ? AND destination = ?", binds![lead, destination])?;
    Ok(row.map(|row| row.remote))
}

/// What a destination calls these leads, as far as it knows them.
pub fn remotes(database: &Database, leads: &[String], destination: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for lead in leads {
        found.extend(remote(database, lead, destination)?);
    }
    Ok(found)
}

/// Remembers what a destination calls a lead.
pub fn put_remote(database: &Database, lead: &str, destination: &str, remote: &str) -> Result<()> {
    database.run(
        "INSERT OR REPLACE INTO remote_ids (lead, destination, remote) VALUES (?, ?, ?)",
        binds![lead, destination, remote],
    )
}

/// The sealed secret that is kept under this name (`lead::secrets`).
pub fn sealed(database: &Database, kept_as: &str) -> Result<Option<String>> {
    struct Row {
        sealed: String,
    }
    row!(Row: sealed);
    let row = database.row::<Row>("SELECT sealed FROM destination_secrets WHERE destination = ?", binds![kept_as])?;
    Ok(row.map(|row| row.sealed))
}

/// The names that sealed secrets are kept under.
pub fn names_of_sealed(database: &Database) -> Result<Vec<String>> {
    struct Row {
        destination: String,
    }
    row!(Row: destination);
    let rows = database.rows::<Row>("SELECT destination FROM destination_secrets", binds![])?;
    Ok(rows.into_iter().map(|row| row.destination).collect())
}

/// True when a secret is kept for a destination of whatever address.
pub fn has_unbound(database: &Database) -> Result<bool> {
    database.any(&format!("SELECT 1 AS found FROM destination_secrets WHERE {UNBOUND} LIMIT 1"), binds![])
}

/// From now on a destination's secret is kept under a name with its address.
pub fn bind(database: &Database, destination: &str, kept_as: &str) -> Result<()> {
    database.run(
        "UPDATE OR REPLACE destination_secrets SET destination = ? WHERE destination = ?",
        binds![kept_as, destination],
    )
}

/// Forgets those of destinations that are no more.
pub fn drop_unbound(database: &Database) -> Result<()> {
    database.run(&format!("DELETE FROM destination_secrets WHERE {UNBOUND}"), binds![])
}

/// Names of secrets that say no address; the names of other places have a space in them.
const UNBOUND: &str = "NOT instr(destination, char(10)) AND NOT instr(destination, ' ')";

/// Keeps a sealed secret.
pub fn put_sealed(database: &Database, kept_as: &str, sealed: &str, at: i64) -> Result<()> {
    database.run(
        "INSERT OR REPLACE INTO destination_secrets (destination, sealed, changed_at) VALUES (?, ?, ?)",
        binds![kept_as, sealed, at],
    )
}

/// Whose ledger this is, if somebody has said so already.
pub fn whose(database: &Database) -> Result<Option<String>> {
    struct Row {
        workspace: String,
    }
    row!(Row: workspace);
    Ok(database.row::<Row>("SELECT workspace FROM whose LIMIT 1", binds![])?.map(|row| row.workspace))
}

/// Writes down whose ledger this is.
pub fn put_whose(database: &Database, workspace: &str) -> Result<()> {
    database.run("INSERT INTO whose (workspace) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM whose)", binds![workspace])
}

/// A configuration that was published with its secrets in the open.
#[derive(Debug, Clone)]
pub struct PlainConfig {
    /// Its version.
    pub version: i64,
    /// Its text.
    pub body: String,
}
row!(PlainConfig: version, body);

/// Some of those configurations, the newest first.
pub fn plain_configs(database: &Database, most: i64) -> Result<Vec<PlainConfig>> {
    database.rows(
        "SELECT version, body FROM config_versions WHERE version IN (SELECT version FROM plain_configs ORDER BY version DESC LIMIT ?)
         ORDER BY version DESC",
        binds![most],
    )
}

/// Writes such a configuration without its secrets, and keeps those that are not known yet.
pub fn close_config(
    database: &Database,
    version: i64,
    body: &serde_json::Value,
    sealed: &[(String, String)],
    at: i64,
) -> Result<()> {
    for (destination, sealed) in sealed {
        database.run(
            "INSERT OR IGNORE INTO destination_secrets (destination, sealed, changed_at) VALUES (?, ?, ?)",
            binds![destination.as_str(), sealed.as_str(), at],
        )?;
    }
    database.run("UPDATE config_versions SET body = ? WHERE version = ?", binds![json(body)?, version])?;
    database.run("DELETE FROM plain_configs WHERE version = ?", binds![version])
}

/// Forgets the sealed secrets whose places begin so.
pub fn drop_sealed(database: &Database, beginning: &str) -> Result<()> {
    database.run("DELETE FROM destination_secrets WHERE substr(destination, 1, length(?1)) = ?1", binds![beginning])
}
