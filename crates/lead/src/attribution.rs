//! Raw attribution, classified into a [`Source`].
//!
//! The order: click id, then utm_source and utm_medium, then the referrer's host, then direct.
//! Which hosts are search engines, social networks and mail services is data and not code:
//! `data/referrers.txt` is a list that others maintain, `data/networks.json` are click ids, and hosts
//! that list does not have or names otherwise.

use std::collections::BTreeMap;

use form::wire::Attribution;
use serde::Deserialize;
use url::Url;

use crate::{
    source::{Source, SourceKind},
    web_address,
};

/// Longest value kept of one attribution parameter, in characters; the raw copy keeps all.
const LONGEST: usize = 512;

/// Lines of host, medium and network, with tabs between them.
const REFERRERS: &str = include_str!("data/referrers.txt");

#[derive(Deserialize, Default)]
struct Networks {
    clicks: BTreeMap<String, String>,
    unpaid_clicks: Vec<String>,
    search: BTreeMap<String, String>,
    social: BTreeMap<String, String>,
    paid_media: Vec<String>,
    email_media: Vec<String>,
    social_media: Vec<String>,
}

/// Classifies where an inquiry came from. Never fails: what cannot be read is `direct`.
pub fn classify(attribution: &Attribution, site: &str, form: &str) -> Source {
    let landing = web_address::read(&attribution.landing).or_else(|| web_address::read(&attribution.page));
    let query = landing.iter().flat_map(|url| url.query_pairs()).map(|(key, value)| (key.to_lowercase(), cut(&value)));
    let query = form::by_key(query.filter(|(_, value)| !value.is_empty()));
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_lowercase());
    let own_host = landing.as_ref().and_then(host);
    let referrer = web_address::read(&attribution.referrer)
        .and_then(|url| host(&url))
        .filter(|host| Some(host) != own_host.as_ref());

    Source {
        landing: landing.as_ref().map(|url| cut(url.path())).unwrap_or_default(),
        site: site.to_owned(),
        form: form.to_owned(),
        ..by_names(&query, referrer)
    }
}

/// The same from the parameters by name and the referrer's host, where nothing else is known.
pub fn by_names(query: &BTreeMap<String, String>, referrer: Option<String>) -> Source {
    let networks = networks();
    let value = |key: &str| query.get(key).cloned().unwrap_or_default();
    let mut source = Source {
        campaign: value("utm_campaign"),
        medium: value("utm_medium").to_lowercase(),
        content: value("utm_content"),
        term: value("utm_term"),
        referrer: referrer.clone().unwrap_or_default(),
        ..Source::default()
    };
    if let Some((name, network)) = networks.clicks.iter().find(|(name, _)| query.contains_key(*name)) {
        source.click = name.clone();
        source.click_id = value(name);
        source.network = network.clone();
    }
    // Links marked by hand: `?from=partner`, `?ref=partner`.
    let marks = ["utm_source", "from", "ref"].map(value);
    let utm = marks.into_iter().find(|mark| !mark.is_empty()).unwrap_or_default().to_lowercase();
    let paid_click = !source.click.is_empty() && !networks.unpaid_clicks.contains(&source.click);
    let paid_medium = networks.paid_media.contains(&source.medium);

    if paid_click || paid_medium {
        source.kind = SourceKind::AdCampaign;
        source.channel = "paid".into();
        if source.network.is_empty() {
            source.network = utm;
        }
    } else if !utm.is_empty() || !source.medium.is_empty() {
        let (kind, channel) = if networks.email_media.contains(&source.medium) {
            (SourceKind::MarketingFunnel, "email".to_owned())
        } else if networks.social_media.contains(&source.medium) {
            (SourceKind::NonAdvertising, "social".to_owned())
        } else if source.medium == "organic" {
            (SourceKind::Organic, "search".to_owned())
        } else {
            (
                SourceKind::NonAdvertising,
                if source.medium.is_empty() { "referral".into() } else { source.medium.clone() },
            )
        };
        source.kind = kind;
        source.channel = channel;
        source.network = utm;
    } else if let Some(host) = referrer {
        let own = named(&networks.search, &host)
            .map(|network| ("search", network))
            .or_else(|| named(&networks.social, &host).map(|network| ("social", network)))
            .or_else(|| listed(&host));
        let (kind, channel, network) = match own {
            Some(("search", network)) => (SourceKind::Organic, "search", network),
            Some(("paid", network)) => (SourceKind::AdCampaign, "paid", network),
            Some((channel, network)) => (SourceKind::Referral, channel, network),
            None => (SourceKind::Referral, "referral", host),
        };
        source.kind = kind;
        source.channel = channel.into();
        source.network = network;
    } else {
        source.kind = SourceKind::Site;
        source.channel = "direct".into();
    }
    source
}

/// True for a network that the data names: an advertising system, a search engine, a social network.
pub fn is_named(network: &str) -> bool {
    let Networks { clicks, search, social, .. } = networks();
    [clicks, search, social].iter().any(|named| named.values().any(|known| known == network))
}

fn networks() -> Networks {
    form::json::read(include_str!("data/networks.json")).unwrap_or_default()
}

/// The network of a host: the host itself, any parent domain, or (Google's many countries) the
/// second-level name alone.
fn named(hosts: &BTreeMap<String, String>, host: &str) -> Option<String> {
    let labels: Vec<&str> = host.split('.').collect();
    let parents = (0..labels.len()).filter_map(|from| labels.get(from..)).map(|labels| labels.join("."));
    let mut candidates: Vec<String> = parents.collect();
    candidates.extend(labels.first().map(|label| (*label).to_owned()));
    candidates.iter().find_map(|candidate| hosts.get(candidate).cloned())
}

/// Medium and network of a host in the maintained list: the host itself, or any parent domain.
fn listed(host: &str) -> Option<(&'static str, String)> {
    let labels: Vec<&str> = host.split('.').collect();
    let parents = (0..labels.len().saturating_sub(1)).filter_map(|from| labels.get(from..));
    parents.map(|labels| labels.join(".")).find_map(|host| {
        let (_, found) = REFERRERS.split_once(&format!("\n{host}\t"))?;
        let (medium, network) = found.lines().next()?.split_once('\t')?;
        Some((medium, network.to_owned()))
    })
}

fn cut(value: &str) -> String {
    value.trim().chars().take(LONGEST).collect()
}
