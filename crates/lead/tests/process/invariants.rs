//! Invariants of the methodology, as property tests that bear their number.

use form::{
    Fact, FactKey, Known,
    wire::{Attribution, Contact, InquiryRequest},
};
use jiff::Timestamp;
use lead::{
    CATCH_ALL, FIRST_CONTACT,
    closing::{self, Lead, Turn},
    config::Config,
    contact, deadline,
    event::EventKind,
    intake::{self, KnownContact, OpenLead},
    routing::turn::Board,
};
use proptest::prelude::*;

use crate::sample;

fn any_now() -> impl Strategy<Value = Timestamp> {
    (0i64..4_000_000_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn any_attribution() -> impl Strategy<Value = Attribution> {
    let url = prop_oneof![
        ".{0,40}",
        "https://[a-z]{1,9}\\.(ru|com)/[a-z]{0,5}\\?(utm_source|yclid|gclid|utm_medium)=[a-zA-Z]{0,6}",
        Just("https://ya.ru/".to_owned()),
    ];
    (url.clone(), url).prop_map(|(landing, referrer)| Attribution { landing, referrer, ..Attribution::default() })
}

fn any_inquiry() -> impl Strategy<Value = InquiryRequest> {
    let reach = prop_oneof![".{0,40}", "[0-9+() -]{1,20}", "[a-z@.]{1,20}"];
    (reach, ".{0,30}", ".{0,60}", any_attribution(), prop::collection::btree_map(".{0,5}", ".{0,5}", 0..4)).prop_map(
        |(reach, name, message, source, fields)| InquiryRequest {
            contact: Contact { reach, name, message, best_time: String::new() },
            source,
            fields,
            ..sample::inquiry("")
        },
    )
}

fn any_known() -> impl Strategy<Value = Option<KnownContact>> {
    let seller = prop_oneof![Just("boris"), Just("somebody-who-left")];
    let open = (seller, prop::option::of(0i64..4_000_000_000_000)).prop_map(|(assigned_to, response_owed_by)| {
        OpenLead { id: "open-lead".into(), stage: "offer".into(), assigned_to: assigned_to.into(), response_owed_by }
    });
    let open = prop::option::of(open);
    let closed = prop::option::of(Just("closed-lead".to_owned()));
    prop::option::of((open, closed, any::<bool>()).prop_map(|(open_lead, closed_lead, do_not_contact)| KnownContact {
        id: "known".into(),
        open_lead,
        closed_lead,
        owner: None,
        do_not_contact,
    }))
}

proptest! {
    /// I-1: every inquiry with a way to reach the person yields exactly one lead at first contact,
    /// or joins that contact's open lead; no field but the reach is mandatory, and no strange value
    /// rejects. What is recorded has a person who answers, a deadline and a history.
    #[test]
    fn i_01_every_reachable_inquiry_is_a_lead(request in any_inquiry(), known in any_known(), now in any_now()) {
        let config = sample::config();
        let blank = contact::is_blank(&request.contact.reach);
        match intake::accept(&config, request, "shop") {
            Err(rejection) => {
                prop_assert!(blank);
                prop_assert_eq!(rejection.code(), "contact_missing");
            }
            Ok(accepted) => {
                prop_assert!(!blank);
                prop_assert!(!accepted.reach.points.is_empty());
                let recording = intake::record(&config, known.as_ref(), &Board::new(), &accepted, "widget", now, &mut sample::minting());
                let open = known.as_ref().and_then(|known| known.open_lead.as_ref());
                prop_assert_eq!(recording.opened.is_some(), open.is_none());
                match (&recording.opened, open) {
                    (Some(opened), _) => {
                        prop_assert_eq!(opened.stage, FIRST_CONTACT);
                        prop_assert!(config.member(&opened.routed.assigned_to).is_some());
                        prop_assert_eq!(&recording.reply.stage, FIRST_CONTACT);
                        prop_assert_eq!(opened.parent.clone(), known.as_ref().and_then(|known| known.closed_lead.clone()));
                        prop_assert_eq!(recording.deliveries.len(), opened.routed.destinations.len());
                    }
                    (None, Some(open)) => {
                        prop_assert_eq!(&recording.lead, &open.id);
                        prop_assert!(recording.deliveries.is_empty());
                        // Whoever writes again is answered by somebody who is there.
                        let left = config.member(&open.assigned_to).is_none();
                        prop_assert_eq!(recording.handed_over.is_some(), left);
                        let has = recording.handed_over.as_ref().map_or(&open.assigned_to, |routed| &routed.assigned_to);
                        prop_assert!(config.member(has).is_some_and(|member| member.role.works_leads()));
                        prop_assert!(recording.task.as_ref().is_none_or(|task| task.assignee == *has));
                    }
                    (None, None) => prop_assert!(false, "neither a new lead nor an open one"),
                }
                let owed = open.is_some_and(|open| open.response_owed_by.is_some());
                prop_assert_eq!(recording.task.is_some(), !owed);
                prop_assert!(!recording.events.is_empty());
                // I-9: whoever writes again himself is answered as anybody is.
                prop_assert_eq!(recording.silence_ends, known.as_ref().is_some_and(|known| known.do_not_contact));
            }
        }
    }

    /// I-18: the same first-response deadline for every lead, whatever the source, category or text.
    #[test]
    fn i_18_one_deadline_for_all(one in any_inquiry(), other in any_inquiry(), now in any_now()) {
        let config = sample::config();
        let due = |request: InquiryRequest| {
            let reachable = InquiryRequest { contact: Contact { reach: "x".into(), ..request.contact }, ..request };
            let accepted = intake::accept(&config, reachable, "shop").unwrap();
            let recording = intake::record(&config, None, &Board::new(), &accepted, "widget", now, &mut sample::minting());
            (recording.opened.unwrap().answer_by, recording.task.unwrap().due_at, recording.reply.answer_by)
        };
        prop_assert_eq!(due(one), due(other));
        prop_assert!(deadline::first_response(&config, now) > now);
    }
}

fn consent(value: &str) -> Fact {
    let known = if value.is_empty() { Known::Unknown } else { Known::Yes };
    Fact { key: FactKey::PriceConsent, value: value.into(), known, on: form::day::read("2026-11-22").unwrap() }
}

/// I-8, I-9: the visitor's own refusal of the price band closes an open lead for ever, with its reason and
/// evidence and without a further task; nothing else that is answered closes anything.
#[test]
fn i_09_a_declined_price_band_closes_and_silences() {
    let config = sample::config();
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let tasks = [("t1".to_owned(), "first_response".to_owned())];
    let open = Lead { status: "open", closed: None, assigned_to: "anna", open_tasks: &tasks, another_is_open: false };
    let turn = |lead, facts: &[Fact]| closing::turn(&config, lead, "i1", facts, now, "t2");

    let Some(Turn::Closed { reason, evidence, events }) = turn(open, &[consent("declined")]) else { panic!("open") };
    assert_eq!((reason, evidence.as_str()), ("price_bar_declined", "inquiry i1"));
    assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::LeadClosed, EventKind::TaskDone]);
    assert_eq!(events[0].by, "visitor");
    assert_eq!(events[0].data["do_not_contact"], "forever");
    for said in ["accepted", "discuss", ""] {
        assert_eq!(turn(open, &[consent(said)]), None, "{said}");
    }
    assert_eq!(turn(open, &[]), None);
    for status in ["won", "lost", "deferred"] {
        assert_eq!(turn(Lead { status, ..open }, &[consent("declined")]), None, "{status}");
    }

    // Taken back in the same visit: the evidence is gone, the same lead is open, and an answer is owed.
    let lost = Lead { status: "lost", closed: Some(("price_bar_declined", "inquiry i1")), open_tasks: &[], ..open };
    for said in ["accepted", "discuss", ""] {
        let Some(Turn::Reopened { task, events }) = turn(lost, &[consent(said)]) else { panic!("{said}") };
        assert_eq!((task.kind, task.assignee.as_str()), ("first_response", "anna"));
        assert_eq!(task.due_at, deadline::first_response(&config, now));
        assert_eq!(events[0].kind, EventKind::LeadReopened);
    }
    assert_eq!(turn(lost, &[consent("declined")]), None);
    assert_eq!(turn(Lead { another_is_open: true, ..lost }, &[consent("accepted")]), None);
    assert_eq!(turn(Lead { closed: Some(("price_bar_declined", "inquiry i0")), ..lost }, &[consent("accepted")]), None);
    assert_eq!(turn(Lead { closed: Some(("expensive", "inquiry i1")), ..lost }, &[consent("accepted")]), None);
}

