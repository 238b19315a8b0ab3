//! Whatever the server can say is read as `serde` reads it.

use std::fmt::Debug;

use lead::{
    destinations::view::{DestinationsView, PreviewView},
    loss::LossReport,
    privacy::PrivacyPage,
    report::QuestionsReport,
    settings::{Draft, Rehearsal, Settings},
    suspicion::view::Quarantine,
    view::{LeadDetail, LeadPage, Me},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::*;
use crate::configuration::Configuration;

/// Reads it both ways, and back again; then with each value in turn replaced by one that cannot stand there.
fn agree<T: Read + DeserializeOwned + Serialize + PartialEq + Debug>(said: &Value) {
    let ours = read::<T>(&said.to_string()).unwrap();
    assert_eq!(ours, serde_json::from_value(said.clone()).unwrap());
    // Nothing of what is said here is passed over.
    assert_eq!(serde_json::to_value(&ours).unwrap(), *said);
    for pointer in places(said, "") {
        let mut odd = said.clone();
        let place = odd.pointer_mut(&pointer).unwrap();
        *place = if place.is_boolean() { json!("odd") } else { json!(true) };
        assert_eq!(read::<T>(&odd.to_string()), None, "{pointer} {odd}");
    }
}

fn places(value: &Value, at: &str) -> Vec<String> {
    let mut found = vec![at.to_owned()];
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                found.extend(places(item, &format!("{at}/{index}")));
            }
        }
        // What a configuration holds is kept as it is.
        Value::Object(members) if !at.ends_with("/config") => {
            for (name, member) in members {
                found.extend(places(member, &format!("{at}/{name}")));
            }
        }
        _ => {}
    }
    found.retain(|place| !place.ends_with("/config"));
    found
}

fn summary() -> Value {
    json!({
        "id": "a", "stage": "first_contact", "status": "open", "priority": "AAA",
        "reachable": ["AAA", "BBB", "CCC", "none"], "rank": 1, "filter": "urgent", "next_step": "ask_need_again",
        "need": "yes", "budget": "no", "urgency": "unknown", "by_offer": true,
        "opened_at": "2026-11-21T10:00:00Z", "answer_by": "2026-11-21T10:15:00Z",
        "answered_at": "2026-11-21T10:05:00Z",
        "source": {
            "kind": "ad_campaign", "channel": "paid", "network": "yandex", "campaign": "c", "medium": "m",
            "content": "co", "term": "t", "click": "yclid", "click_id": "7", "referrer": "r", "landing": "/l",
            "site": "shop", "form": "price",
        },
        "rule": "r", "assigned_to": "anna", "assigned_name": "Анна",
        "contact": {
            "name": "Иван", "phones": [{ "raw": "8 999", "e164": "+7999" }], "emails": ["a@b.c"],
            "messengers": ["telegram:@ivan"], "other": ["?"], "do_not_contact": true, "erased": true,
        },
        "message": "m", "answers": [{ "question": "q", "asked": "Q?", "answered": "A", "left": true }],
        "closed": { "at": "2026-11-21T11:00:00Z", "reason": "spam", "evidence": "e" },
        "touches": 3, "revision": 9_007_199_254_740_993_u64,
    })
}

fn detail() -> Value {
    let stand = json!({
        "member": "anna", "name": "Анна", "open": 3, "capacity": 20, "last_given_at": "2026-11-21T10:00:00Z",
        "out": "off_hours",
    });
    let erased = json!({
        "id": "e", "contact": "c", "at": "2026-11-21T10:00:00Z", "by": "vera", "reason": "asked", "leads": 1,
        "inquiries": 2, "files": 3,
        "receipts": [{ "destination": "crm", "state": "sent", "attempts": 1, "next_at": "n", "last_result": "l" }],
    });
    json!({
        "lead": summary(),
        "facts": [{ "key": "price_consent", "value": "accepted", "known": "declined", "on": "2026-11-21" }],
        "inquiries": [{
            "id": "i", "recorded_at": "2026-11-21T10:00:00Z", "channel": "widget", "name": "n", "reach": "r",
            "message": "m", "best_time": "b", "form": "price 3", "lang": "ru", "tz": "Europe/Moscow", "page": "p",
            "landing": "l", "referrer": "r", "fields": [["plan", "pro"]], "consent_processing": true,
            "consent_marketing": true, "consent_version": "1", "consent_text": "c", "source": summary()["source"],
            "unlisted_origin": "o",
            "revised": [{ "recorded_at": "r", "name": "n", "reach": "r", "message": "m" }],
        }],
        "tasks": [{ "id": "t", "kind": "first_response", "due_at": "d", "done_at": "d", "result": "r" }],
        "deliveries": [{
            "id": "d", "lead": "a", "destination": "crm", "event": "lead.created", "state": "retrying",
            "attempts": 2, "next_at": "n", "last_result": "l",
        }],
        "why": {
            "version": 4, "inquiry": "i",
            "tried": [{
                "rule": "r", "matched": true,
                "checks": [{ "fact": "f", "not": true, "held": true, "wanted": ["w"], "saw": ["s"] }],
            }],
            "owner": stand,
            "asked": [{ "target": "t", "name": "T", "people": [stand], "given_to": "anna", "though_away": true }],
        },
        "files": [{
            "id": "f", "inquiry": "i", "question": "q", "asked": "Q", "attached_at": "a", "name": "n",
            "media_type": "m", "size": 7, "sha256": "s", "path": "p",
        }],
        "notes": [{ "id": "n", "written_at": "w", "author": "anna", "body": "b" }],
        "signals": [{ "sign": "turnstile_failed", "score": 100, "n": 2 }],
        "history": [{ "at": "h", "kind": "file_attached", "by": "visitor", "data": { "file": "f" } }],
        "person": {
            "contact": "c",
            "leads": [{ "id": "a", "opened_at": "o", "status": "open", "reason": "r", "assigned_name": "n" }],
            "perhaps": [{ "contact": "c", "name": "n", "reach": ["r"], "lead": "l" }],
            "changes": [{
                "id": "c", "kind": "merge", "at": "a", "by": "b", "person": "p", "other": "o", "undone_at": "u",
            }],
            "erased": erased,
        },
    })
}

