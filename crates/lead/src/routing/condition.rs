//! A rule's conditions, one by one: the same list decides, is shown with a lead, and is said in words on
//! the desk.

use serde::{Deserialize, Serialize};

#[cfg(feature = "decide")]
use percent_encoding::percent_decode_str;

use crate::config::{Rule, Wanted, When};
#[cfg(feature = "decide")]
use crate::web_address;

/// One condition: this fact is, or is not, one of these words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The fact's name: `channel`, `utm_source`, `field.plan`, `answer.city`, `hours`, …
    pub fact: String,
    /// The words; any of them is enough.
    pub wanted: Vec<String>,
    /// True where none of them may be.
    pub not: bool,
}

/// The conditions of a rule, in the order in which they are shown. All of them must hold.
pub fn conditions(when: &When) -> Vec<Condition> {
    let mut found = Vec::new();
    add(when, false, &mut found);
    if let Some(not) = &when.not {
        add(not, true, &mut found);
    }
    found
}

fn add(when: &When, not: bool, found: &mut Vec<Condition>) {
    let kinds: Vec<String> = when.kind.iter().map(|kind| kind.code().to_owned()).collect();
    let days: Vec<String> = when.days.iter().map(|day| day.code().to_owned()).collect();
    let working: Vec<String> = when.working.iter().map(|working| yes_or_no(*working).to_owned()).collect();
    let lists: [(&str, &[String]); 19] = [
        ("kind", &kinds),
        ("channel", &when.channel),
        ("network", &when.network),
        ("campaign", &when.campaign),
        ("medium", &when.medium),
        ("utm_source", &when.utm_source),
        ("content", &when.content),
        ("term", &when.term),
        ("referrer", &when.referrer),
        ("landing", &when.landing),
        ("site", &when.site),
        ("form", &when.form),
        ("country", &when.country),
        ("region", &when.region),
        ("city", &when.city),
        ("lang", &when.lang),
        ("days", &days),
        ("hours", &when.hours),
        ("working", &working),
    ];
    let listed = lists.into_iter().map(|(fact, wanted)| (fact.to_owned(), wanted));
    let maps = [("field", &when.field), ("parameter", &when.parameter), ("answer", &when.answer)];
    let named = maps.into_iter().flat_map(|(kind, map)| {
        map.iter().map(move |(name, wanted): (&String, &Wanted)| (format!("{kind}.{}", named(name)), wanted.words()))
    });
    let given = listed.chain(named).filter(|(_, wanted)| !wanted.is_empty());
    found.extend(given.map(|(fact, wanted)| Condition { fact, wanted: wanted.to_vec(), not }));
}

/// A fact's name in whatever case somebody wrote it: HTML lowers those of attributes, and people do as they like.
pub fn named(name: &str) -> String {
    name.to_lowercase()
}

/// The words a rule asks of this fact.
pub fn wanted(rule: &Rule, fact: &str, not: bool) -> Vec<String> {
    let fact = named(fact);
    let found = conditions(&rule.when).into_iter().find(|condition| condition.fact == fact && condition.not == not);
    found.map(|condition| condition.wanted).unwrap_or_default()
}

/// How a yes or no is written among facts.
pub fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Whether a condition holds over what was seen. What is not known is the empty word.
#[cfg(feature = "decide")]
pub fn holds(condition: &Condition, saw: &[String]) -> bool {
    let unknown = [String::new()];
    let saw = if saw.is_empty() { &unknown } else { saw };
    let fits = |wanted: &String, saw: &String| {
        let (wanted, saw) = (as_seen(&condition.fact, wanted), as_seen(&condition.fact, saw));
        match condition.fact.as_str() {
            "hours" => lies_within(&wanted, &saw),
            "landing" if !wanted.contains('*') => saw.starts_with(&wanted),
            "lang" if saw.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('-')) => true,
            _ => matches_pattern(&wanted, &saw),
        }
    };
    let any = condition.wanted.iter().any(|wanted| saw.iter().any(|saw| fits(wanted, saw)));
    any != condition.not
}

/// A word as it is compared: whatever its case, a host as browsers name it, a path in its own letters.
#[cfg(feature = "decide")]
fn as_seen(fact: &str, word: &str) -> String {
    match fact {
        "referrer" => web_address::host(word),
        "landing" => {
            percent_decode_str(word).decode_utf8().map_or_else(|_| word.to_lowercase(), |path| path.to_lowercase())
        }
        _ => word.to_lowercase(),
    }
}

/// The word itself, or one in which `*` stands for anything; alone it stands for something.
#[cfg(feature = "decide")]
fn matches_pattern(pattern: &str, word: &str) -> bool {
    if pattern == "*" {
        return !word.is_empty();
    }
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| word.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether a time `HH:MM` lies in `HH:MM-HH:MM`, the end not included; one that ends before it begins goes
/// over midnight.
#[cfg(feature = "decide")]
fn lies_within(range: &str, time: &str) -> bool {
    let Some((from, to)) = range.split_once('-') else { return false };
    if from <= to { from <= time && time < to } else { from <= time || time < to }
}
