//! When a delivery is tried again, when it is given up, and when a destination is switched off.
//!
//! At least once, and harmless twice: the delivery's id stays the same over all attempts.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Seconds to wait before each attempt, counted from the attempt before it.
pub const SCHEDULE: [i64; 10] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The longest wait a receiver may ask for, in seconds.
const LONGEST_RETRY_AFTER: i64 = 86_400;

/// So many failures in a row, as many as one delivery has attempts, and no success between them…
const FAILURES: u32 = 10;

/// …over so many milliseconds: a destination that does that is switched off.
const A_DAY: i64 = 86_400_000;

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The receiver has it.
    Sent {
        /// What the receiver calls this lead.
        remote: Option<String>,
    },
    /// It may work later; a longer wait in seconds that the receiver asked for wins.
    Retry {
        /// Seconds.
        after: Option<i64>,
    },
    /// The receiver does not know us any more: nothing will work before a person mends that.
    Auth,
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
    /// Kept as it is: its destination is switched off.
    Kept,
    /// Given up.
    Dead,
}

/// What an HTTP status says: only 2xx is success, redirects are never followed. 0 is no answer at all.
pub fn outcome(status: u16, retry_after: Option<i64>) -> Outcome {
    match status {
        200..=299 => Outcome::Sent { remote: None },
        0 | 408 | 425 | 429 | 500..=599 => Outcome::Retry { after: retry_after },
        410 => Outcome::Gone,
        _ => Outcome::Permanent,
    }
}

/// Seconds to wait by a `Retry-After` header: a number, or a date of HTTP.
pub fn retry_after(header: &str, now: Timestamp) -> Option<i64> {
    let text = header.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds.max(0));
    }
    Some(http_date(text)?.as_second().saturating_sub(now.as_second()).max(0))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of a date that HTTP has today (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let mut words = text.split(' ').skip(1);
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = "JanFebMarAprMayJunJulAugSepOctNovDec".find(month)?.checked_div(3)?.saturating_add(1);
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}

/// What follows from attempt number `attempt` (counted from 1). `jitter` is from 0 to 1 and moves
/// the time by up to a tenth either way, so that a receiver that comes back is not run over.
pub fn next(attempt: u32, outcome: &Outcome, now: Timestamp, jitter: f64) -> Next {
    let asked = match outcome {
        Outcome::Sent { .. } => return Next::Sent,
        Outcome::Permanent => return Next::Dead,
        Outcome::Auth | Outcome::Gone => return Next::Kept,
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

/// How a destination has been doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// When the first of the failures in a row was, in milliseconds since 1970.
    pub failing_since: Option<i64>,
    /// How many failures in a row.
    pub failures: u32,
    /// Since when it is switched off.
    pub off_since: Option<i64>,
    /// What it said last, while it fails or is off.
    pub said: String,
}

/// True for a word that is written as codes are and names are not: `QUERY_LIMIT_EXCEEDED`, `expired_token`,
/// `NotSupportedChoice`, in ASCII, with few digits and not too long.
pub fn is_code(word: &str) -> bool {
    let bytes = word.as_bytes();
    let inside = |join: fn(u8, u8) -> bool| bytes.iter().zip(bytes.iter().skip(1)).any(|(&one, &next)| join(one, next));
    bytes.len() <= 60
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() < 6
        && (inside(|one, next| one.is_ascii_alphabetic() && next == b'_')
            || inside(|one, next| one.is_ascii_lowercase() && next.is_ascii_uppercase()))
}

/// What a destination said, for its health: a status and the service's code, or words of our own. It is kept where no
/// erasure looks, so nothing is in it that the service may have from a person: a code says nothing that it was sent (see
/// [`crate::destinations::contract::Job::without_what_was_sent`]), and what follows a colon is left out.
pub fn in_short(said: &str) -> String {
    let is_plain = |word: &&str| {
        is_code(word)
            || (word.len() <= 12 && word.trim_end_matches(',').bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let plain = said.split(':').next().unwrap_or_default();
    let words: Vec<&str> = plain.split_whitespace().take_while(is_plain).take(6).collect();
    words.join(" ")
}

/// The same for what is kept for ever: a status, or words of our own, and no code of a service.
pub fn in_our_words(said: &str) -> String {
    let said = in_short(said);
    said.split(' ').take_while(|word| !is_code(word)).collect::<Vec<_>>().join(" ")
}

/// How a destination is doing after an attempt at `now`. One that was switched off stays off: only a person
/// switches it on again.
pub fn health(before: &Health, outcome: &Outcome, said: &str, now: i64) -> Health {
    if matches!(outcome, Outcome::Sent { .. }) {
        // What was on its way when somebody switched it off may still arrive.
        return if before.off_since.is_some() { before.clone() } else { Health::default() };
    }
    let failing_since = before.failing_since.unwrap_or(now);
    let failures = before.failures.saturating_add(1);
    let hopeless = matches!(outcome, Outcome::Auth | Outcome::Gone)
        || (failures >= FAILURES && now.saturating_sub(failing_since) >= A_DAY);
    Health {
        failing_since: Some(failing_since),
        failures,
        off_since: before.off_since.or(hopeless.then_some(now)),
        said: in_short(said),
    }
}

/// A destination with something due, or on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// True when it has something that could begin.
    pub due: bool,
    /// Deliveries of it on their way at this moment.
    pub in_flight: usize,
    /// True while it fails.
    pub failing: bool,
}

/// Deliveries of all destinations side by side; the runtime allows six connections at once.
pub const AT_ONCE: usize = 6;

/// Deliveries of one destination side by side.
const OF_ONE: usize = 3;

/// Places that only a line with nothing on its way may take: whoever turns slow with all it has, others still go.
const KEPT_FREE: usize = 2;

/// Places of all lines that fail together: many that hang at once still leave half of them to those that do not.
const OF_FAILING: usize = 3;

/// How many more deliveries of each line may begin now. Every line gets one before any gets a second; one that fails
/// never holds more than one place, all that fail never more than half, and none the last that is free, so that they
/// delay nobody else.
pub fn share(lines: &[Line]) -> Vec<usize> {
    let mut begun = vec![0_usize; lines.len()];
    let on_their_way: usize = lines.iter().map(|line| line.in_flight).sum();
    let of_failing: usize = lines.iter().filter(|line| line.failing).map(|line| line.in_flight).sum();
    let mut free = AT_ONCE.saturating_sub(on_their_way);
    let mut for_failing = OF_FAILING.saturating_sub(of_failing);
    for round in 1..=OF_ONE {
        for (line, begun) in lines.iter().zip(&mut begun) {
            let most = if line.failing { for_failing.min(1) } else { OF_ONE };
            let kept = if round > 1 { KEPT_FREE } else { usize::from(line.failing) };
            let held = line.in_flight.saturating_add(*begun);
            if line.due && free > kept && held < round && held < most {
                *begun = begun.saturating_add(1);
                free = free.saturating_sub(1);
                for_failing = for_failing.saturating_sub(usize::from(line.failing));
            }
        }
    }
    begun
}
