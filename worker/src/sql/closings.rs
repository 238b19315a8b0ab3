//! Why leads are no longer open.

use lead::closing::PRICE_BAR_DECLINED;
use worker::Result;

use super::{Database, binds, leads, suspects};

/// Why a lead was closed.
#[derive(Debug, Clone)]
pub struct Closing {
    /// Milliseconds since 1970.
    pub closed_at: i64,
    /// The reason's code.
    pub reason: String,
    /// What it rests on.
    pub evidence: String,
}
row!(Closing: closed_at, reason, evidence);

/// Closes a lead as lost. Runs inside the caller's transaction.
pub fn close(database: &Database, lead: &leads::Row, reason: &str, evidence: &str, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO closings (lead, closed_at, assigned_to, reason, evidence) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (lead) DO UPDATE SET closed_at = excluded.closed_at, reason = excluded.reason, evidence = excluded.evidence",
        binds![lead.id.as_str(), now, lead.assigned_to.as_str(), reason, evidence],
    )?;
    leads::put_status(database, &lead.id, "lost")
}

/// Opens a lead again. Runs inside the caller's transaction.
pub fn reopen(database: &Database, lead: &str) -> Result<()> {
    database.run("DELETE FROM closings WHERE lead = ?", binds![lead])?;
    // Whoever was set aside before it was closed still is: nobody has said that a person wrote it.
    let held = suspects::find(database, lead)?.is_some_and(|suspect| suspect.state == "held");
    leads::put_status(database, lead, if held { "suspect" } else { "open" })
}

/// True when this person refused after a moment, so that nobody is to disturb him.
pub fn asked_for_silence(database: &Database, contact: &str, after: i64) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM leads JOIN closings ON closings.lead = leads.id
         WHERE leads.contact = ? AND closings.closed_at > ? AND closings.reason = ? LIMIT 1",
        binds![contact, after, PRICE_BAR_DECLINED],
    )
}

/// The inquiry in which the last word about the price was a refusal, where nothing was written to the lead since.
pub fn refused_in(database: &Database, lead: &str) -> Result<Option<String>> {
    struct Row {
        evidence: String,
    }
    row!(Row: evidence);
    let row: Option<Row> = database.row(
        "SELECT evidence FROM facts
         WHERE number = (SELECT max(number) FROM facts WHERE lead = ?1 AND key = 'price_consent')
         AND known = 'yes' AND value = 'declined'
         AND NOT EXISTS (SELECT 1 FROM inquiries WHERE lead = ?1 AND recorded_at > facts.added_at)",
        binds![lead],
    )?;
    Ok(row.map(|row| row.evidence))
}

/// True when this person has nothing open that is worked on, and refused after everything that he wrote. What nobody
/// wrote, or perhaps nobody, counts for nothing.
pub fn refused_last(database: &Database, contact: &str) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM leads JOIN closings ON closings.lead = leads.id
         WHERE leads.contact = ?1 AND closings.reason = ?2
         AND NOT EXISTS (SELECT 1 FROM leads WHERE contact = ?1 AND status = 'open')
         AND NOT EXISTS (SELECT 1 FROM leads AS other JOIN inquiries ON inquiries.lead = other.id
                         LEFT JOIN closings AS why ON why.lead = other.id
                         WHERE other.contact = ?1 AND other.status <> 'suspect' AND why.reason IS NOT 'spam'
                         AND inquiries.recorded_at > closings.closed_at)
         LIMIT 1",
        binds![contact, PRICE_BAR_DECLINED],
    )
}

/// Why this lead was closed, if it is.
pub fn of_lead(database: &Database, lead: &str) -> Result<Option<Closing>> {
    database.row("SELECT closed_at, reason, evidence FROM closings WHERE lead = ?", binds![lead])
}

/// The leads closed before this moment, newest first, of one member or (`None`) of everyone.
pub fn newest(database: &Database, member: Option<&str>, before: (i64, &str), most: i64) -> Result<Vec<(i64, String)>> {
    struct Row {
        closed_at: i64,
        lead: String,
    }
    row!(Row: closed_at, lead);
    let rows = match member {
        Some(member) => database.rows::<Row>(
            "SELECT closed_at, lead FROM closings WHERE assigned_to = ? AND (closed_at, lead) < (?, ?)
             ORDER BY closed_at DESC, lead DESC LIMIT ?",
            binds![member, before.0, before.1, most],
        )?,
        None => database.rows::<Row>(
            "SELECT closed_at, lead FROM closings WHERE (closed_at, lead) < (?, ?)
             ORDER BY closed_at DESC, lead DESC LIMIT ?",
            binds![before.0, before.1, most],
        )?,
    };
    Ok(rows.into_iter().map(|row| (row.closed_at, row.lead)).collect())
}
