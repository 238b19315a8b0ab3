//! Leads in the order in which they were opened, and their inquiries as they came.

use lead::export::RawInquiry;
use worker::Result;

use super::{Database, answers, binds};

struct Id {
    id: String,
}
row!(Id: id);

/// Ids of the leads after this one; ids sort by the time they were made.
pub fn leads_after(database: &Database, after: &str, most: i64) -> Result<Vec<String>> {
    let rows = database.rows::<Id>("SELECT id FROM leads WHERE id > ? ORDER BY id LIMIT ?", binds![after, most])?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A lead's inquiries as they came, oldest first.
pub fn raw(database: &Database, lead: &str) -> Result<Vec<RawInquiry>> {
    struct Row {
        id: String,
        raw: String,
    }
    row!(Row: id, raw);
    let rows = database
        .rows::<Row>("SELECT id, raw FROM inquiries WHERE lead = ? ORDER BY recorded_at, id LIMIT 500", binds![lead])?;
    rows.into_iter()
        .map(|row| {
            let revisions = database.rows::<Row>(
                "SELECT body_hash AS id, raw FROM revisions WHERE inquiry = ? ORDER BY recorded_at LIMIT 100",
                binds![row.id.as_str()],
            )?;
            Ok(RawInquiry {
                answers: answers::merged(database, &row.id)?,
                inquiry: row.id,
                body: row.raw,
                revisions: revisions.into_iter().map(|row| row.raw).collect(),
            })
        })
        .collect()
}
