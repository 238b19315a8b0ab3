//! Persons who were erased: the statements that do it, by the list of [`super::columns`], and the receipts.

use lead::{
    attribution,
    counting::Place,
    erasure::{self, ERASED},
    source::Source,
};
use worker::Result;

use super::{Database, binds, columns, json, parsed, unclaimed};

struct Id {
    id: String,
}
row!(Id: id);

fn ids(rows: Vec<Id>) -> Vec<String> {
    rows.into_iter().map(|row| row.id).collect()
}

/// Everything that is one person's, by id.
#[derive(Debug, Clone, Default)]
pub struct Belongings {
    /// His contacts.
    pub contacts: Vec<String>,
    /// His leads.
    pub leads: Vec<String>,
    /// His inquiries.
    pub inquiries: Vec<String>,
    /// His files.
    pub files: Vec<String>,
}

/// What belongs to these contacts, and to inquiries that are theirs although nothing else says so.
pub fn belongings(database: &Database, contacts: Vec<String>) -> Result<Belongings> {
    let of = |statement: &str, list: &[String]| -> Result<Vec<String>> {
        Ok(ids(database.rows::<Id>(statement, binds![json(&list)?])?))
    };
    let leads = of("SELECT id FROM leads WHERE contact IN (SELECT value FROM json_each(?))", &contacts)?;
    let inquiries = of("SELECT id FROM inquiries WHERE lead IN (SELECT value FROM json_each(?))", &leads)?;
    let files = of("SELECT id FROM attachments WHERE inquiry IN (SELECT value FROM json_each(?))", &inquiries)?;
    Ok(Belongings { contacts, leads, inquiries, files })
}

/// Erases. Runs inside the caller's transaction.
pub fn erase(database: &Database, of: &Belongings) -> Result<()> {
    let list = |kind: &str| {
        json(match kind {
            "contact" => &of.contacts,
            "lead" => &of.leads,
            "inquiry" => &of.inquiries,
            _ => &of.files,
        })
    };
    reduce(database, of)?;
    // Files first: what they hang on is found by their rows.
    for table in columns::personal().iter().rev() {
        for statement in table.statements() {
            database.run(&statement, binds![list(table.of)?])?;
        }
    }
    Ok(())
}

/// What was told of the person, and not that he was erased, nor an alert that happened to be his lead's.
const NEWS: &str = "event NOT IN ('person.erased', 'destination.off', 'losses.found')";

/// How often one person comes by a link at most, for each inquiry of his.
const VISITS_OF_ONE: i64 = 20;

/// Words of a source that only these inquiries have: whoever made a link for one person wrote them for him. What is
/// counted of them is counted under no name.
fn only_theirs(database: &Database, inquiries: &[Inquiry]) -> Result<Vec<String>> {
    // Each word, and as it is counted.
    let (mut campaigns, mut networks) = (Vec::new(), Vec::new());
    for row in inquiries {
        let source: Source = parsed(&row.source)?;
        let Place { campaign, network, .. } = Place::of(&source);
        campaigns.push(("campaign", source.campaign, campaign));
        networks.push(("network", source.network, network));
    }
    let mut theirs = Vec::new();
    for (column, word, counted) in campaigns.iter().chain(&networks) {
        if word.is_empty() || attribution::is_named(word) || theirs.contains(word) {
            continue;
        }
        let same = if *column == "campaign" { &campaigns } else { &networks };
        let mine = same.iter().filter(|(_, other, _)| other == word).count();
        let mine = i64::try_from(mine).unwrap_or(i64::MAX);
        let others = database.any(
            &format!(
                "SELECT 1 AS found FROM (SELECT sum(n) AS n, sum(n * (step = 'recorded')) AS recorded
                                         FROM count_sources JOIN counts ON counts.source = count_sources.id
                                         WHERE {column} = ? AND step IN ('recorded', 'open'))
                 WHERE recorded > ? OR n > ?"
            ),
            binds![counted.as_str(), mine, mine.saturating_mul(VISITS_OF_ONE)],
        )?;
        if !others {
            theirs.push(word.clone());
            let statement = format!("UPDATE count_sources SET {column} = 'erased ' || id WHERE {column} = ?");
            database.run(&statement, binds![counted.as_str()])?;
        }
    }
    Ok(theirs)
}

