//! Who gets a lead, and why: cases in text files, and what must hold for any rules and any source.

use std::collections::BTreeMap;

use form::{
    Answer,
    wire::{Attribution, InquiryRequest},
};
use jiff::Timestamp;
use lead::{
    CATCH_ALL, attribution,
    config::{Absence, Config, Day, Member, Route, Rule, Team, When, WorkingHours},
    deadline, locate, publish,
    qualify::code,
    role::Role,
    routing::{
        self, Now, Routed,
        rehearsal::{self, Past},
        seen::{Arrived, Geography, Seen},
        turn::{Board, Load},
        why::Out,
    },
    secrets::{drop_masks, mask, take},
    settings::MASK,
};
use proptest::prelude::*;

use crate::sample;

const FORMS: &str = r#"
[[forms]]
id = "price"
questions = ["need", { id = "product", text = { en = "?" }, choices = [{ code = "kitchen", text = { en = "k" } }] }, { id = "colour", text = { en = "?" }, choices = [{ code = "red", text = { en = "r" } }] }]

[[forms]]
id = "quiz"
questions = [
  "need", "timing", "buying_stage", "pay",
  { id = "product", text = { en = "?" }, choices = [{ code = "table", text = { en = "t" } }, { code = "kitchen", text = { en = "k" } }] },
  { id = "rooms", kind = "several", text = { en = "?" }, choices = [{ code = "bath", text = { en = "b" } }, { code = "hall", text = { en = "h" } }] },
  { id = "width", kind = "number", text = { en = "?" } },
]
contact = { place = "last", title = { en = "?" }, consent = { kind = "notice", version = "1", text = { en = "?" } } }
"#;

/// A company with a trainee and an owner, two forms, and these lines in place of its own.
fn company(changed: &str) -> Config {
    let mut whole = toml::Table::try_from(sample::config()).unwrap();
    whole.remove("forms");
    for text in [FORMS, changed] {
        whole.extend(toml::from_str::<toml::Table>(text).unwrap_or_else(|error| panic!("{changed}: {error}")));
    }
    let mut config: Config = whole.try_into().unwrap_or_else(|error| panic!("{changed}: {error}"));
    config.team.push(member("tim", Role::Trainee));
    config.team.push(member("olga", Role::Owner));
    config
}

fn member(id: &str, role: Role) -> Member {
    Member { id: id.into(), name: id.to_uppercase(), role, capacity: None, hours: None, absent: vec![] }
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let meant = |line: &&str| !line.starts_with('#') && !line.trim().is_empty();
    text.lines().filter(meant).map(|line| line.split('|').map(str::trim).collect())
}

/// An inquiry as a case writes it.
#[derive(Debug)]
struct Came {
    request: InquiryRequest,
    geography: Geography,
    at: Timestamp,
}

fn came(written: &str) -> Came {
    let mut came = Came {
        request: InquiryRequest { form: Some("price".into()), ..sample::inquiry("x") },
        geography: Geography::default(),
        at: "2026-11-23T09:00:00Z".parse().unwrap(),
    };
    for part in written.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap();
        let value = value.to_owned();
        match name.split_once('.') {
            Some(("field", name)) => _ = came.request.fields.insert(name.into(), value),
            Some(("chosen", name)) => {
                let answer = match value.split_once(',') {
                    Some(_) => Answer::Several(value.split(',').map(str::to_owned).collect()),
                    None => Answer::One(value),
                };
                came.request.chosen.insert(name.into(), Some(answer));
            }
            _ => match name {
                "landing" => came.request.source.landing = value,
                "referrer" => came.request.source.referrer = value,
                "lang" => came.request.lang = Some(value),
                "form" => came.request.form = Some(value),
                "at" => came.at = value.parse().unwrap(),
                "country" => came.geography.country = value,
                "region" => came.geography.region = value,
                "city" => came.geography.city = value,
                _ => panic!("{name}"),
            },
        }
    }
    came
}

