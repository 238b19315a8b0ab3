//! What speaks against an inquiry, and that it never speaks too loudly.

use form::wire::{Attribution, Contact, InquiryRequest};
use lead::{
    config::Config,
    contact::Reach,
    secrets,
    settings::MASK,
    suspicion::{
        Arrived, Rule, Verdict,
        guard::{self, Asks, Outcome},
        judge, mail,
        rate::{self, Errand, Limits},
        repetition::{self, Before},
        sample::{self, Share},
    },
};
use proptest::prelude::*;

use crate::sample as made;

fn of(request: &InquiryRequest, expected: bool, before: Before, asks: Asks) -> Verdict {
    let reach = Reach::parse(&request.contact.reach, "RU").unwrap_or_default();
    judge(Arrived { request, reach: &reach, expected, before, asks })
}

fn said(verdict: &Verdict) -> String {
    let code = |signal: &lead::suspicion::Signal| lead::qualify::code(signal.sign);
    let signs = verdict.signals.iter().map(|signal| format!("{} {}", code(signal), signal.score));
    let mut signs: Vec<String> = signs.collect();
    signs.sort();
    signs.join("; ")
}

#[test]
fn each_sign_by_itself() {
    for line in include_str!("../cases/signs.txt").lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let (rest, wanted) = line.rsplit_once('|').unwrap();
        let (what, value) = rest.split_once('|').unwrap();
        let value = value.trim_matches(' ');
        let mut request = InquiryRequest {
            source: Attribution { page: "https://www.shop.example/table".into(), ..Attribution::default() },
            ..made::inquiry("+7 999 123-45-67")
        };
        let (mut expected, mut before, mut asks) = (true, Before::default(), Asks::default());
        match what.trim() {
            "trap" => request.trap = value.into(),
            "took" => request.took = Some(value.parse().unwrap()),
            "message" => request.contact.message = value.into(),
            "name" => request.contact.name = value.into(),
            "reach" => request.contact.reach = value.into(),
            "origin" => expected = false,
            "asks" => asks = Asks { proof: value == "proof", turnstile: value == "turnstile" },
            "text" => before.text = value.parse().unwrap(),
            "network" => before.network = value.parse().unwrap(),
            "contact" => before.contact = value.parse().unwrap(),
            other => panic!("{other}"),
        }
        assert_eq!(said(&of(&request, expected, before, asks)), wanted.trim(), "{line}");
    }
}

#[test]
fn only_the_trap_is_enough_by_itself() {
    let rule = Rule::default();
    for line in include_str!("../cases/signs.txt").lines().filter(|line| !line.starts_with('#')) {
        let alone = line.rsplit('|').next().unwrap().trim();
        let weight: u16 = alone.split(' ').next_back().unwrap().parse().unwrap_or(0);
        assert_eq!(weight >= rule.suspect_at && !alone.contains(';'), alone == "trap 100", "{line}");
    }
    let mut request = made::inquiry("x@mailinator.com");
    request.took = Some(300);
    let verdict = of(&request, true, Before::default(), Asks::default());
    assert_eq!((verdict.score(), verdict.is_suspect(rule)), (110, true));
    assert_eq!(verdict.codes(), "too_fast,disposable_mail");
}

/// The list is another's; the services that people write from are never on it, however it grows.
#[test]
fn no_big_mail_service_is_thrown_away() {
    for host in [
        "gmail.com",
        "googlemail.com",
        "mail.ru",
        "bk.ru",
        "list.ru",
        "inbox.ru",
        "internet.ru",
        "yandex.ru",
        "ya.ru",
        "yandex.com",
        "yandex.by",
        "yandex.kz",
        "rambler.ru",
        "lenta.ru",
        "ro.ru",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "yahoo.com",
        "ymail.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "zoho.com",
        "fastmail.com",
        "mail.com",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "ukr.net",
        "i.ua",
        "tut.by",
        "mail.kz",
        "vk.com",
        "sber.ru",
        "example.ru",
    ] {
        assert!(!mail::is_listed(host), "{host}");
    }
    for odd in ["", ".", "a", "..", "com", "x..y"] {
        assert!(!mail::is_listed(odd), "{odd}");
    }
}

