//! Answers whose inquiry has not come: how many may wait, and for how long.
//!
//! Whoever has a site's public key can send answers to inquiries that never existed, so what waits is bounded in
//! number and in bytes. At a bound newcomers are asked to come again, and nothing that was acknowledged is given up
//! for them: their browsers keep what they have, and once their inquiry is recorded no bound of these holds any more.

use jiff::{Timestamp, ToSpan};

/// How many messages may wait for one inquiry.
pub const MOST_OF_ONE: i64 = 32;

/// For how many inquiries messages may wait in one workspace.
pub const MOST_INQUIRIES: i64 = 4_000;

/// How many bytes may wait in one workspace: with 64 KiB a message, some hundreds of the largest, and as many honest
/// ones as there may be inquiries.
pub const MOST_BYTES: i64 = 16 * 1024 * 1024;

/// A browser keeps an inquiry that is not through for seven days (`site/visit/safekeeping.js`), and mints it before
/// its answers: what has waited longer waits in vain.
const PATIENCE_HOURS: i64 = 7 * 24;

/// In how many seconds whoever finds no room may come again: inquiries are sent before their answers, so that most
/// of those who overtake theirs find it there by then.
pub const AGAIN_IN: u16 = 30;

/// What waits already, in one workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Inquiries.
    pub inquiries: i64,
    /// Bytes.
    pub bytes: i64,
    /// Messages of the inquiry in question.
    pub of_one: i64,
}

/// Whether a message of so many bytes may wait too.
pub fn has_room(waiting: Waiting, bytes: i64) -> bool {
    let joins_others = waiting.of_one > 0;
    waiting.of_one < MOST_OF_ONE
        && (joins_others || waiting.inquiries < MOST_INQUIRIES)
        && waiting.bytes.saturating_add(bytes) <= MOST_BYTES
}

/// What came before this moment is given up.
pub fn given_up_before(now: Timestamp) -> Timestamp {
    now.checked_sub(PATIENCE_HOURS.hours()).unwrap_or(Timestamp::MIN)
}

/// When what came then is given up, in milliseconds since 1970.
pub fn given_up_at(since: i64) -> i64 {
    since.saturating_add(PATIENCE_HOURS.saturating_mul(3_600_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_by_each_measure() {
        let few = Waiting { inquiries: 1, bytes: 100, of_one: 1 };
        assert!(has_room(Waiting::default(), 65_536) && has_room(few, 65_536));
        assert!(!has_room(Waiting { of_one: MOST_OF_ONE, ..few }, 1));
        assert!(!has_room(Waiting { of_one: 0, inquiries: MOST_INQUIRIES, ..few }, 1));
        // Whoever waits already is not one inquiry more.
        assert!(has_room(Waiting { inquiries: MOST_INQUIRIES, ..few }, 1));
        assert!(has_room(Waiting { bytes: MOST_BYTES - 10, ..few }, 10));
        assert!(!has_room(Waiting { bytes: MOST_BYTES - 10, ..few }, 11));
    }

    #[test]
    fn what_waits_is_given_up_after_a_week() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let since = given_up_before(now);
        assert_eq!(since.to_string(), "2026-11-15T12:00:00Z");
        assert_eq!(given_up_at(since.as_millisecond()), now.as_millisecond());
    }
}