fn seen(config: &Config, came: &Came) -> Seen {
    let name = came.request.form.clone().unwrap_or_default();
    let form = config.forms.iter().find(|form| form.id == name);
    let form = form.map(|form| publish::publish(form, &BTreeMap::new(), 1).unwrap());
    let source = attribution::classify(&came.request.source, "shop", &name);
    let Came { request, geography, at } = came;
    Seen::of(config, Arrived { request, source: &source, geography, form: form.as_ref(), at: *at })
}

fn routed(config: &Config, came: &Came, owner: Option<&str>, board: &Board) -> Routed {
    let begins = deadline::answering_begins(config, came.at);
    routing::route(
        config,
        &seen(config, came),
        owner,
        &Now { board, at: &deadline::local(config, came.at), begins: &begins },
    )
}

#[test]
fn rules_take_what_they_say() {
    for case in lines(include_str!("../cases/routing_rules.txt")) {
        let config = company(&format!("rules = [{{ id = \"r\", assign = \"boris\", when = {{ {} }} }}]", case[0]));
        let found = routed(&config, &came(case[1]), None, &Board::new());
        let taken = if found.rule == "r" { "yes" } else { "no" };
        assert_eq!(taken, case[2], "{case:?}\n{:?}", found.why);
        assert_eq!(found.assigned_to, if taken == "yes" { "boris" } else { "anna" });
    }
}

#[test]
fn turns_are_fair() {
    for case in lines(include_str!("../cases/routing_turns.txt")) {
        let mut config = company("");
        config.team = vec![member("last", Role::Seller)];
        config.catch_all = Route { assign: "last".into(), ..Route::default() };
        config.rules = vec![Rule {
            id: "r".into(),
            when: When::default(),
            route: Route { assign: "t".into(), ..Route::default() },
        }];
        let mut team = Team { id: "t".into(), name: "T".into(), members: vec![] };
        let mut board = Board::new();
        for person in case[0].split(',') {
            let words: Vec<&str> = person.split_whitespace().collect();
            let (open, capacity) = words[1].split_once('/').unwrap();
            let mut one = member(words[0], Role::Seller);
            one.capacity = capacity.parse().ok();
            let mut load = Load { open: open.parse().unwrap(), last_given_at: None };
            for word in &words[2..] {
                match *word {
                    "away" => one.absent.push(Absence { from: "2026-11-23".into(), to: "2026-11-23".into() }),
                    "off" => {
                        one.hours =
                            Some(WorkingHours { from: "20:00".into(), to: "21:00".into(), ..WorkingHours::default() })
                    }
                    "trainee" => one.role = Role::Trainee,
                    "owner" => one.role = Role::Owner,
                    "head" => one.role = Role::Head,
                    given => load.last_given_at = given.strip_prefix('@').map(|at| at.parse().unwrap()),
                }
            }
            team.members.push(one.id.clone());
            board.insert(one.id.clone(), load);
            if one.id != "ghost" {
                config.team.push(one);
            }
        }
        config.teams = vec![team];
        let found = routed(&config, &came(""), None, &board);
        let out: Vec<String> = found.why.asked[0]
            .people
            .iter()
            .filter_map(|stand| Some(format!("{} {}", stand.member, code(stand.out?))))
            .collect();
        assert_eq!((found.assigned_to.as_str(), out.join(", ").as_str()), (case[1], case[2]), "{case:?}");
        assert_eq!(found.rule, "r");
        let last = found.why.asked.last().unwrap();
        assert_eq!((last.given_to.as_deref(), last.though_away), (Some(case[1]), false));
    }
}

