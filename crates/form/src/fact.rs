//! What the answers say about the person's case.
//!
//! A visitor never states a priority, only facts; the mapping from standard codes to facts is here
//! and nowhere else (§12 of the methodology: the tables under each question).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, Answers},
    branching,
    condition::Context,
    day,
    definition::Form,
    priority::Tri,
    question::{Meaning, Question, QuestionKind},
};

/// One statement about the case. Facts are only ever added; per key the newest counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub key: FactKey,
    /// What was learnt, for example `choosing_vendor`, a date, or the person's words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// How far it is known.
    pub known: Known,
    /// The day it was stated.
    #[serde(with = "day")]
    pub on: Date,
}

/// How far a fact is known. Unknown is not no (I-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Stated, and so.
    Yes,
    /// Stated, and not so.
    No,
    /// Not stated, skipped, or taken back.
    Unknown,
    /// Asked, and the person would rather not say.
    Declined,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    /// Is there a task, an open question, a wish?
    Need,
    /// `explicit` or `hidden`.
    NeedKind,
    /// The task in the person's words.
    NeedText,
    /// `company`, `position`, `personal`, comma-separated.
    NeedZone,
    /// `idea`, `budgeting` or `choosing_vendor`.
    BuyingStage,
    /// `comparing`: a note, not a verdict.
    Motive,
    /// `now`, `dated` or `no_plan`.
    Timing,
    /// The date it should be solved by.
    SolveBy,
    /// Ready now, if a really interesting offer came up?
    ReadyOnOffer,
    /// The last day of the offer that made the person ready.
    OfferValidUntil,
    /// Can the person pay now in any way?
    Budget,
    /// `own` or `funded`.
    FundingSource,
    /// `in_approval`.
    Approval,
    /// Consent to the price band: `accepted`, `discuss` or `declined`.
    PriceConsent,
    /// How many decide: `1`, `2-4` or `5+`.
    DecisionSize,
    /// How the deal is decided and put on paper: `direct` or `internal_approval`.
    Procedure,
    /// Who else takes part, in the person's words.
    Members,
    /// `slot`, `online`, `call` or `event`.
    Invitation,
    /// The day the person would like to visit.
    VisitOn,
    /// Says that he will come back to this.
    FirmIntent,
    /// The day the person asked to be reminded on.
    ReturnOn,
}

impl FactKey {
    /// True when the value is what the person typed, which stays out of events and logs.
    pub fn is_in_own_words(self) -> bool {
        matches!(self, Self::NeedText | Self::Members)
    }
}

/// The newest fact per key, sorted by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Fact>", into = "Vec<Fact>")]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Folds statements in the order they were made.
    pub fn fold(statements: impl IntoIterator<Item = Fact>) -> Self {
        let mut facts = Self::default();
        for fact in statements {
            facts.add(fact);
        }
        facts
    }

    /// Adds a newer statement.
    pub fn add(&mut self, fact: Fact) {
        match self.0.iter_mut().find(|known| known.key == fact.key) {
            Some(known) => *known = fact,
            None => {
                let place = self.0.iter().take_while(|known| known.key < fact.key).count();
                self.0.insert(place, fact);
            }
        }
    }

    /// The newest statement on this key.
    pub fn get(&self, key: FactKey) -> Option<&Fact> {
        self.0.iter().find(|fact| fact.key == key)
    }

    /// The newest statements, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter()
    }

    /// Yes, no or unknown on this key; declined is unknown.
    pub fn tri(&self, key: FactKey) -> Tri {
        match self.get(key).map(|fact| fact.known) {
            Some(Known::Yes) => Tri::Yes,
            Some(Known::No) => Tri::No,
            _ => Tri::Unknown,
        }
    }

    /// The value on this key, when it is known.
    pub fn value(&self, key: FactKey) -> Option<&str> {
        self.get(key).filter(|fact| fact.known == Known::Yes).map(|fact| fact.value.as_str())
    }

    /// The date on this key, when it is known and is a date.
    pub fn date(&self, key: FactKey) -> Option<Date> {
        self.value(key).and_then(day::read)
    }
}

impl From<Vec<Fact>> for Facts {
    fn from(statements: Vec<Fact>) -> Self {
        Self::fold(statements)
    }
}

impl From<Facts> for Vec<Fact> {
    fn from(facts: Facts) -> Self {
        facts.0
    }
}

/// What the answers on the visitor's way say. Skipped questions and left branches say nothing.
pub fn from_answers(form: &Form, answers: &Answers, context: &Context) -> Facts {
    let mut facts = Facts::default();
    for step in branching::way(form, answers, context) {
        let (Some(answer), Some(given)) = (step.answer, answers.get(&step.question.id)) else { continue };
        for fact in stated(step.question, answer, given.on) {
            facts.add(fact);
        }
    }
    facts
}

