//! How much time is left until a deadline, in words and as a part of the whole.

use jiff::Timestamp;

use crate::phrases::Phrases;

/// Seconds until a deadline; negative once it has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimeLeft(i64);

impl TimeLeft {
    /// The time between now and the deadline.
    pub(crate) fn until(deadline: Timestamp, now: Timestamp) -> Self {
        Self(deadline.as_second().saturating_sub(now.as_second()))
    }

    /// The deadline has passed.
    pub(crate) fn is_over(self) -> bool {
        self.0 < 0
    }

    /// Less than five minutes are left.
    pub(crate) fn is_short(self) -> bool {
        (0..300).contains(&self.0)
    }

    /// `04:12` under an hour, `1 ч 05 мин` under a day, then days and hours.
    /// After the deadline: how long ago it was, in whole minutes.
    pub(crate) fn words(self, t: &Phrases) -> String {
        let seconds = self.0.saturating_abs();
        let (minutes, rest) = (seconds / 60, seconds % 60);
        let (hours, days) = (minutes / 60, minutes / 1440);
        let long = if days > 0 {
            format!("{days} {} {} {}", t.days_short, hours % 24, t.hours_short)
        } else if hours > 0 {
            format!("{hours} {} {:02} {}", t.hours_short, minutes % 60, t.minutes_short)
        } else if self.is_over() {
            format!("{} {}", minutes.max(1), t.minutes_short)
        } else {
            return format!("{minutes:02}:{rest:02}");
        };
        if self.is_over() { t.ago.replace("{time}", &long) } else { long }
    }

    /// How much of the time between `opened` and the deadline is left, in per cent.
    pub(crate) fn share(self, opened: Timestamp, deadline: Timestamp) -> i64 {
        let whole = deadline.as_second().saturating_sub(opened.as_second()).max(1);
        self.0.saturating_mul(100).checked_div(whole).unwrap_or(0).clamp(0, 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn words_are_fine_near_the_deadline_and_coarse_far_from_it() {
        let words = |seconds, lang: Lang| TimeLeft(seconds).words(lang.phrases());
        assert_eq!(words(0, Lang::Ru), "00:00");
        assert_eq!(words(252, Lang::Ru), "04:12");
        assert_eq!(words(3599, Lang::Ru), "59:59");
        assert_eq!(words(3900, Lang::Ru), "1 ч 05 мин");
        assert_eq!(words(3 * 86_400 + 7_200, Lang::Ru), "3 д 2 ч");
        assert_eq!(words(-1, Lang::Ru), "1 мин назад");
        assert_eq!(words(-725, Lang::En), "12 min ago");
        assert_eq!(words(-7_260, Lang::En), "2 h 01 min ago");
    }

    #[test]
    fn the_share_stays_between_nothing_and_everything() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (opened, deadline) = (at("2026-11-21T10:00:00Z"), at("2026-11-21T10:15:00Z"));
        let share = |now| TimeLeft::until(deadline, at(now)).share(opened, deadline);
        assert_eq!(share("2026-11-21T10:00:00Z"), 100);
        assert_eq!(share("2026-11-21T10:12:00Z"), 20);
        assert_eq!(share("2026-11-21T11:00:00Z"), 0);
        assert_eq!(share("2026-11-21T09:00:00Z"), 100);
    }
}
