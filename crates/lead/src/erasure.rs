//! A person is erased: what remains of a row that has to stay.
//!
//! Which columns hold what a person typed is a list in `worker/src/sql/columns.txt`, kept complete by a test. Most
//! of them become empty or go with their row; the few that keep something are reduced here. What remains are ids,
//! codes, counts and times: the funnel's numbers stay true, and nobody can be found in them.

use form::{FactKey, wire::InquiryRequest};
use serde_json::{Value, json};

use crate::{qualify::code, source::Source};

/// Stands in place of the hash of an erased inquiry's body: no body has it, so that none is taken for a revision.
pub const ERASED: &str = "erased";

pub use crate::destinations::ERASED as PERSON_ERASED;

/// Why a lead is closed whose person was erased (methodology §9).
pub const OPT_OUT: &str = "opt_out";

/// What remains of what was sent: which form of which site, and whether he agreed.
pub fn request(request: InquiryRequest) -> InquiryRequest {
    let consent = request.consent.map(|consent| form::wire::GivenConsent { version: String::new(), ..consent });
    InquiryRequest {
        id: request.id,
        site: request.site,
        form: request.form,
        form_version: request.form_version,
        consent,
        ..InquiryRequest::default()
    }
}

/// What remains of where he came from: what is counted of everybody without knowing who he is, and no word that
/// nobody else came by.
pub fn source(source: Source, only_his: &[String]) -> Source {
    let shared = |word: String| if only_his.contains(&word) { String::new() } else { word };
    Source {
        kind: source.kind,
        channel: source.channel,
        network: shared(source.network),
        campaign: shared(source.campaign),
        site: source.site,
        form: source.form,
        ..Source::default()
    }
}

/// Codes of the facts whose value is in the person's own words.
pub fn facts_in_own_words() -> Vec<String> {
    [FactKey::NeedText, FactKey::Members].into_iter().filter(|key| key.is_in_own_words()).map(code).collect()
}

/// A line of the history without what a destination said, which may quote what it was sent. `None` when there is
/// nothing to take out. A plain status is a number and stays.
pub fn event(mut event: Value) -> Option<Value> {
    let said = event.pointer_mut("/data/result")?;
    let text = said.as_str()?;
    let is_code =
        text.len() <= 24 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_code {
        return None;
    }
    *said = json!(ERASED);
    Some(event)
}

/// The body of [`PERSON_ERASED`]: ids only, those under which the destination knows the person, and what it calls
/// his leads itself.
pub fn body(
    at: &str,
    contact: &str,
    leads: &[String],
    inquiries: &[String],
    remotes: &[String],
    unsure: bool,
) -> String {
    let mut data = json!({ "contact": contact, "leads": leads, "inquiries": inquiries });
    if let (false, Some(members)) = (remotes.is_empty(), data.as_object_mut()) {
        members.insert("remotes".to_owned(), json!(remotes));
    }
    if let (true, Some(members)) = (unsure, data.as_object_mut()) {
        members.insert("unsure".to_owned(), true.into());
    }
    json!({ "type": PERSON_ERASED, "timestamp": at, "data": data }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_in_own_words_is_named() {
        // The list above is by name; this walks all there are.
        let mut found = Vec::new();
        for name in include_str!("../../form/src/fact.rs").lines().map(str::trim) {
            let snake = name.trim_end_matches(',').chars().fold(String::new(), |mut snake, sign| {
                if sign.is_uppercase() && !snake.is_empty() {
                    snake.push('_');
                }
                snake.extend(sign.to_lowercase());
                snake
            });
            let key = serde_json::from_value::<FactKey>(json!(snake));
            found.extend(key.ok().filter(|key| key.is_in_own_words()).map(code));
        }
        found.dedup();
        assert_eq!(found, facts_in_own_words());
    }

    #[test]
    fn a_status_stays_and_what_was_quoted_goes() {
        let line = |result: &str| json!({ "kind": "delivery_failed", "data": { "result": result, "attempt": "1" } });
        assert_eq!(event(line("503")), None);
        assert_eq!(event(line("not_needed")), None);
        assert_eq!(event(line("400: +7 999 is no phone")), Some(line(ERASED)));
        assert_eq!(event(json!({ "kind": "routed", "data": {} })), None);
    }
}