struct Inquiry {
    id: String,
    source: String,
    request: String,
}
row!(Inquiry: id, source, request);

/// The few columns of which something stays.
fn reduce(database: &Database, of: &Belongings) -> Result<()> {
    struct Lead {
        id: String,
        source: String,
    }
    row!(Lead: id, source);
    let (leads, inquiries) = (json(&of.leads)?, json(&of.inquiries)?);
    for (table, key, columns, list) in [
        ("deliveries", "lead", ["body", "last_result"].as_slice(), &leads),
        ("facts", "lead", ["value"].as_slice(), &leads),
    ] {
        let set: Vec<String> = columns.iter().map(|column| columns::written_over(column)).collect();
        let spared = match table {
            "facts" => format!("key IN (SELECT value FROM json_each('{}'))", json(&erasure::facts_in_own_words())?),
            _ => format!("{NEWS} AND NOT last_result GLOB '[0-9][0-9][0-9]'"),
        };
        let statement = format!(
            "UPDATE {table} SET {} WHERE {key} IN (SELECT value FROM json_each(?)) AND {spared}",
            set.join(", ")
        );
        database.run(&statement, binds![list.as_str()])?;
    }
    let found = database.rows::<Inquiry>(
        "SELECT id, source, request FROM inquiries WHERE id IN (SELECT value FROM json_each(?))",
        binds![inquiries.as_str()],
    )?;
    let theirs = only_theirs(database, &found)?;
    let rows = database.rows::<Lead>(
        "SELECT id, source FROM leads WHERE id IN (SELECT value FROM json_each(?))",
        binds![leads.as_str()],
    )?;
    for row in rows {
        let source = json(&erasure::source(parsed(&row.source)?, &theirs))?;
        let over = format!("UPDATE leads SET {} WHERE id = ?", columns::written_over("source"));
        database.run(&over, binds![row.id.as_str()])?;
        database.run(
            "UPDATE leads SET source = ?, revision = revision + 1 WHERE id = ?",
            binds![source, row.id.as_str()],
        )?;
    }
    for row in found {
        let source = json(&erasure::source(parsed(&row.source)?, &theirs))?;
        let request = json(&erasure::request(parsed(&row.request)?))?;
        let over = ["source", "request"].map(columns::written_over).join(", ");
        database.run(&format!("UPDATE inquiries SET {over} WHERE id = ?"), binds![row.id.as_str()])?;
        database.run(
            "UPDATE inquiries SET source = ?, request = ?, body_hash = ? WHERE id = ?",
            binds![source, request, ERASED, row.id.as_str()],
        )?;
    }
    database.run(
        "UPDATE facts SET value = '' WHERE lead IN (SELECT value FROM json_each(?)) AND key IN (SELECT value FROM json_each(?))",
        binds![leads.as_str(), json(&erasure::facts_in_own_words())?],
    )?;
    // What was not sent yet never is; what was sent is forgotten here, and asked back where it went.
    database.run(
        &format!(
            "UPDATE deliveries SET body = NULL, last_result = CASE WHEN last_result GLOB '[0-9][0-9][0-9]' THEN last_result ELSE '' END
             WHERE lead IN (SELECT value FROM json_each(?)) AND {NEWS}"
        ),
        binds![leads.as_str()],
    )?;
    database.run(
        &format!(
            "UPDATE deliveries SET state = 'erased', next_at = NULL, wanted_at = NULL, last_result = ?
             WHERE lead IN (SELECT value FROM json_each(?)) AND {NEWS}
             AND (state NOT IN ('sent', 'erased') OR wanted_at IS NOT NULL)"
        ),
        binds![ERASED, leads.as_str()],
    )?;
    reduce_history(database, &leads)
}

