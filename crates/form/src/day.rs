//! A calendar day, read and written as `YYYY-MM-DD` and nothing else.
//!
//! `jiff` reads every way there is to write a date and explains every mistake; in the visitor's
//! browser that alone would be forty kilobytes of the seventy there are.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Reads `YYYY-MM-DD`.
pub fn read(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Writes `YYYY-MM-DD`.
pub fn written(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// The same day so many months later, or the last day of that month where it is shorter.
pub fn months_later(day: Date, months: i8) -> Option<Date> {
    let since_january = day.month().checked_sub(1)?.checked_add(months)?;
    let year = day.year().checked_add((since_january / 12).into())?;
    let first = Date::new(year, (since_january % 12).checked_add(1)?, 1).ok()?;
    Date::new(year, first.month(), day.day().min(first.days_in_month())).ok()
}

/// For `#[serde(with = "day")]`.
pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&written(*day))
}

/// For `#[serde(with = "day")]`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    read(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a day"))
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_calendar(days in -3_000_i32..30_000, months in 0_i8..25) {
            let day = date(2000, 1, 1).saturating_add(days.days());
            prop_assert_eq!(written(day), day.to_string());
            prop_assert_eq!(read(&written(day)), Some(day));
            prop_assert_eq!(months_later(day, months), Some(day.saturating_add(i32::from(months).months())));
        }
    }

    #[test]
    fn anything_else_is_no_day() {
        for text in ["", "2026-02", "2026-02-30", "03.02.2026", "2026-02-03T10:00:00Z", "soon"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
