//! What holds of everything that strangers and configurations may say, whatever bytes it is made of. Each function
//! takes bytes and panics when it does not hold: the tests below call them with random and with nearly right bytes,
//! `fuzz/` calls the same with what cargo-fuzz finds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "it tells what it found by panicking"
)]

use form::{
    Answers, Facts, Form, branching, lenient,
    priority::Rule as PriorityRule,
    wire::{AnswersRequest, Attribution, Contact, InquiryRequest},
};
use jiff::Timestamp;

use crate::{
    CATCH_ALL, FIRST_CONTACT, attribution,
    config::{Config, Rule},
    contact::{self, Reach},
    counting, deadline, intake, json, loss, publish,
    qualify::{self, Before},
    routing::{
        self, Now,
        seen::{Arrived, Geography, Seen},
        turn::Board,
    },
    visit,
};

/// What is asked of bytes.
pub type Target = fn(&[u8]);

/// All of them, by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("inquiry", inquiry),
    ("answers", answers),
    ("definition", definition),
    ("configuration", configuration),
    ("rules", rules),
    ("attribution", attribution),
    ("contact", contact),
    ("counts", counts),
];

/// A small company; in the configuration a form asks everything that is ready.
const COMPANY: &str = r#"{
  "name": "Workshop", "language": "ru", "time_zone": "Europe/Moscow", "phone_region": "RU",
  "team": [{ "id": "anna", "name": "Anna", "role": "seller" }, { "id": "boris", "name": "Boris", "role": "seller" }],
  "teams": [{ "id": "sales", "name": "Sales", "members": ["anna", "boris"] }],
  "sites": [{ "id": "shop", "name": "Shop", "origins": [] }],
  "forms": [{ "id": "price" }],
  "rules": [{ "id": "yandex", "when": { "network": ["yandex"] }, "assign": "sales" }],
  "catch_all": { "assign": "anna", "deliver": [] }
}"#;

