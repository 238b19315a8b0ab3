//! What becomes of an envelope that the spill holds for a ledger which could not answer.
//!
//! The visitor was told that it is kept, so there are only two ways: the ledger has acknowledged it,
//! or it is still here, and whoever looks after the installation sees it.

use jiff::{Timestamp, ToSpan};

/// The first wait after a failed attempt, in seconds; it doubles with each one.
const FIRST_WAIT: i64 = 2;

/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 300;

/// An envelope that failed this often is stuck: it goes on being tried, and is shown.
pub const STUCK_AFTER: u32 = 10;

/// What follows from one attempt to hand an envelope to its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The ledger has it: the spill may forget it.
    Forgotten,
    /// It is tried again then.
    Again {
        /// When.
        at: Timestamp,
        /// True when the ledger itself could not be reached, so that nothing else of its workspace
        /// need be tried before then.
        unreachable: bool,
    },
    /// The ledger will never take it as it is: it is kept, with what the ledger said, for a person.
    Held,
}

/// What follows from attempt number `attempt` (counted from 1), which the ledger answered with an HTTP
/// status, or with nothing at all.
pub fn fate(status: Option<u16>, attempt: u32, now: Timestamp) -> Fate {
    match status {
        Some(200..=299) => Fate::Forgotten,
        // There is no such workspace yet: it is being restored, and takes its inquiries afterwards.
        Some(404 | 408 | 425 | 429 | 500..) => Fate::Again { at: later(attempt, now), unreachable: false },
        Some(_) => Fate::Held,
        None => Fate::Again { at: later(attempt, now), unreachable: true },
    }
}

/// True when an answer of the ledger says nothing about the inquiry, only that the ledger could not
/// take it now: then the spill takes it.
pub fn spills(status: u16) -> bool {
    status >= 500 || status == 404
}

fn later(attempt: u32, now: Timestamp) -> Timestamp {
    let doubled = FIRST_WAIT.checked_shl(attempt.saturating_sub(1).min(16)).unwrap_or(LONGEST_WAIT);
    now.checked_add(doubled.clamp(FIRST_WAIT, LONGEST_WAIT).seconds()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_acknowledgement_lets_the_spill_forget() {
        let now = Timestamp::UNIX_EPOCH;
        for status in (100..=599).map(Some).chain([None]) {
            for attempt in [1, 2, 11, u32::MAX] {
                let forgotten = fate(status, attempt, now) == Fate::Forgotten;
                assert_eq!(forgotten, status.is_some_and(|status| (200..300).contains(&status)), "{status:?}");
            }
        }
    }

    #[test]
    fn waits_double_up_to_five_minutes() {
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<_> = [1, 2, 3, 7, 8, 9, 40, u32::MAX]
            .map(|attempt| match fate(None, attempt, now) {
                Fate::Again { at, unreachable: true } => at.as_second(),
                other => panic!("{other:?}"),
            })
            .into();
        assert_eq!(waits, [2, 4, 8, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn what_the_ledger_refused_is_kept_for_a_person() {
        let now = Timestamp::UNIX_EPOCH;
        for status in [400, 403, 409, 413, 422] {
            assert_eq!(fate(Some(status), 1, now), Fate::Held, "{status}");
        }
        assert!(matches!(fate(Some(500), 1, now), Fate::Again { unreachable: false, .. }));
        assert!(spills(500) && spills(503) && spills(404) && !spills(403) && !spills(422) && !spills(200));
    }
}
