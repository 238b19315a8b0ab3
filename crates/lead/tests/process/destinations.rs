//! Destinations against recorded-style requests and answers (`tests/contracts`), and what must hold for all of them.

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use lead::{
    delivery::{self, Health, Line, Outcome},
    destinations::{
        Destination, ERASED, EVENTS,
        contract::{Answer, Ended, Job, Next, Request, Step},
        preview,
        smtp_dialogue::{Say, Tls, is_whole},
        telling::{self, NAMES, Telling},
    },
    erasure,
    source::Source,
    view::InquiryView,
    webhook,
};
use serde_json::Value;

use crate::sample;

const NOW: i64 = 1_795_338_000;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/contracts"))
}

fn read(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

/// Every file but what is told: its name and its content.
fn contracts() -> Vec<(String, Value)> {
    let mut names: Vec<String> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".json") && name != "told.json");
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(&name))).collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn every_destination_keeps_its_contract() {
    let mut kinds = Vec::new();
    for (file, contract) in contracts() {
        let destination: Destination = serde_json::from_value(contract["destination"].clone()).unwrap();
        let secret = text(&contract, "secret");
        assert_eq!(destination.problems(Some(secret).filter(|secret| !secret.is_empty())), vec![], "{file}");
        kinds.push(destination.kind());
        for case in contract["cases"].as_array().unwrap() {
            exchange(&format!("{file}: {}", text(case, "name")), &destination, secret, case);
        }
    }
    for kind in ["webhook", "telegram", "slack", "resend", "postmark", "cloudflare_email", "smtp", "amocrm", "bitrix24"]
    {
        assert!(kinds.contains(&kind), "{kind} has no contract");
    }
    for kind in ["hubspot", "google_sheets", "zapier", "make"] {
        assert!(kinds.contains(&kind), "{kind} has no contract");
    }
}

/// Plays the exchange: each request must be the expected one, and the end too.
fn exchange(name: &str, destination: &Destination, secret: &str, case: &Value) {
    let mut told = if case["told"].is_null() { read("told.json") } else { case["told"].clone() };
    if let Some(event) = case["event"].as_str() {
        told["type"] = event.into();
    }
    for pointer in case["without"].as_array().into_iter().flatten() {
        *told.pointer_mut(pointer.as_str().unwrap()).unwrap() = Value::Null;
    }
    for (pointer, value) in case["with"].as_object().into_iter().flatten() {
        *told.pointer_mut(pointer).unwrap() = value.clone();
    }
    let telling = Telling::of(&told.to_string());
    let job = Job {
        id: "msg_1",
        telling: &telling,
        secret,
        remote: case["remote"].as_str(),
        attempt: case["attempt"].as_u64().unwrap_or(1) as u32,
        now: NOW,
    };
    let settings = destination.settings();
    let mut next = settings.next(&job, &Step::begin(), None);
    for turn in case["exchange"].as_array().unwrap() {
        let Next::Ask(step, request) = next else { panic!("{name}: ended too early: {next:?}") };
        compare(name, &request, &turn["request"]);
        let answer = Answer {
            status: turn["answer"]["status"].as_u64().unwrap() as u16,
            retry_after: turn["answer"]["retry_after"].as_i64(),
            body: text(&turn["answer"], "body").to_owned(),
        };
        next = settings.next(&job, &step, Some(&answer));
    }
    let Next::End(ended) = next else { panic!("{name}: goes on: {next:?}") };
    let outcome: Outcome = serde_json::from_value(case["ends"]["outcome"].clone()).unwrap();
    assert_eq!(ended.outcome, outcome, "{name}: {}", ended.said);
    if let Some(said) = case["ends"]["said"].as_str() {
        assert_eq!(ended.said, said, "{name}");
    }
}

fn compare(name: &str, request: &Request, expected: &Value) {
    let (method, url, body, headers) = match request {
        Request::Http(http) => (http.method, http.url.clone(), http.body.clone(), http.headers.clone()),
        Request::Sign { .. } => ("SIGN", String::new(), String::new(), vec![]),
        Request::Smtp(dialogue) => ("SMTP", format!("{}:{}", dialogue.host, dialogue.port), String::new(), vec![]),
        Request::Letter(_) => ("EMAIL", String::new(), String::new(), vec![]),
    };
    assert_eq!((method, url.as_str()), (text(expected, "method"), text(expected, "url")), "{name}");
    if !expected["body"].is_null() {
        let body: Value = serde_json::from_str(&body).unwrap();
        assert!(holds(&body, &expected["body"]), "{name}: {body:#}");
        for gone in expected["gone"].as_array().into_iter().flatten() {
            assert!(body.pointer(gone.as_str().unwrap()).is_none(), "{name}: {gone} in {body:#}");
        }
    }
    for header in expected["headers"].as_array().into_iter().flatten() {
        let header = header.as_str().unwrap();
        assert!(headers.iter().any(|(name, value)| format!("{name}: {value}") == header), "{name}: {header}");
    }
    for words in expected["text"].as_array().into_iter().flatten() {
        assert!(body.contains(words.as_str().unwrap()), "{name}: {words} in {body}");
    }
}

