//! Mailboxes that are thrown away, by a list that others maintain.
//!
//! `data/disposable.bin` is made by `cargo xtask build` from a pinned package: of each host the first 26 bits
//! of its SHA-256, sorted, and of those the differences, seven bits to a byte with the lowest first and the
//! highest bit set on all but the last. That is a sixth of the list as text; one host in seven thousand is
//! taken for a listed one, which is a sign among others and refuses nobody.

use sha2::{Digest, Sha256};

use super::{Sign, Signal, sign};
use crate::contact::{PointKind, Reach};

static LISTED: &[u8] = include_bytes!("../data/disposable.bin");

/// How many bits of a host's digest are kept.
pub const BITS: u32 = 26;

/// A mailbox at a host of the list, or below one.
pub fn disposable(reach: &Reach) -> Option<Signal> {
    let mailboxes = reach.points.iter().filter(|point| point.kind == PointKind::Email);
    let mut hosts = mailboxes.filter_map(|point| point.normal.rsplit_once('@')).map(|(_, host)| host);
    if hosts.any(is_listed) { sign(Sign::DisposableMail, 50, 0) } else { None }
}

/// True for a host of the list, or one below it.
pub fn is_listed(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let parents = (0..labels.len().saturating_sub(1)).filter_map(|from| labels.get(from..));
    let wanted: Vec<u32> = parents.map(|labels| short(&labels.join("."))).collect();
    let (mut place, mut step, mut shift) = (0_u32, 0_u32, 0_u32);
    for byte in LISTED {
        step |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift = shift.saturating_add(7);
        if byte & 0x80 == 0 {
            place = place.saturating_add(step);
            if wanted.contains(&place) {
                return true;
            }
            (step, shift) = (0, 0);
        }
    }
    false
}

/// The first bits of a host's digest.
pub fn short(host: &str) -> u32 {
    let digest = Sha256::digest(host.as_bytes());
    let first = digest.first_chunk::<4>().copied().unwrap_or_default();
    u32::from_be_bytes(first) >> (32_u32.saturating_sub(BITS))
}
