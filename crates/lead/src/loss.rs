//! The loss ledger: what browsers sent off, what the ledger recorded, what destinations got.
//!
//! Browsers count without ids, so that two sums are compared and not two lists. Both are of the day on which the
//! inquiry was made, by its browser's clock, whenever it came. A browser keeps what is not through for seven days and
//! tries again, so a day's gap is `on the way` until then, and `lost` afterwards. Beacons that are blocked make
//! recorded greater than sent off; that is no gain, and never makes up for another day's gap.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// For how many days a browser keeps what is not through (`site/visit/safekeeping.js`).
pub const KEPT_DAYS: usize = 7;

const HOUR: i64 = 3_600;

/// When an id was made, in milliseconds since 1970: the first 48 bits of a UUIDv7 (RFC 9562, 5.7). Other ids do not say.
pub fn made_at(id: &str) -> Option<i64> {
    let milliseconds = i64::from_str_radix(&format!("{}{}", id.get(..8)?, id.get(9..13)?), 16).ok()?;
    (id.get(14..15) == Some("7")).then_some(milliseconds)
}

/// The hour since 1970 in which an inquiry was made.
pub fn hour_of(id: &str) -> Option<i64> {
    Some(made_at(id)?.div_euclid(HOUR.saturating_mul(1_000)))
}

/// When an inquiry counts as sent off that was made in this hour: now, where the hour is not known, or no browser
/// would still keep it, or its clock goes wrong.
pub fn sent_off_at(hour: Option<i64>, now: Timestamp) -> Timestamp {
    let this = now.as_second().div_euclid(HOUR);
    let oldest = this.saturating_sub(24_i64.saturating_mul(i64::try_from(KEPT_DAYS).unwrap_or(0).saturating_add(1)));
    let hour = hour.filter(|hour| (oldest..=this.saturating_add(1)).contains(hour));
    hour.and_then(|hour| Timestamp::from_second(hour.saturating_mul(HOUR)).ok()).unwrap_or(now)
}

/// `GET /api/reports/losses`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossReport {
    /// First day, `YYYY-MM-DD`, where the workspace is.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Inquiries that browsers sent off and that never came, in all.
    pub lost: u64,
    /// Inquiries that are on the way, of days on which so many are that something must be wrong.
    #[serde(default)]
    pub held_up: u64,
    /// Deliveries that were given up, in all.
    pub dead: u64,
    /// Each site.
    pub sites: Vec<SiteLosses>,
}

/// One site's days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteLosses {
    /// The site's id.
    pub site: String,
    /// Its name.
    pub name: String,
    /// Days on which there was anything, newest first.
    pub days: Vec<DayLosses>,
}

/// One day of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLosses {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Inquiries that browsers sent off.
    pub minted: u64,
    /// Of those that were sent off on this day, the ones that came, whenever they did.
    pub arrived: u64,
    /// All that were recorded, also from pages without script and from programs.
    pub recorded: u64,
    /// Sent off, not come, and still kept by the browser.
    pub on_the_way: u64,
    /// Sent off and never come.
    pub lost: u64,
    /// Each destination.
    pub destinations: Vec<DestinationLosses>,
}

impl DayLosses {
    /// How many are held up: a few are always on the way, with people in tunnels and planes; every third one is
    /// nobody's bad luck.
    pub fn held_up(&self) -> u64 {
        let many = self.on_the_way >= 3 && self.on_the_way.saturating_mul(3) >= self.minted;
        if many { self.on_the_way } else { 0 }
    }

    /// How many deliveries were given up.
    pub fn dead(&self) -> u64 {
        self.destinations.iter().fold(0, |sum, line| sum.saturating_add(line.dead))
    }
}

/// A day's deliveries to one destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationLosses {
    /// The destination's id.
    pub destination: String,
    /// Deliveries that became due.
    pub queued: u64,
    /// … that arrived.
    pub sent: u64,
    /// … that were given up.
    pub dead: u64,
    /// … that are still tried.
    pub waiting: u64,
}

/// The kinds of a gap: inquiries that never came, that are held up, and deliveries that were given up.
pub const GAPS: [&str; 3] = ["lost", "held_up", "dead"];

/// Something that is missing of a site's day. People are told of each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The site's id.
    pub site: String,
    /// Its name.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// One of [`GAPS`].
    pub kind: &'static str,
    /// How much of it.
    pub n: u64,
}

impl LossReport {
    /// What is missing, site by site, the newest day first.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut found = Vec::new();
        for site in &self.sites {
            for day in &site.days {
                for (kind, n) in GAPS.into_iter().zip([day.lost, day.held_up(), day.dead()]) {
                    if n > 0 {
                        let (site, name, day) = (site.site.clone(), site.name.clone(), day.day.clone());
                        found.push(Gap { site, name, day, kind, n });
                    }
                }
            }
        }
        found
    }
}

impl Gap {
    /// Where it is, and what is missing, in words.
    pub fn words(&self, russian: bool) -> (String, String) {
        let what = match (self.kind, russian) {
            ("lost", true) => "обращений отправлено и не пришло",
            ("lost", false) => "inquiries that were sent off and never came",
            ("held_up", true) => "обращений в пути, больше, чем бывает случайно",
            ("held_up", false) => "inquiries on the way, more than chance would have it",
            (_, true) => "доставок, от которых отступились",
            (_, false) => "deliveries that were given up",
        };
        (format!("{}, {}", self.name, self.day), format!("{what}: {}", self.n))
    }
}

/// What was counted of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Sent off by browsers.
    pub minted: u64,
    /// Of those made in browsers on this day, recorded.
    pub arrived: u64,
    /// Recorded at all.
    pub recorded: u64,
}