#[test]
fn rules_that_cannot_be_published_say_why() {
    for case in lines(include_str!("../cases/routing_problems.txt")) {
        let problems = publish::problems(&company(&case[0].replace("; ", "\n")));
        let found = problems.first().map_or("ok".to_owned(), |found| format!("{}: {}", found.at, found.problem));
        assert_eq!(found, case[1], "{case:?}");
    }
    let mut config = company("");
    config.team[0].absent.push(Absence { from: "2026-12-10".into(), to: "2026-12-01".into() });
    config.team[1].absent.push(Absence { from: "soon".into(), to: "2026-12-01".into() });
    config.team[1].hours = Some(WorkingHours { from: "9".into(), ..WorkingHours::default() });
    let said: Vec<String> =
        publish::problems(&config).iter().map(|found| format!("{}: {}", found.at, found.problem)).collect();
    assert_eq!(
        said,
        [
            "team[1].hours: must be written HH:MM",
            "team[0].absent[0]: must begin before it ends",
            "team[1].absent[0]: must be written YYYY-MM-DD"
        ]
    );
}

/// A known person goes to the member who has or had him, by whatever rule; the rules say which systems hear.
#[test]
fn the_persons_own_seller_goes_first() {
    let mut config = company("rules = [{ id = \"r\", when = {}, assign = \"anna\", deliver = [\"crm\"] }]");
    let board: Board = [("boris".to_owned(), Load { open: 99, last_given_at: None })].into();
    config.team[1].capacity = Some(1);
    let found = routed(&config, &came(""), Some("boris"), &board);
    assert_eq!((found.assigned_to.as_str(), found.rule.as_str()), ("boris", "r"));
    assert_eq!((found.destinations, found.why.asked.len()), (vec!["crm".to_owned()], 0));
    assert_eq!(found.why.owner.unwrap().out, None);

    config.team[1].absent.push(Absence { from: "2026-11-20".into(), to: "2026-11-23".into() });
    let found = routed(&config, &came(""), Some("boris"), &board);
    assert_eq!((found.assigned_to.as_str(), found.why.owner.unwrap().out), ("anna", Some(Out::Absent)));
    for (owner, out) in [("left", Out::Gone), ("tim", Out::Trainee), ("olga", Out::Role)] {
        let found = routed(&config, &came(""), Some(owner), &board);
        assert_eq!((found.assigned_to.as_str(), found.why.owner.unwrap().out), ("anna", Some(out)), "{owner}");
    }
}

/// Nobody of the rule is to be had: those it names otherwise, then the catch-all; and at the very last
/// somebody gets it though he is away.
#[test]
fn fallbacks_end_in_a_person() {
    let mut config = company(
        "teams = [{ id = \"t\", name = \"T\", members = [\"boris\"] }]\nrules = [{ id = \"r\", when = {}, assign = \"t\", otherwise = [\"vera\"], deliver = [\"crm\"] }]",
    );
    config.team.push(member("vera", Role::Seller));
    let away = Absence { from: "2026-11-01".into(), to: "2026-11-30".into() };
    let chain = |config: &Config| {
        let found = routed(config, &came(""), None, &Board::new());
        let asked: Vec<String> = found.why.asked.iter().map(|asked| asked.target.clone()).collect();
        assert_eq!((found.rule.as_str(), found.destinations.as_slice()), ("r", ["crm".to_owned()].as_slice()));
        (found.assigned_to, asked.join(" "), found.why.asked.last().unwrap().though_away)
    };
    assert_eq!(chain(&config), ("boris".into(), "t".into(), false));
    for (who, expected) in
        [(1, ("vera", "t vera", false)), (4, ("anna", "t vera anna", false)), (0, ("anna", "t vera anna anna", true))]
    {
        config.team[who].absent.push(away.clone());
        let (to, asked, though_away) = chain(&config);
        assert_eq!((to.as_str(), asked.as_str(), though_away), expected);
    }
}

