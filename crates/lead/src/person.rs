//! The same person, or two (methodology §3, §4.2, I-1).
//!
//! A phone, a mailbox or a handle says who somebody is, unless it belongs to more than one: the number of an
//! office, `info@`, a family's phone. [`recognise`] tells them apart by what else was typed. Whatever it says, an
//! inquiry ends in exactly one lead; whoever is only perhaps the same is shown to the head, who may merge and split,
//! and take both back.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType};
use serde::{Deserialize, Serialize};

use crate::contact::{Point, PointKind};

/// What an inquiry says of the person.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// The name, as typed; may be empty.
    pub name: &'a str,
    /// Ways to reach him, in the order in which they were typed.
    pub points: &'a [Point],
}

/// Somebody who is known by one of these points.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The contact.
    pub contact: String,
    /// The names he gave, if any.
    pub names: Vec<String>,
    /// How he can be reached.
    pub points: Vec<(PointKind, String)>,
    /// True when he has an open lead.
    pub open: bool,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The known contact; `None` for a new one.
    pub same: Option<String>,
    /// Others who may be the same person.
    pub perhaps: Vec<String>,
}

/// What two have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One person.
    Same,
    /// One or two: somebody has to ask.
    Perhaps,
    /// Nothing in common.
    Other,
}

/// Finds the person among those who are known by a point of his. Of several who would do, whoever has the name is
/// taken, then whoever is known by the point typed first, then whoever has an open lead, then the newest; the others
/// are perhaps the same. A point that several have says of none of them who he is.
pub fn recognise(typed: Typed<'_>, candidates: &[Candidate]) -> Recognised {
    let mut same: Vec<&Candidate> = Vec::new();
    let mut found = Recognised::default();
    let shared = |point: &Point| candidates.iter().filter(|candidate| has(candidate, point)).nth(1).is_some();
    for candidate in candidates {
        match judge(typed, candidate, &shared) {
            Verdict::Same => same.push(candidate),
            Verdict::Perhaps => found.perhaps.push(candidate.contact.clone()),
            Verdict::Other => {}
        }
    }
    let known_by = |candidate: &Candidate| {
        typed.points.iter().position(|point| has(candidate, point)).unwrap_or(typed.points.len())
    };
    let likeliest = form::in_order(same, |candidate| {
        let named = names(typed.name, candidate) == Names::Alike;
        (!named, known_by(candidate), !candidate.open, candidate.created_at.saturating_neg())
    });
    let mut same = likeliest.into_iter();
    found.same = same.next().map(|candidate| candidate.contact.clone());
    found.perhaps.splice(0..0, same.map(|candidate| candidate.contact.clone()));
    found
}

/// Is this the one who is known, were nobody else known?
pub fn verdict(typed: Typed<'_>, candidate: &Candidate) -> Verdict {
    judge(typed, candidate, &|_| false)
}

fn judge(typed: Typed<'_>, candidate: &Candidate, shared: &dyn Fn(&Point) -> bool) -> Verdict {
    let common: Vec<&Point> = typed.points.iter().filter(|point| has(candidate, point)).collect();
    if common.is_empty() {
        return Verdict::Other;
    }
    let names = names(typed.name, candidate);
    let own: Vec<&&Point> =
        common.iter().filter(|point| is_ones_own(point.kind, &point.normal) && !shared(point)).collect();
    // A handle is an account, and two ways in common are no coincidence.
    if names == Names::Alike || own.len() > 1 || own.iter().any(|point| point.kind == PointKind::Messenger) {
        return Verdict::Same;
    }
    let differs = each_has_another(typed, candidate);
    let shared_by_nature = own.is_empty();
    match names {
        Names::Different if shared_by_nature || differs => Verdict::Perhaps,
        Names::Unknown if shared_by_nature && differs => Verdict::Perhaps,
        _ => Verdict::Same,
    }
}