fn reduce_history(database: &Database, leads: &str) -> Result<()> {
    struct Row {
        number: i64,
        body: String,
    }
    row!(Row: number, body);
    let rows = database.rows::<Row>(
        "SELECT number, body FROM events WHERE lead IN (SELECT value FROM json_each(?))
           AND json_extract(body, '$.data.result') IS NOT NULL",
        binds![leads],
    )?;
    for row in rows {
        if let Some(event) = erasure::event(parsed(&row.body)?) {
            database.run("UPDATE events SET body = ? WHERE number = ?", binds![json(&event)?, row.number])?;
        }
    }
    Ok(())
}

/// Forgets what destinations said of a lead, which may quote what they were sent: of two persons, when it was one
/// lead's and has been parted.
pub fn forget_said(database: &Database, lead: &str) -> Result<()> {
    let said = "lead = ? AND event <> ? AND last_result <> '' AND NOT last_result GLOB '[0-9][0-9][0-9]'";
    for set in [columns::written_over("last_result"), "last_result = ''".to_owned()] {
        let statement = format!("UPDATE deliveries SET {set} WHERE {said}");
        database.run(&statement, binds![lead, erasure::PERSON_ERASED])?;
    }
    reduce_history(database, &json(&[lead])?)
}

/// Forgets the bodies of a lead's inquiries as they came. What was understood of them stays.
pub fn forget_raw(database: &Database, leads: &[String]) -> Result<()> {
    let inquiries = "(SELECT id FROM inquiries WHERE lead IN (SELECT value FROM json_each(?)))";
    for statement in [
        "UPDATE inquiries SET raw = '' WHERE lead IN (SELECT value FROM json_each(?))".to_owned(),
        format!("UPDATE revisions SET raw = '' WHERE inquiry IN {inquiries}"),
        format!("UPDATE answer_messages SET body = '' WHERE inquiry IN {inquiries}"),
        format!(
            "UPDATE deliveries SET body = NULL
             WHERE lead IN (SELECT value FROM json_each(?)) AND next_at IS NULL AND {NEWS}"
        ),
    ] {
        database.run(&statement, binds![json(&leads)?])?;
    }
    Ok(())
}

/// A receipt.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Its id.
    pub id: String,
    /// The contact.
    pub contact: String,
    /// Milliseconds since 1970.
    pub erased_at: i64,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// How many leads.
    pub leads: u32,
    /// How many inquiries.
    pub inquiries: u32,
    /// How many files.
    pub files: u32,
}
row!(Receipt: id, contact, erased_at, by, reason, leads, inquiries, files);

const COLUMNS: &str = "id, contact, erased_at, by, reason, leads, inquiries, files";

/// Writes a receipt, with the inquiries that are known from now on without being kept.
pub fn add(database: &Database, receipt: &Receipt, inquiries: &[String]) -> Result<()> {
    database.run(
        "INSERT INTO erasures (id, contact, erased_at, by, reason, leads, inquiries, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        binds![
            receipt.id.as_str(),
            receipt.contact.as_str(),
            receipt.erased_at,
            receipt.by.as_str(),
            receipt.reason.as_str(),
            i64::from(receipt.leads),
            i64::from(receipt.inquiries),
            i64::from(receipt.files)
        ],
    )?;
    database.run(
        "INSERT OR IGNORE INTO erased_inquiries (inquiry, erasure) SELECT value, ? FROM json_each(?)",
        binds![receipt.id.as_str(), json(&inquiries)?],
    )?;
    for inquiry in inquiries {
        database.run("DELETE FROM answer_messages WHERE inquiry = ?", binds![inquiry.as_str()])?;
        unclaimed::claim(database, inquiry)?;
    }
    Ok(())
}

/// As many as there are.
pub const ALL: i64 = -1;

/// Receipts, newest first.
pub fn newest(database: &Database, most: i64) -> Result<Vec<Receipt>> {
    database.rows(&format!("SELECT {COLUMNS} FROM erasures ORDER BY erased_at DESC, id DESC LIMIT ?"), binds![most])
}

/// How many receipts there are.
pub fn count(database: &Database) -> Result<u32> {
    struct Row {
        n: u32,
    }
    row!(Row: n);
    Ok(database.row::<Row>("SELECT count(*) AS n FROM erasures", binds![])?.map_or(0, |row| row.n))
}

