//! A moment as it is written on the wire: RFC 3339 in UTC, for example `2026-11-21T10:00:00Z`.
//!
//! `jiff` reads every way there is to write a moment and explains every mistake, which is a good part of the desk
//! for texts that only our own server writes.

use jiff::{Timestamp, civil::Time, tz::Offset};
use lead::form::day;

/// Reads a moment.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = time.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let nanoseconds = format!("{fraction:0<9.9}").parse().ok()?;
    let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?, nanoseconds).ok()?;
    Offset::UTC.to_timestamp(day::read(day)?.to_datetime(time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_library() {
        for text in [
            "2026-11-21T10:00:00Z",
            "2026-02-28T23:59:59.5Z",
            "2024-02-29T00:00:00.123456789Z",
            "1970-01-01T00:00:00.001Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(read(text), text.parse().ok(), "{text}");
            assert!(read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in ["", "Z", "soon", "2026-11-21", "2026-02-30T10:00:00Z", "2026-11-21T25:00:00Z", "2026-11-21T10:00Z"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
