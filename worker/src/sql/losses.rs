//! What was sent off, recorded and delivered, by site and day; and what people were told is missing.

use lead::loss::Gap;
use worker::Result;

use super::{Database, binds};

/// A step counted on a day.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The site.
    pub site: String,
    /// `YYYY-MM-DD`, where the workspace is.
    pub day: String,
    /// `minted`, `recorded` or `recorded:widget`.
    pub step: String,
    /// How often.
    pub n: u64,
}
row!(Counted: site, day, step, n);

/// What was counted from one day to another, both included.
pub fn counted(database: &Database, from: &str, to: &str) -> Result<Vec<Counted>> {
    database.rows(
        "SELECT site, day, step, sum(n) AS n FROM count_sources JOIN counts ON counts.source = count_sources.id
         WHERE day BETWEEN ? AND ? AND step IN ('minted', 'recorded', 'recorded:widget') GROUP BY site, day, step",
        binds![from, to],
    )
}

/// Deliveries of an hour.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Hours since 1970.
    pub hour: i64,
    /// The site.
    pub site: String,
    /// The destination.
    pub destination: String,
    /// That became due.
    pub queued: u64,
    /// … that arrived.
    pub sent: u64,
    /// … that were given up.
    pub dead: u64,
}
row!(Delivered: hour, site, destination, queued, sent, dead);

/// Deliveries from one hour to another, both included. What was counted down without having been counted up, as it
/// may be of an hour before there was this table, is none. That a system cannot be told of an erasure is no loss, and
/// what is held of a lead that is set aside waits for nobody. The alert about losses is none of them.
pub fn delivered(database: &Database, from: i64, to: i64) -> Result<Vec<Delivered>> {
    database.rows(
        "SELECT hour, site, destination, max(sum(queued), 0) AS queued, max(sum(sent), 0) AS sent,
                max(sum(dead), 0) AS dead
         FROM (SELECT hour, site, destination, queued, sent, dead FROM delivery_hours
               WHERE hour BETWEEN ?1 AND ?2 AND event NOT IN (?3, ?4)
               UNION ALL
               SELECT deliveries.created_at / 3600000 AS hour,
                      coalesce(CASE WHEN json_valid(leads.source) THEN json_extract(leads.source, '$.site') END, ''),
                      destination, -1, 0, 0
               FROM suspects JOIN leads ON leads.id = suspects.lead JOIN deliveries ON deliveries.lead = suspects.lead
               WHERE suspects.state IN ('held', 'released', 'spam') AND suspects.set_aside_at >= ?1 * 3600000
                 AND deliveries.state = 'held' AND deliveries.created_at / 3600000 BETWEEN ?1 AND ?2)
         GROUP BY hour, site, destination",
        binds![from, to, lead::erasure::PERSON_ERASED, lead::destinations::LOSSES],
    )
}

/// When losses are looked for next; `None` while nothing was sent off lately.
pub fn next_look(database: &Database) -> Result<Option<i64>> {
    struct Row {
        next_at: Option<i64>,
    }
    row!(Row: next_at);
    Ok(database.row::<Row>("SELECT max(next_at) AS next_at FROM loss_watch", binds![])?.and_then(|row| row.next_at))
}

/// Writes when losses are looked for next; `None` for not until something is sent off again.
pub fn put_next_look(database: &Database, next_at: Option<i64>) -> Result<()> {
    match next_at {
        Some(at) => database.run("INSERT OR REPLACE INTO loss_watch (one, next_at) VALUES (1, ?)", binds![at]),
        None => database.run("DELETE FROM loss_watch", binds![]),
    }
}

/// Begins to look for losses at a time, unless that is going on. True when it was not.
pub fn begin_looking(database: &Database, at: i64) -> Result<bool> {
    database.any("INSERT OR IGNORE INTO loss_watch (one, next_at) VALUES (1, ?) RETURNING 1 AS begun", binds![at])
}

/// A lead that the alert to a destination goes with at once: one of the newest that are neither set aside nor an
/// erased person's, and of which nothing else is on its way there.
pub fn carrier(database: &Database, destination: &str) -> Result<Option<String>> {
    struct Row {
        id: String,
    }
    row!(Row: id);
    let row: Option<Row> = database.row(
        "SELECT id FROM (SELECT id, contact, status FROM leads ORDER BY rowid DESC LIMIT 500) AS newest
         WHERE status <> 'suspect' AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.contact = newest.contact)
           AND NOT EXISTS (SELECT 1 FROM suspects WHERE suspects.lead = newest.id AND suspects.state = 'held')
           AND NOT EXISTS (SELECT 1 FROM deliveries WHERE lead = newest.id AND destination = ?
                           AND (next_at IS NOT NULL OR wanted_at IS NOT NULL OR state = 'paused')) LIMIT 1",
        binds![destination],
    )?;
    Ok(row.map(|row| row.id))
}

/// True when people were told of a gap.
pub fn was_told(database: &Database, gap: &Gap) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM loss_alerts WHERE day = ? AND site = ? AND gap = ?",
        binds![gap.day.as_str(), gap.site.as_str(), gap.kind],
    )
}

/// Remembers that people were told of a gap.
pub fn put_told(database: &Database, day: &str, site: &str, gap: &str) -> Result<()> {
    database.run("INSERT OR IGNORE INTO loss_alerts (day, site, gap) VALUES (?, ?, ?)", binds![day, site, gap])
}

/// Forgets what people were told of days that nobody looks at any more.
pub fn forget_older(database: &Database, oldest: &str) -> Result<()> {
    database.run("DELETE FROM loss_alerts WHERE day < ?", binds![oldest])
}
