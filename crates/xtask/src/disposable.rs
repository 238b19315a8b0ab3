//! The hosts of mailboxes that are thrown away, taken from a list that others maintain
//! (`disposable-email-domains-js`), in the short form that `lead::suspicion::mail` reads.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};
use lead::suspicion::mail;

use crate::{build, paths};

fn current() -> Result<Vec<u8>> {
    let list = paths::node_modules().join("disposable-email-domains-js/dist/dict/disposable_email_blocklist.json");
    let hosts: Vec<String> =
        serde_json::from_slice(&fs::read(&list).with_context(|| format!("could not read {}", list.display()))?)?;
    let places: BTreeSet<u32> = hosts.iter().map(|host| mail::short(&host.to_lowercase())).collect();
    let (mut written, mut before) = (Vec::new(), 0_u32);
    for place in places {
        let mut step = place.saturating_sub(before);
        while step > 0x7f {
            written.push(u8::try_from(step & 0x7f)? | 0x80);
            step >>= 7;
        }
        written.push(u8::try_from(step)?);
        before = place;
    }
    Ok(written)
}

/// Fails when the list in the repository is not the one of the pinned package.
pub fn check() -> Result<()> {
    let path = paths::root().join("crates/lead/src/data/disposable.bin");
    build::keep_committed(&path, &current()?)
}
