//! Files that visitors attached, in parts that fit a row.

use futures_util::{Stream, stream};
use lead::{attachment::Accepted, view::FileView};
use worker::Result;

use super::{Database, binds};
use crate::clock::rfc3339;

/// The largest part, in bytes.
const PART: usize = 1024 * 1024;

/// A file to keep.
#[derive(Debug)]
pub struct NewFile<'a> {
    /// Its id.
    pub id: &'a str,
    /// The inquiry it came with.
    pub inquiry: &'a str,
    /// The question it answers.
    pub question: &'a str,
    /// When.
    pub attached_at: i64,
    /// Its names and kind.
    pub accepted: &'a Accepted,
    /// Of its content, hexadecimal.
    pub sha256: &'a str,
    /// Its content.
    pub content: &'a [u8],
}

/// A file as it is listed.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// The inquiry it came with.
    pub inquiry: String,
    /// The question it answers.
    pub question: String,
    attached_at: i64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// In bytes.
    pub size: u32,
    sha256: String,
}
row!(Row: id, inquiry, question, attached_at, name, media_type, size, sha256);

const COLUMNS: &str = "attachments.id AS id, inquiry, question, attached_at, name, media_type, size, sha256";

impl Row {
    /// The file as it is shown on a lead.
    pub fn view(self, lead: &str, asked: String) -> FileView {
        FileView {
            path: format!("/api/leads/{lead}/files/{}", self.id),
            id: self.id,
            inquiry: self.inquiry,
            question: self.question,
            asked,
            attached_at: rfc3339(self.attached_at),
            name: self.name,
            media_type: self.media_type,
            size: self.size,
            sha256: self.sha256,
        }
    }
}

/// Keeps a file. Runs inside the caller's transaction.
pub fn add(database: &Database, file: &NewFile<'_>) -> Result<()> {
    database.run(
        "INSERT INTO attachments (id, inquiry, question, attached_at, name, raw_name, media_type, size, sha256)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        binds![
            file.id,
            file.inquiry,
            file.question,
            file.attached_at,
            file.accepted.name.as_str(),
            file.accepted.raw_name.as_str(),
            file.accepted.media_type.as_str(),
            i64::try_from(file.content.len()).unwrap_or(i64::MAX),
            file.sha256,
        ],
    )?;
    for (number, part) in (0_i64..).zip(file.content.chunks(PART)) {
        database.run(
            "INSERT INTO attachment_parts (attachment, number, content) VALUES (?, ?, ?)",
            binds![file.id, number, part.to_vec()],
        )?;
    }
    Ok(())
}

/// The file with this content that answers this question of this inquiry already.
pub fn same(database: &Database, inquiry: &str, question: &str, sha256: &str) -> Result<Option<Row>> {
    database.row(
        &format!("SELECT {COLUMNS} FROM attachments WHERE inquiry = ? AND question = ? AND sha256 = ?"),
        binds![inquiry, question, sha256],
    )
}

/// How many files an inquiry has.
pub fn count(database: &Database, inquiry: &str) -> Result<usize> {
    struct Count {
        kept: usize,
    }
    row!(Count: kept);
    Ok(database
        .row::<Count>("SELECT count(*) AS kept FROM attachments WHERE inquiry = ?", binds![inquiry])?
        .map_or(0, |count| count.kept))
}

/// A lead's files, oldest first.
pub fn of_lead(database: &Database, lead: &str) -> Result<Vec<Row>> {
    database.rows(
        &format!(
            "SELECT {COLUMNS} FROM inquiries JOIN attachments ON attachments.inquiry = inquiries.id
             WHERE inquiries.lead = ? ORDER BY attached_at, attachments.id LIMIT 500"
        ),
        binds![lead],
    )
}

/// A file of a lead.
pub fn find(database: &Database, lead: &str, id: &str) -> Result<Option<Row>> {
    database.row(
        &format!(
            "SELECT {COLUMNS} FROM attachments JOIN inquiries ON inquiries.id = attachments.inquiry
             WHERE attachments.id = ? AND inquiries.lead = ?"
        ),
        binds![id, lead],
    )
}

/// A file's content, part by part, each read when it is asked for.
pub fn content(database: &Database, file: &Row) -> impl Stream<Item = Result<Vec<u8>>> + 'static {
    let parts = usize::try_from(file.size).unwrap_or(0).div_ceil(PART);
    let (database, id) = (database.clone(), file.id.clone());
    stream::iter((0_i64..).take(parts).map(move |number| {
        let statement = "SELECT content FROM attachment_parts WHERE attachment = ? AND number = ?";
        let part = database.bytes(statement, binds![id.as_str(), number])?;
        part.ok_or_else(|| worker::Error::RustError(format!("part {number} of file {id} is missing")))
    }))
}
