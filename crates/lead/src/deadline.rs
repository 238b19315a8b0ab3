//! By when everyone is answered: one deadline for all, in working minutes (I-18).

use jiff::{
    Timestamp, ToSpan, Zoned,
    civil::{Time, Weekday},
};

use crate::{
    config::{Config, ConfigProblem, Day, WorkingHours},
    zone::{zone, zone_or_utc},
};

/// The first-response deadline of an inquiry recorded at `now`.
///
/// Only `now` and the configuration are looked at: not the source, the category or the text.
/// A configuration without a usable working time counts every minute.
pub fn first_response(config: &Config, now: Timestamp) -> Timestamp {
    let minutes = i64::from(config.first_response_minutes);
    let zone = zone_or_utc(&config.time_zone);
    working_minutes_later(&config.working_hours, &now.to_zoned(zone), minutes)
        .unwrap_or_else(|| now.checked_add(minutes.minutes()).unwrap_or(now))
}

fn working_minutes_later(hours: &WorkingHours, now: &Zoned, minutes: i64) -> Option<Timestamp> {
    let from: Time = hours.from.parse().ok()?;
    let to: Time = hours.to.parse().ok()?;
    if hours.days.is_empty() || from >= to {
        return None;
    }
    let mut left = minutes.checked_mul(60)?;
    let mut day = now.date();
    // A year of days is more than any deadline needs, and an end to any calendar.
    for _ in 0..366 {
        if hours.days.iter().any(|working| weekday(*working) == day.weekday()) {
            let opens = day.to_datetime(from).to_zoned(now.time_zone().clone()).ok()?.timestamp();
            let closes = day.to_datetime(to).to_zoned(now.time_zone().clone()).ok()?.timestamp();
            let begins = opens.max(now.timestamp());
            let available = closes.as_second().saturating_sub(begins.as_second());
            if available > 0 && left <= available {
                return begins.checked_add(left.seconds()).ok();
            }
            left = left.saturating_sub(available.max(0));
        }
        day = day.tomorrow().ok()?;
    }
    None
}

fn weekday(day: Day) -> Weekday {
    match day {
        Day::Mon => Weekday::Monday,
        Day::Tue => Weekday::Tuesday,
        Day::Wed => Weekday::Wednesday,
        Day::Thu => Weekday::Thursday,
        Day::Fri => Weekday::Friday,
        Day::Sat => Weekday::Saturday,
        Day::Sun => Weekday::Sunday,
    }
}

/// The first working moment from `now` on, where the company is: whoever answers begins then. A
/// configuration without a usable working time works always.
pub fn answering_begins(config: &Config, now: Timestamp) -> Zoned {
    let zone = zone_or_utc(&config.time_zone);
    let now = now.to_zoned(zone);
    // No minute of work is needed to begin: the search ends within the first working day.
    match working_minutes_later(&config.working_hours, &now, 0) {
        Some(begins) => begins.to_zoned(now.time_zone().clone()),
        None => now,
    }
}

/// The workspace's own clock at this moment.
pub fn local(config: &Config, now: Timestamp) -> Zoned {
    now.to_zoned(zone_or_utc(&config.time_zone))
}

/// Whether this moment lies in the working hours.
pub fn is_working(hours: &WorkingHours, moment: &Zoned) -> bool {
    let (Ok(from), Ok(to)) = (hours.from.parse::<Time>(), hours.to.parse::<Time>()) else { return true };
    let time = moment.datetime().time();
    hours.days.iter().any(|working| weekday(*working) == moment.weekday()) && from <= time && time < to
}

/// The day of the week of this moment.
pub fn day_of(moment: &Zoned) -> Day {
    match moment.weekday() {
        Weekday::Monday => Day::Mon,
        Weekday::Tuesday => Day::Tue,
        Weekday::Wednesday => Day::Wed,
        Weekday::Thursday => Day::Thu,
        Weekday::Friday => Day::Fri,
        Weekday::Saturday => Day::Sat,
        Weekday::Sunday => Day::Sun,
    }
}

/// What is wrong with the configuration's clock: its time zone and working hours.
pub fn problems(config: &Config) -> Vec<ConfigProblem> {
    let mut found = Vec::new();
    let mut report = |at: &str, problem: &str| found.push(ConfigProblem { at: at.into(), problem: problem.into() });
    if zone(&config.time_zone).is_none() {
        report("time_zone", "is not an IANA time zone, for example Europe/Moscow");
    }
    let everyone = config.team.iter().enumerate();
    let own = everyone.filter_map(|(at, member)| Some((format!("team[{at}].hours"), member.hours.as_ref()?)));
    for (at, hours) in [("working_hours".to_owned(), &config.working_hours)].into_iter().chain(own) {
        hours_problems(&at, hours, &mut report);
    }
    found
}

fn hours_problems(at: &str, hours: &WorkingHours, report: &mut impl FnMut(&str, &str)) {
    match (hours.from.parse::<Time>(), hours.to.parse::<Time>()) {
        (Ok(from), Ok(to)) if from >= to => report(at, "must begin before they end"),
        (Ok(_), Ok(_)) => {}
        _ => report(at, "must be written HH:MM"),
    }
    if hours.days.is_empty() {
        report(&format!("{at}.days"), "must not be empty");
    }
}

/// The calendar day of `now` where the workspace is.
pub fn local_day(config: &Config, now: Timestamp) -> form::Date {
    let zone = zone_or_utc(&config.time_zone);
    now.to_zoned(zone).date()
}
