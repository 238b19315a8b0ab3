//! Files that visitors attach: which are kept, and under which name.
//!
//! A file is known by its ending and its first bytes together, so that nothing which runs hides
//! behind the name of a picture. The kinds are data (`data/file_kinds.json`): first bytes in
//! hexadecimal digits with `..` for any byte, or text.

use std::collections::BTreeMap;

use base16ct::lower as hex;
use form::{Question, QuestionKind, ending, question::LARGEST_FILE};
use jiff::Timestamp;
use serde::Deserialize;

use crate::event::{Event, EventKind};

/// The bytes of files that one workspace takes in an hour.
pub const MOST_AN_HOUR: usize = 512 * 1024 * 1024;

/// The size of a workspace's database, in bytes, beyond which it takes no more files: what is left up to the ten
/// gigabytes that an object holds is for inquiries.
pub const FULL: i64 = 4_000_000_000;

/// The largest file, in bytes.
pub const LARGEST: usize = LARGEST_FILE as usize;

/// How many files one inquiry may have.
pub const MOST: usize = 5;

/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 120;

/// The longest raw name that is kept, in characters.
const LONGEST_RAW_NAME: usize = 1_000;

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The name without paths, control characters and tricks, with an ending that says what it is.
    pub name: String,
    /// The name as it came, cut to a length that can be kept.
    pub raw_name: String,
    /// What it is, by its first bytes.
    pub media_type: String,
}

/// Why a file was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The form asks no such question, or not for a file.
    QuestionUnknown,
    /// There is nothing in it.
    Empty,
    /// It is larger than [`LARGEST`].
    TooLarge,
    /// Its ending is not one that is asked for, or its first bytes say something else.
    KindRefused,
    /// The inquiry has [`MOST`] files already.
    TooMany,
}

impl Refusal {
    /// HTTP status, machine-readable code and a sentence, as they go on the wire.
    pub fn on_the_wire(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::QuestionUnknown => (422, "question_unknown", "the form does not ask for a file here"),
            Self::Empty => (422, "file_empty", "there is nothing in this file"),
            Self::TooLarge => (413, "file_too_large", "the file is larger than 10 MiB"),
            Self::KindRefused => (415, "file_kind_refused", "files of this kind are not kept"),
            Self::TooMany => (422, "too_many_files", "the inquiry has as many files as it may have"),
        }
    }
}

/// Decides about a file that answers `question`. `kept` is how many files the inquiry has already.
///
/// # Errors
/// See [`Refusal`].
pub fn accept(question: Option<&Question>, raw_name: &str, content: &[u8], kept: usize) -> Result<Accepted, Refusal> {
    let question = question.filter(|question| question.kind == QuestionKind::File).ok_or(Refusal::QuestionUnknown)?;
    if content.is_empty() {
        return Err(Refusal::Empty);
    }
    if content.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let kinds = kinds();
    let is_asked = |ending: &str| ending::is_taken(question, ending);
    let name_as_shown = clean_name(raw_name);
    let ending = name_as_shown.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let by_content = |only_pictures: bool| {
        let tellable = |(ending, kind): &(&String, &Kind)| {
            kind.picture || (!only_pictures && ending.as_str() == "pdf" && is_asked("pdf"))
        };
        kinds.iter().find(|found| tellable(found) && says(found.1, content))
    };
    let (name, kind) = match kinds.get(&ending) {
        Some(_) if !is_asked(&ending) => return Err(Refusal::KindRefused),
        Some(kind) if says(kind, content) => (name_as_shown, kind),
        // Phones and browsers save a picture under the ending of another kind of picture.
        Some(kind) if kind.picture => (name_as_shown, by_content(true).ok_or(Refusal::KindRefused)?.1),
        Some(_) => return Err(Refusal::KindRefused),
        // A name without a known ending, as phones make some, is taken by its content.
        None => {
            let (known, kind) = by_content(false).filter(|(known, _)| is_asked(known)).ok_or(Refusal::KindRefused)?;
            (format!("{name_as_shown}.{known}"), kind)
        }
    };
    if kept >= MOST {
        return Err(Refusal::TooMany);
    }
    let raw_name = raw_name.chars().take(LONGEST_RAW_NAME).collect();
    Ok(Accepted { name, raw_name, media_type: kind.media_type.clone() })
}

/// True for an ending of a kind that is known here: a question may narrow them, not widen them.
pub fn is_known_ending(ending: &str) -> bool {
    kinds().contains_key(&ending.to_lowercase())
}

/// The name without paths, control characters and signs that turn the reading direction round.
pub fn clean_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|sign| !sign.is_control() && !is_trick(*sign))
        .map(|sign| if "<>:\"|?*".contains(sign) { '_' } else { sign })
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = words.trim_matches(['.', ' ']);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, Some(ending)),
        _ => (name, None),
    };
    let stem: String = stem.chars().take(LONGEST_NAME).collect();
    let stem = if stem.is_empty() { "file" } else { stem.trim_end() };
    ending.map_or_else(|| stem.to_owned(), |ending| format!("{stem}.{ending}"))
}

/// The header that makes a browser save a file under this name and never open it (RFC 6266).
pub fn content_disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || " .-_()+".contains(sign) { sign } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The history's line. The name is the person's own words and stays out of it.
pub fn attached(file: &str, inquiry: &str, question: &str, size: usize, now: Timestamp) -> Event {
    let data = [("file", file), ("inquiry", inquiry), ("question", question), ("size", &size.to_string())];
    Event { at: now.to_string(), kind: EventKind::FileAttached, by: "visitor".into(), data: crate::event::data(&data) }
}

#[derive(Debug, Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    media_type: String,
    #[serde(default)]
    picture: bool,
    #[serde(default)]
    text: bool,
    /// How far into the file its first bytes may stand: some programs write a line before a PDF.
    #[serde(default)]
    within: usize,
    #[serde(default)]
    begins: Vec<String>,
}

fn kinds() -> BTreeMap<String, Kind> {
    // The file is part of the build and a test reads it; an unreadable one would keep nothing.
    form::json::read(include_str!("data/file_kinds.json")).unwrap_or_default()
}

/// Whether the content is what the kind says.
fn says(kind: &Kind, content: &[u8]) -> bool {
    let begins = |pattern: &String| {
        (0..=kind.within).any(|from| content.get(from..).is_some_and(|content| begins_with(content, pattern)))
    };
    kind.begins.iter().any(begins) || (kind.text && is_text(content))
}

/// `pattern` is hexadecimal digits, `..` for any byte.
fn begins_with(content: &[u8], pattern: &str) -> bool {
    let mut bytes = content.iter();
    pattern.as_bytes().chunks(2).all(|digits| match (bytes.next(), digits) {
        (Some(_), b"..") => true,
        (Some(byte), digits) => hex::decode_vec(digits).is_ok_and(|wanted| wanted == [*byte]),
        (None, _) => false,
    })
}

/// Text in any encoding that people save it in: nothing that only programs write.
fn is_text(content: &[u8]) -> bool {
    let wide = content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]);
    let first = content.get(..4_096).unwrap_or(content);
    wide || first.iter().all(|byte| *byte >= 0x20 || b"\t\n\r\x0c\x1a\x1b".contains(byte))
}

/// Signs that turn the reading direction round or cannot be seen; the joiner of emoji stays.
fn is_trick(sign: char) -> bool {
    matches!(sign, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_offer_is_what_is_kept() {
        let mut offered: Vec<&str> = ending::GROUPS.concat();
        offered.sort_unstable();
        assert_eq!(offered, kinds().keys().map(String::as_str).collect::<Vec<_>>());
    }
}