/// At night the turn is of those who work when answering begins in the morning.
#[test]
fn at_night_whoever_works_in_the_morning_takes_the_turn() {
    let mut config = company(
        "teams = [{ id = \"t\", name = \"T\", members = [\"anna\", \"boris\"] }]\nrules = [{ id = \"r\", when = {}, assign = \"t\" }]",
    );
    config.team[0].hours = Some(WorkingHours { from: "12:00".into(), to: "18:00".into(), ..WorkingHours::default() });
    for (at, to) in [
        ("2026-11-23T22:00:00Z", "boris"),
        ("2026-11-22T10:00:00Z", "boris"),
        ("2026-11-23T09:30:00Z", "anna"),
        ("2026-11-23T08:30:00Z", "boris"),
    ] {
        assert_eq!(routed(&config, &came(&format!("at={at}")), None, &Board::new()).assigned_to, to, "{at}");
    }
    // The absence of that morning counts, not that of the evening before.
    config.team[1].absent.push(Absence { from: "2026-11-24".into(), to: "2026-11-24".into() });
    let found = routed(&config, &came("at=2026-11-23T22:00:00Z"), None, &Board::new());
    assert_eq!(found.assigned_to, "anna", "nobody of the team: the catch-all");
    assert_eq!((found.why.asked.len(), found.why.asked[2].though_away), (3, true));
}

/// Who has hours of his own takes turns in them, also while the company is closed.
#[test]
fn a_shift_at_night_or_at_the_weekend_takes_its_turns() {
    let mut config = company(
        "teams = [{ id = \"t\", name = \"T\", members = [\"boris\"] }]\nrules = [{ id = \"r\", when = {}, assign = \"t\" }]",
    );
    let days = vec![Day::Sat, Day::Sun];
    config.team[1].hours = Some(WorkingHours { days, from: "10:00".into(), to: "22:00".into() });
    // Saturday 15:00 in Moscow, Saturday 23:00, Monday 12:00.
    for (at, to) in
        [("2026-11-21T12:00:00Z", "boris"), ("2026-11-21T20:00:00Z", "anna"), ("2026-11-23T09:00:00Z", "anna")]
    {
        assert_eq!(routed(&config, &came(&format!("at={at}")), None, &Board::new()).assigned_to, to, "{at}");
    }
    // His absence of that day counts.
    config.team[1].absent.push(Absence { from: "2026-11-21".into(), to: "2026-11-21".into() });
    assert_eq!(routed(&config, &came("at=2026-11-21T12:00:00Z"), None, &Board::new()).assigned_to, "anna");
}

#[test]
fn a_draft_is_rehearsed_on_what_came() {
    let in_force = company(
        "teams = [{ id = \"t\", name = \"T\", members = [\"anna\", \"boris\"] }]\nrules = [{ id = \"paid\", when = { channel = [\"paid\"] }, assign = \"t\" }]",
    );
    let past = |written: &str, went_to: &str, owner: Option<&str>| {
        let Came { request, geography, at } = came(written);
        let source = attribution::classify(&request.source, "shop", "price");
        Past {
            lead: "l".into(),
            request,
            source,
            geography,
            form: None,
            at,
            owner: owner.map(str::to_owned),
            went_to: went_to.into(),
        }
    };
    let (paid, direct) = ("landing=https://a.ru/?yclid=1", "");
    let moves = |draft: &Config, past: &Past| {
        rehearsal::elsewhere(&in_force, draft, past)
            .map(|(from, to)| format!("{} {} > {} {}", from.rule, from.to, to.rule, to.to))
    };
    let mut draft = in_force.clone();
    assert_eq!(moves(&draft, &past(paid, "boris", None)), None);
    draft.rules[0].id = "ads".into();
    assert_eq!(moves(&draft, &past(paid, "boris", None)), None, "another name alone moves nobody");
    draft.teams[0].members.pop();
    assert_eq!(moves(&draft, &past(paid, "boris", None)).unwrap(), "paid t > ads t");
    assert_eq!(moves(&draft, &past(paid, "anna", None)), None);
    draft.rules[0].route.assign = "boris".into();
    assert_eq!(moves(&draft, &past(paid, "anna", None)).unwrap(), "paid t > ads boris");
    assert_eq!(moves(&draft, &past(paid, "boris", Some("boris"))), None, "he keeps his own");
    assert_eq!(moves(&draft, &past(direct, "anna", None)), None);
    draft.catch_all.deliver.clear();
    assert_eq!(moves(&draft, &past(direct, "anna", None)).unwrap(), "catch-all anna > catch-all anna");
}

