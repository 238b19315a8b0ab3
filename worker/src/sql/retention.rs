//! How far the rules of retention have come, and which leads are due.

use lead::{
    config::Config,
    retention::{Rule, SPAM_REASONS},
};
use worker::Result;

use super::{Database, binds, json};

const A_DAY: i64 = 86_400_000;

/// A closed lead that a rule looks at.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The lead.
    pub lead: String,
    /// Its person.
    pub contact: String,
    /// When it was closed.
    pub closed_at: i64,
    /// Whether the rule applies: nothing of the person's is open, deferred, or closed later.
    pub applies: i64,
}
row!(Closed: lead, contact, closed_at, applies);

/// When the rules run next.
pub fn next_due(database: &Database) -> Result<Option<i64>> {
    struct Row {
        next_at: i64,
    }
    row!(Row: next_at);
    Ok(database.row::<Row>("SELECT next_at FROM retention_due", binds![])?.map(|row| row.next_at))
}

/// From the moment rules are published there is a day to see on the desk what they will do.
pub fn begin(database: &Database, config: &Config, at: i64) -> Result<()> {
    if config.retention.any() && next_due(database)?.is_none() {
        put_due(database, Some(at.saturating_add(A_DAY)), None)?;
    }
    Ok(())
}

/// When the rules last ran.
pub fn ran_at(database: &Database) -> Result<Option<i64>> {
    struct Row {
        ran_at: Option<i64>,
    }
    row!(Row: ran_at);
    Ok(database.row::<Row>("SELECT ran_at FROM retention_due", binds![])?.and_then(|row| row.ran_at))
}

/// Writes when the rules run next; `None` when there is none.
pub fn put_due(database: &Database, next_at: Option<i64>, ran_at: Option<i64>) -> Result<()> {
    match next_at {
        Some(next_at) => database.run(
            "INSERT INTO retention_due (one, next_at, ran_at) VALUES (1, ?, ?)
             ON CONFLICT (one) DO UPDATE SET next_at = excluded.next_at, ran_at = coalesce(excluded.ran_at, ran_at)",
            binds![next_at, ran_at],
        ),
        None => database.run("DELETE FROM retention_due", binds![]),
    }
}

/// The closings after where a rule has come to, up to a moment. For the rules that erase, a person is looked at once
/// he has nothing that is open, deferred or closed later, and has not been erased; for that of spam, once nothing of
/// his was closed as anything else, since anybody may have typed his address.
const DUE: &str = "
    SELECT closings.lead AS lead, leads.contact AS contact, closings.closed_at AS closed_at,
           NOT EXISTS (SELECT 1 FROM leads AS others LEFT JOIN closings AS ends ON ends.lead = others.id
                       WHERE others.contact = leads.contact
                         AND (others.status IN ('open', 'suspect', 'deferred')
                              OR (?5 = 0 AND (ends.closed_at, others.id) > (closings.closed_at, closings.lead))
                              OR (?4 <> '' AND coalesce(ends.reason, '') <> 'duplicate'
                                  AND coalesce(ends.reason, '') NOT IN (SELECT value FROM json_each(?4)))))
           AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.contact = leads.contact) AS applies
    FROM closings JOIN leads ON leads.id = closings.lead
    WHERE closings.closed_at <= ?1 AND (closings.closed_at, closings.lead) > (?2, ?3)
      AND (?4 = '' OR closings.reason IN (SELECT value FROM json_each(?4)))
    ORDER BY closings.closed_at, closings.lead";

fn reasons(rule: Rule) -> Result<String> {
    if rule == Rule::Spam { json(&SPAM_REASONS) } else { Ok(String::new()) }
}

/// The next closings of a rule.
pub fn due(database: &Database, rule: Rule, before: i64, most: i64) -> Result<Vec<Closed>> {
    let (at, id) = reached(database, rule)?;
    let raw = i64::from(rule == Rule::Raw);
    database.rows(&format!("{DUE} LIMIT ?6"), binds![before, at, id, reasons(rule)?, raw, most])
}

/// The leads of this one's person that were closed by the time it was.
pub fn closed_by(database: &Database, closed: &Closed) -> Result<Vec<String>> {
    struct Id {
        id: String,
    }
    row!(Id: id);
    let rows = database.rows::<Id>(
        "SELECT leads.id AS id FROM leads JOIN closings ON closings.lead = leads.id
         WHERE leads.contact = ? AND closings.closed_at <= ?",
        binds![closed.contact.as_str(), closed.closed_at],
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// How many leads a rule would touch now.
pub fn count(database: &Database, rule: Rule, before: i64) -> Result<u32> {
    struct Row {
        n: u32,
    }
    row!(Row: n);
    let (at, id) = reached(database, rule)?;
    let raw = i64::from(rule == Rule::Raw);
    let row = database.row::<Row>(
        &format!("SELECT count(*) AS n FROM ({DUE}) WHERE applies"),
        binds![before, at, id, reasons(rule)?, raw],
    )?;
    Ok(row.map_or(0, |row| row.n))
}

fn reached(database: &Database, rule: Rule) -> Result<(i64, String)> {
    struct Row {
        reached_at: i64,
        reached_id: String,
    }
    row!(Row: reached_at, reached_id);
    let row =
        database.row::<Row>("SELECT reached_at, reached_id FROM retention WHERE rule = ?", binds![rule.code()])?;
    Ok(row.map_or((0, String::new()), |row| (row.reached_at, row.reached_id)))
}

/// Writes how far a rule has come.
pub fn reach(database: &Database, rule: Rule, last: &Closed) -> Result<()> {
    database.run(
        "INSERT INTO retention (rule, reached_at, reached_id) VALUES (?, ?, ?)
         ON CONFLICT (rule) DO UPDATE SET reached_at = excluded.reached_at, reached_id = excluded.reached_id",
        binds![rule.code(), last.closed_at, last.lead.as_str()],
    )
}

/// How many leads there are.
pub fn leads(database: &Database) -> Result<u32> {
    struct Row {
        n: u32,
    }
    row!(Row: n);
    Ok(database.row::<Row>("SELECT count(*) AS n FROM leads", binds![])?.map_or(0, |row| row.n))
}
