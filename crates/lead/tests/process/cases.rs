//! One check per feature, the cases in text files.

use form::{Question, QuestionKind, wire::Attribution};
use jiff::Timestamp;
use lead::{
    attachment::{self, Refusal},
    attribution,
    config::Config,
    contact::Reach,
    deadline,
    delivery::{self, Next, Outcome, SCHEDULE},
    destination_url,
    form_config::FormConfig,
    person::{self, Candidate, Typed},
    publish,
    qualify::code,
    webhook,
};

use crate::sample;

fn cases(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let (first, rest) =
                if line.contains("' /C") { line.rsplit_once('|').unwrap() } else { line.split_once('|').unwrap() };
            std::iter::once(first).chain(rest.split('|')).map(|word| word.trim().to_owned()).collect()
        })
        .collect()
}

#[test]
fn contacts_in_any_local_habit() {
    for case in cases(include_str!("../cases/contacts.txt")) {
        let reach = Reach::parse(&case[0], "RU").unwrap();
        let found: Vec<String> =
            reach.points.iter().map(|point| format!("{} {}", point.kind.code(), point.normal)).collect();
        assert_eq!(found.join("; "), case[1], "{case:?}");
    }
    for blank in ["", "   ", "\u{200b}\u{feff}", "\n\t", "\u{202e}"] {
        assert_eq!(Reach::parse(blank, "RU"), None, "{blank:?}");
    }
}

#[test]
fn persons_by_what_they_typed() {
    let side = |text: &str| {
        let (name, points) = text.split_once(';').unwrap();
        (name.trim().to_owned(), Reach::parse(points, "RU").unwrap().points)
    };
    for case in cases(include_str!("../cases/persons.txt")) {
        let ((known, has), (name, points)) = (side(&case[0]), side(&case[1]));
        let candidate = Candidate {
            contact: "known".into(),
            names: [known].into_iter().filter(|name| !name.is_empty()).collect(),
            points: has.into_iter().map(|point| (point.kind, point.normal)).collect(),
            ..Candidate::default()
        };
        let verdict = person::verdict(Typed { name: &name, points: &points }, &candidate);
        assert_eq!(format!("{verdict:?}").to_lowercase(), case[2], "{case:?}");
    }
}

#[test]
fn of_several_the_first_point_decides_then_the_open_lead_then_the_newest() {
    let candidate = |contact: &str, points: &str, open, created_at| Candidate {
        contact: contact.into(),
        points: Reach::parse(points, "RU")
            .unwrap()
            .points
            .into_iter()
            .map(|point| (point.kind, point.normal))
            .collect(),
        open,
        created_at,
        ..Candidate::default()
    };
    let of = |typed: &str, candidates: &[Candidate]| {
        let points = Reach::parse(typed, "RU").unwrap().points;
        let found = person::recognise(Typed { name: "", points: &points }, candidates);
        format!("{} {}", found.same.unwrap_or_default(), found.perhaps.join(" ")).trim().to_owned()
    };
    let phone = || candidate("phone", "+7 999 123-45-67", false, 1);
    let mailbox = || candidate("mailbox", "ivan@example.ru", true, 2);
    assert_eq!(of("+7 999 123-45-67, ivan@example.ru", &[mailbox(), phone()]), "phone mailbox");
    assert_eq!(of("ivan@example.ru, +7 999 123-45-67", &[mailbox(), phone()]), "mailbox phone");
    let others =
        [phone(), candidate("newer", "+7 999 123-45-67", false, 9), candidate("open", "+7 999 123-45-67", true, 0)];
    assert_eq!(of("+7 999 123-45-67", &others), "open newer phone");
    assert_eq!(of("+7 999 123-45-67", &others[..2]), "newer phone");
    assert_eq!(of("+7 999 765-43-21", &others), "");
    // Two who share a phone: the name decides, and a third name is a third person.
    let named = |contact: &str, name: &str, created_at| Candidate {
        names: vec![name.to_owned()],
        ..candidate(contact, "+7 999 123-45-67", true, created_at)
    };
    let two = [named("anna", "Анна", 1), named("boris", "Борис", 2)];
    let who = |name: &str| {
        let points = Reach::parse("+7 999 123-45-67", "RU").unwrap().points;
        let found = person::recognise(Typed { name, points: &points }, &two);
        format!("{} {}", found.same.unwrap_or_default(), found.perhaps.join(" ")).trim().to_owned()
    };
    assert_eq!(who("Анна"), "anna boris");
    assert_eq!(who("Борис"), "boris anna");
    assert_eq!(who("Виктория"), "anna boris", "perhaps either");
    assert_eq!(who(""), "boris anna");
}

#[test]
fn sources_from_attribution() {
    for case in cases(include_str!("../cases/sources.txt")) {
        let attribution = Attribution { landing: case[0].clone(), referrer: case[1].clone(), ..Attribution::default() };
        let source = attribution::classify(&attribution, "shop", "price");
        let found = format!("{} {} {} {}", code(source.kind), source.channel, source.network, source.campaign);
        assert_eq!(found.trim(), case[2], "{case:?}");
    }
}