#[test]
fn origins_are_read_as_browsers_name_them() {
    let mut config = company("");
    config.sites[0].origins = vec!["https://Shop.example:443/".into(), "https://пример.рф".into()];
    assert_eq!((publish::problems(&config), publish::advice(&config)), (vec![], vec![]));
    let site = &config.sites[0];
    assert!(site.expects("https://shop.example") && site.expects("https://xn--e1afmkfd.xn--p1ai") && site.expects(""));
    assert!(!site.expects("https://other.example"));
    config.sites[0].origins.push("shop.example".into());
    // What was published before anybody looked can be published again.
    assert_eq!(publish::problems(&config), vec![]);
    let advice = publish::advice(&config);
    assert_eq!(advice[0].at, "sites[0].origins[2]");
    assert!(advice[0].problem.contains("https://shop.example"), "{advice:?}");
}

#[test]
fn problems_name_their_line() {
    let text = "{\n  \"name\": \"x\",\n  \"forms\": [\n    { \"id\": \"a\" },\n    { \"id\": \"price\",\n      \"questions\": [\"nee\\\"d\", 7] }\n  ],\n  \"rules\": [{\n    \"assign\": \"x\", \"when\": {\"answer\": {\"a/b\": \"c\"}} }]\n}";
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    for (at, expected) in [
        ("rules[0].assign", "/rules/0/assign 9:5"),
        ("rules[0].when.answer.a/b", "/rules/0/when/answer/a~1b 9:40"),
        ("forms.price.questions[1]", "/forms/1/questions/1 6:31"),
        ("forms.price.end.redirect", "/forms/1/end/redirect 5:5"),
        ("catch_all.assign", "/catch_all/assign 0:0"),
    ] {
        let problem = lead::config::ConfigProblem { at: at.into(), problem: "p".into() };
        let found = locate::problem(text, &value, &problem);
        let found = format!("{} {}:{}", found.pointer, found.line, found.column);
        // What is missing stands at what it is missing in: here the whole text.
        assert_eq!(found, expected.replace("0:0", "1:1"), "{at}");
    }
    let wrong = sample::config();
    let text = serde_json::to_string_pretty(&wrong).unwrap().replace("\"assign\": \"boris\"", "\"asign\": \"boris\"");
    let error = serde_json::from_str::<Config>(&text).unwrap_err();
    let found = locate::unreadable(&text, &error);
    assert!(found.problem.contains("asign") || found.problem.contains("assign"), "{found:?}");
    assert!(found.at.starts_with("rules.0"), "{found:?}");
}

#[test]
fn secrets_are_masked_and_kept() {
    let config = serde_json::to_value(sample::config()).unwrap();
    let mut shown = config.clone();
    mask(&mut shown, &mut |_| false);
    assert_eq!(shown["destinations"][0]["secret"], MASK);
    assert!(!shown.to_string().contains("whsec_"));
    // What comes back masked keeps what is known: nothing is taken, and no mask is ever a secret.
    let mut sent = shown.clone();
    assert_eq!(take(&mut sent), vec![]);
    drop_masks(&mut sent);
    assert_eq!(sent["destinations"][0].get("secret"), None);
    // What was written is taken out, and its mask stays.
    let mut written = config.clone();
    let taken = take(&mut written);
    assert_eq!(taken, [("crm".to_owned(), config["destinations"][0]["secret"].as_str().unwrap().to_owned())]);
    assert_eq!(written, shown);
}

#[test]
fn a_secret_goes_where_it_was_given_to_go() {
    let config = |kind: &str, url: &str| -> Config {
        let mut config = serde_json::to_value(sample::config()).unwrap();
        config["destinations"] = serde_json::json!([{ "id": "crm", "kind": kind, "url": url }]);
        if kind == "hubspot" {
            config["destinations"][0]["form"] = serde_json::json!({ "portal": "1", "guid": "2" });
        }
        serde_json::from_value(config).unwrap()
    };
    let kept = config("webhook", "https://crm.example/in").kept_as("crm");
    assert_eq!(kept, config("webhook", "https://crm.example/in").kept_as("crm"));
    assert_ne!(kept, config("webhook", "https://elsewhere.example/in").kept_as("crm"));
    assert_ne!(kept, config("hubspot", "https://crm.example/in").kept_as("crm"));
}