/// The receipt of a person, if he was erased.
pub fn of_contact(database: &Database, contact: &str) -> Result<Option<Receipt>> {
    database.row(
        &format!("SELECT {COLUMNS} FROM erasures WHERE contact = ? ORDER BY erased_at DESC LIMIT 1"),
        binds![contact],
    )
}

/// The inquiries of a receipt.
pub fn inquiries_of(database: &Database, erasure: &str) -> Result<Vec<String>> {
    Ok(ids(database.rows::<Id>(
        "SELECT inquiry AS id FROM erased_inquiries WHERE erasure = ? ORDER BY inquiry",
        binds![erasure],
    )?))
}

/// When the person was erased whose inquiry this was, if it was.
pub fn of_inquiry(database: &Database, inquiry: &str) -> Result<Option<i64>> {
    struct Row {
        erased_at: i64,
    }
    row!(Row: erased_at);
    let row = database.row::<Row>(
        "SELECT (SELECT erased_at FROM erasures WHERE id = erasure) AS erased_at FROM erased_inquiries WHERE inquiry = ?",
        binds![inquiry],
    )?;
    Ok(row.map(|row| row.erased_at))
}

/// Contacts that these inquiries belong to, and those of the list that exist.
pub fn contacts_of(database: &Database, contact: &str, inquiries: &[String]) -> Result<Vec<String>> {
    Ok(ids(database.rows::<Id>(
        "SELECT id FROM contacts WHERE id = ?1
         UNION SELECT leads.contact AS id FROM inquiries JOIN leads ON leads.id = inquiries.lead
               WHERE inquiries.id IN (SELECT value FROM json_each(?2)) AND inquiries.body_hash <> ?3",
        binds![contact, json(&inquiries)?, ERASED],
    )?))
}

/// Destinations that were sent anything of these leads, with the newest lead each knows, and whether something is on
/// its way to it at this moment.
pub fn told(database: &Database, leads: &[String]) -> Result<Vec<(String, String, bool)>> {
    struct Row {
        destination: String,
        lead: String,
        underway: i64,
    }
    row!(Row: destination, lead, underway);
    let rows = database.rows::<Row>(
        // What was tried, died and is to be tried again has no attempts yet, but a last word: it may have arrived.
        &format!(
            "SELECT destination, max(lead) AS lead, max(state = 'retrying') AS underway FROM deliveries
             WHERE lead IN (SELECT value FROM json_each(?)) AND (attempts > 0 OR last_result <> '') AND {NEWS}
             GROUP BY destination ORDER BY destination"
        ),
        binds![json(&leads)?],
    )?;
    Ok(rows.into_iter().map(|row| (row.destination, row.lead, row.underway != 0)).collect())
}

/// True when something of these leads may have come to a destination although it never said so.
pub fn may_know_more(database: &Database, leads: &[String], destination: &str) -> Result<bool> {
    database.any(
        &format!(
            "SELECT 1 AS found FROM deliveries WHERE lead IN (SELECT value FROM json_each(?)) AND destination = ?
             AND state <> 'sent' AND (attempts > 0 OR again = 1 OR last_result NOT IN ('', ?)) AND {NEWS} LIMIT 1"
        ),
        binds![json(&leads)?, destination, ERASED],
    )
}

/// What destinations said of an erasure.
pub fn receipts(database: &Database, contact: &str) -> Result<Vec<lead::privacy::ReceiptView>> {
    struct Row {
        destination: String,
        state: String,
        attempts: u32,
        next_at: Option<i64>,
        last_result: String,
    }
    row!(Row: destination, state, attempts, next_at, last_result);
    let rows = database.rows::<Row>(
        "SELECT destination, state, attempts, next_at, last_result FROM deliveries
         WHERE lead IN (SELECT id FROM leads WHERE contact = ?) AND event = ? ORDER BY created_at, id LIMIT 50",
        binds![contact, erasure::PERSON_ERASED],
    )?;
    Ok(rows
        .into_iter()
        .map(|row| lead::privacy::ReceiptView {
            destination: row.destination,
            state: row.state,
            attempts: row.attempts,
            next_at: row.next_at.map(crate::clock::rfc3339),
            last_result: row.last_result,
        })
        .collect())
}
