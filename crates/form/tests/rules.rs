//! The rules, against case files typed in from the methodology, and the invariants I-6 and I-11.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

use form::{
    Fact, FactKey, Facts, Known, Tri,
    priority::{Rule, Standing, place, standing},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 21);

fn tri(sign: &str) -> Tri {
    match sign {
        "+" | "yes" => Tri::Yes,
        "-" | "no" => Tri::No,
        "?" => Tri::Unknown,
        other => panic!("not a sign: {other}"),
    }
}

fn known(tri: Tri) -> Known {
    match tri {
        Tri::Yes => Known::Yes,
        Tri::No => Known::No,
        Tri::Unknown => Known::Unknown,
    }
}

fn fact(key: FactKey, value: impl ToString, known: Known, on: Date) -> Fact {
    Fact { key, value: value.to_string(), known, on }
}

fn cases(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split('|').map(str::trim).collect())
        .collect()
}

fn shown<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        serde_json::Value::Array(items) => {
            items.iter().map(|item| item.as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

fn check_row(found: &Standing, row: &[&str]) {
    assert_eq!(shown(found.priority), row[1], "priority in row {row:?}");
    assert_eq!(
        shown(&found.reachable),
        row[2].split_whitespace().collect::<Vec<_>>().join(" "),
        "reachable in row {row:?}"
    );
    assert_eq!(found.rank.to_string(), row[3], "rank in row {row:?}");
    assert_eq!(shown(found.next_step), row[4], "next step in row {row:?}");
    assert_eq!(shown(found.filter), row[5], "filter in row {row:?}");
}

#[test]
fn the_27_rows() {
    let rows = cases(include_str!("cases/priority.txt"));
    assert_eq!(rows.len(), 27);
    let mut signs: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    signs.sort_unstable();
    signs.dedup();
    assert_eq!(signs.len(), 27, "every combination once");
    for row in &rows {
        let [need, budget, urgency] = row[0].split(' ').map(tri).collect::<Vec<_>>().try_into().unwrap();
        check_row(&place(need, budget, urgency), row);
    }
}

/// The facts of one row of the urgency cases.
fn urgency_facts(timing: &str, ready: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    match timing.split_whitespace().collect::<Vec<_>>()[..] {
        ["now", on] => facts.push(fact(FactKey::Timing, "now", Known::Yes, on.parse().unwrap())),
        ["dated", by] => facts
            .extend([fact(FactKey::Timing, "dated", Known::Yes, TODAY), fact(FactKey::SolveBy, by, Known::Yes, TODAY)]),
        ["dated"] => facts.push(fact(FactKey::Timing, "dated", Known::Yes, TODAY)),
        ["no_plan"] => facts.push(fact(FactKey::Timing, "no_plan", Known::Yes, TODAY)),
        ["?"] => {}
        ref other => panic!("not a timing: {other:?}"),
    }
    let mut words = ready.split_whitespace();
    facts.push(fact(FactKey::ReadyOnOffer, "", known(tri(words.next().unwrap())), TODAY));
    facts.extend(words.next().map(|until| fact(FactKey::OfferValidUntil, until, Known::Yes, TODAY)));
    facts
}

/// Every row of the table again, reached through facts: need × budget × each way to an urgency.
#[test]
fn the_27_rows_by_date_and_by_offer() {
    let rows = cases(include_str!("cases/priority.txt"));
    for urgency_case in cases(include_str!("cases/urgency.txt")) {
        let (sign, by_offer) = match urgency_case[2] {
            "+ by offer" => ("+", true),
            sign => (sign, false),
        };
        for row in rows.iter().filter(|row| row[0].ends_with(sign)) {
            let signs: Vec<&str> = row[0].split(' ').collect();
            let mut facts = urgency_facts(urgency_case[0], urgency_case[1]);
            facts.push(fact(FactKey::Need, "", known(tri(signs[0])), TODAY));
            facts.push(fact(FactKey::Budget, "", known(tri(signs[1])), TODAY));
            let found = standing(&Facts::fold(facts), TODAY, Rule::default());
            check_row(&found, row);
            assert_eq!(found.by_offer, by_offer, "{urgency_case:?}");
        }
    }
}

#[test]
fn an_early_buying_stage_decides_the_filter_unless_it_is_urgent() {
    let with_stage = |timing: &str| {
        let mut facts = urgency_facts(timing, "?");
        facts.push(fact(FactKey::Need, "", Known::Yes, TODAY));
        facts.push(fact(FactKey::BuyingStage, "budgeting", Known::Yes, TODAY));
        shown(standing(&Facts::fold(facts), TODAY, Rule::default()).filter)
    };
    assert_eq!(with_stage("no_plan"), "future");
    assert_eq!(with_stage("now 2026-11-21"), "not_filtered_yet");
}

#[test]
fn a_date_that_comes_near_turns_a_b_into_an_a() {
    let facts = Facts::fold([
        fact(FactKey::Need, "", Known::Yes, TODAY),
        fact(FactKey::Budget, "", Known::Yes, TODAY),
        fact(FactKey::Timing, "dated", Known::Yes, TODAY),
        fact(FactKey::SolveBy, date(2027, 1, 30), Known::Yes, TODAY),
        fact(FactKey::ReadyOnOffer, "", Known::No, TODAY),
    ]);
    assert_eq!(shown(standing(&facts, TODAY, Rule::default()).priority), "BBB");
    assert_eq!(shown(standing(&facts, date(2026, 12, 31), Rule::default()).priority), "AAA");
}

fn any_tri() -> impl Strategy<Value = Tri> {
    prop_oneof![Just(Tri::Yes), Just(Tri::No), Just(Tri::Unknown)]
}

fn any_statement() -> impl Strategy<Value = Fact> {
    let keys = [
        FactKey::Need,
        FactKey::Budget,
        FactKey::Timing,
        FactKey::SolveBy,
        FactKey::ReadyOnOffer,
        FactKey::OfferValidUntil,
        FactKey::BuyingStage,
    ];
    let value = prop_oneof![
        Just("now".to_owned()),
        Just("dated".to_owned()),
        Just("no_plan".to_owned()),
        Just("idea".to_owned()),
        (0i32..900).prop_map(|days| TODAY.saturating_add(jiff::Span::new().days(days - 300)).to_string()),
        ".{0,8}",
    ];
    let known = prop_oneof![Just(Known::Yes), Just(Known::No), Just(Known::Unknown), Just(Known::Declined)];
    (prop::sample::select(keys.to_vec()), value, known, -400i32..400)
        .prop_map(|(key, value, known, ago)| fact(key, value, known, TODAY.saturating_sub(jiff::Span::new().days(ago))))
}

proptest! {
    /// I-6: the category is a pure function of facts, day and configuration: the newest statement
    /// per key is all that counts, and how the facts came in does not.
    #[test]
    fn i_06_the_category_is_a_function_of_the_facts(statements in prop::collection::vec(any_statement(), 0..12)) {
        let folded = Facts::fold(statements);
        let stored: Facts = serde_json::from_str(&serde_json::to_string(&folded).unwrap()).unwrap();
        let mut again: Vec<Fact> = folded.iter().cloned().collect();
        again.reverse();
        let once = standing(&folded, TODAY, Rule::default());
        prop_assert_eq!(&once, &standing(&stored, TODAY, Rule::default()));
        prop_assert_eq!(&once, &standing(&Facts::fold(again), TODAY, Rule::default()));
    }

    /// I-11: a missing, skipped or declined answer never lowers a lead below the best category
    /// still reachable: forgetting what is known never worsens the best reachable category.
    #[test]
    fn i_11_unknown_is_not_no(need in any_tri(), budget in any_tri(), urgency in any_tri(), forget in 0usize..3) {
        let known = place(need, budget, urgency);
        let mut signs = [need, budget, urgency];
        signs[forget] = Tri::Unknown;
        let unknown = place(signs[0], signs[1], signs[2]);
        prop_assert!(unknown.reachable.first() <= known.reachable.first());
        for reach in &known.reachable {
            prop_assert!(unknown.reachable.contains(reach));
        }
    }
}