fn any_word() -> impl Strategy<Value = String> {
    prop_oneof![Just("yandex".to_owned()), Just("*".to_owned()), "[a-z]{0,3}\\*?[a-z]{0,3}", ".{0,4}"]
}

fn any_when() -> impl Strategy<Value = When> {
    let words = || prop::collection::vec(any_word(), 0..3);
    let one = || {
        (words(), words(), words(), words(), prop::option::of(any::<bool>()), prop::collection::vec(".{0,12}", 0..2))
            .prop_map(|(channel, network, campaign, city, working, hours)| When {
                channel,
                network,
                campaign,
                city,
                working,
                hours,
                ..When::default()
            })
    };
    (one(), prop::option::of(one().prop_map(Box::new))).prop_map(|(when, not)| When { not, ..when })
}

/// Any configuration that names ids at all, publishable or not.
fn any_config() -> impl Strategy<Value = Config> {
    let target = || {
        prop_oneof![Just("anna"), Just("boris"), Just("t"), Just("u"), Just("nobody"), Just("tim")]
            .prop_map(str::to_owned)
    };
    let route = || {
        (target(), prop::collection::vec(target(), 0..3)).prop_map(|(assign, otherwise)| Route {
            assign,
            otherwise,
            deliver: vec![],
        })
    };
    let rules = prop::collection::vec((any_when(), route()), 0..5);
    let members = prop::collection::vec(prop_oneof![Just("anna"), Just("boris"), Just("tim"), Just("gone")], 0..4);
    let person = (prop::option::of(0u16..4), any::<bool>());
    (rules, route(), members, prop::collection::vec(person, 2)).prop_map(|(rules, catch_all, members, people)| {
        let mut config = company("");
        let rules = rules.into_iter().enumerate();
        config.rules =
            rules.map(|(number, (when, route))| Rule { id: format!("rule-{number}"), when, route }).collect();
        config.catch_all = catch_all;
        config.teams =
            vec![Team { id: "t".into(), name: "T".into(), members: members.into_iter().map(str::to_owned).collect() }];
        for (member, (capacity, away)) in config.team.iter_mut().zip(people) {
            member.capacity = capacity;
            if away {
                member.absent.push(Absence { from: "1970-01-01".into(), to: "2100-01-01".into() });
            }
        }
        config
    })
}

fn any_board() -> impl Strategy<Value = Board> {
    let load = (0u32..6, prop::option::of(0i64..9)).prop_map(|(open, last_given_at)| Load { open, last_given_at });
    prop::collection::btree_map(prop_oneof![Just("anna".to_owned()), Just("boris".to_owned())], load, 0..3)
}

fn any_came() -> impl Strategy<Value = Came> {
    let url = prop_oneof![".{0,40}", "https://[a-z]{1,9}\\.ru/\\?(utm_source|yclid|utm_campaign)=[a-z]{0,6}"];
    (url.clone(), url, ".{0,8}", 0i64..4_000_000_000).prop_map(|(landing, referrer, city, second)| Came {
        request: InquiryRequest {
            source: Attribution { landing, referrer, ..Attribution::default() },
            ..sample::inquiry("x")
        },
        geography: Geography { city, ..Geography::default() },
        at: Timestamp::from_second(second).unwrap(),
    })
}

