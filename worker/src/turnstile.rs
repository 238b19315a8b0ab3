//! Asks Turnstile about a token: the one third party of the visitors' side, and only where a site wants it.

use lead::{suspicion::guard::Outcome, web_address};
use serde::Deserialize;
use serde_json::json;
use worker::{
    AbortSignal, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Result, wasm_bindgen::JsValue,
};

use crate::environment::{self, Environment};

/// Longer than this nobody waits; the lead is recorded already.
const PATIENCE: u32 = 5_000;

/// The longest token that Turnstile gives, in bytes.
const LONGEST: usize = 2_048;

/// What the siteverify call answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Verified {
    success: bool,
    hostname: String,
    #[serde(rename = "error-codes")]
    errors: Vec<String>,
}

/// Asks once, and once more where Turnstile itself says that it may help: the inquiry's id makes the second
/// call the same as the first. Whatever goes wrong on the way there is held against nobody.
pub async fn verify(
    environment: &Environment,
    secret: &str,
    origins: &[String],
    token: &str,
    inquiry: &str,
) -> Outcome {
    if token.len() > LONGEST {
        return Outcome::Wrong;
    }
    let mut outcome = Outcome::Unverified;
    for _ in 0..2 {
        let answer = match ask(environment, secret, token, inquiry).await {
            Ok(answer) => answer,
            Err(error) => {
                worker::console_warn!("Turnstile could not be asked: {error}");
                return Outcome::Unverified;
            }
        };
        outcome = meaning(&answer, origins);
        if outcome != Outcome::Unverified {
            break;
        }
    }
    outcome
}

async fn ask(environment: &Environment, secret: &str, token: &str, inquiry: &str) -> Result<Verified> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    let body = json!({ "secret": secret, "response": token, "idempotency_key": inquiry });
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(JsValue::from_str(&body.to_string())));
    let signal = AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(PATIENCE));
    let request = Request::new_with_init(&environment.siteverify(), &init)?;
    environment::read(Fetch::Request(request).send_with_signal(&signal).await?).await
}

/// A token that is spent or too old was once good: that is another thing than a machine.
fn meaning(answer: &Verified, origins: &[String]) -> Outcome {
    let says = |code: &str| answer.errors.iter().any(|error| error == code);
    if answer.success {
        let listed = |origin: &String| {
            web_address::read(origin).and_then(|url| url.host_str().map(str::to_owned)).as_ref()
                == Some(&answer.hostname)
        };
        let expected = origins.is_empty() || answer.hostname.is_empty() || origins.iter().any(listed);
        return if expected { Outcome::Good } else { Outcome::Wrong };
    }
    if says("timeout-or-duplicate") {
        Outcome::Expired
    } else if says("invalid-input-response") || says("missing-input-response") {
        Outcome::Wrong
    } else {
        // Their own fault, or a secret of ours that is wrong: no visitor's.
        Outcome::Unverified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str, origins: &[&str]) -> Option<Outcome> {
        let origins: Vec<String> = origins.iter().map(|origin| (*origin).to_owned()).collect();
        serde_json::from_str(json).ok().map(|answer| meaning(&answer, &origins))
    }

    #[test]
    fn what_its_answers_mean() {
        let shop = ["https://shop.example", "http://localhost:8787"];
        assert_eq!(said(r#"{"success":true,"hostname":"shop.example","error-codes":[]}"#, &shop), Some(Outcome::Good));
        assert_eq!(said(r#"{"success":true,"hostname":"localhost"}"#, &shop), Some(Outcome::Good));
        assert_eq!(said(r#"{"success":true,"hostname":"elsewhere.example"}"#, &shop), Some(Outcome::Wrong));
        assert_eq!(said(r#"{"success":true,"hostname":"elsewhere.example"}"#, &[]), Some(Outcome::Good));
        let failed = |code: &str| said(&format!(r#"{{"success":false,"error-codes":["{code}"]}}"#), &shop);
        assert_eq!(failed("invalid-input-response"), Some(Outcome::Wrong));
        assert_eq!(failed("timeout-or-duplicate"), Some(Outcome::Expired));
        assert_eq!(failed("internal-error"), Some(Outcome::Unverified));
        assert_eq!(failed("invalid-input-secret"), Some(Outcome::Unverified));
    }
}