fn names(typed: &str, candidate: &Candidate) -> Names {
    match candidate.names.as_slice() {
        [] => Names::Unknown,
        known if known.iter().any(|known| compare(known, typed) == Names::Alike) => Names::Alike,
        known if known.iter().any(|known| compare(known, typed) == Names::Unknown) => Names::Unknown,
        _ => Names::Different,
    }
}

fn has(candidate: &Candidate, point: &Point) -> bool {
    point.kind.identifies()
        && candidate.points.iter().any(|(kind, normal)| *kind == point.kind && *normal == point.normal)
}

/// True when both can be reached in a way of the same kind that is their own, and not the same.
fn each_has_another(typed: Typed<'_>, candidate: &Candidate) -> bool {
    let known =
        |kind: PointKind| candidate.points.iter().filter(move |(of, normal)| *of == kind && is_ones_own(*of, normal));
    [PointKind::Phone, PointKind::Email, PointKind::Messenger].into_iter().any(|kind| {
        let mut typed =
            typed.points.iter().filter(|point| point.kind == kind && is_ones_own(kind, &point.normal)).peekable();
        typed.peek().is_some()
            && known(kind).next().is_some()
            && typed.all(|point| known(kind).all(|(_, normal)| *normal != point.normal))
    })
}

/// Mailboxes that an office answers, by what stands before the @.
const ROLES: [&str; 24] = [
    "info",
    "office",
    "sales",
    "sale",
    "mail",
    "email",
    "zakaz",
    "order",
    "orders",
    "hello",
    "contact",
    "contacts",
    "admin",
    "support",
    "help",
    "shop",
    "buh",
    "zakupki",
    "snab",
    "reception",
    "secretary",
    "post",
    "marketing",
    "team",
];

/// True for a way to reach one person; false for the number or the mailbox of an office.
fn is_ones_own(kind: PointKind, normal: &str) -> bool {
    match kind {
        PointKind::Other => false,
        PointKind::Messenger => true,
        PointKind::Email => normal.split_once('@').is_none_or(|(name, _)| !ROLES.contains(&name)),
        PointKind::Phone => {
            let parsed = PHONE_NUMBER_UTIL.parse(normal, None);
            let kind = parsed.ok().map(|number| PHONE_NUMBER_UTIL.get_number_type(&number));
            !matches!(
                kind,
                Some(
                    PhoneNumberType::FixedLine
                        | PhoneNumberType::TollFree
                        | PhoneNumberType::SharedCost
                        | PhoneNumberType::PremiumRate
                        | PhoneNumberType::UAN
                )
            )
        }
    }
}

/// What makes a name that of somebody's family or father: Иванова is no Иван.
const FAMILY: [&str; 12] = ["ov", "ova", "ev", "eva", "in", "ina", "ovich", "ovna", "evich", "evna", "enko", "ovskii"];

/// What two names say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// A word in common; two, where both have more than one: a family has one name, and a town many of another.
    Alike,
    /// One is missing, or says nothing.
    Unknown,
    /// Clearly two.
    Different,
}

fn compare(known: &str, typed: &str) -> Names {
    let (known, typed) = (words(known), words(typed));
    if known.is_empty() || typed.is_empty() {
        return Names::Unknown;
    }
    let alike = |one: &str, two: &str| {
        let (short, long) = if one.len() < two.len() { (one, two) } else { (two, one) };
        long == short
            || (short.len() >= 3 && long.strip_prefix(short).is_some_and(|rest| !FAMILY.contains(&rest)))
            || (short.len() >= 4 && one_letter_apart(one, two))
    };
    let common = known.iter().filter(|one| typed.iter().any(|two| alike(one, two))).count();
    let enough = known.len().min(typed.len()).min(2);
    if common >= enough { Names::Alike } else { Names::Different }
}