proptest! {
    /// I-19: routing is total: whatever the rules, the team, the source and who is away, somebody who
    /// receives leads gets it, and the rule is named. The same input gives the same person.
    #[test]
    fn i_19_routing_is_total(config in any_config(), came in any_came(), board in any_board(), owner in prop::option::of("(anna|boris|tim|gone)")) {
        let found = routed(&config, &came, owner.as_deref(), &board);
        let member = config.member(&found.assigned_to);
        prop_assert!(member.is_some_and(|member| member.role.receives_leads()), "{:?}", found);
        prop_assert!(found.rule == CATCH_ALL || config.rules.iter().any(|rule| rule.id == found.rule));
        prop_assert_eq!(&routed(&config, &came, owner.as_deref(), &board), &found);
        // The first rule that matches decides: the rules after it change nothing.
        let until = config.rules.iter().position(|rule| rule.id == found.rule).map_or(0, |at| at + 1);
        if found.rule != CATCH_ALL {
            let shorter = Config { rules: config.rules[..until].to_vec(), ..config.clone() };
            prop_assert_eq!(&routed(&shorter, &came, owner.as_deref(), &board), &found);
        }
        // What is shown is what decided: every rule before the last was tried and failed, the last one held.
        let matched: Vec<_> = found.why.tried.iter().filter(|tried| tried.matched).map(|tried| tried.rule.clone()).collect();
        prop_assert_eq!(matched, if found.rule == CATCH_ALL { vec![] } else { vec![found.rule.clone()] });
        for tried in &found.why.tried {
            prop_assert_eq!(tried.matched, tried.checks.iter().all(|check| check.held));
        }
        let took = found.why.asked.last().map_or(owner.as_deref(), |asked| asked.given_to.as_deref());
        prop_assert_eq!(took, Some(found.assigned_to.as_str()));
    }

    /// I-5, J-15: what a visitor says of need, money, timing and stage changes nothing about who gets the
    /// lead, even when it comes before the contact and a rule asks for it.
    #[test]
    fn i_05_priority_is_never_looked_at(answers in prop::collection::btree_map("(need|timing|buying_stage|pay|offer)", "(specific|none|month|no_plan|idea|own|cannot|yes|no)", 0..5), wanted in "(need|timing|buying_stage|pay)") {
        let rule = format!("rules = [{{ id = \"r\", assign = \"boris\", when = {{ answer = {{ {wanted} = \"*\" }} }} }}]");
        let config = company(&rule);
        prop_assert!(!publish::problems(&config).is_empty());
        let mut said = came("form=quiz");
        said.request.chosen = answers.into_iter().map(|(question, answer)| (question, Some(Answer::One(answer)))).collect();
        prop_assert_eq!(routed(&config, &said, None, &Board::new()), routed(&config, &came("form=quiz"), None, &Board::new()));
    }

    /// Over many leads of which all stay open, each has its share of the capacity.
    #[test]
    fn turns_follow_capacity(capacities in prop::collection::vec(1u16..12, 1..5), rounds in 1usize..4) {
        let mut config = company("");
        config.team.clear();
        let mut team = Team { id: "t".into(), name: "T".into(), members: vec![] };
        for (number, capacity) in capacities.iter().enumerate() {
            let id = format!("m{number}");
            config.team.push(Member { capacity: None, ..member(&id, Role::Seller) });
            // Capacity as a share, not as a limit: a usual person is one of thirty.
            config.team[number].capacity = Some(capacity.saturating_mul(100));
            team.members.push(id);
        }
        config.teams = vec![team];
        config.catch_all.assign = "t".into();
        let total: u32 = capacities.iter().map(|capacity| u32::from(*capacity)).sum();
        let mut board = Board::new();
        for at in 0..i64::from(total) * rounds as i64 {
            let found = routed(&config, &came(""), None, &board);
            let load = board.entry(found.assigned_to).or_default();
            *load = Load { open: load.open + 1, last_given_at: Some(at) };
        }
        for (number, capacity) in capacities.iter().enumerate() {
            let open = board.get(&format!("m{number}")).map_or(0, |load| load.open);
            let share = u32::from(*capacity) * rounds as u32;
            prop_assert!(open.abs_diff(share) <= 1, "{capacities:?}: {number} has {open} of {share}");
        }
    }
}