/// The statements to add when what the visitor says goes from `before` to `after`:
/// what is new or different, and what was taken back (as unknown, never as no).
pub fn changes(before: &Facts, after: &Facts, on: Date) -> Vec<Fact> {
    let said = after.iter().filter(|fact| before.get(fact.key) != Some(fact)).cloned();
    let taken_back = before.iter().filter(|fact| after.get(fact.key).is_none()).map(|fact| Fact {
        key: fact.key,
        value: String::new(),
        known: Known::Unknown,
        on,
    });
    said.chain(taken_back).collect()
}

/// What one answer says. A code the question does not know says nothing (it stays in the raw copy).
fn stated(question: &Question, answer: &Answer, on: Date) -> Vec<Fact> {
    // A price band is one under any name: the visitor was told what declining it means.
    let band = (question.kind == QuestionKind::Price).then_some(Meaning::Price);
    let Some(meaning) = question.meaning.or(band) else { return vec![] };
    if meaning == Meaning::Members {
        return match answer {
            Answer::One(words) if !words.trim().is_empty() => vec![yes(FactKey::Members, words.trim(), on)],
            _ => vec![],
        };
    }
    let codes: Vec<&str> = answer
        .codes(question)
        .into_iter()
        .filter_map(|code| question.choice(code))
        .map(|choice| choice.meaning_code())
        .collect();
    if meaning == Meaning::Whose {
        let zones: Vec<&str> =
            codes.into_iter().filter(|code| ["company", "position", "personal"].contains(code)).collect();
        return if zones.is_empty() { vec![] } else { vec![yes(FactKey::NeedZone, zones.join(","), on)] };
    }
    let mut facts = Vec::new();
    for code in codes {
        facts.extend(one(meaning, code, answer.words(), on));
    }
    facts
}

fn one(meaning: Meaning, code: &str, words: Option<&str>, on: Date) -> Vec<Fact> {
    let bare = |key, known| Fact { key, value: String::new(), known, on };
    match (meaning, code) {
        (Meaning::Need, "specific") => {
            let mut facts = vec![bare(FactKey::Need, Known::Yes), yes(FactKey::NeedKind, "explicit", on)];
            facts.extend(words.map(|words| yes(FactKey::NeedText, words, on)));
            facts
        }
        (Meaning::Need, "unclear") => vec![bare(FactKey::Need, Known::Yes), yes(FactKey::NeedKind, "hidden", on)],
        (Meaning::Need, "looking") => vec![bare(FactKey::Need, Known::Unknown), yes(FactKey::BuyingStage, "idea", on)],
        (Meaning::Need, "none") => vec![bare(FactKey::Need, Known::No)],

        (Meaning::BuyingStage, "idea" | "budgeting" | "choosing_vendor") => vec![yes(FactKey::BuyingStage, code, on)],
        (Meaning::BuyingStage, "comparing") => {
            vec![yes(FactKey::BuyingStage, "choosing_vendor", on), yes(FactKey::Motive, "comparing", on)]
        }

        (Meaning::Timing, "month") => vec![yes(FactKey::Timing, "now", on)],
        (Meaning::Timing, "quarter") => dated(day::months_later(on, 2), on),
        (Meaning::Timing, "later") => dated(words.and_then(day::read), on),
        (Meaning::Timing, "no_plan") => vec![yes(FactKey::Timing, "no_plan", on)],

        (Meaning::Offer, "yes") => vec![bare(FactKey::ReadyOnOffer, Known::Yes)],
        (Meaning::Offer, "no") => vec![bare(FactKey::ReadyOnOffer, Known::No)],
        (Meaning::Offer, "depends") => vec![bare(FactKey::ReadyOnOffer, Known::Unknown)],

        (Meaning::Pay, "own" | "funded") => {
            vec![bare(FactKey::Budget, Known::Yes), yes(FactKey::FundingSource, code, on)]
        }
        (Meaning::Pay, "approval") => {
            vec![bare(FactKey::Budget, Known::Unknown), yes(FactKey::Approval, "in_approval", on)]
        }
        (Meaning::Pay, "cannot") => vec![bare(FactKey::Budget, Known::No)],
        (Meaning::Pay, "discuss") => vec![bare(FactKey::Budget, Known::Declined)],

        (Meaning::Price, "accept") => vec![yes(FactKey::PriceConsent, "accepted", on)],
        (Meaning::Price, "discuss") => vec![yes(FactKey::PriceConsent, "discuss", on)],
        (Meaning::Price, "decline") => vec![yes(FactKey::PriceConsent, "declined", on)],

        (Meaning::Decide, "alone") => vec![yes(FactKey::DecisionSize, "1", on), yes(FactKey::Procedure, "direct", on)],
        (Meaning::Decide, "together") => vec![yes(FactKey::DecisionSize, "2-4", on)],
        (Meaning::Decide, "approval") => {
            vec![yes(FactKey::DecisionSize, "5+", on), yes(FactKey::Procedure, "internal_approval", on)]
        }
        (Meaning::Decide, "unsure") => vec![bare(FactKey::DecisionSize, Known::Unknown)],

        (Meaning::Visit, "slot") => {
            let mut facts = vec![yes(FactKey::Invitation, code, on)];
            facts.extend(words.and_then(day::read).map(|date| yes(FactKey::VisitOn, day::written(date), on)));
            facts
        }
        (Meaning::Visit, "online" | "call" | "event") => vec![yes(FactKey::Invitation, code, on)],

        (Meaning::Later, "remind") => {
            let mut facts = vec![bare(FactKey::FirmIntent, Known::Yes)];
            facts.extend(words.and_then(day::read).map(|date| yes(FactKey::ReturnOn, day::written(date), on)));
            facts
        }
        // He does not want a reminder, which says nothing about whether he comes back.
        (Meaning::Later, "no") => vec![bare(FactKey::FirmIntent, Known::Unknown)],
        _ => vec![],
    }
}

