//! Answers of an inquiry, merged and message by message, and the facts they became.

use lead::form::{Answers, Fact, Facts};
use worker::Result;

use super::{Database, binds, json, parsed, unclaimed};

/// How many messages of one inquiry are taken: many times what the longest form asks.
const MOST_KEPT: i64 = 500;

/// An inquiry's merged answers.
pub fn merged(database: &Database, inquiry: &str) -> Result<Answers> {
    struct Row {
        merged: String,
    }
    row!(Row: merged);
    database
        .row::<Row>("SELECT merged FROM answers WHERE inquiry = ?", binds![inquiry])?
        .map_or_else(|| Ok(Answers::default()), |row| parsed(&row.merged))
}

/// Writes an inquiry's merged answers.
pub fn put(database: &Database, inquiry: &str, answers: &Answers) -> Result<()> {
    database.run(
        "INSERT INTO answers (inquiry, merged) VALUES (?, ?)
         ON CONFLICT (inquiry) DO UPDATE SET merged = excluded.merged",
        binds![inquiry, json(answers)?],
    )
}

/// A message of answers as received.
#[derive(Debug, Clone)]
pub struct Message {
    /// Hash of the secret that came with it.
    pub secret_hash: String,
    /// When it came.
    pub received_at: i64,
    /// The body.
    pub body: String,
}
row!(Message: secret_hash, received_at, body);

/// Keeps a message as received. False when the inquiry has more of them than anybody answers.
pub fn keep(database: &Database, inquiry: &str, body_hash: &str, message: &Message) -> Result<bool> {
    database.any(
        "INSERT INTO answer_messages (inquiry, body_hash, secret_hash, received_at, body)
         SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM answer_messages WHERE inquiry = ?1 AND body_hash <> ?2) < ?6
         ON CONFLICT (inquiry, body_hash) DO UPDATE SET received_at = received_at RETURNING 1 AS found",
        binds![inquiry, body_hash, message.secret_hash.as_str(), message.received_at, message.body.as_str(), MOST_KEPT],
    )
}

/// The messages that came before their inquiry, oldest first; it has come now, and they wait no longer.
pub fn claimed(database: &Database, inquiry: &str) -> Result<Vec<Message>> {
    let messages = database.rows(
        "SELECT secret_hash, received_at, body FROM answer_messages WHERE inquiry = +? ORDER BY received_at, body_hash",
        binds![inquiry],
    )?;
    if !messages.is_empty() {
        unclaimed::claim(database, inquiry)?;
    }
    Ok(messages)
}

struct FactRow {
    key: String,
    value: String,
    known: String,
    said_on: String,
}
row!(FactRow: key, value, known, said_on);

/// A lead's newest facts.
pub fn facts(database: &Database, lead: &str) -> Result<Facts> {
    let rows = database.rows::<FactRow>(
        "SELECT key, value, known, said_on FROM facts WHERE lead = +? ORDER BY number",
        binds![lead],
    )?;
    let statements: Result<Vec<Fact>> = rows.into_iter().map(fact).collect();
    Ok(Facts::fold(statements?))
}

fn fact(row: FactRow) -> Result<Fact> {
    Ok(lead::json::from_tree(serde_json::json!({
        "key": row.key, "value": row.value, "known": row.known, "on": row.said_on,
    }))?)
}

/// Adds statements to a lead.
pub fn add_facts(
    database: &Database,
    lead: &str,
    facts: &[Fact],
    author: &str,
    evidence: &str,
    now: i64,
) -> Result<()> {
    for fact in facts {
        database.run(
            "INSERT INTO facts (lead, key, value, known, said_on, author, evidence, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            binds![
                lead,
                lead::qualify::code(fact.key),
                fact.value.as_str(),
                lead::qualify::code(fact.known),
                fact.on.to_string(),
                author,
                evidence,
                now
            ],
        )?;
    }
    Ok(())
}