#[test]
fn leads_are_read_as_serde_reads_them() {
    agree::<LeadPage>(&json!({ "leads": [summary()], "next": "n" }));
    agree::<LeadDetail>(&detail());
    agree::<Me>(
        &json!({ "id": "a", "name": "n", "role": "owner", "workspace": "w", "lang": "ru", "now": "n", "alerts": 2 }),
    );
}

#[test]
fn reports_are_read_as_serde_reads_them() {
    agree::<QuestionsReport>(&json!({
        "form": "price", "forms": ["price"], "from": "f", "to": "t", "opened": 1, "contact": 2, "minted": 3,
        "recorded": 4, "completed": 5,
        "questions": [{ "question": "q", "asked": "a", "shown": 1, "answered": 2, "skipped": 3, "left": 4 }],
        "sources": [{
            "channel": "c", "network": "n", "campaign": "c", "opened": 1, "recorded": 2, "opened_no_contact": 3,
        }],
    }));
    agree::<LossReport>(&json!({
        "from": "f", "to": "t", "lost": 1, "held_up": 0, "dead": 2,
        "sites": [{ "site": "s", "name": "n", "days": [{
            "day": "d", "minted": 1, "arrived": 2, "recorded": 3, "on_the_way": 4, "lost": 5,
            "destinations": [{ "destination": "crm", "queued": 1, "sent": 2, "dead": 3, "waiting": 4 }],
        }] }],
    }));
    agree::<PrivacyPage>(&json!({
        "erasures": [detail()["person"]["erased"].clone()], "erased": 1,
        "retention": [{ "rule": "closed", "after": 24, "before": "b", "due": 3 }],
        "ran_at": "r", "next_at": "n", "leads": 5,
    }));
    let suspect =
        json!({ "lead": summary(), "at": "a", "score": 70, "signals": detail()["signals"].clone(), "drawn": true });
    let share = json!({ "wrong": 1, "judged": 2, "from": 0.25, "to": 0.5 });
    agree::<Quarantine>(&json!({
        "suspects": [suspect], "to_judge": [suspect], "confirmed": [suspect], "waiting": 1,
        "wrongly_set_aside": share, "let_through": share, "next": "n",
    }));
}

#[test]
fn settings_are_read_as_serde_reads_them() {
    let problem = json!({ "at": "rules[1].assign", "pointer": "/r", "line": 3, "column": 7, "problem": "p" });
    let draft = json!({
        "config": { "name": "n", "forms": [1.5] }, "based_on": 1, "saved_at": "s", "saved_by": "b",
        "problems": [problem],
    });
    agree::<Draft<Configuration>>(&draft);
    agree::<Settings<Configuration>>(&json!({
        "version": 2, "config": { "name": "n" }, "draft": draft,
        "versions": [{ "version": 1, "published_at": "p", "published_by": "b", "again": 1 }],
        "loads": [{ "member": "m", "open": 1, "last_given_at": "l" }],
    }));
    let place = json!({ "rule": "r", "to": "t", "deliver": ["crm"] });
    agree::<Rehearsal>(&json!({
        "leads": 1, "elsewhere": [{ "lead": "l", "at": "a", "from": place, "to": place }], "next": "n",
    }));
}

#[test]
fn destinations_are_read_as_serde_reads_them() {
    let destination = json!({
        "id": "crm", "kind": "webhook", "state": "failing", "since": "s", "reason": "500", "waiting": 3, "dead": 1,
    });
    agree::<DestinationsView>(&json!({
        "destinations": [destination], "dead": detail()["deliveries"].clone(), "may_act": true,
    }));
    agree::<PreviewView>(&json!({
        "lead": "a", "requests": [{ "method": "POST", "url": "https://x", "headers": ["a: b"], "body": "{}" }],
    }));
}

#[test]
fn what_is_left_out_is_empty() {
    let mut said = detail();
    let members = said["lead"].as_object_mut().unwrap();
    members.insert("priority".into(), Value::Null);
    for left_out in ["closed", "answered_at"] {
        members.remove(left_out);
    }
    said["lead"]["source"] = json!({ "kind": "site", "channel": "direct" });
    said["lead"]["answers"] = json!([]);
    said["facts"][0].as_object_mut().unwrap().remove("value");
    said["why"] = Value::Null;
    for left_out in ["files", "notes", "signals"] {
        said.as_object_mut().unwrap().remove(left_out);
    }
    said["history"][0].as_object_mut().unwrap().remove("data");
    assert_eq!(read::<LeadDetail>(&said.to_string()), Some(serde_json::from_value(said).unwrap()));
}

#[test]
fn a_number_that_is_too_large_does_not_fit() {
    assert_eq!(read::<u16>("70000"), None);
    assert_eq!(read::<u8>("-1"), None);
    assert_eq!(read::<u32>("1.5"), None);
    assert_eq!(read::<u64>("18446744073709551615"), Some(u64::MAX));
    assert_eq!(read::<Vec<(String, String)>>(r#"[["a","b","c"]]"#), None);
    assert_eq!(read::<String>("pong"), None);
}
