//! Who is who: contacts that are one person, changes of that, and doubts.

use lead::person::{self, Moved};
use worker::Result;

use super::{Database, binds, json, parsed};

/// The longest chain of merges that is followed; a longer one is a mistake of ours and ends here.
const LONGEST_CHAIN: usize = 32;

struct Id {
    id: String,
}
row!(Id: id);

fn ids(rows: Vec<Id>) -> Vec<String> {
    rows.into_iter().map(|row| row.id).collect()
}

/// The person that this contact is: itself, unless it was merged.
pub fn of(database: &Database, contact: &str) -> Result<String> {
    let mut person = contact.to_owned();
    for _ in 0..LONGEST_CHAIN {
        let next = database.row::<Id>("SELECT person AS id FROM aliases WHERE contact = ?", binds![person.as_str()])?;
        match next {
            Some(next) => person = next.id,
            None => break,
        }
    }
    Ok(person)
}

/// All contacts that are this person, himself first.
pub fn contacts_of(database: &Database, person: &str) -> Result<Vec<String>> {
    let mut found = vec![person.to_owned()];
    let mut at = 0;
    while let Some(next) = found.get(at).cloned() {
        let rows = database.rows::<Id>("SELECT contact AS id FROM aliases WHERE person = ?", binds![next])?;
        for id in ids(rows) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        at = at.saturating_add(1);
    }
    Ok(found)
}

/// A change of sameness.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// `merge`, `split` or `rejoined`.
    pub kind: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// By whom.
    pub by: String,
    /// The contact that stayed.
    pub person: String,
    /// The contact that joined or was parted.
    pub other: String,
    moved: String,
    /// When it was taken back.
    pub undone_at: Option<i64>,
}
row!(Change: id, kind, at, by, person, other, moved, undone_at);

impl Change {
    /// What it moved.
    pub fn moved(&self) -> Result<Moved> {
        parsed(&self.moved)
    }
}

const COLUMNS: &str = "id, kind, at, by, person, other, moved, undone_at";

/// Writes a change down. Runs inside the caller's transaction.
pub fn add_change(
    database: &Database,
    id: &str,
    kind: &str,
    (person, other): (&str, &str),
    moved: &Moved,
    (at, by): (i64, &str),
) -> Result<()> {
    database.run(
        "INSERT INTO sameness (id, kind, at, by, person, other, moved) VALUES (?, ?, ?, ?, ?, ?, ?)",
        binds![id, kind, at, by, person, other, json(moved)?],
    )
}

/// The change with this id.
pub fn change(database: &Database, id: &str) -> Result<Option<Change>> {
    database.row(&format!("SELECT {COLUMNS} FROM sameness WHERE id = ?"), binds![id])
}

/// Changes that any of these contacts had a part in, newest first.
pub fn changes_of(database: &Database, contacts: &[String]) -> Result<Vec<Change>> {
    database.rows(
        &format!(
            "SELECT {COLUMNS} FROM sameness
             WHERE id IN (SELECT id FROM sameness WHERE person IN (SELECT value FROM json_each(?1))
                    UNION SELECT id FROM sameness WHERE other IN (SELECT value FROM json_each(?1)))
             ORDER BY at DESC, id DESC LIMIT 50"
        ),
        binds![json(&contacts)?],
    )
}

/// The changes in force that came after this one and that any of these contacts had a part in, newest first.
pub fn later(database: &Database, id: &str, contacts: &[String]) -> Result<Vec<Change>> {
    database.rows(
        &format!(
            "SELECT {COLUMNS} FROM sameness
             WHERE id IN (SELECT id FROM sameness WHERE person IN (SELECT value FROM json_each(?1))
                    UNION SELECT id FROM sameness WHERE other IN (SELECT value FROM json_each(?1)))
             AND undone_at IS NULL AND (at, rowid) > (SELECT at, rowid FROM sameness WHERE id = ?2)
             ORDER BY at DESC, rowid DESC LIMIT 50"
        ),
        binds![json(&contacts)?, id],
    )
}

