//! Leads that look as if nobody had sent them: what speaks against them, and what was decided.

use lead::suspicion::{Verdict, sample::Share};
use worker::Result;

use super::{Database, binds, json, parsed};

/// Remembers what speaks against an inquiry; nothing where nothing does.
pub fn put_verdict(database: &Database, inquiry: &str, lead: &str, verdict: &Verdict) -> Result<()> {
    if verdict.signals.is_empty() {
        return database.run("DELETE FROM suspicions WHERE inquiry = ?", binds![inquiry]);
    }
    database.run(
        "INSERT INTO suspicions (inquiry, lead, score, signals) VALUES (?, ?, ?, ?)
         ON CONFLICT (inquiry) DO UPDATE SET score = excluded.score, signals = excluded.signals",
        binds![inquiry, lead, i64::from(verdict.score()), json(verdict)?],
    )
}

/// What speaks against this inquiry.
pub fn verdict(database: &Database, inquiry: &str) -> Result<Verdict> {
    struct Row {
        signals: String,
    }
    row!(Row: signals);
    let row: Option<Row> = database.row("SELECT signals FROM suspicions WHERE inquiry = ?", binds![inquiry])?;
    row.map_or_else(|| Ok(Verdict::default()), |row| parsed(&row.signals))
}

/// The heaviest that speaks against any inquiry of this lead.
pub fn verdict_of_lead(database: &Database, lead: &str) -> Result<Verdict> {
    struct Row {
        signals: String,
    }
    row!(Row: signals);
    let row: Option<Row> = database
        .row("SELECT signals FROM suspicions WHERE lead = ? ORDER BY score DESC, inquiry LIMIT 1", binds![lead])?;
    row.map_or_else(|| Ok(Verdict::default()), |row| parsed(&row.signals))
}

/// Sets a new lead aside, with everything that was to be sent. Runs inside the caller's transaction.
pub fn hold(database: &Database, lead: &str, inquiry: &str, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO suspects (lead, inquiry, set_aside_at, state) VALUES (?, ?, ?, 'held')",
        binds![lead, inquiry, now],
    )?;
    database.run(
        "UPDATE deliveries SET state = 'held', next_at = NULL WHERE lead = ? AND attempts = 0 AND next_at IS NOT NULL",
        binds![lead],
    )
}

/// How a lead that was set aside stands.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// The inquiry that opened it.
    pub inquiry: String,
    /// `held`, `released` or `spam`.
    pub state: String,
    /// Milliseconds since 1970.
    pub set_aside_at: i64,
}
row!(Suspect: inquiry, state, set_aside_at);

/// This lead, if it was ever set aside.
pub fn find(database: &Database, lead: &str) -> Result<Option<Suspect>> {
    database.row("SELECT inquiry, state, set_aside_at FROM suspects WHERE lead = ?", binds![lead])
}

/// Writes what was decided.
pub fn decide(database: &Database, lead: &str, state: &str, by: &str, now: i64) -> Result<()> {
    database.run(
        "UPDATE suspects SET state = ?, decided_by = ?, decided_at = ? WHERE lead = ?",
        binds![state, by, now, lead],
    )
}

/// Nobody wrote this, says a person, of a lead that was set aside or of one that was not.
pub fn confirm(database: &Database, lead: &str, inquiry: &str, by: &str, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO suspects (lead, inquiry, set_aside_at, state, decided_by, decided_at) VALUES (?, ?, ?, 'spam', ?, ?)
         ON CONFLICT (lead) DO UPDATE SET state = 'spam', decided_by = excluded.decided_by, decided_at = excluded.decided_at",
        binds![lead, inquiry, now, by, now],
    )
}

/// What was held for this lead is due now: the first message of each destination, and the others behind it.
pub fn let_go(database: &Database, lead: &str, now: i64) -> Result<()> {
    database.run(
        "WITH firsts (id) AS MATERIALIZED (
           SELECT id FROM deliveries WHERE rowid IN (
             SELECT min(rowid) FROM deliveries
             WHERE lead = ?1 AND (state = 'held' OR next_at IS NOT NULL OR wanted_at IS NOT NULL) GROUP BY destination))
         UPDATE deliveries SET state = 'queued',
           next_at = CASE WHEN id IN firsts THEN ?2 END, wanted_at = CASE WHEN id IN firsts THEN NULL ELSE ?2 END
         WHERE lead = ?1 AND state = 'held'",
        binds![lead, now],
    )
}

/// Opens the tasks again that this closing had made pointless.
pub fn reopen_tasks(database: &Database, lead: &str, closed_at: i64, result: &str) -> Result<()> {
    database.run(
        "UPDATE tasks SET done_at = NULL, result = '' WHERE lead = ? AND done_at = ? AND result = ?",
        binds![lead, closed_at, result],
    )
}

