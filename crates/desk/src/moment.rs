//! Times of the wire as a person reads them, in the reader's own time zone.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

use lead::form::day;

use crate::{instant, lang::Lang, phrases::Phrases};

/// What the words for a moment depend on: the language, the zone and today.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar {
    /// The reader's language.
    pub(crate) lang: Lang,
    /// Minutes east of UTC at a moment; an argument, because only the browser knows the zone.
    pub(crate) offset_at: fn(Timestamp) -> i32,
    /// Now, by the server's clock.
    pub(crate) now: Timestamp,
}

impl Calendar {
    /// `14:03` today, else `вчера 14:03`, `21 ноя 14:03`, or with the year when it is another one.
    pub(crate) fn brief(&self, text: &str) -> String {
        let Some(at) = self.local(text) else { return text.to_owned() };
        let clock = format!("{:02}:{:02}", at.hour(), at.minute());
        if Some(at.date()) == self.today() {
            return clock;
        }
        match self.day_name(at.date()) {
            Some(name) => format!("{name} {clock}"),
            None => format!("{} {clock}", self.short_date(at.date())),
        }
    }

    /// To the second: `14:03:22`.
    pub(crate) fn clock(&self, text: &str) -> String {
        self.local(text).map_or_else(|| text.to_owned(), to_the_second)
    }

    /// The day and the time to the second: `21 ноября 2026, 14:03:22`.
    pub(crate) fn exact(&self, text: &str) -> String {
        match self.local(text) {
            Some(at) => format!("{}, {}", self.long_date(at.date()), to_the_second(at)),
            None => text.to_owned(),
        }
    }

    /// The day: `Сегодня`, `Вчера`, `21 ноября 2026`.
    pub(crate) fn day(&self, text: &str) -> String {
        let Some(at) = self.local(text) else { return text.to_owned() };
        self.day_name(at.date()).map_or_else(|| self.long_date(at.date()), capitalised)
    }

    /// A calendar date of the wire, for example `2026-12-01`, as `1 декабря 2026`; any other text as it is.
    pub(crate) fn date(&self, text: &str) -> String {
        day::read(text).map_or_else(|| text.to_owned(), |date| self.long_date(date))
    }

    /// The reader's distance from UTC: `UTC+3`, `UTC−3:30`.
    pub(crate) fn zone(&self) -> String {
        let minutes = (self.offset_at)(self.now);
        let (sign, distance) = (if minutes < 0 { '−' } else { '+' }, minutes.unsigned_abs());
        match distance % 60 {
            0 => format!("UTC{sign}{}", distance / 60),
            rest => format!("UTC{sign}{}:{rest:02}", distance / 60),
        }
    }

    fn local(&self, text: &str) -> Option<DateTime> {
        self.there(instant::read(text)?)
    }

    fn there(&self, at: Timestamp) -> Option<DateTime> {
        let seconds = (self.offset_at)(at).checked_mul(60)?;
        Some(Offset::from_seconds(seconds).ok()?.to_datetime(at))
    }

    fn today(&self) -> Option<Date> {
        self.there(self.now).map(DateTime::date)
    }

    fn day_name(&self, date: Date) -> Option<&'static str> {
        let today = self.today()?;
        if date == today {
            Some(self.phrases().today)
        } else if Some(date) == today.yesterday().ok() {
            Some(self.phrases().yesterday)
        } else if Some(date) == today.tomorrow().ok() {
            Some(self.phrases().tomorrow)
        } else {
            None
        }
    }

    fn short_date(&self, date: Date) -> String {
        let month: String = self.month(date).chars().take(3).collect();
        let this_year = self.today().is_some_and(|today| today.year() == date.year());
        let year = if this_year { String::new() } else { format!(" {}", date.year()) };
        match self.lang {
            Lang::Ru => format!("{} {month}{year}", date.day()),
            Lang::En => format!("{month} {}{year}", date.day()),
        }
    }

    fn long_date(&self, date: Date) -> String {
        match self.lang {
            Lang::Ru => format!("{} {} {}", date.day(), self.month(date), date.year()),
            Lang::En => format!("{} {}, {}", self.month(date), date.day(), date.year()),
        }
    }

    fn month(&self, date: Date) -> &'static str {
        let place = usize::try_from(date.month()).unwrap_or(1).saturating_sub(1);
        self.phrases().months.get(place).copied().unwrap_or_default()
    }

    fn phrases(&self) -> &'static Phrases {
        self.lang.phrases()
    }
}

fn to_the_second(at: DateTime) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

fn capitalised(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(lang: Lang) -> Calendar {
        // Moscow, three hours east; 00:30 on the 21st there is still the 20th in UTC.
        Calendar { lang, offset_at: |_| 180, now: "2026-11-20T21:30:00Z".parse().unwrap() }
    }

    #[test]
    fn days_are_those_of_the_reader() {
        let ru = calendar(Lang::Ru);
        assert_eq!(ru.brief("2026-11-20T21:05:09Z"), "00:05");
        assert_eq!(ru.brief("2026-11-20T20:59:59Z"), "вчера 23:59");
        assert_eq!(ru.brief("2026-11-01T10:00:00Z"), "1 ноя 13:00");
        assert_eq!(ru.brief("2025-11-01T10:00:00Z"), "1 ноя 2025 13:00");
        assert_eq!(ru.exact("2026-11-20T21:05:09Z"), "21 ноября 2026, 00:05:09");
        assert_eq!(ru.clock("2026-11-20T21:05:09Z"), "00:05:09");
        assert_eq!(ru.zone(), "UTC+3");
        assert_eq!(Calendar { offset_at: |_| -210, ..ru }.zone(), "UTC−3:30");
        assert_eq!(ru.day("2026-11-21T22:00:00Z"), "Завтра");
        assert_eq!(calendar(Lang::En).exact("2026-11-20T21:05:09Z"), "November 21, 2026, 00:05:09");
        assert_eq!(calendar(Lang::En).date("2026-12-01"), "December 1, 2026");
    }

    #[test]
    fn what_is_no_time_is_shown_as_it_is() {
        assert_eq!(calendar(Lang::Ru).exact("скоро"), "скоро");
        assert_eq!(calendar(Lang::Ru).date("весной"), "весной");
    }
}