/// Writes down that a change was taken back.
pub fn take_back(database: &Database, id: &str, at: i64, by: &str) -> Result<()> {
    database.run("UPDATE sameness SET undone_at = ?, undone_by = ? WHERE id = ?", binds![at, by, id])
}

/// This contact is that person from now on, and his leads are that person's; gives their ids.
pub fn join(database: &Database, contact: &str, person: &str, change: &str) -> Result<Vec<String>> {
    database.run("INSERT INTO aliases (contact, person, change) VALUES (?, ?, ?)", binds![contact, person, change])?;
    let rows = database.rows::<Id>(
        "UPDATE leads SET contact = ?, revision = revision + 1 WHERE contact = ? RETURNING id",
        binds![person, contact],
    )?;
    Ok(ids(rows))
}

/// This contact is somebody else again, with these leads as far as they are still the other's.
pub fn part(database: &Database, contact: &str, change: &str, leads: &[String], from: &[String]) -> Result<()> {
    database.run("DELETE FROM aliases WHERE contact = ? AND change = ?", binds![contact, change])?;
    database.run(
        "UPDATE leads SET contact = ?, revision = revision + 1
         WHERE id IN (SELECT value FROM json_each(?)) AND contact IN (SELECT value FROM json_each(?))",
        binds![contact, json(&leads)?, json(&from)?],
    )
}

/// Notices that two may be the same person, unless somebody has said already whether they are.
pub fn notice(database: &Database, contact: &str, others: &[String], at: i64) -> Result<()> {
    for other in others.iter().filter(|other| *other != contact) {
        let (one, two) = in_order(contact, other);
        database.run(
            "INSERT OR IGNORE INTO perhaps_same (contact, other, noticed_at) VALUES (?, ?, ?)",
            binds![one, two, at],
        )?;
    }
    Ok(())
}

/// Writes down what somebody said of two.
pub fn settle(database: &Database, one: &str, two: &str, word: &str, at: i64) -> Result<()> {
    let (one, two) = in_order(one, two);
    database.run(
        "INSERT INTO perhaps_same (contact, other, noticed_at, settled) VALUES (?, ?, ?, ?)
         ON CONFLICT (contact, other) DO UPDATE SET settled = excluded.settled",
        binds![one, two, at, word],
    )
}

/// A pair is one row, whoever is named first.
fn in_order<'a>(one: &'a str, two: &'a str) -> (&'a str, &'a str) {
    if one < two { (one, two) } else { (two, one) }
}

/// Contacts that may be this person, as nobody has said yet.
pub fn perhaps(database: &Database, contacts: &[String]) -> Result<Vec<String>> {
    let list = json(&contacts)?;
    let rows = database.rows::<Id>(
        "SELECT other AS id FROM perhaps_same WHERE contact IN (SELECT value FROM json_each(?1)) AND settled = ''
         UNION SELECT contact AS id FROM perhaps_same WHERE other IN (SELECT value FROM json_each(?1)) AND settled = ''
         LIMIT 20",
        binds![list],
    )?;
    Ok(ids(rows))
}

/// An open lead of a person's; one that is set aside is as open as any.
#[derive(Debug, Clone)]
pub struct OpenLead {
    id: String,
    since: i64,
    set_aside: bool,
}
row!(OpenLead: id, since, set_aside);

impl OpenLead {
    /// For the rule that says which of two goes on.
    pub fn as_one(&self) -> person::OpenLead<'_> {
        person::OpenLead { id: &self.id, since: self.since, set_aside: self.set_aside }
    }
}

/// A person's open lead, if he has one besides this.
pub fn open_lead(database: &Database, person: &str, besides: &str) -> Result<Option<OpenLead>> {
    database.row(
        "SELECT id, opened_at AS since, status = 'suspect' AS set_aside FROM leads
         WHERE contact = ? AND status IN ('open', 'suspect') AND id <> ? ORDER BY set_aside, since, id LIMIT 1",
        binds![person, besides],
    )
}

