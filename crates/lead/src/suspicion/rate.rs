//! How much one network may send to one site in a while. It is generous, and whoever is beyond it is told
//! when to come again: the outbox of the form keeps what was typed and does.
//!
//! The counters are kept in memory. A refused request then costs no row and no write, which is the point of
//! refusing it; an object that sleeps forgets them, and it only sleeps when nobody writes to it.

use std::{collections::BTreeMap, net::IpAddr};

/// The most senders remembered at once.
const MOST: usize = 4_096;

/// What is asked of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Errand {
    /// A new inquiry.
    Record,
    /// Anything that follows one: answers, files, counts.
    Follow,
}

impl Errand {
    /// How many at once, and one more after how many milliseconds.
    fn allowance(self) -> (i64, i64) {
        match self {
            Self::Record => (40, 3_000),
            Self::Follow => (600, 200),
        }
    }
}

/// Who has sent how much lately.
#[derive(Debug, Default)]
pub struct Limits(BTreeMap<(Errand, String), i64>);

impl Limits {
    /// Lets a request pass, or says in how many seconds to come again. `now` is in milliseconds.
    ///
    /// # Errors
    /// The seconds to wait, at least one.
    pub fn pass(&mut self, errand: Errand, who: &str, now: i64) -> Result<(), u16> {
        if self.0.len() >= MOST {
            self.0.retain(|_, free_at| *free_at > now);
            // So many networks at once are nothing that counting networks helps against: it begins anew.
            if self.0.len() >= MOST {
                self.0.clear();
            }
        }
        let (at_once, every) = errand.allowance();
        let key = (errand, who.to_owned());
        // The moment at which this sender has used nothing of what he may send at once.
        let free_at = self.0.get(&key).copied().unwrap_or(now).max(now);
        let ahead = free_at.saturating_sub(now);
        let most = at_once.saturating_sub(1).saturating_mul(every);
        if ahead > most {
            let seconds = ahead.saturating_sub(most).saturating_add(999).checked_div(1_000).unwrap_or(1);
            return Err(u16::try_from(seconds).unwrap_or(u16::MAX).max(1));
        }
        self.0.insert(key, free_at.saturating_add(every));
        Ok(())
    }
}

/// The network of an address: the first 24 bits of IPv4, 56 of IPv6, as text. `None` for what is no
/// address of the public internet: everybody would be the same one there.
pub fn network(address: &str) -> Option<String> {
    let bare = address.trim().trim_start_matches('[').split(']').next().unwrap_or_default();
    let bare = bare.split_once('%').map_or(bare, |(bare, _)| bare);
    // "203.0.113.7:4711", as some proxies write it.
    let bare = if bare.matches(':').count() == 1 { bare.split(':').next().unwrap_or_default() } else { bare };
    match bare.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            let private =
                address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified();
            (!private).then(|| format!("{a}.{b}.{c}.0/24"))
        }
        IpAddr::V6(address) => {
            let private = address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local();
            let [a, b, c, d, ..] = address.segments();
            (!private).then(|| format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00))
        }
    }
}