/// Puts a site's days together. `days` are all days of the period in order, the last one today; what was counted and
/// delivered stands with its day.
pub fn of_site(
    days: &[String],
    counted: &[(String, Counted)],
    delivered: &[(String, Vec<DestinationLosses>)],
) -> Vec<DayLosses> {
    let of = |day: &String| counted.iter().find(|(of, _)| of == day).map(|(_, found)| *found).unwrap_or_default();
    let last = days.len().saturating_sub(1);
    let mut found: Vec<DayLosses> = days
        .iter()
        .enumerate()
        .map(|(at, day)| {
            let Counted { minted, arrived, recorded } = of(day);
            let gap = minted.saturating_sub(arrived);
            let kept = last.saturating_sub(at) <= KEPT_DAYS;
            let found = delivered.iter().find(|(of, _)| of == day);
            let mut destinations = found.map(|(_, lines)| lines.clone()).unwrap_or_default();
            for line in &mut destinations {
                line.waiting = line.queued.saturating_sub(line.sent).saturating_sub(line.dead);
            }
            DayLosses {
                day: day.clone(),
                minted,
                arrived,
                recorded,
                on_the_way: if kept { gap } else { 0 },
                lost: if kept { 0 } else { gap },
                destinations,
            }
        })
        .filter(|day| day.minted > 0 || day.recorded > 0 || !day.destinations.is_empty())
        .collect();
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minted and arrived per day; then on the way and lost per day, in the same order.
    fn check(counts: &[(u64, u64)], expected: &[(u64, u64)]) {
        let days: Vec<String> = (0..counts.len()).map(|day| format!("{day:02}")).collect();
        let of = |(minted, arrived): &(u64, u64)| Counted {
            minted: *minted,
            arrived: *arrived,
            recorded: (*arrived).max(1),
        };
        let counted: Vec<(String, Counted)> = days.iter().cloned().zip(counts.iter().map(of)).collect();
        let mut found = of_site(&days, &counted, &[]);
        found.reverse();
        let found: Vec<_> = found.iter().map(|day| (day.on_the_way, day.lost)).collect();
        assert_eq!(found, expected, "{counts:?}");
    }

    #[test]
    fn a_gap_is_on_the_way_while_a_browser_keeps_it_and_lost_afterwards() {
        check(&[(5, 5)], &[(0, 0)]);
        check(&[(5, 3)], &[(2, 0)]);
        let mut week = vec![(5, 3)];
        week.extend([(0, 0); 7]);
        let mut expected = vec![(2, 0)];
        expected.extend([(0, 0); 7]);
        check(&week, &expected);
        week.push((0, 0));
        expected = vec![(0, 2)];
        expected.extend([(0, 0); 8]);
        check(&week, &expected);
    }

    #[test]
    fn blocked_beacons_make_up_for_nothing() {
        check(&[(5, 3), (4, 5)], &[(2, 0), (0, 0)]);
        check(&[(0, 9), (5, 3)], &[(0, 0), (2, 0)]);
    }

    #[test]
    fn an_hour_is_of_the_id_and_of_no_wrong_clock() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let id = |time: &str| {
            let hex = format!("{:012x}", at(time).as_millisecond());
            format!("{}-{}-7abc-8def-0123456789ab", &hex[..8], &hex[8..])
        };
        let now = at("2026-11-22T00:10:00Z");
        let sent_off = |time: &str| sent_off_at(hour_of(&id(time)), now).to_string();
        assert_eq!(sent_off("2026-11-21T23:59:00Z"), "2026-11-21T23:00:00Z");
        assert_eq!(sent_off("2026-11-15T12:30:00Z"), "2026-11-15T12:00:00Z");
        assert_eq!(sent_off("2026-11-22T00:40:00Z"), "2026-11-22T00:00:00Z");
        for wrong in ["2025-11-22T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-22T09:00:00Z"] {
            assert_eq!(sent_off(wrong), now.to_string(), "{wrong}");
        }
        for odd in ["", "0", "zzzzzzzz-zzzz-7abc", "019f0000-0000-4abc-8def-0123456789ab", "é".repeat(20).as_str()] {
            assert_eq!(hour_of(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_few_are_always_on_the_way_and_every_third_is_not() {
        let day = |minted, on_the_way| DayLosses { minted, on_the_way, ..DayLosses::default() }.held_up();
        assert_eq!([day(2, 2), day(9, 3), day(10, 3), day(100, 20), day(30, 30)], [0, 3, 0, 0, 30]);
    }

    #[test]
    fn every_gap_is_named_once_with_its_place() {
        let line = |dead| DestinationLosses { dead, ..DestinationLosses::default() };
        let day =
            |day: &str, lost, destinations| DayLosses { day: day.into(), lost, destinations, ..DayLosses::default() };
        let days = vec![
            DayLosses { minted: 3, on_the_way: 3, ..day("2026-11-22", 0, vec![]) },
            day("2026-11-21", 0, vec![line(0), line(1), line(2)]),
            day("2026-11-12", 2, vec![line(0)]),
            day("2026-11-11", 0, vec![]),
        ];
        let report = LossReport {
            sites: vec![SiteLosses { site: "shop".into(), name: "Магазин".into(), days }],
            ..LossReport::default()
        };
        let gaps = report.gaps();
        let found: Vec<_> = gaps.iter().map(|gap| (gap.day.as_str(), gap.kind, gap.n)).collect();
        assert_eq!(found, [("2026-11-22", "held_up", 3), ("2026-11-21", "dead", 3), ("2026-11-12", "lost", 2)]);
        let words = gaps[2].words(true);
        assert_eq!(words, ("Магазин, 2026-11-12".into(), "обращений отправлено и не пришло: 2".into()));
        assert!(gaps.iter().all(|gap| gap.words(false).1.is_ascii()));
    }
}
