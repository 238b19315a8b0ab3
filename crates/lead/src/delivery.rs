//! When a delivery is tried again, and when it is given up.
//!
//! At least once, and harmless twice: the delivery's id stays the same over all attempts.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Seconds to wait before each attempt, counted from the attempt before it.
pub const SCHEDULE: [i64; 10] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The longest wait a receiver may ask for, in seconds.
const LONGEST_RETRY_AFTER: i64 = 86_400;

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The receiver has it.
    Sent,
    /// It may work later; a longer wait in seconds that the receiver asked for wins.
    Retry {
        /// Seconds.
        after: Option<i64>,
    },
    /// It will never work like this: a dead letter, visible and replayable.
    Permanent,
    /// The receiver is gone for good.
    Gone,
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Delivered.
    Sent,
    /// Tried again then.
    At(Timestamp),
    /// Given up.
    Dead,
}

/// What an HTTP status says: only 2xx is success, redirects are never followed.
pub fn outcome(status: u16, retry_after: Option<i64>) -> Outcome {
    match status {
        200..=299 => Outcome::Sent,
        408 | 425 | 429 | 500 | 502 | 503 | 504 => Outcome::Retry { after: retry_after },
        410 => Outcome::Gone,
        501 | 505..=599 => Outcome::Retry { after: retry_after },
        _ => Outcome::Permanent,
    }
}

/// What follows from attempt number `attempt` (counted from 1). `jitter` is from 0 to 1 and moves
/// the time by up to a tenth either way, so that a receiver that comes back is not run over.
pub fn next(attempt: u32, outcome: &Outcome, now: Timestamp, jitter: f64) -> Next {
    let asked = match outcome {
        Outcome::Sent => return Next::Sent,
        Outcome::Permanent | Outcome::Gone => return Next::Dead,
        Outcome::Retry { after } => after.map(|seconds| seconds.clamp(0, LONGEST_RETRY_AFTER)),
    };
    let Some(planned) = usize::try_from(attempt).ok().and_then(|attempt| SCHEDULE.get(attempt)) else {
        return Next::Dead;
    };
    // A receiver may ask for more time than planned, never for less: ten attempts must last for days.
    let milliseconds = match asked {
        Some(asked) if asked > *planned => jittered(asked, 1.0, jitter),
        _ => jittered(*planned, 0.9, jitter),
    };
    now.checked_add(milliseconds.milliseconds()).map_or(Next::Dead, Next::At)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::arithmetic_side_effects,
    reason = "at most a day in milliseconds, far inside f64 and i64"
)]
fn jittered(seconds: i64, least: f64, jitter: f64) -> i64 {
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
    (seconds as f64 * 1_000.0 * (least + (1.1 - least) * jitter)) as i64
}