#[test]
fn destinations_are_public() {
    for case in cases(include_str!("../cases/destinations.txt")) {
        let found = match destination_url::check(&case[0], false) {
            Ok(_) => "ok".to_owned(),
            Err(refusal) => format!("{refusal:?}"),
        };
        assert_eq!(found, case[1], "{case:?}");
    }
    assert!(destination_url::check("http://localhost:8787/demo/receiver", true).is_ok());
    assert!(destination_url::check("file:///etc/passwd", true).is_err());
    // A request goes to the host as it was read: nobody maps it once more.
    for (written, read) in [
        ("https://Приём.рф/in?a=1", "https://xn--h1aihe0g.xn--p1ai/in?a=1"),
        ("https://почта。рф/in", "https://xn--80a1acny.xn--p1ai/in"),
        ("https://api.telegram.org/bot1:a-_B/sendMessage", "https://api.telegram.org/bot1:a-_B/sendMessage"),
    ] {
        assert_eq!(destination_url::check(written, false).map(String::from).as_deref(), Ok(read));
    }
    let refusal = destination_url::check("https://168.63.129.①⑥/", true).unwrap_err();
    assert_eq!(refusal.to_string(), "must have a host in plain letters and digits, or in Punycode");
}

#[test]
fn first_response_in_working_minutes() {
    for case in cases(include_str!("../cases/deadlines.txt")) {
        let config = lead::config::Config { time_zone: case[0].clone(), ..sample::config() };
        let now: Timestamp = case[1].parse().unwrap();
        assert_eq!(deadline::first_response(&config, now).to_string(), case[2], "{case:?}");
    }
}