#[test]
fn proofs_that_come_later_change_their_own_sign_only() {
    let mut request = made::inquiry("x@mailinator.com");
    request.contact.message = "http://a.example".into();
    let before = of(&request, true, Before::default(), Asks { proof: true, turnstile: true });
    assert_eq!(before.codes(), "proof_missing,turnstile_missing,disposable_mail,links");
    let proven = guard::after_proof(&before, Outcome::Good);
    assert_eq!(proven.codes(), "turnstile_missing,disposable_mail,links");
    assert_eq!(guard::after_turnstile(&proven, Outcome::Good).codes(), "disposable_mail,links");
    // An outage of the third party is told and weighs nothing.
    let unverified = guard::after_turnstile(&proven, Outcome::Unverified);
    assert_eq!((unverified.score(), unverified.codes().as_str()), (65, "disposable_mail,links,turnstile_unverified"));
    assert!(guard::after_proof(&before, Outcome::Wrong).score() >= 100);
    assert!(guard::after_turnstile(&Verdict::default(), Outcome::Wrong).is_suspect(Rule::default()));
}

#[test]
fn a_network_is_told_when_to_come_again() {
    let mut limits = Limits::default();
    for _ in 0..40 {
        assert_eq!(limits.pass(Errand::Record, "203.0.113.0/24", 1_000), Ok(()));
    }
    assert_eq!(limits.pass(Errand::Record, "203.0.113.0/24", 1_000), Err(3));
    assert_eq!(limits.pass(Errand::Record, "203.0.113.0/24", 2_500), Err(2), "asking costs nothing");
    assert_eq!(limits.pass(Errand::Record, "203.0.113.0/24", 4_000), Ok(()));
    assert_eq!(limits.pass(Errand::Record, "203.0.113.0/24", 4_000), Err(3));
    // Its answers, and everyone else, are not held up.
    assert_eq!(limits.pass(Errand::Follow, "203.0.113.0/24", 4_000), Ok(()));
    assert_eq!(limits.pass(Errand::Record, "198.51.100.0/24", 4_000), Ok(()));
    // However many there are, memory has an end.
    for number in 0..100_000 {
        let _ = limits.pass(Errand::Record, &format!("network {number}"), 5_000);
    }
    assert!(format!("{limits:?}").matches("network").count() <= 4_096);
}

#[test]
fn networks_of_addresses() {
    for (address, network) in [
        ("203.0.113.7", Some("203.0.113.0/24")),
        ("203.0.113.7:4711", Some("203.0.113.0/24")),
        ("::ffff:203.0.113.7", Some("203.0.113.0/24")),
        ("2001:db8:1:2ff:3:4:5:6", Some("2001:db8:1:200::/56")),
        ("[2001:db8:1:2ff::6]:443", Some("2001:db8:1:200::/56")),
        ("127.0.0.1", None),
        ("::1", None),
        ("10.1.2.3", None),
        ("192.168.1.1", None),
        ("fe80::1%eth0", None),
        ("fd00::1", None),
        ("unknown", None),
        ("", None),
        ("203.0.113.7, 10.0.0.1", None),
    ] {
        assert_eq!(rate::network(address).as_deref(), network, "{address}");
    }
}

#[test]
fn a_share_is_told_with_how_sure_it_is() {
    let told = |wrong, judged| {
        let share = Share::of(wrong, judged);
        (share.from.round() as u32, share.to.round() as u32)
    };
    // Wilson's own interval for a few known cases.
    assert_eq!(told(0, 0), (0, 100));
    assert_eq!(told(0, 10), (0, 28));
    assert_eq!(told(1, 10), (2, 40));
    assert_eq!(told(5, 10), (24, 76));
    assert_eq!(told(10, 10), (72, 100));
    assert_eq!(told(20, 1_000), (1, 3));
    let rule = Rule { judge_one_in: 2, judge_suspects_one_in: 0, ..Rule::default() };
    assert!(sample::is_drawn(rule, false, 0.49) && !sample::is_drawn(rule, false, 0.5));
    assert!(!sample::is_drawn(rule, true, 0.0), "none is none");
    assert!(sample::is_drawn(Rule { judge_suspects_one_in: 1, ..rule }, true, 0.999_999));
}