/// The words of a name in Latin letters, so that Иван is Ivan; initials and numbers say nothing.
fn words(name: &str) -> Vec<String> {
    let latin: String = name.to_lowercase().chars().map(latin).collect();
    let words = latin.split(|sign: char| !sign.is_alphanumeric() && sign != '\'');
    words
        .map(|word| word.replace('\'', ""))
        .filter(|word| word.len() > 1 && !word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

/// How a letter is usually written in Latin; hard and soft signs are not written.
fn latin(letter: char) -> String {
    const CYRILLIC: &str = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ";
    const LATIN: [&str; 37] = [
        "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
        "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya", "i", "i", "e", "g",
    ];
    let place = CYRILLIC.chars().position(|known| known == letter);
    place.and_then(|place| LATIN.get(place)).map_or_else(|| letter.to_string(), |written| (*written).to_owned())
}

/// A slip of the keyboard: one letter more, less, or another.
fn one_letter_apart(one: &str, two: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    if one.len().abs_diff(two.len()) > 1 {
        return false;
    }
    let before = one.iter().zip(&two).take_while(|(one, two)| one == two).count();
    let rest = one.len().min(two.len()).saturating_sub(before);
    let after = one.iter().rev().zip(two.iter().rev()).take(rest).take_while(|(one, two)| one == two).count();
    one.len().max(two.len()).saturating_sub(before).saturating_sub(after) <= 1
}

/// What a change of sameness moved: ids only, so that exactly that moves back and an erasure leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moved {
    /// Leads that changed hands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<String>,
    /// The open lead that was folded into another, when both had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folded: Option<Folded>,
    /// The lead that had been closed as nobody's, and is closed so again when this is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam: Option<String>,
    /// The inquiry that was parted, and the lead it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parted: Option<Parted>,
}

/// One of two open leads: a person has one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Folded {
    /// The lead that was folded.
    pub lead: String,
    /// The lead that goes on.
    pub into: String,
    /// Its inquiries.
    pub inquiries: Vec<String>,
    /// Its facts, by number.
    pub facts: Vec<i64>,
    /// Its notes.
    pub notes: Vec<String>,
    /// Its tasks that go on.
    pub tasks: Vec<String>,
    /// Its tasks that the other lead has already.
    pub finished: Vec<String>,
    /// Tasks of the other lead that are done with because the folded one's are due sooner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<String>,
    /// What the other lead owed before, when it owes the folded one's answer now: its deadline and when it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owed_before: Option<(i64, Option<i64>)>,
}

/// An inquiry on its way to a lead of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parted {
    /// The inquiry.
    pub inquiry: String,
    /// The lead it left.
    pub from: String,
    /// Its own lead.
    pub lead: String,
    /// The first response that was set for that lead, where it is a new one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub task: String,
}

/// An open lead, one of two that one person may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLead<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was opened, in milliseconds since 1970.
    pub since: i64,
    /// True when it is set aside.
    pub set_aside: bool,
}

/// Of two open leads of one person: the one that goes on, and the one that is folded into it. One that people work
/// on goes on before one that is set aside, so that nothing is taken out of their sight; else the older does, because
/// its deadline is the earlier. Ids decide between equals, so that it does not depend on who asks.
pub fn fold<'a>(one: OpenLead<'a>, two: OpenLead<'a>) -> (&'a str, &'a str) {
    let place = |lead: OpenLead<'a>| (lead.set_aside, lead.since, lead.id);
    if place(one) <= place(two) { (one.id, two.id) } else { (two.id, one.id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_goes_on_unless_it_is_set_aside() {
        let lead = |id, since, set_aside| OpenLead { id, since, set_aside };
        for (one, two, goes_on) in [
            (lead("a", 1, false), lead("b", 2, false), "a"),
            (lead("a", 2, false), lead("b", 1, false), "b"),
            (lead("a", 1, false), lead("b", 1, false), "a"),
            (lead("a", 1, true), lead("b", 2, false), "b"),
            (lead("a", 1, false), lead("b", 2, true), "a"),
            (lead("a", 1, true), lead("b", 2, true), "a"),
        ] {
            assert_eq!(fold(one, two).0, goes_on, "{one:?} {two:?}");
            assert_eq!(fold(one, two), fold(two, one));
        }
    }
}