#[test]
fn the_delivery_schedule() {
    assert_eq!(SCHEDULE, [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
    let retry = Outcome::Retry { after: None };
    let after = |attempt, outcome: &Outcome, jitter| match delivery::next(attempt, outcome, now, jitter) {
        Next::At(at) => Some(at.as_second() - now.as_second()),
        _ => None,
    };
    for (attempt, planned) in (1..).zip(&SCHEDULE[1..]) {
        assert_eq!(after(attempt, &retry, 0.5), Some(*planned), "after attempt {attempt}");
        assert_eq!(after(attempt, &retry, 0.0), Some(planned * 9 / 10));
        assert_eq!(after(attempt, &retry, 1.0), Some(planned * 11 / 10));
    }
    assert_eq!(delivery::next(10, &retry, now, 0.5), Next::Dead);
    assert_eq!(delivery::next(1, &Outcome::Permanent, now, 0.5), Next::Dead);
    assert_eq!(delivery::next(1, &Outcome::Gone, now, 0.5), Next::Kept);
    assert_eq!(delivery::next(1, &Outcome::Sent { remote: None }, now, 0.5), Next::Sent);
    // A receiver's own wait wins when it is longer, up to a day, and nobody comes before it.
    assert_eq!(after(1, &Outcome::Retry { after: Some(120) }, 0.0), Some(120));
    assert_eq!(after(1, &Outcome::Retry { after: Some(99_999_999) }, 0.0), Some(86_400));
    assert_eq!(after(1, &Outcome::Retry { after: Some(0) }, 0.5), Some(5));
    assert_eq!(after(1, &retry, f64::NAN), Some(5));
}

#[test]
fn what_a_status_says() {
    for status in [200, 201, 204, 299] {
        assert_eq!(delivery::outcome(status, None), Outcome::Sent { remote: None });
    }
    for status in [408, 425, 429, 500, 502, 503, 504] {
        assert_eq!(delivery::outcome(status, Some(9)), Outcome::Retry { after: Some(9) });
    }
    for status in [301, 302, 400, 401, 403, 404, 422] {
        assert_eq!(delivery::outcome(status, None), Outcome::Permanent);
    }
    assert_eq!(delivery::outcome(410, None), Outcome::Gone);
}

/// The test vector of the Standard Webhooks libraries.
#[test]
fn the_signature_of_standard_webhooks() {
    let signed = webhook::sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        r#"{"test": 2432232314}"#,
    );
    assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    assert_eq!(webhook::sign("no secret", "id", 1, ""), None);
}

#[test]
fn a_configuration_that_cannot_be_published_says_why() {
    let problems = |change: fn(&mut lead::config::Config)| {
        let mut config = sample::config();
        change(&mut config);
        publish::problems(&config)
            .into_iter()
            .map(|found| format!("{}: {}", found.at, found.problem))
            .collect::<Vec<_>>()
    };
    assert_eq!(problems(|_| {}), Vec::<String>::new());
    assert_eq!(
        problems(|config| config.catch_all.assign = "nobody".into()),
        ["catch_all.assign: nobody in the team has this id"]
    );
    assert_eq!(
        problems(|config| config.rules[0].route.deliver = vec!["x".into()]),
        ["rules[0].deliver[0]: no destination has this id"]
    );
    assert_eq!(
        problems(|config| config.team[1].id = "anna".into()).first().map(String::as_str),
        Some("team[1].id: stands twice")
    );
    assert_eq!(problems(|config| config.team.clear()).first().map(String::as_str), Some("team: must not be empty"));
    let mut form = sample::config().forms.remove(0);
    form.questions = Some(vec![lead::form_config::Asked::Ready("mood".into())]);
    assert_eq!(publish::publish(&form, &Default::default(), 1).unwrap_err()[0].problem, "is not a ready question");
}

#[test]
fn files_by_ending_and_first_bytes() {
    for case in cases(include_str!("../cases/files.txt")) {
        let endings = if case[0] == "-" { vec![] } else { case[0].split(',').map(str::to_owned).collect() };
        let question = Question { id: "file".into(), kind: QuestionKind::File, endings, ..Question::default() };
        let content = match case[2].as_str() {
            "text" => "0\r\nSECTION\r\nЧертёж".as_bytes().to_vec(),
            digits => base16ct::lower::decode_vec(digits).unwrap(),
        };
        let found = match attachment::accept(Some(&question), &case[1], &content, 0) {
            Ok(kept) => format!("{} {}", kept.name, kept.media_type),
            Err(refusal) => format!("{refusal:?}"),
        };
        assert_eq!(found, case[3], "{case:?}");
    }
    let question = Question { kind: QuestionKind::File, ..Question::default() };
    let pdf = |size: usize| [b"%PDF-1.7".to_vec(), vec![b' '; size - 8]].concat();
    let accept = |content: &[u8], kept| attachment::accept(Some(&question), "plan.pdf", content, kept).map(|_| ());
    assert_eq!(accept(&pdf(attachment::LARGEST), 4), Ok(()));
    assert_eq!(accept(&pdf(attachment::LARGEST + 1), 0), Err(Refusal::TooLarge));
    assert_eq!(accept(&pdf(9), attachment::MOST), Err(Refusal::TooMany));
    let text = Question { kind: QuestionKind::Text, ..Question::default() };
    for question in [None, Some(&text)] {
        assert_eq!(attachment::accept(question, "plan.pdf", &pdf(9), 0), Err(Refusal::QuestionUnknown));
    }
}

#[test]
fn names_of_files_without_paths_and_tricks() {
    for case in cases(include_str!("../cases/file_names.txt")) {
        let raw =
            case[0].replace("\\u202e", "\u{202e}").replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\");
        assert_eq!(attachment::clean_name(&raw), case[1], "{case:?}");
    }
    let long = attachment::clean_name(&format!("{}.pdf", "я".repeat(500)));
    assert_eq!((long.chars().count(), long.ends_with(".pdf")), (124, true));
    assert_eq!(
        attachment::content_disposition("план \"1\".pdf"),
        "attachment; filename=\"____ _1_.pdf\"; filename*=UTF-8''%D0%BF%D0%BB%D0%B0%D0%BD%20%221%22.pdf"
    );
}

/// Forms as an operator writes them; a case that ends a member with `, ` goes on with the next member.
#[test]
fn forms_that_cannot_be_published_say_why() {
    for line in include_str!("../cases/forms.txt").lines().filter(|line| !line.starts_with('#')) {
        let (written, expected) = line.rsplit_once(" | ").unwrap();
        let written = written.replace("], values", "]\nvalues");
        let form: FormConfig =
            toml::from_str(&format!("id = \"f\"\n{written}")).unwrap_or_else(|error| panic!("{line}: {error}"));
        let config = Config { forms: vec![form], ..sample::config() };
        let problems = publish::problems(&config);
        let found = problems.first().map_or("ok".to_owned(), |found| format!("{}: {}", found.at, found.problem));
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn words_of_our_own_in_further_languages() {
    let problems = |lang: &str, name: &str, text: &str| {
        let words = [(name.to_owned(), text.to_owned())].into();
        let config = Config { words: [(lang.to_owned(), words)].into(), ..sample::config() };
        publish::problems(&config).first().map_or("ok".to_owned(), |found| format!("{}: {}", found.at, found.problem))
    };
    for lang in ["ar", "pt-BR", "zh-Hant", "ckb", "en"] {
        assert_eq!(problems(lang, "skip", "x"), "ok");
    }
    for lang in ["", "e", "english", "pt_BR", "a1", "pt-"] {
        assert_eq!(
            problems(lang, "skip", "x"),
            format!("words.{lang}: is not a language code, for example ar or pt-BR")
        );
    }
    assert_eq!(problems("ar", "Skip it", "x"), "words.ar.Skip it: is not the name of any of our words");
    assert_eq!(problems("ar", "skip", " "), "words.ar.skip: has no words");
}