#[test]
fn the_secret_of_turnstile_is_kept_apart_and_never_shown() {
    let mut written = serde_json::to_value(made::config()).unwrap();
    written["sites"][0]["turnstile"] = serde_json::json!({ "key": "public", "secret": "0xSecret" });
    let mut config: Config = serde_json::from_value(written.clone()).unwrap();
    let place = secrets::place_of_turnstile(&config.sites[0].id);
    assert!(config.places_of_secrets().contains(&place));
    assert_eq!(config.kept_as(&place), place);

    let taken = config.take_secrets();
    assert_eq!(taken.get(&place).map(String::as_str), Some("0xSecret"));
    let mut shown = serde_json::to_value(&config).unwrap();
    assert_eq!(shown["sites"][0]["turnstile"], serde_json::json!({ "key": "public" }));
    secrets::mask(&mut shown, &mut |kept| kept == place);
    assert_eq!(shown["sites"][0]["turnstile"], serde_json::json!({ "key": "public", "secret": MASK }));

    // What comes back masked takes nothing, what is written is taken, and both leave the mask.
    let mut sent = shown.clone();
    assert_eq!(secrets::take(&mut sent), vec![]);
    secrets::drop_masks(&mut sent);
    assert_eq!(sent["sites"][0]["turnstile"], serde_json::json!({ "key": "public" }));
    assert!(secrets::take(&mut written).contains(&(place.clone(), "0xSecret".to_owned())));
    assert_eq!(written["sites"][0]["turnstile"]["secret"], MASK);

    config.put_secrets([(place.clone(), "anew".to_owned())].into());
    assert_eq!(config.take_secrets().get(&place).map(String::as_str), Some("anew"));
}

proptest! {
    /// Whatever strangers write, there is a verdict; the signs are ordered, and none weighs more than enough.
    #[test]
    fn everything_has_a_verdict(
        texts in prop::collection::vec(any::<String>(), 5),
        took in any::<Option<u64>>(),
        counts in any::<(u32, u32, u32)>(),
        flags in any::<(bool, bool, bool)>(),
    ) {
        let request = InquiryRequest {
            contact: Contact { name: texts[0].clone(), reach: texts[1].clone(), message: texts[2].clone(), ..Contact::default() },
            source: Attribution { page: texts[3].clone(), landing: texts[4].clone(), ..Attribution::default() },
            took,
            trap: texts[4].clone(),
            ..InquiryRequest::default()
        };
        let before = Before { text: counts.0, network: counts.1, contact: counts.2 };
        let verdict = of(&request, flags.0, before, Asks { proof: flags.1, turnstile: flags.2 });
        prop_assert!(verdict.signals.windows(2).all(|pair| pair[0].score >= pair[1].score));
        prop_assert!(verdict.signals.iter().all(|signal| (1..=100).contains(&signal.score)));
        let kept = serde_json::to_string(&verdict).unwrap();
        prop_assert_eq!(serde_json::from_str::<Verdict>(&kept).unwrap(), verdict);
        let _ = repetition::text_key(&texts[2]);
        let _ = rate::network(&texts[0]);
    }

    /// A time gap, a language or an odd word is no sign: plain words from a listed page are never set aside.
    #[test]
    fn plain_words_are_never_set_aside(
        name in "[а-яА-ЯёЁ]{0,20}( [а-яА-ЯёЁ]{0,20})?",
        message in "[а-яёА-ЯЁ0-9 .,!?()-]{0,400}",
        took in 700_u64..,
    ) {
        let mut request = made::inquiry("8 999 123-45-67");
        request.contact.name = name;
        request.contact.message = message;
        request.took = Some(took);
        prop_assert!(!of(&request, false, Before::default(), Asks::default()).is_suspect(Rule::default()));
    }
}
