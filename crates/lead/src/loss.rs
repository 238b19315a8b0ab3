//! The loss ledger: what browsers sent off, what the ledger recorded, what destinations got.
//!
//! Browsers count without ids, so that two sums are compared and not two lists. A browser keeps what is not through
//! for seven days and tries again, so a day's gap is `on the way` until then, and `lost` afterwards. Beacons that
//! are blocked make recorded greater than sent off; that is no gain, and never makes up for another day's gap.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// For how many days a browser keeps what is not through (`site/visit/safekeeping.js`).
pub const KEPT_DAYS: usize = 7;

/// `GET /api/reports/losses`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossReport {
    /// First day, `YYYY-MM-DD`, where the workspace is.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Inquiries that browsers sent off and that never came, in all.
    pub lost: u64,
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
    /// Of those that came, recorded on this day.
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

/// What was counted of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Sent off by browsers.
    pub minted: u64,
    /// Recorded from browsers.
    pub arrived: u64,
    /// Recorded at all.
    pub recorded: u64,
}

/// Puts a site's days together. `days` are all days of the period in order, the last one today.
pub fn of_site(
    days: &[String],
    counted: &BTreeMap<String, Counted>,
    mut delivered: BTreeMap<String, Vec<DestinationLosses>>,
) -> Vec<DayLosses> {
    let of = |day: &String| counted.get(day).copied().unwrap_or_default();
    // What came late makes up for the earliest gap that is open, as long as a browser would have kept it.
    let mut open: Vec<(usize, u64)> = Vec::new();
    let mut gaps = vec![0_u64; days.len()];
    for (at, day) in days.iter().enumerate() {
        let Counted { minted, arrived, .. } = of(day);
        if let Some(gap) = minted.checked_sub(arrived).filter(|gap| *gap > 0) {
            open.push((at, gap));
        }
        let mut late = arrived.saturating_sub(minted);
        for (since, gap) in &mut open {
            if at.saturating_sub(*since) <= KEPT_DAYS {
                let made_up = late.min(*gap);
                *gap = gap.saturating_sub(made_up);
                late = late.saturating_sub(made_up);
            }
        }
    }
    for (since, gap) in open {
        if let Some(place) = gaps.get_mut(since) {
            *place = gap;
        }
    }
    let last = days.len().saturating_sub(1);
    let mut found: Vec<DayLosses> = days
        .iter()
        .zip(gaps)
        .enumerate()
        .map(|(at, (day, gap))| {
            let Counted { minted, arrived, recorded } = of(day);
            let kept = last.saturating_sub(at) <= KEPT_DAYS;
            let mut destinations = delivered.remove(day).unwrap_or_default();
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
        let counted = days.iter().cloned().zip(counts.iter().map(|(minted, arrived)| Counted {
            minted: *minted,
            arrived: *arrived,
            recorded: (*arrived).max(1),
        }));
        let mut found = of_site(&days, &counted.collect(), BTreeMap::new());
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
    fn what_comes_late_makes_up_for_the_gap_and_blocked_beacons_for_nothing() {
        check(&[(5, 3), (4, 5)], &[(1, 0), (0, 0)]);
        check(&[(0, 9), (5, 3)], &[(0, 0), (2, 0)]);
        // Nine days later no browser keeps it any more.
        let mut days = vec![(3, 2)];
        days.extend([(0, 0); 8]);
        days.push((0, 4));
        let mut expected = vec![(0, 1)];
        expected.extend([(0, 0); 9]);
        check(&days, &expected);
    }
}
