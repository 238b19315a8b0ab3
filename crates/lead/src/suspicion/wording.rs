//! What was written. Odd is not suspicious: languages, emoji, one word and no words at all say nothing here.

use form::wire::InquiryRequest;

use super::{Sign, Signal, sign};
use crate::web_address;

/// The hosts whose pages a visitor may well quote: the one he is on.
pub fn own_hosts(request: &InquiryRequest) -> Vec<String> {
    let pages = [&request.source.page, &request.source.landing];
    pages.into_iter().filter_map(|page| Some(bare(web_address::read(page)?.host_str()?))).collect()
}

/// Links to other sites than the visitor's own page.
pub fn links(text: &str, own: &[String]) -> Option<Signal> {
    let foreign = hosts(text).filter(|host| !own.contains(host)).count();
    let n = u32::try_from(foreign).unwrap_or(u32::MAX);
    match foreign {
        0 => None,
        1 => sign(Sign::Links, 15, n),
        2 => sign(Sign::Links, 35, n),
        _ => sign(Sign::Links, 60, n),
    }
}

/// Links as forums and pages write them: a person types an address and no more.
pub fn markup(text: &str) -> Option<Signal> {
    let lower = text.to_lowercase();
    let written = ["<a ", "[url", "[link", "href="].iter().any(|mark| lower.contains(mark));
    if written { sign(Sign::Markup, 50, 0) } else { None }
}

/// Nobody is called like an address.
pub fn link_in_name(name: &str) -> Option<Signal> {
    if hosts(name).next().is_some() { sign(Sign::LinkInName, 80, 0) } else { None }
}

/// A long Latin word that rises and falls between capitals and small letters, or has no vowel for long.
/// Other scripts are not looked at: what cannot be said in them is not known here.
pub fn gibberish(name: &str) -> Option<Signal> {
    let is_noise = |word: &str| {
        if word.len() < 9 || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return false;
        }
        let rises = word.as_bytes().windows(2).filter(
            |pair| matches!(pair, [before, after] if before.is_ascii_lowercase() && after.is_ascii_uppercase()),
        );
        let longest = word
            .split(|letter: char| matches!(letter.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y'))
            .map(str::len)
            .max();
        rises.count() >= 3 || longest.unwrap_or(0) >= 7
    };
    if name.split_whitespace().any(is_noise) { sign(Sign::Gibberish, 40, 0) } else { None }
}

/// The hosts of everything in a text that is a link.
fn hosts(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | '=' | ',')
    })
    .filter_map(|word| {
        let rest = word.split_once("://").filter(|(scheme, _)| scheme.to_lowercase().starts_with("http"));
        let rest = rest
            .map(|(_, rest)| rest)
            .or_else(|| word.get(..4).filter(|www| www.eq_ignore_ascii_case("www.")).map(|_| word))?;
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        Some(bare(host)).filter(|host| host.trim_matches('.').contains('.'))
    })
}

fn bare(host: &str) -> String {
    host.to_lowercase().trim_start_matches("www.").to_owned()
}