/// Inquiries that go over to another person take a refusal along: it closes the lead of whoever said it, and no other.
#[test]
fn i_9_a_refusal_is_of_whoever_said_it() {
    let config = sample::config();
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let tasks = [("t1".to_owned(), "first_response".to_owned())];
    let open = Lead { status: "open", closed: None, assigned_to: "anna", open_tasks: &tasks, another_is_open: false };
    let refused = Some(("price_bar_declined", "inquiry i1"));
    let lost = Lead { status: "lost", closed: refused, open_tasks: &[], ..open };
    let settle = |lead, has_evidence, said| closing::settle(&config, lead, has_evidence, said, ("vera", now), "t2");

    // What comes back to an open lead may close it.
    for status in ["open", "suspect"] {
        let Some(Turn::Closed { evidence, events, .. }) = settle(Lead { status, ..open }, true, Some("i2")) else {
            panic!("{status}")
        };
        assert_eq!((evidence.as_str(), events[0].by.as_str()), ("inquiry i2", "vera"));
    }
    assert_eq!(settle(open, true, None), None);
    // What leaves a closed one opens it again, unless its own person refused as well, or goes on elsewhere.
    let Some(Turn::Reopened { task, .. }) = settle(lost, false, None) else { panic!("reopened") };
    assert_eq!((task.id.as_str(), task.due_at), ("t2", deadline::first_response(&config, now)));
    let Some(Turn::Closed { evidence, .. }) = settle(lost, false, Some("i3")) else { panic!("closed") };
    assert_eq!(evidence, "inquiry i3");
    assert_eq!(settle(Lead { another_is_open: true, ..lost }, false, None), None);
    // What stays where it is changes nothing, and neither does what was closed for another reason.
    assert_eq!(settle(lost, true, None), None);
    assert_eq!(settle(lost, true, Some("i1")), None);
    for reason in ["spam", "duplicate"] {
        let lead = Lead { closed: Some((reason, "inquiry i1")), ..lost };
        assert_eq!(settle(lead, false, Some("i3")), None, "{reason}");
    }
}

/// A rule without conditions takes everything; one that cannot match takes nothing.
#[test]
fn i_19_the_catch_all_cannot_be_removed() {
    let text = r#"{ "name": "x", "team": [], "sites": [], "forms": [] }"#;
    let error = serde_json::from_str::<Config>(text).unwrap_err().to_string();
    assert!(error.contains("catch_all"), "{error}");
    let mut config = sample::config();
    config.rules.clear();
    let accepted = intake::accept(&config, sample::inquiry("x"), "shop").unwrap();
    let recording = intake::record(
        &config,
        None,
        &Board::new(),
        &accepted,
        "widget",
        Timestamp::UNIX_EPOCH,
        &mut sample::minting(),
    );
    assert_eq!(recording.opened.unwrap().routed.rule, CATCH_ALL);
}
