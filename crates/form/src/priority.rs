//! The one fixed rule from facts to AAA, BBB or CCC (methodology §6; invariants I-6 and I-11).
//!
//! Nobody types the category: it is a function of the facts, the day, and the number of days that
//! count as urgent. An unknown that could change the result leaves the field empty, and the set of
//! categories still reachable is shown in its place.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fact::{FactKey, Facts};

/// Yes (`+`), no (`−`) or unknown (`?`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tri {
    /// `+`
    Yes,
    /// `−`
    No,
    /// `?`: unknown, skipped, declined or stale.
    Unknown,
}

/// The options of the field «Приоритет».
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// Need, budget and urgency.
    Aaa,
    /// Need and budget, not urgent.
    Bbb,
    /// Need, but no possibility to pay.
    Ccc,
}

/// Where a lead can still end up: a category, or none because nothing is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reachable {
    /// AAA
    #[serde(rename = "AAA")]
    Aaa,
    /// BBB
    #[serde(rename = "BBB")]
    Bbb,
    /// CCC
    #[serde(rename = "CCC")]
    Ccc,
    /// No category: nothing is needed.
    #[serde(rename = "none")]
    Nothing,
}

/// What to learn or do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Everything is there: make the offer.
    Offer,
    /// Agree on a date to look again.
    DateToLookAgain,
    /// Agree on the date of the next call.
    NextCallDate,
    /// Ask when, then "ready now, on a really interesting offer?".
    AskTiming,
    /// Ask how it could be paid.
    AskBudget,
    /// Ask what should be solved.
    AskNeed,
    /// A person asks once more: is there a hidden need?
    AskNeedAgain,
}

/// The three-way filter, and its two waiting rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// A deal soon: have the offer ready in time.
    Urgent,
    /// Work for the future: a dated next step.
    Future,
    /// Says nothing is needed; closes only when a person has confirmed it.
    JunkCandidate,
    /// Too little is known.
    NotFilteredYet,
}

/// A lead's place: derived, never typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Is there a need?
    pub need: Tri,
    /// Can he pay now, in any way?
    pub budget: Tri,
    /// Is it urgent, by date or by an offer?
    pub urgency: Tri,
    /// The category, when it is determined.
    pub priority: Option<Category>,
    /// Where the lead can still end up.
    pub reachable: Vec<Reachable>,
    /// Order of the work queue, 1 (first) to 7.
    pub rank: u8,
    /// What to learn or do next.
    pub next_step: NextStep,
    /// The three-way filter.
    pub filter: Filter,
    /// True when only the offer makes it urgent.
    pub by_offer: bool,
}

/// The numbers of the rule that a workspace may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Days within which a date counts as now; a "now" said longer ago is stale.
    pub urgent_days: u16,
}

impl Default for Rule {
    fn default() -> Self {
        Self { urgent_days: 30 }
    }
}

/// The lead's place on this day.
pub fn standing(facts: &Facts, today: Date, rule: Rule) -> Standing {
    let (urgency, by_offer) = urgency(facts, today, rule);
    let stage_is_early = matches!(facts.value(FactKey::BuyingStage), Some("idea" | "budgeting"));
    let mut standing = place(facts.tri(FactKey::Need), facts.tri(FactKey::Budget), urgency);
    standing.by_offer = by_offer && urgency == Tri::Yes;
    // A known buying stage can decide the filter earlier (methodology §7, filter rule 3).
    if standing.filter == Filter::NotFilteredYet && stage_is_early && urgency != Tri::Yes {
        standing.filter = Filter::Future;
    }
    standing
}

/// The 27-row table, as the rule it comes from.
pub fn place(need: Tri, budget: Tri, urgency: Tri) -> Standing {
    let mut reachable: Vec<Reachable> = Vec::new();
    for need in possibilities(need) {
        for budget in possibilities(budget) {
            for urgency in possibilities(urgency) {
                reachable.push(outcome(*need, *budget, *urgency));
            }
        }
    }
    reachable.sort_unstable();
    reachable.dedup();

    let best = reachable.first().copied().unwrap_or(Reachable::Nothing);
    let determined = reachable.len() == 1;
    let priority = if determined { category(best) } else { None };
    let rank = place_of(best).saturating_add(u8::from(!determined));

    let next_step = match (need, priority, budget) {
        (Tri::No, ..) => NextStep::AskNeedAgain,
        (Tri::Unknown, ..) => NextStep::AskNeed,
        (_, Some(Category::Aaa), _) => NextStep::Offer,
        (_, Some(Category::Bbb), _) => NextStep::DateToLookAgain,
        (_, Some(Category::Ccc), _) => NextStep::NextCallDate,
        (.., Tri::Unknown) => NextStep::AskBudget,
        _ => NextStep::AskTiming,
    };
    let filter = if need == Tri::No {
        Filter::JunkCandidate
    } else if priority == Some(Category::Aaa) {
        Filter::Urgent
    } else if reachable.iter().all(|reach| matches!(reach, Reachable::Bbb | Reachable::Ccc)) {
        Filter::Future
    } else {
        Filter::NotFilteredYet
    };
    Standing { need, budget, urgency, priority, reachable, rank, next_step, filter, by_offer: false }
}

/// Urgency from the two questions, and whether only the offer makes it so.
fn urgency(facts: &Facts, today: Date, rule: Rule) -> (Tri, bool) {
    let soon = i64::from(rule.urgent_days);
    let now = match facts.value(FactKey::Timing) {
        // "Now" goes stale: said too long ago, it is unknown again.
        Some("now") => facts.get(FactKey::Timing).is_some_and(|fact| days(fact.on, today) <= soon),
        Some("dated") => facts.date(FactKey::SolveBy).is_some_and(|date| days(today, date) <= soon),
        _ => false,
    };
    if now {
        return (Tri::Yes, false);
    }
    let lapsed = facts.date(FactKey::OfferValidUntil).is_some_and(|last_day| last_day < today);
    match facts.tri(FactKey::ReadyOnOffer) {
        Tri::Yes if !lapsed => (Tri::Yes, true),
        Tri::Yes | Tri::No => (Tri::No, false),
        Tri::Unknown => (Tri::Unknown, false),
    }
}

/// Days from one date to another; negative when `to` is earlier.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| span.get_days().into())
}

fn possibilities(tri: Tri) -> &'static [Tri] {
    match tri {
        Tri::Yes => &[Tri::Yes],
        Tri::No => &[Tri::No],
        Tri::Unknown => &[Tri::Yes, Tri::No],
    }
}

fn outcome(need: Tri, budget: Tri, urgency: Tri) -> Reachable {
    match (need, budget, urgency) {
        (Tri::Yes, Tri::Yes, Tri::Yes) => Reachable::Aaa,
        (Tri::Yes, Tri::Yes, _) => Reachable::Bbb,
        (Tri::Yes, ..) => Reachable::Ccc,
        _ => Reachable::Nothing,
    }
}

fn category(reach: Reachable) -> Option<Category> {
    match reach {
        Reachable::Aaa => Some(Category::Aaa),
        Reachable::Bbb => Some(Category::Bbb),
        Reachable::Ccc => Some(Category::Ccc),
        Reachable::Nothing => None,
    }
}

fn place_of(reach: Reachable) -> u8 {
    match reach {
        Reachable::Aaa => 1,
        Reachable::Bbb => 3,
        Reachable::Ccc => 5,
        Reachable::Nothing => 7,
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Aaa => "AAA",
            Self::Bbb => "BBB",
            Self::Ccc => "CCC",
        })
    }
}