fn company() -> Config {
    json::read(COMPANY).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Bytes as one JSON document; and what is written of it is read as the same.
fn read<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> Option<T> {
    let read: T = json::read(text).ok()?;
    let written = serde_json::to_string(&read).unwrap();
    assert_eq!(read, json::read(&written).unwrap(), "{written}");
    Some(read)
}

/// An inquiry is read or refused; what is read is refused for two reasons only, and otherwise becomes a lead at first
/// contact whom somebody answers (I-1).
pub fn inquiry(bytes: &[u8]) {
    let Some(request) = read::<InquiryRequest>(&lenient::without_half_characters(&text(bytes))) else { return };
    let (config, now) = (company(), now());
    let (blank, sound) = (contact::is_blank(&request.contact.reach), intake::is_uuid(&request.id));
    let accepted = match intake::accept(&config, request, "shop") {
        Ok(accepted) => accepted,
        Err(rejection) => {
            let expected = if sound { "contact_missing" } else { "id_malformed" };
            assert_eq!((rejection.code(), !sound || blank), (expected, true));
            return;
        }
    };
    assert!(sound && !blank && !accepted.reach.points.is_empty());
    let mut minted = 0;
    let mut mint = || {
        minted += 1;
        format!("id-{minted}")
    };
    let recording = intake::record(&config, None, &Board::new(), &accepted, "widget", now, &mut mint);
    let opened = recording.opened.unwrap();
    assert_eq!(opened.stage, FIRST_CONTACT);
    assert!(config.member(&opened.routed.assigned_to).is_some());
}

/// A beacon is read or refused; whatever it says, it makes nothing grow beyond what its form has, and no other day's
/// sums than those a browser may still have something for.
pub fn counts(bytes: &[u8]) {
    let Ok(body) = json::read::<serde_json::Value>(&lenient::without_half_characters(&text(bytes))) else { return };
    let Some(beacon) = counting::read(&body) else { return };
    let config = company();
    let form = publish::publish(&config.forms[0], &config.words, 1).unwrap();
    let steps: Vec<_> = beacon.steps_of(&form).collect();
    assert!(beacon.steps.len() <= 64 && steps.iter().all(|(_, n)| (1..=100).contains(n)));
    assert!(steps.iter().all(|(step, _)| step.split_once(':').is_none_or(|(_, id)| form.question(id).is_some())));
    let place = beacon.source.clone().added_up();
    for name in [&beacon.source.channel, &beacon.source.network, &beacon.source.campaign, &place.campaign] {
        assert!(name.chars().count() <= 100 && !name.contains(char::is_control));
    }
    let days = loss::sent_off_at(beacon.hour, now()).duration_since(now()).as_hours();
    assert!((-24 * 9..=1).contains(&days), "{days}");
}

/// Answers are read or refused; said twice they say nothing new, and the next question is one of the form's.
pub fn answers(bytes: &[u8]) {
    let Some(message) = json::read::<AnswersRequest>(&lenient::without_half_characters(&text(bytes))).ok() else {
        return;
    };
    let (config, now) = (company(), now());
    let form = publish::publish(&config.forms[0], &config.words, 1).unwrap();
    let context = visit::context(&InquiryRequest::default());
    let say = |answers: &Answers, facts: &Facts| {
        let rule = PriorityRule { urgent_days: config.urgent_days };
        let before = Before { answers, facts, context: &context };
        qualify::answer(&form, before, &message, now, deadline::local_day(&config, now), rule)
    };
    let once = say(&Answers::default(), &Facts::default());
    let twice = say(&once.answers, &Facts::fold(once.facts.iter().cloned()));
    assert_eq!((&twice.answers, twice.changed.is_empty()), (&once.answers, true));
    assert_eq!(once.next, twice.next);
    assert!(once.next.is_none_or(|next| form.question(&next).is_some()));
}

/// A form is read or refused; its way ends, and asks nothing twice. Bytes after a zero byte are answers to it.
pub fn definition(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let Some(form) = parts.next().and_then(|part| read::<Form>(&text(part))) else { return };
    let message = parts.next().and_then(|part| json::read::<AnswersRequest>(&text(part)).ok()).unwrap_or_default();
    let mut given = Answers::default();
    for (question, answer) in message.answers {
        given.merge(&question, message.seq, deadline::local_day(&company(), now()), answer);
    }
    let context = visit::context(&InquiryRequest::default());
    for given in [&Answers::default(), &given] {
        let mut asked: Vec<&str> =
            branching::way(&form, given, &context).iter().map(|step| step.question.id.as_str()).collect();
        let all = asked.len();
        assert!(all <= form.questions.len());
        asked.sort_unstable();
        asked.dedup();
        let unique = form
            .questions
            .iter()
            .enumerate()
            .all(|(at, question)| form.questions[..at].iter().all(|before| before.id != question.id));
        assert!(!unique || asked.len() == all);
        let (done, of) = branching::progress(&form, given, &context);
        assert!(done <= of);
        assert!(branching::next(&form, given, &context).is_none_or(|next| form.question(&next.id).is_some()));
    }
}

/// A configuration is read or refused; what has no problem can be published, form by form.
pub fn configuration(bytes: &[u8]) {
    let Some(config) = read::<Config>(&text(bytes)) else { return };
    if !publish::problems(&config).is_empty() {
        return;
    }
    for form in &config.forms {
        let published = publish::publish(form, &config.words, 1).unwrap();
        assert_eq!(Some(&published), read::<Form>(&serde_json::to_string(&published).unwrap()).as_ref());
    }
    routes(&config, &InquiryRequest::default());
}

/// Rules are read or refused; whatever they say, somebody gets every lead (I-19). Bytes after a zero byte are the
/// inquiry that they look at.
pub fn rules(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let Some(rules) = parts.next().and_then(|part| read::<Vec<Rule>>(&text(part))) else { return };
    let request = parts.next().and_then(|part| json::read::<InquiryRequest>(&text(part)).ok()).unwrap_or_default();
    let config = Config { rules, ..company() };
    let _ = publish::problems(&config);
    routes(&config, &request);
}

fn routes(config: &Config, request: &InquiryRequest) {
    let source = attribution::classify(&request.source, "shop", "price");
    let geography = Geography::default();
    let arrived = Arrived { request, source: &source, geography: &geography, form: None, at: now() };
    let begins = deadline::answering_begins(config, now());
    let board = Board::new();
    let seen = Seen::of(config, arrived);
    let route = || {
        routing::route(
            config,
            &seen,
            None,
            &Now { board: &board, at: &deadline::local(config, now()), begins: &begins },
        )
    };
    let routed = route();
    assert_eq!(routed, route());
    assert!(routed.rule == CATCH_ALL || config.rules.iter().any(|rule| rule.id == routed.rule));
    // A team without anybody who receives leads has nobody to give them to, and is a problem of its configuration.
    let receives = config.team.iter().any(|member| member.role.receives_leads());
    assert!(!receives || config.member(&routed.assigned_to).is_some_and(|member| member.role.receives_leads()));
}

/// Three lines, where a visit landed, came from and is: always some source, and always the same.
pub fn attribution(bytes: &[u8]) {
    let text = text(bytes);
    let mut lines = text.split('\n').map(str::to_owned);
    let mut line = || lines.next().unwrap_or_default();
    let came = Attribution { landing: line(), referrer: line(), page: line(), ..Attribution::default() };
    let source = attribution::classify(&came, "shop", "price");
    assert_eq!(source, attribution::classify(&came, "shop", "price"));
    assert_eq!((source.site.as_str(), source.form.as_str()), ("shop", "price"));
    assert_eq!(Some(&source), read(&serde_json::to_string(&source).unwrap()).as_ref());
}

/// What was typed as a way to be reached is one unless it is blank, in every country's habits; a phone that was
/// understood is understood again as the same.
pub fn contact(bytes: &[u8]) {
    let typed = text(bytes);
    for region in ["RU", "US", "ZZ", ""] {
        let Some(reach) = Reach::parse(&typed, region) else {
            assert!(contact::is_blank(&typed));
            continue;
        };
        assert!(!contact::is_blank(&typed) && !reach.points.is_empty());
        for point in reach.points.iter().filter(|point| point.kind == contact::PointKind::Phone) {
            let again = Reach::parse(&point.normal, region).unwrap();
            assert_eq!(again.points[0].normal, point.normal, "{typed:?}");
        }
    }
    let named = Contact { reach: typed, ..Contact::default() };
    assert_eq!(Some(&named), read(&serde_json::to_string(&named).unwrap()).as_ref());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What each of them takes for sound, to begin from.
    fn sound(target: &str) -> String {
        let inquiry = r#"{"id":"0192f0c1-0000-7000-8000-000000000001","secret":"AAAAAAAAAAAAAAAAAAAAAA","site":"site_x","form":"price","contact":{"name":"Иван","reach":"8 (999) 123-45-67","message":"cut \ud83d"},"consent":{"processing":true,"version":"1"},"source":{"page":"https://shop.example/","landing":"https://shop.example/?utm_source=yandex&yclid=1","referrer":"https://ya.ru/","first":{"landing":"x","referrer":"y","at":"2026-11-01T10:00:00Z"},"cookies":{"_ym_uid":"1"}},"fields":{"plan":"pro"},"chosen":{"city":"msk"}}"#;
        let answers = r#"{"site":"site_x","secret":"s","seq":2,"form_version":3,"answers":{"need":"specific","buying_stage":"choosing_vendor","timing":"month","pay":"own","whose":["company"],"offer":{"code":"depends","text":"х"},"decide":null}}"#;
        let config = company();
        let form = publish::publish(&config.forms[0], &config.words, 1).unwrap();
        match target {
            "inquiry" => inquiry.to_owned(),
            "answers" => answers.to_owned(),
            "definition" => format!("{}\0{answers}", serde_json::to_string(&form).unwrap()),
            "configuration" => COMPANY.to_owned(),
            "rules" => format!(
                r#"[{{"id":"a","when":{{"network":["yandex"],"field":{{"plan":"pro"}}}},"assign":"sales"}},{{"id":"b","when":{{}},"assign":"nobody","deliver":["x"]}}]{}{inquiry}"#,
                '\0'
            ),
            "attribution" => {
                "https://shop.example/?utm_source=yandex&utm_medium=cpc&yclid=1\nhttps://ya.ru/\nhttps://shop.example/p"
                    .to_owned()
            }
            "counts" => {
                r#"{"site":"site_x","form":"price","version":1,"source":{"utm_source":"yandex","utm_medium":"cpc","utm_campaign":"x","click":"yclid","referrer":"www.ya.ru"},"steps":{"open":1,"minted":1,"shown:need":2},"hour":498849}"#
                    .to_owned()
            }
            _ => "8 (999) 123-45-67 доб. 5, info@почта.рф; @anna t.me/anna".to_owned(),
        }
    }

    /// What is sound is not refused at the first glance: else the tests below would only ask how bytes are refused.
    #[test]
    fn every_target_has_something_sound_to_begin_from() {
        for (name, target) in TARGETS {
            target(sound(name).as_bytes());
        }
        let part = |name: &str, at: usize| sound(name).split('\0').nth(at).unwrap().to_owned();
        assert!(json::read::<InquiryRequest>(&lenient::without_half_characters(&part("inquiry", 0))).is_ok());
        assert!(json::read::<AnswersRequest>(&part("answers", 0)).is_ok());
        assert!(json::read::<Form>(&part("definition", 0)).is_ok());
        let beacon = counting::read(&json::read(&part("counts", 0)).unwrap()).unwrap();
        assert_eq!(beacon.steps.len(), 3);
        assert_eq!(json::read::<Vec<Rule>>(&part("rules", 0)).unwrap().len(), 2);
        assert_eq!(publish::problems(&company()), []);
    }

    /// Values that were not planned for, to put in the place of others.
    fn odd() -> impl Strategy<Value = String> {
        let known = [
            "null",
            "true",
            "-1",
            "1e400",
            "[]",
            "{}",
            "[[[[]]]]",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud83d\"",
            "9223372036854775808",
        ];
        prop_oneof![
            prop::sample::select(known.map(str::to_owned).to_vec()),
            any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn bytes_break_nothing(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            for (_, target) in TARGETS {
                target(&bytes);
            }
        }

        /// Something sound of which a piece is missing, doubled, or another.
        #[test]
        fn what_is_nearly_right_breaks_nothing(
            (name, target) in prop::sample::select(TARGETS.to_vec()),
            (from, length) in (0.0..1.0_f64, 0_usize..40),
            (with, twice) in (any::<String>(), any::<bool>()),
        ) {
            let signs: Vec<char> = sound(name).chars().collect();
            let from = (from * signs.len() as f64) as usize;
            let until = (from + length).min(signs.len());
            let (before, piece, after): (String, String, String) =
                (signs[..from].iter().collect(), signs[from..until].iter().collect(), signs[until..].iter().collect());
            let piece = if twice { piece.repeat(2) } else { with };
            target(format!("{before}{piece}{after}").as_bytes());
        }

        /// Something sound in which one value is of another shape.
        #[test]
        fn what_has_the_right_shape_breaks_nothing(
            (name, target) in prop::sample::select(TARGETS.to_vec()),
            (place, with) in (any::<prop::sample::Index>(), odd()),
        ) {
            let text = sound(name);
            let starts: Vec<usize> = text.match_indices(':').map(|(at, _)| at + 1).collect();
            if let Some(start) = (!starts.is_empty()).then(|| starts[place.index(starts.len())]) {
                let value = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde::de::IgnoredAny>();
                let mut value = value;
                if matches!(value.next(), Some(Ok(_))) {
                    let end = start + value.byte_offset();
                    target(format!("{}{with}{}", &text[..start], &text[end..]).as_bytes());
                }
            }
        }
    }
}
