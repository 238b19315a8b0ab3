//! Leads: one pass of a person through the main funnel.

use lead::{intake::Recording, routing::Routed, source::Source};
use worker::Result;

use super::{Database, binds, json, parsed};

/// A lead's row.
#[derive(Debug, Clone)]
pub struct Row {
    /// The lead.
    pub id: String,
    /// The person.
    pub contact: String,
    /// Milliseconds since 1970.
    pub opened_at: i64,
    /// `first_contact`, …
    pub stage: String,
    /// `open`, `suspect` (open, and set aside), `won`, `lost` or `deferred`.
    pub status: String,
    /// The seller.
    pub assigned_to: String,
    /// The routing rule that matched.
    pub rule: String,
    source: String,
    /// Order of the work queue.
    pub rank: i64,
    /// The first-response deadline.
    pub answer_by: i64,
    /// When the first response was given.
    pub answered_at: Option<i64>,
    /// How many inquiries it has.
    pub touches: u32,
    /// Grows with every change.
    pub revision: u64,
}
row!(Row: id, contact, opened_at, stage, status, assigned_to, rule, source, rank, answer_by, answered_at, touches, revision);

impl Row {
    /// True when it is worked on, or set aside until somebody says whether it is to be.
    pub fn is_open(&self) -> bool {
        self.status == "open" || self.status == "suspect"
    }

    /// Where the person came from.
    pub fn source(&self) -> Result<Source> {
        parsed(&self.source)
    }
}

const COLUMNS: &str = "id, contact, opened_at, stage, status, assigned_to, rule, source, rank, answer_by, \
                       answered_at, touches, revision";

/// Creates the lead of a recording, or counts one more touch of the one it joins.
pub fn record(database: &Database, recording: &Recording, source: &Source, rank: u8, now: i64) -> Result<()> {
    match &recording.opened {
        Some(opened) => database.run(
            "INSERT INTO leads (id, contact, opened_at, stage, status, assigned_to, rule, source, parent, rank, answer_by)
             VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?)",
            binds![
                recording.lead.as_str(),
                recording.contact.as_str(),
                now,
                opened.stage,
                opened.routed.assigned_to.as_str(),
                opened.routed.rule.as_str(),
                json(source)?,
                opened.parent.clone(),
                i64::from(rank),
                opened.answer_by.as_millisecond()
            ],
        ),
        None => {
            database.run(
                "UPDATE leads SET touches = touches + 1, revision = revision + 1 WHERE id = ?",
                binds![recording.lead.as_str()],
            )?;
            // Someone who was answered and writes again is owed an answer again.
            match &recording.task {
                Some(task) => database.run(
                    "UPDATE leads SET answer_by = ?, answered_at = NULL WHERE id = ?",
                    binds![task.due_at.as_millisecond(), recording.lead.as_str()],
                ),
                None => Ok(()),
            }
        }
    }
}

/// Gives an open lead and what is to be done about it to somebody else.
pub fn hand_over(database: &Database, lead: &str, to: &Routed) -> Result<()> {
    let member = to.assigned_to.as_str();
    database.run("UPDATE leads SET assigned_to = ?, rule = ? WHERE id = ?", binds![member, to.rule.as_str(), lead])?;
    database.run("UPDATE tasks SET assignee = ? WHERE lead = ? AND done_at IS NULL", binds![member, lead])
}

/// Writes a lead's rank, by which the list is paged.
pub fn put_rank(database: &Database, lead: &str, rank: u8) -> Result<()> {
    database.run("UPDATE leads SET rank = ?, revision = revision + 1 WHERE id = ?", binds![i64::from(rank), lead])
}

/// Marks the first response as given. False when it was given before.
pub fn put_answered(database: &Database, lead: &str, now: i64) -> Result<bool> {
    database.any(
        "UPDATE leads SET answered_at = ?, revision = revision + 1 WHERE id = ? AND answered_at IS NULL RETURNING 1 AS done",
        binds![now, lead],
    )
}

/// Writes a lead's status.
pub fn put_status(database: &Database, lead: &str, status: &str) -> Result<()> {
    database.run("UPDATE leads SET status = ?, revision = revision + 1 WHERE id = ?", binds![status, lead])
}

/// A first response is owed again, by then.
pub fn put_owed(database: &Database, lead: &str, answer_by: i64) -> Result<()> {
    database.run("UPDATE leads SET answer_by = ?, answered_at = NULL WHERE id = ?", binds![answer_by, lead])
}

/// True when the person of this lead has another one that is open.
pub fn another_is_open(database: &Database, lead: &Row) -> Result<bool> {
    database.any(
        "SELECT 1 AS found FROM leads WHERE contact = ? AND status IN ('open', 'suspect') AND id <> ? LIMIT 1",
        binds![lead.contact.as_str(), lead.id.as_str()],
    )
}

/// Counts a change of something that hangs on the lead.
pub fn touch(database: &Database, lead: &str) -> Result<()> {
    database.run("UPDATE leads SET revision = revision + 1 WHERE id = ?", binds![lead])
}

/// The newest lead.
pub fn newest(database: &Database) -> Result<Option<String>> {
    struct Newest {
        id: String,
    }
    row!(Newest: id);
    Ok(database.row::<Newest>("SELECT id FROM leads ORDER BY rowid DESC LIMIT 1", binds![])?.map(|row| row.id))
}

/// The lead with this id.
pub fn find(database: &Database, id: &str) -> Result<Option<Row>> {
    database.row(&format!("SELECT {COLUMNS} FROM leads WHERE id = ?"), binds![id])
}

/// A person's newest leads.
pub fn newest_of_contact(database: &Database, contact: &str, most: i64) -> Result<Vec<Row>> {
    database.rows(
        &format!("SELECT {COLUMNS} FROM leads WHERE contact = ? ORDER BY opened_at DESC LIMIT ?"),
        binds![contact, most],
    )
}

/// Where a page of the list ends: the next one begins after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Rank of the last lead.
    pub rank: i64,
    /// Deadline of the last lead.
    pub answer_by: i64,
    /// Id of the last lead.
    pub id: String,
}

/// Open leads in rank order, of one member or (`None`) of everyone.
pub fn open_in_rank_order(
    database: &Database,
    member: Option<&str>,
    after: Option<&Cursor>,
    most: i64,
) -> Result<Vec<Row>> {
    let (rank, answer_by, id) = after.map_or((0, 0, ""), |cursor| (cursor.rank, cursor.answer_by, cursor.id.as_str()));
    match member {
        Some(member) => database.rows(
            &format!(
                "SELECT {COLUMNS} FROM leads WHERE assigned_to = ? AND status = 'open' AND (rank, answer_by, id) > (?, ?, ?)
                 ORDER BY rank, answer_by, id LIMIT ?"
            ),
            binds![member, rank, answer_by, id, most],
        ),
        None => database.rows(
            &format!(
                "SELECT {COLUMNS} FROM leads WHERE status = 'open' AND (rank, answer_by, id) > (?, ?, ?)
                 ORDER BY rank, answer_by, id LIMIT ?"
            ),
            binds![rank, answer_by, id, most],
        ),
    }
}