fn yes(key: FactKey, value: impl Into<String>, on: Date) -> Fact {
    Fact { key, value: value.into(), known: Known::Yes, on }
}

fn dated(solve_by: Option<Date>, on: Date) -> Vec<Fact> {
    let mut facts = vec![yes(FactKey::Timing, "dated", on)];
    facts.extend(solve_by.map(|date| yes(FactKey::SolveBy, day::written(date), on)));
    facts
}

#[cfg(all(test, feature = "ready"))]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{question::Choice, ready};

    fn facts(answers: &[(&str, Answer)]) -> Facts {
        let mut given = Answers::default();
        for (seq, (question, answer)) in (1..).zip(answers) {
            given.merge(question, seq, date(2026, 11, 21), Some(answer.clone()));
        }
        from_answers(&ready::form("price"), &given, &Context::default())
    }

    fn code(code: &str) -> Answer {
        Answer::One(code.into())
    }

    #[test]
    fn each_standard_code_says_what_the_methodology_says() {
        let all = facts(&[
            ("need", code("unclear")),
            ("buying_stage", code("comparing")),
            ("timing", code("quarter")),
            ("offer", code("depends")),
            ("pay", code("funded")),
        ]);
        assert_eq!(all.tri(FactKey::Need), Tri::Yes);
        assert_eq!(all.value(FactKey::NeedKind), Some("hidden"));
        assert_eq!(all.value(FactKey::BuyingStage), Some("choosing_vendor"));
        assert_eq!(all.date(FactKey::SolveBy), Some(date(2027, 1, 21)));
        assert_eq!(all.tri(FactKey::ReadyOnOffer), Tri::Unknown);
        assert_eq!(all.tri(FactKey::Budget), Tri::Yes);
    }

    #[test]
    fn a_price_band_of_the_owners_own_is_one_without_saying_so() {
        let on = date(2026, 11, 21);
        let decline = Choice { code: "dear".into(), means: Some("decline".into()), ..Choice::default() };
        let band = Question { kind: QuestionKind::Price, choices: vec![decline], ..Question::default() };
        let dear = Answer::One("dear".into());
        assert_eq!(stated(&band, &dear, on), [yes(FactKey::PriceConsent, "declined", on)]);
        assert_eq!(stated(&Question { kind: QuestionKind::Single, ..band }, &dear, on), []);
    }

    #[test]
    fn a_stated_stage_wins_over_the_stage_implied_by_just_looking() {
        let all = facts(&[("need", code("looking")), ("buying_stage", code("budgeting"))]);
        assert_eq!(all.value(FactKey::BuyingStage), Some("budgeting"));
        assert_eq!(all.tri(FactKey::Need), Tri::Unknown);
    }

    #[test]
    fn a_branch_that_was_left_is_taken_back_as_unknown() {
        let to = date(2026, 11, 21);
        let before = facts(&[
            ("need", code("specific")),
            ("buying_stage", code("idea")),
            ("timing", code("later")),
            ("offer", code("no")),
        ]);
        let after = facts(&[("need", code("specific")), ("buying_stage", code("idea")), ("timing", code("month"))]);
        let changed = changes(&before, &after, to);
        assert!(changed.contains(&Fact {
            key: FactKey::ReadyOnOffer,
            value: String::new(),
            known: Known::Unknown,
            on: to
        }));
        assert!(changed.iter().any(|fact| fact.key == FactKey::Timing && fact.value == "now"));
        let mut folded = before;
        for fact in changed {
            folded.add(fact);
        }
        assert_eq!(folded.tri(FactKey::ReadyOnOffer), after.tri(FactKey::ReadyOnOffer));
    }

    #[test]
    fn an_unknown_code_says_nothing() {
        assert_eq!(facts(&[("need", code("AAA"))]), Facts::default());
        assert_eq!(facts(&[("need", Answer::Number(1.0))]), Facts::default());
    }
}