/// A person's leads, newest first.
pub fn leads_of(database: &Database, person: &str) -> Result<Vec<String>> {
    let rows = database.rows::<Id>(
        "SELECT id FROM leads WHERE contact = ? ORDER BY opened_at DESC, id DESC LIMIT 500",
        binds![person],
    )?;
    Ok(ids(rows))
}

/// A lead's inquiries, oldest first.
pub fn inquiries_of(database: &Database, lead: &str) -> Result<Vec<String>> {
    let rows = database.rows::<Id>("SELECT id FROM inquiries WHERE lead = ? ORDER BY recorded_at, id", binds![lead])?;
    Ok(ids(rows))
}

/// A lead's inquiries that came after a moment, oldest first.
pub fn inquiries_since(database: &Database, lead: &str, since: i64) -> Result<Vec<String>> {
    let rows = database.rows::<Id>(
        "SELECT id FROM inquiries WHERE lead = ? AND recorded_at >= ? ORDER BY recorded_at, id",
        binds![lead, since],
    )?;
    Ok(ids(rows))
}

/// True when something was written to a lead after a moment.
pub fn writes_after(database: &Database, lead: &str, at: i64) -> Result<bool> {
    database.any("SELECT 1 AS found FROM inquiries WHERE lead = ? AND recorded_at > ? LIMIT 1", binds![lead, at])
}

/// When a lead was answered after everything that was written to it.
pub fn answered_last(database: &Database, lead: &str) -> Result<Option<i64>> {
    struct Row {
        at: Option<i64>,
    }
    row!(Row: at);
    let row: Option<Row> = database.row(
        "SELECT max(done_at) AS at FROM tasks WHERE lead = ?1 AND kind = 'first_response' AND result <> 'not_needed'
         AND done_at >= (SELECT max(recorded_at) FROM inquiries WHERE lead = ?1)",
        binds![lead],
    )?;
    Ok(row.and_then(|row| row.at))
}

/// Inquiries go over to another lead, with the facts that rest on them.
pub fn move_inquiries(database: &Database, inquiries: &[String], lead: &str) -> Result<()> {
    let list = json(&inquiries)?;
    database.run(
        "UPDATE facts SET lead = ?1 WHERE number IN (
           SELECT facts.number FROM inquiries JOIN facts ON facts.lead = inquiries.lead AND facts.evidence = inquiries.id
           WHERE inquiries.id IN (SELECT value FROM json_each(?2)))",
        binds![lead, list.as_str()],
    )?;
    // What speaks against an inquiry goes where it goes.
    for table in ["suspicions SET lead = ? WHERE inquiry", "inquiries SET lead = ? WHERE id"] {
        database.run(&format!("UPDATE {table} IN (SELECT value FROM json_each(?))"), binds![lead, list.as_str()])?;
    }
    Ok(())
}

/// Facts by their numbers go over to another lead, as far as they are still at `from`.
pub fn move_facts(database: &Database, facts: &[i64], from: &str, to: &str) -> Result<()> {
    database.run(
        "UPDATE facts SET lead = ? WHERE lead = ? AND number IN (SELECT value FROM json_each(?))",
        binds![to, from, json(&facts)?],
    )
}

/// All facts of a lead, by number.
pub fn facts_of(database: &Database, lead: &str) -> Result<Vec<i64>> {
    struct Row {
        number: i64,
    }
    row!(Row: number);
    let rows = database.rows::<Row>("SELECT number FROM facts WHERE lead = ? ORDER BY number", binds![lead])?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

/// Notes or tasks by their ids go over to another lead, as far as they are still at `from`.
pub fn move_rows(database: &Database, table: Hangs, rows: &[String], from: &str, to: &str) -> Result<()> {
    let statement = match table {
        Hangs::Notes => "UPDATE notes SET lead = ? WHERE lead = ? AND id IN (SELECT value FROM json_each(?))",
        Hangs::Tasks => "UPDATE tasks SET lead = ? WHERE lead = ? AND id IN (SELECT value FROM json_each(?))",
    };
    database.run(statement, binds![to, from, json(&rows)?])
}

/// What hangs on a lead and goes over by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hangs {
    /// What the team wrote down.
    Notes,
    /// What is to be done.
    Tasks,
}

