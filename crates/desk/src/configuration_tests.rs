//! What is not shown is not lost, and what is shown is what the rules go by.

use lead::{
    config::{Day, Wanted, When},
    routing::condition,
    source::SourceKind,
};
use serde_json::json;

use super::*;

/// What the page makes of a condition.
pub(crate) fn conditions_of(when: &When) -> Vec<Condition> {
    conditions(&serde_json::to_value(when).unwrap())
}

/// Everything the page shows, and much that it does not.
fn workspace() -> Value {
    json!({
        "name": "Мастерская",
        "from_a_later_version": { "weights": [1, 2.5, -3, 1e300, null, true], "much": 18_446_744_073_709_551_615_u64 },
        "team": [
            { "id": "anna", "name": "Анна", "role": "seller", "capacity": 20, "hours": { "days": ["mon"] }, "pet": "cat" },
            { "id": "vera", "name": "Вера", "role": "head", "absent": [{ "from": "2026-12-28", "to": "2027-01-08" }] },
            { "id": "max", "name": "Максим", "role": "marketer" },
            { "id": "new", "name": "Новая", "role": "from_a_later_version" },
        ],
        "teams": [{ "id": "kitchens", "name": "Кухни", "members": ["anna", "vera"], "colour": "red" }],
        "forms": [{ "id": "price", "questions": ["need", { "id": "own", "when": { "any": [[{ "is": [] }]] } }] }],
        "rules": [
            { "id": "paid", "when": { "channel": ["paid"], "moon": ["full"] }, "assign": "anna", "deliver": ["crm"] },
            { "id": "rest", "when": {}, "assign": "kitchens", "otherwise": ["vera"], "weekday": 3 },
        ],
        "catch_all": { "assign": "anna", "deliver": [], "note": "\"\u{7}\"" },
        "destinations": [{ "kind": "webhook", "id": "crm", "url": "https://a.example/", "secret": "********" }],
    })
}

fn read(value: &Value) -> Configuration {
    crate::reading::read(&value.to_string()).unwrap()
}

#[test]
fn nothing_is_lost_on_the_way_there_and_back() {
    let config = read(&workspace());
    let written = config.text();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), workspace());
    assert_eq!(read(&serde_json::from_str(&written).unwrap()), config);
}

#[test]
fn a_change_changes_that_and_nothing_else() {
    type Change = fn(&mut Configuration);
    let changes: [(Change, &str, Value); 8] = [
        (|config| config.set_capacity(1, Some(7)), "/team/1/capacity", json!(7)),
        (|config| config.set_capacity(0, None), "/team/0/capacity", Value::Null),
        (
            |config| config.add_absence(0, "2026-11-30".into(), "2026-12-01".into()),
            "/team/0/absent",
            json!([{ "from": "2026-11-30", "to": "2026-12-01" }]),
        ),
        (|config| config.remove_absence(1, 0), "/team/1/absent", Value::Null),
        (|config| config.assign(Some(1), "vera".into()), "/rules/1/assign", json!("vera")),
        (|config| config.assign(None, "vera".into()), "/catch_all/assign", json!("vera")),
        (
            |config| config.swap_rules(0, 1),
            "/rules",
            json!([workspace()["rules"][1].clone(), workspace()["rules"][0].clone()]),
        ),
        (|config| config.swap_rules(0, 2), "/rules", workspace()["rules"].clone()),
    ];
    for (change, at, becomes) in changes {
        let mut config = read(&workspace());
        change(&mut config);
        let mut expected = workspace();
        let (parent, name) = at.rsplit_once('/').unwrap();
        let parent = expected.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match becomes {
            Value::Null => _ = parent.remove(name),
            becomes => _ = parent.insert(name.to_owned(), becomes),
        }
        assert_eq!(config.0, expected, "{at}");
    }
}

#[test]
fn nobody_and_nothing_there_changes_nothing() {
    let mut config = read(&workspace());
    config.set_capacity(9, Some(1));
    config.add_absence(9, "2026-11-30".into(), "2026-11-30".into());
    config.remove_absence(0, 0);
    config.remove_absence(1, 5);
    config.assign(Some(9), "vera".into());
    assert_eq!(config, read(&workspace()));
    let empty = read(&json!({}));
    assert_eq!((empty.people(), empty.teams(), empty.rules(), empty.catch_all()), Default::default());
}

#[test]
fn what_is_shown_is_what_there_is() {
    let config = read(&workspace());
    let people = config.people();
    let receives: Vec<(&str, bool)> = people.iter().map(|one| (one.role.as_str(), one.receives)).collect();
    assert_eq!(receives, [("seller", true), ("head", true), ("marketer", false), ("from_a_later_version", false)]);
    assert_eq!(people[0].capacity, Some(20));
    assert_eq!(people[1].absent, [Absence { from: "2026-12-28".into(), to: "2027-01-08".into() }]);
    assert_eq!(config.teams()[0].members, ["anna", "vera"]);
    assert_eq!(config.rules()[1].route.otherwise, ["vera"]);
    assert_eq!(config.catch_all().assign, "anna");
    assert_eq!((config.name_of("kitchens"), config.name_of("max")), (Some("Кухни"), Some("Максим")));
    assert_eq!(config.name_of("gone"), None);
}

#[test]
fn a_rule_is_read_as_the_ledger_reads_it() {
    let word = |word: &str| vec![word.to_owned(), format!("{word}-*")];
    let one = |name: &str| [(name.to_owned(), Wanted::One("one".into()))].into();
    // Every member by name: one that is new and not listed here does not compile.
    let all = |not: Option<Box<When>>, working| When {
        kind: vec![SourceKind::AdCampaign, SourceKind::NonAdvertising],
        channel: word("channel"),
        network: word("network"),
        campaign: word("campaign"),
        medium: word("medium"),
        referrer: word("referrer"),
        landing: word("landing"),
        site: word("site"),
        form: word("form"),
        utm_source: word("utm_source"),
        content: word("content"),
        term: word("term"),
        country: word("country"),
        region: word("region"),
        city: word("city"),
        lang: word("lang"),
        days: vec![Day::Sat, Day::Sun],
        hours: word("hours"),
        working: Some(working),
        field: [("plan".to_owned(), Wanted::Any(word("plan"))), ("a".to_owned(), Wanted::One("b".into()))].into(),
        parameter: one("utm_id"),
        answer: one("city"),
        not,
    };
    let when = all(Some(Box::new(all(None, false))), true);
    assert_eq!(conditions_of(&when), condition::conditions(&when));
    assert_eq!(conditions_of(&when).len(), 46);
    assert_eq!(conditions_of(&When::default()), []);
}

#[test]
fn the_text_begins_with_what_is_looked_for_first() {
    let text = read(&workspace()).text();
    assert!(
        text.starts_with("{\n  \"name\": \"Мастерская\",\n  \"team\": [\n    {\n      \"id\": \"anna\",\n"),
        "{text}"
    );
    assert!(text.contains("\n      \"deliver\": [\n        \"crm\"\n      ]"), "{text}");
    assert_eq!(read(&json!({ "a": [], "b": {} })).text(), "{\n  \"a\": [],\n  \"b\": {}\n}");
}