/// Every member that is expected is there; a list has exactly the expected items.
fn holds(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(name, expected)| found.get(name).is_some_and(|found| holds(found, expected)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| holds(found, expected))
        }
        _ => found == expected,
    }
}

/// Whatever a service answers, a delivery ends after a few requests and says nothing that a person typed.
#[test]
fn no_answer_makes_a_delivery_endless_or_talkative() {
    let told = Telling::of(&read("told.json").to_string());
    let erased = Telling::of(&erasure::body("2026-11-22T09:00:00Z", "contact", &["lead".to_owned()], &[], &[], false));
    assert!(erased.event() == ERASED && erased.leads() == ["lead"]);
    let bodies = [
        "",
        "{}",
        "[]",
        "null",
        "<html>",
        "{\"ok\":true}",
        "{\"error\":\"Иван <b>\"}",
        "{\"id\":1,\"result\":{}}",
        "[{\"id\":{}}]",
    ];
    for (file, contract) in contracts() {
        let destination: Destination = serde_json::from_value(contract["destination"].clone()).unwrap();
        let tellings =
            [(&told, None, 1), (&told, None, 2), (&told, Some("1"), 3), (&erased, None, 1), (&erased, Some("1/2"), 2)];
        for (telling, remote, attempt) in tellings {
            if telling.event() == ERASED && !destination.settings().takes_erasure() {
                continue;
            }
            for status in [0, 200, 201, 204, 207, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503, 599] {
                for body in bodies {
                    let secret = text(&contract, "secret");
                    let job = Job { id: "msg_1", telling, secret, remote, attempt, now: NOW };
                    let answer = Answer { status, retry_after: None, body: body.into() };
                    let mut next = destination.settings().next(&job, &Step::begin(), None);
                    let mut asked = 0;
                    while let Next::Ask(step, _) = next {
                        asked += 1;
                        assert!(asked <= preview::MOST_STEPS, "{file} {status} {body}");
                        next = destination.settings().next(&job, &step, Some(&answer));
                    }
                    let Next::End(ended) = next else { unreachable!() };
                    let ended = job.without_what_was_sent(ended);
                    assert!(
                        !ended.said.contains("Иван") && ended.said.len() < 90,
                        "{file} {status} {body}: {}",
                        ended.said
                    );
                    if matches!(ended.outcome, Outcome::Sent { .. }) {
                        assert!((200..300).contains(&status), "{file} {status} {body}");
                    }
                }
            }
        }
    }
}