/// A lead's notes.
pub fn notes_of(database: &Database, lead: &str) -> Result<Vec<String>> {
    Ok(ids(database.rows::<Id>("SELECT id FROM notes WHERE lead = ?", binds![lead])?))
}

/// Who has these tasks from now on.
pub fn assign_tasks(database: &Database, tasks: &[String], member: &str) -> Result<()> {
    database.run(
        "UPDATE tasks SET assignee = ? WHERE id IN (SELECT value FROM json_each(?))",
        binds![member, json(&tasks)?],
    )
}

/// Tasks are done, or open again. What was done before stays as it was written.
pub fn finish_tasks(database: &Database, tasks: &[String], done: Option<(i64, &str)>) -> Result<()> {
    let (at, result) = done.map_or((None, ""), |(at, result)| (Some(at), result));
    database.run(
        "UPDATE tasks SET done_at = ?1, result = ?2 WHERE id IN (SELECT value FROM json_each(?3))
           AND (?1 IS NULL OR done_at IS NULL)",
        binds![at, result, json(&tasks)?],
    )
}

/// Writes how many inquiries a lead has, and what it is owed: the first response's deadline, or when it was given.
pub fn put_standing(database: &Database, lead: &str, owed: Option<i64>) -> Result<()> {
    database.run(
        "UPDATE leads SET touches = max(1, (SELECT count(*) FROM inquiries WHERE inquiries.lead = leads.id)),
                revision = revision + 1 WHERE id = ?",
        binds![lead],
    )?;
    match owed {
        Some(owed) => {
            database.run("UPDATE leads SET answer_by = ?, answered_at = NULL WHERE id = ?", binds![owed, lead])
        }
        None => Ok(()),
    }
}

/// A lead of its own for an inquiry that was parted: as the lead it left, from the beginning.
#[derive(Debug)]
pub struct PartedLead<'a> {
    /// Its id.
    pub id: &'a str,
    /// The lead it left, whose seller and rule it keeps.
    pub from: &'a str,
    /// Its person.
    pub contact: &'a str,
    /// The inquiry it begins with.
    pub inquiry: &'a str,
    /// The stage every lead begins at.
    pub stage: &'a str,
    /// Its first-response deadline.
    pub answer_by: i64,
}

/// Opens it. Runs inside the caller's transaction.
pub fn open_parted(database: &Database, lead: &PartedLead<'_>) -> Result<()> {
    database.run(
        "INSERT INTO leads (id, contact, opened_at, stage, status, assigned_to, rule, source, rank, answer_by)
         SELECT ?, ?, inquiries.recorded_at, ?, 'open', leads.assigned_to, leads.rule, inquiries.source, leads.rank, ?
         FROM leads, inquiries WHERE leads.id = ? AND inquiries.id = ?",
        binds![lead.id, lead.contact, lead.stage, lead.answer_by, lead.from, lead.inquiry],
    )
}

/// A lead comes from where its first inquiry came from: it has lost it, or has it again. The site stays, by which its
/// deliveries are counted.
pub fn put_source(database: &Database, lead: &str) -> Result<()> {
    database.run(
        "UPDATE leads SET source = json_set(
                  (SELECT source FROM inquiries WHERE inquiries.lead = leads.id ORDER BY recorded_at, id LIMIT 1),
                  '$.site', json_extract(source, '$.site'))
         WHERE id = ? AND EXISTS (SELECT 1 FROM inquiries WHERE inquiries.lead = leads.id)",
        binds![lead],
    )
}

/// Puts back what a lead owed.
pub fn put_owed_before(database: &Database, lead: &str, answer_by: i64, answered_at: Option<i64>) -> Result<()> {
    database.run("UPDATE leads SET answer_by = ?, answered_at = ? WHERE id = ?", binds![answer_by, answered_at, lead])
}
