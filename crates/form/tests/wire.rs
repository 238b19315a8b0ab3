//! The wire types against bytes and shapes that nobody planned for: reading never panics, and what is read
//! once is read the same again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail by panicking")]

use form::{
    lenient,
    wire::{AnswersRequest, InquiryRequest},
};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An inquiry in which every member that may be odd is.
fn odd_inquiry() -> impl Strategy<Value = Value> {
    let names = [
        "secret",
        "form",
        "form_version",
        "lang",
        "tz",
        "device",
        "contact",
        "consent",
        "source",
        "fields",
        "took",
        "trap",
        "proof",
        "__proto__",
    ];
    (prop::collection::vec(any_json(), names.len()), any_json(), any_json()).prop_map(move |(values, deep, first)| {
        let mut members: Map<String, Value> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
        // Half of the time the shape is right and what is in it is odd.
        if deep.is_string() || deep.is_null() {
            members.insert(
                "contact".into(),
                serde_json::json!({ "name": deep, "reach": deep, "message": deep, "best_time": deep }),
            );
            members.insert(
                "source".into(),
                serde_json::json!({ "page": deep, "landing": deep, "first": first, "cookies": deep }),
            );
        }
        members.insert("id".into(), Value::from("0192f0c1-0000-7000-8000-000000000001"));
        members.insert("site".into(), Value::from("site_x"));
        Value::Object(members)
    })
}

proptest! {
    #[test]
    fn bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = serde_json::from_slice::<InquiryRequest>(&bytes);
        let _ = serde_json::from_slice::<AnswersRequest>(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let whole = lenient::without_half_characters(&text);
        let _ = serde_json::from_str::<InquiryRequest>(&whole);
    }

    #[test]
    fn an_inquiry_with_its_id_and_key_is_always_read(odd in odd_inquiry()) {
        let text = odd.to_string();
        let read: InquiryRequest = serde_json::from_str(&text).unwrap();
        let again: InquiryRequest = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        prop_assert_eq!(read, again);
    }

    #[test]
    fn answers_of_any_shape_are_read(odd in any_json(), seq in any_json()) {
        let text = serde_json::json!({ "site": odd, "secret": odd, "seq": seq, "answers": odd, "proof": odd, "turnstile": odd }).to_string();
        let read: AnswersRequest = serde_json::from_str(&text).unwrap();
        let again: AnswersRequest = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        prop_assert_eq!(read.answers.len(), again.answers.len());
    }

    /// Cutting a message anywhere, or changing one sign in it, breaks nothing but itself.
    #[test]
    fn a_message_that_was_damaged_is_read_or_refused(cut in 0_usize..600, at in 0_usize..600, with in any::<char>()) {
        let text = r#"{"id":"0192f0c1-0000-7000-8000-000000000001","secret":"AAAAAAAAAAAAAAAAAAAAAA","site":"site_x","form":"price","form_version":3,"contact":{"name":"Иван","reach":"8 (999) 123-45-67","message":"cut \ud83d here"},"consent":{"processing":true,"version":"1"},"source":{"page":"https://shop.example/?a=1","first":{"landing":"x","referrer":"y","at":"2026-11-01T10:00:00Z"},"cookies":{"_ym_uid":"1"}},"fields":{"plan":"pro"},"took":1500,"trap":""}"#;
        let cut: String = text.chars().take(cut).collect();
        let changed: String = text.chars().enumerate().map(|(place, sign)| if place == at { with } else { sign }).collect();
        for damaged in [cut, changed] {
            let _ = serde_json::from_str::<InquiryRequest>(&damaged);
            let _ = serde_json::from_str::<InquiryRequest>(&lenient::without_half_characters(&damaged));
            let _ = serde_json::from_str::<AnswersRequest>(&damaged);
        }
    }
}