/// Who writes again is told of with what he wrote before.
#[test]
fn all_that_was_written_is_told() {
    let inquiry = |message: &str| {
        let view = serde_json::json!({
            "id": "", "recorded_at": "", "channel": "", "name": "", "reach": "", "message": message, "best_time": "", "form": "",
            "lang": "", "tz": "", "page": "", "landing": "", "referrer": "", "fields": [], "consent_processing": false,
            "consent_marketing": false, "consent_version": "", "source": Source::default(),
        });
        serde_json::from_value::<InquiryView>(view).unwrap()
    };
    let told = |messages: &[&str]| webhook::messages(&messages.iter().map(|text| inquiry(text)).collect::<Vec<_>>());
    assert_eq!(told(&[]), Vec::<String>::new());
    assert_eq!(told(&["Стол?", "", " Доставка? ", "Стол?", "Доставка?"]), ["Доставка?", "Стол?"]);
    // All together are no longer than one may be; of very many the newest and the very first.
    let long = "я".repeat(3_000);
    assert_eq!(told(&[&long])[0].chars().count(), 2_000);
    assert_eq!(told(&["Стол?", &long]).iter().map(|text| text.chars().count()).collect::<Vec<_>>(), [1_000, 5]);
    let many: Vec<String> = (0..200).map(|number| format!("{number} {long}")).collect();
    let many = told(&many.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(many.len() == 10 && many.iter().all(|text| text.chars().count() == 200));
    assert!(many[0].starts_with("199 ") && many[8].starts_with("191 ") && many[9].starts_with("0 "));
}

/// What a service answers may be what it was sent: only its codes are said, and none that was in the request.
#[test]
fn nothing_that_was_sent_is_said_again() {
    let telling = Telling::of(
        r#"{"type":"lead.created","data":{"id":"1","contact":{"name":"Anna McDonald","phones":[{"e164":"+79991234567"}]},"message":"Write to anna_mc@example.com, I am without an id"}}"#,
    );
    let erased = Telling::of(&erasure::body("2026-11-22T09:00:00Z", "contact", &["lead".to_owned()], &[], &[], false));
    let said = |telling: &Telling, status: u16, code: &str| {
        let job = Job { id: "msg_1", telling, secret: "pat_SECRET", remote: None, attempt: 1, now: NOW };
        job.without_what_was_sent(Answer { status, ..Answer::default() }.by_status_and(code)).said
    };
    for (code, expected) in [
        ("QUERY_LIMIT_EXCEEDED", "400 QUERY_LIMIT_EXCEEDED"),
        ("NotSupportedChoice", "400 NotSupportedChoice"),
        ("expired_token: of Anna", "400 expired_token"),
        ("100", "400 100"),
        ("Anna", "400"),
        ("ANNA", "400"),
        ("petrov", "400"),
        ("McDonald", "400"),
        ("anna_mcdonald", "400"),
        ("anna_mc@example.com", "400"),
        ("+79991234567", "400"),
        ("79991234567", "400"),
        ("PAT_SECRET", "400"),
        ("", "400"),
    ] {
        assert_eq!(said(&telling, 400, code), expected, "{code}");
    }
    // An erasure says nothing of the person that could be compared with.
    assert_eq!(said(&erased, 403, "ACCESS_DENIED"), "403 ACCESS_DENIED");
    assert_eq!(said(&erased, 403, "anna_mcdonald"), "403");
    let job = Job { id: "msg_1", telling: &telling, secret: "", remote: None, attempt: 1, now: NOW };
    for ours in ["200 without an id", "delete_by_hand", "no answer"] {
        assert_eq!(job.without_what_was_sent(Ended::retry(ours)).said, ours);
    }
    for (said, health, audit) in [
        ("429 QUERY_LIMIT_EXCEEDED", "429 QUERY_LIMIT_EXCEEDED", "429"),
        ("200 without an id", "200 without an id", "200 without an id"),
        ("there is no binding EMAIL", "there is no binding EMAIL", "there is no binding EMAIL"),
        ("E_SENDER_NOT_VERIFIED", "E_SENDER_NOT_VERIFIED", ""),
        ("400 anna@example.com", "400", "400"),
        ("200: Anna", "200", "200"),
    ] {
        assert_eq!((delivery::in_short(said), delivery::in_our_words(said)), (health.to_owned(), audit.to_owned()));
    }
}

#[test]
fn a_preview_shows_requests_and_no_secret() {
    let body = preview::sample(&sample::config(), "2026-11-22T09:00:00Z");
    let told: Value = serde_json::from_str(&body).unwrap();
    for (name, pointer) in NAMES.iter().take(35) {
        let known = told.pointer(pointer).is_some() || *name == "close_reason" || *name == "other";
        assert!(known, "the sample has no {name}");
    }
    for (file, contract) in contracts() {
        let destination: Destination = serde_json::from_value(contract["destination"].clone()).unwrap();
        let shown = preview::preview(&destination, &body, NOW);
        assert!(!shown.is_empty(), "{file}");
        let all = serde_json::to_string(&shown).unwrap();
        let secret = text(&contract, "secret");
        assert!(secret.is_empty() || !all.contains(secret), "{file}");
        assert!(all.contains("+79991234567") || all.contains("Kzc5OTkx") || file == "smtp.json", "{file}: {all}");
    }
}

#[test]
fn a_mapping_knows_our_names_only() {
    assert_eq!(
        telling::unknown_names("{{name}} {{ reach | - }} {{answer.need}} {{field.x}} {{fact.need}}"),
        Vec::<String>::new()
    );
    assert_eq!(telling::unknown_names("{{nmae}} {{answer.}} {{}}"), ["nmae", "answer.", ""]);
    let telling = Telling::of(&read("told.json").to_string());
    let fill = |template: &str| telling.fill(template, &str::to_owned);
    assert_eq!(
        fill("{{assigned_name}}, {{close_reason|нет}}, {{field.plan}}, {{answer.need}}"),
        "Анна, нет, pro, <i>Стол</i>"
    );
    assert_eq!(fill("{{reach}} {{phones}} {{fact.need}} {{"), "+79991234567 +79991234567 explicit {{");
    // A body of an older build has the newest message only.
    let older = Telling::of(r#"{"data":{"message":"Стол?"}}"#);
    assert_eq!(older.get("messages"), "Стол?");
    // What was typed is never read as a template.
    let typed = Telling::of(r#"{"data":{"message":"{{reach}}"}}"#);
    assert_eq!(typed.fill("{{message}}", &str::to_owned), "{{reach}}");
    for (kind, fields) in [("telegram", r#"{"title":"x"}"#), ("zapier", r#"{"x":"{{nobody}}"}"#)] {
        let json = format!(r#"{{"kind":"{kind}","id":"a","chat":"@a","fields":{fields}}}"#);
        let json = if kind == "telegram" { json } else { json.replace(r#""chat":"@a","#, "") };
        let destination: Destination = serde_json::from_str(&json).unwrap();
        let problems = destination.problems(Some("1:a"));
        assert!(problems.iter().any(|(member, _)| member.starts_with("fields.")), "{kind}: {problems:?}");
    }
}

#[test]
fn secrets_are_taken_out_and_never_printed() {
    let mut config = sample::config();
    assert!(!format!("{config:?}").contains("whsec"));
    let secrets = config.take_secrets();
    assert_eq!(secrets.keys().collect::<Vec<_>>(), ["crm"]);
    assert!(!serde_json::to_string(&config).unwrap().contains("secret"));
    assert!(config.destination("crm").unwrap().wants("lead.closed"));
    assert!(EVENTS.iter().all(|event| config.tells("crm", event)));
}

#[test]
fn a_failing_destination_is_switched_off() {
    let retry = Outcome::Retry { after: None };
    let sent = Outcome::Sent { remote: None };
    let hour = 3_600_000;
    let after = |steps: &[(&Outcome, i64)]| {
        steps.iter().fold(Health::default(), |health, (outcome, at)| delivery::health(&health, outcome, "503", *at))
    };
    assert_eq!(after(&[(&Outcome::Auth, 5)]).off_since, Some(5));
    assert_eq!(after(&[(&Outcome::Gone, 5)]).off_since, Some(5));
    // Many failures within a day, and few over more than a day, are not enough; both together are.
    let many: Vec<_> = (0..20).map(|number| (&retry, number * hour)).collect();
    assert_eq!(after(&many).off_since, None);
    assert_eq!(after(&[(&retry, 0), (&retry, 30 * hour)]).off_since, None);
    let both: Vec<_> = (0..10).map(|number| (&retry, number * 3 * hour)).collect();
    assert_eq!(after(&both).off_since, Some(27 * hour));
    // One success in between begins anew; one that was on its way when it was switched off changes nothing.
    let mut mixed = both.clone();
    mixed.insert(3, (&sent, 8 * hour));
    assert_eq!(after(&mixed).off_since, None);
    assert_eq!(after(&[(&Outcome::Auth, 5), (&sent, 6)]).off_since, Some(5));
}

#[test]
fn turns_are_fair() {
    let line = |in_flight, failing| Line { due: true, in_flight, failing };
    assert_eq!(delivery::share(&[line(0, false)]), [3]);
    assert_eq!(delivery::share(&[line(0, true)]), [1]);
    assert_eq!(delivery::share(&[line(0, false), line(0, false)]), [2, 2]);
    // Whoever hangs with all he has leaves places for those who come.
    assert_eq!(delivery::share(&[line(2, false), line(2, false), line(0, false), line(0, true)]), [0, 0, 1, 0]);
    assert_eq!(delivery::share(&[line(3, false), line(0, false)]), [0, 1]);
    assert_eq!(delivery::share(&[line(6, false), line(0, false)]), [0, 0]);
    // However many fail, half of the places are for those who do not.
    assert_eq!(delivery::share(&[line(0, true); 6]), [1, 1, 1, 0, 0, 0]);
    assert_eq!(
        delivery::share(&[line(1, true), line(1, true), line(1, true), line(0, true), line(0, false)]),
        [0, 0, 0, 0, 1]
    );
    // Nor do they take the last place that somebody who comes new may need.
    assert_eq!(
        delivery::share(&[line(0, true), line(0, true), line(0, true), line(3, false), line(0, false)]),
        [1, 1, 0, 0, 1]
    );
    // Those who have nothing more to send hold their places all the same, as what they are.
    let last = |failing| Line { due: false, in_flight: 1, failing };
    assert_eq!(delivery::share(&[last(true), last(true), last(true), line(0, true)]), [0, 0, 0, 0]);
    assert_eq!(delivery::share(&[last(false), last(false), last(false), line(0, true)]), [0, 0, 0, 1]);
    assert_eq!(delivery::share(&[]), Vec::<usize>::new());
}

#[test]
fn a_wait_is_a_number_or_a_date() {
    let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
    for (header, expected) in [
        ("120", Some(120)),
        (" 5 ", Some(5)),
        ("-3", Some(0)),
        ("Sun, 22 Nov 2026 09:01:30 GMT", Some(90)),
        ("Sat, 22 Nov 2025 09:01:30 GMT", Some(0)),
        ("soon", None),
        ("", None),
    ] {
        assert_eq!(delivery::retry_after(header, now), expected, "{header}");
    }
}

/// One conversation, line by line: what the server says, and what follows.
fn converse(tls: Tls, replies: &[&str]) -> (Vec<String>, u16) {
    let contract = read("smtp.json");
    let destination: Destination = serde_json::from_value(contract["destination"].clone()).unwrap();
    let telling = Telling::of(&read("told.json").to_string());
    let job = Job { id: "msg_1", telling: &telling, secret: "password", remote: None, attempt: 1, now: NOW };
    let Next::Ask(_, Request::Smtp(dialogue)) = destination.settings().next(&job, &Step::begin(), None) else {
        panic!()
    };
    let mut dialogue = *dialogue;
    dialogue.tls = tls;
    let mut said = Vec::new();
    for reply in replies {
        assert!(is_whole(reply), "{reply:?}");
        match dialogue.hear(reply) {
            Say::This(words) => said.push(words),
            Say::StartTls(words) => said.push(format!("TLS {words}")),
            Say::End(code, _) => return (said, code),
        }
    }
    (said, 999)
}

#[test]
fn a_mail_server_is_spoken_to_in_secret_only() {
    let hello = "250-mail.company.ru\r\n250-STARTTLS\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME\r\n";
    let ok = "250 2.0.0 Ok\r\n";
    let whole = [
        "220 mail ESMTP\r\n",
        hello,
        "220 Go ahead\r\n",
        hello,
        "235 2.7.0 ok\r\n",
        ok,
        ok,
        ok,
        "354 go\r\n",
        "250 queued\r\n",
    ];
    let (said, code) = converse(Tls::AfterStartTls, &whole);
    assert_eq!(code, 250);
    assert_eq!(said[1], "STARTTLS\r\n");
    assert_eq!(said[2], "TLS EHLO first-contact.invalid\r\n");
    assert_eq!(said[3], "AUTH PLAIN AHNhbGVzAHBhc3N3b3Jk\r\n");
    assert_eq!(said[4], "MAIL FROM:<sales@company.ru>\r\n");
    assert_eq!(said[6], "RCPT TO:<vera@company.ru>\r\n");
    assert!(said[8].ends_with("\r\n.\r\n") && said[8].contains("Reply-To: ivan@example.com\r\n"));
    // One mailbox that is no more keeps the letter from nobody else; all of them do.
    let refused = |at: &[usize]| {
        let mut replies = whole;
        at.iter().for_each(|at| replies[*at] = "550 5.1.1 no such mailbox\r\n");
        converse(Tls::AfterStartTls, &replies)
    };
    assert_eq!([refused(&[6]).1, refused(&[7]).1, refused(&[6, 7]).1], [250, 250, 550]);
    let mut later = whole;
    (later[6], later[7]) = ("450 4.2.1 later\r\n", "550 5.1.1 no such mailbox\r\n");
    assert_eq!(converse(Tls::AfterStartTls, &later).1, 450);
    assert!(!refused(&[6, 7]).0.iter().any(|said| said.starts_with("DATA")));
    // No password for a server that does not go secret.
    let (said, code) = converse(Tls::AfterStartTls, &["220 mail\r\n", "250 AUTH PLAIN\r\n"]);
    assert_eq!((said.len(), code), (1, 538));
    // A refusal ends it with its code, a strange word without one.
    assert_eq!(converse(Tls::None, &["220 x\r\n", hello, "535 5.7.8 no\r\n"]).1, 535);
    assert_eq!(converse(Tls::None, &["421 busy\r\n"]).1, 421);
    assert_eq!(converse(Tls::None, &["220 x\r\n", "354 what\r\n"]).1, 0);
    assert_eq!(converse(Tls::None, &["abc\r\n"]).1, 0);
    let login = ["220 x\r\n", "250-x\r\n250 AUTH=LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"];
    assert_eq!(converse(Tls::None, &login).0[1..], ["AUTH LOGIN\r\n", "c2FsZXM=\r\n", "cGFzc3dvcmQ=\r\n"]);
    assert!(!is_whole("250-more\r\n") && !is_whole("250 ok") && is_whole("250\r\n"));
}
