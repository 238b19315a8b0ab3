//! Leads in the order in which they were opened, and inquiries as they came.

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

/// An inquiry as it came.
pub fn raw(database: &Database, inquiry: &str) -> Result<Option<RawInquiry>> {
    struct Row {
        raw: String,
    }
    row!(Row: raw);
    let row = database.row::<Row>("SELECT raw FROM inquiries WHERE id = ?", binds![inquiry])?;
    let Some(Row { raw: body }) = row else { return Ok(None) };
    let others = database
        .rows::<Row>("SELECT raw FROM revisions WHERE inquiry = ? ORDER BY recorded_at LIMIT 100", binds![inquiry])?;
    let mut revisions = Vec::new();
    for Row { raw } in others {
        revisions.push(raw);
    }
    Ok(Some(RawInquiry { inquiry: inquiry.to_owned(), body, revisions, answers: answers::merged(database, inquiry)? }))
}
