//! Who does something to a person's leads, and when.

use lead::event::{self, Event, EventKind};

use crate::{clock::Timestamp, sql::history::AuditLine};

/// Who does it, and when.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// A member's id, or `api`.
    pub by: &'a str,
    /// Now.
    pub now: Timestamp,
}

impl Hand<'_> {
    /// A line of the history.
    pub fn event(&self, kind: EventKind, data: &[(&str, &str)]) -> Event {
        Event { at: self.now.to_string(), kind, by: self.by.to_owned(), data: event::data(data) }
    }

    /// A line of the audit log.
    pub fn audit(&self, action: &str, target: &str) -> AuditLine {
        AuditLine {
            at: self.now.as_millisecond(),
            who: self.by.to_owned(),
            action: action.to_owned(),
            target: target.to_owned(),
            outcome: "done".into(),
        }
    }
}
