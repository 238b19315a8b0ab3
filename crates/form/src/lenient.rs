//! Reading what strangers send: a member of an odd shape is as good as absent, and never costs the
//! inquiry it came with. The raw copy keeps what was sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A text; numbers and truth values are written out, anything else is empty.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(words(&Value::deserialize(deserializer)?))
}

/// The value, or its default where the shape is another.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(crate::json::from_tree(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// Texts by name.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(members) => crate::by_key(members.iter().map(|(name, value)| (name.clone(), words(value)))),
        _ => BTreeMap::new(),
    })
}

/// Values by name; those of another shape are left out one by one.
pub(crate) fn each<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(members) => crate::by_key(
            members.into_iter().filter_map(|(name, value)| Some((name, crate::json::from_tree(value).ok()?))),
        ),
        _ => BTreeMap::new(),
    })
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => String::new(),
    }
}

/// Reads what a visitor sent, half characters or not.
///
/// # Errors
/// When it is no JSON, or not of this shape.
pub fn read<T: DeserializeOwned>(raw: &str) -> serde_json::Result<T> {
    crate::json::read(raw).or_else(|_| crate::json::read(&without_half_characters(raw)))
}

/// The same JSON with half characters (`\ud83d` without its other half, which browsers send when a
/// text was cut in the middle of an emoji) replaced, since no text can hold them.
pub fn without_half_characters(json: &str) -> String {
    let unit = |from: usize| -> Option<u16> {
        let escape = json.get(from..from.checked_add(6)?)?;
        u16::from_str_radix(escape.strip_prefix("\\u")?, 16).ok()
    };
    let mut whole = String::with_capacity(json.len());
    let mut at = 0;
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        let taken = match (unit(at), unit(at.saturating_add(6))) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                whole.push('\u{fffd}');
                at = at.saturating_add(6);
                continue;
            }
            // An escaped backslash is taken whole, so that what follows it is no escape.
            _ if rest.starts_with("\\\\") => 2,
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        whole.push_str(rest.get(..taken).unwrap_or(rest));
        at = at.saturating_add(taken);
    }
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::{AnswersRequest, InquiryRequest};

    #[test]
    fn an_odd_member_costs_nothing_but_itself() {
        let request: InquiryRequest = serde_json::from_str(
            r#"{"id":"x","site":"s","secret":7,"form_version":"three","contact":{"name":null,"reach":79991234567},
                "consent":"yes","source":[],"fields":{"qty":2,"deep":{"a":1}},"tz":{}}"#,
        )
        .unwrap();
        assert_eq!(request.contact.reach, "79991234567");
        assert_eq!(request.fields["qty"], "2");
        assert_eq!(request.form_version, None);
        let answers: AnswersRequest =
            serde_json::from_str(r#"{"site":"s","seq":1,"answers":{"need":"specific","pay":true,"offer":null}}"#)
                .unwrap();
        assert_eq!(answers.answers.keys().collect::<Vec<_>>(), ["need", "offer"]);
    }

    #[test]
    fn half_characters_are_replaced_and_whole_ones_kept() {
        let read = |json: &str| serde_json::from_str::<String>(&without_half_characters(json)).unwrap();
        assert_eq!(read(r#""a\ud83d""#), "a\u{fffd}");
        assert_eq!(read(r#""\udc00\ud83d\ude00""#), "\u{fffd}😀");
        assert_eq!(read(r#""\\ud83d""#), "\\ud83d");
    }

    proptest! {
        #[test]
        fn json_without_half_characters_stays_as_it_is(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(without_half_characters(&json), json);
        }
    }
}