/// Leads that wait for a decision and came before this moment, newest first: of one member, or of everyone.
pub fn waiting(
    database: &Database,
    member: Option<&str>,
    before: (i64, &str),
    most: i64,
) -> Result<Vec<(i64, String)>> {
    let rows = match member {
        Some(member) => database.rows::<Place>(
            "SELECT suspects.set_aside_at AS at, suspects.lead AS lead FROM leads JOIN suspects ON suspects.lead = leads.id
             WHERE leads.assigned_to = ? AND leads.status = 'suspect' AND (suspects.set_aside_at, suspects.lead) < (?, ?)
             ORDER BY suspects.set_aside_at DESC, suspects.lead DESC LIMIT ?",
            binds![member, before.0, before.1, most],
        )?,
        None => database.rows::<Place>(
            "SELECT suspects.set_aside_at AS at, suspects.lead AS lead FROM suspects JOIN leads ON leads.id = suspects.lead
             WHERE suspects.state = 'held' AND leads.status = 'suspect' AND (suspects.set_aside_at, suspects.lead) < (?, ?)
             ORDER BY suspects.set_aside_at DESC, suspects.lead DESC LIMIT ?",
            binds![before.0, before.1, most],
        )?,
    };
    Ok(rows.into_iter().map(|row| (row.at, row.lead)).collect())
}

/// How many wait, counted up to a thousand.
pub fn count_waiting(database: &Database, member: Option<&str>) -> Result<u32> {
    struct Row {
        n: u32,
    }
    row!(Row: n);
    let row = match member {
        Some(member) => database.row::<Row>(
            "SELECT count(*) AS n FROM (SELECT 1 FROM leads WHERE assigned_to = ? AND status = 'suspect' LIMIT 1000)",
            binds![member],
        )?,
        None => database.row::<Row>(
            "SELECT count(*) AS n FROM (SELECT 1 FROM leads WHERE status = 'suspect' LIMIT 1000)",
            binds![],
        )?,
    };
    Ok(row.map_or(0, |row| row.n))
}

/// The leads last confirmed as spam; there is nothing to say any more of a person who was erased.
pub fn confirmed(database: &Database, most: i64) -> Result<Vec<(i64, String)>> {
    let rows = database.rows::<Place>(
        "SELECT set_aside_at AS at, lead FROM suspects WHERE state = 'spam'
         AND NOT EXISTS (SELECT 1 FROM erasures JOIN leads ON leads.contact = erasures.contact WHERE leads.id = lead)
         ORDER BY set_aside_at DESC, lead DESC LIMIT ?",
        binds![most],
    )?;
    Ok(rows.into_iter().map(|row| (row.at, row.lead)).collect())
}

struct Place {
    at: i64,
    lead: String,
}
row!(Place: at, lead);

/// Draws a lead for the team to judge.
pub fn draw(database: &Database, lead: &str, was_suspect: bool, now: i64) -> Result<()> {
    database.run(
        "INSERT INTO samples (lead, was_suspect, drawn_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        binds![lead, i64::from(was_suspect), now],
    )
}

/// True when this lead was drawn; with `open`, only while it is not judged.
pub fn is_drawn(database: &Database, lead: &str, open: bool) -> Result<bool> {
    database
        .any("SELECT 1 AS found FROM samples WHERE lead = ? AND (verdict IS NULL OR ?)", binds![lead, i64::from(!open)])
}

/// Leads that were not set aside and are still to be judged, oldest first, of one member or of everyone.
pub fn to_judge(database: &Database, member: Option<&str>, most: i64) -> Result<Vec<(i64, String)>> {
    let rows = database.rows::<Place>(
        "SELECT samples.drawn_at AS at, samples.lead AS lead FROM samples JOIN leads ON leads.id = samples.lead
         WHERE samples.was_suspect = 0 AND samples.verdict IS NULL AND leads.assigned_to = coalesce(?, leads.assigned_to)
         ORDER BY samples.drawn_at, samples.lead LIMIT ?",
        binds![member.map(str::to_owned), most],
    )?;
    Ok(rows.into_iter().map(|row| (row.at, row.lead)).collect())
}

/// Writes what a person says of a lead that was drawn; the last word counts.
pub fn judged(database: &Database, lead: &str, verdict: &str, by: &str) -> Result<()> {
    database.run("UPDATE samples SET verdict = ?, judged_by = ? WHERE lead = ?", binds![verdict, by, lead])
}

/// How often the rules were wrong, of what was judged: about those set aside, or about the others.
pub fn share(database: &Database, was_suspect: bool) -> Result<Share> {
    struct Row {
        wrong: u32,
        judged: u32,
    }
    row!(Row: wrong, judged);
    let wrong = if was_suspect { "genuine" } else { "spam" };
    let row = database.row::<Row>(
        "SELECT count(*) FILTER (WHERE verdict = ?) AS wrong, count(*) AS judged FROM samples
         WHERE was_suspect = ? AND verdict IS NOT NULL",
        binds![wrong, i64::from(was_suspect)],
    )?;
    Ok(row.map_or_else(Share::default, |row| Share::of(row.wrong, row.judged)))
}
