//! A webhook signed by Standard Webhooks 1.0.0: only 2xx is success, redirects are never followed,
//! the answer's body is not read.

use lead::{
    delivery::{self, Outcome},
    destination_url, webhook,
};
use worker::{
    AbortSignal, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response, Result, wasm_bindgen::JsValue,
};

use super::Report;
use crate::{clock, environment::Environment};

/// How long a receiver may take, in milliseconds.
const PATIENCE: u32 = 15_000;

/// Makes one attempt.
pub async fn send(environment: &Environment, url: &str, secret: &str, id: &str, body: &str) -> Report {
    // Checked at every attempt: a configuration may have come from a machine that allows more.
    if let Err(refusal) = destination_url::check(url, environment.private_destinations()) {
        return Report { outcome: Outcome::Permanent, said: format!("the address {refusal}") };
    }
    let seconds = clock::now().as_second();
    let Some(signature) = webhook::sign(secret, id, seconds, body) else {
        return Report { outcome: Outcome::Permanent, said: "the secret is malformed".into() };
    };
    match post(url, id, seconds, &signature, body).await {
        Ok(response) => {
            let status = response.status_code();
            let retry_after =
                response.headers().get("retry-after").ok().flatten().and_then(|text| text.trim().parse().ok());
            Report { outcome: delivery::outcome(status, retry_after), said: status.to_string() }
        }
        Err(error) => {
            worker::console_warn!("delivery {id}: {error}");
            Report { outcome: Outcome::Retry { after: None }, said: "no answer".into() }
        }
    }
}

async fn post(url: &str, id: &str, seconds: i64, signature: &str, body: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", "FirstContact/1")?;
    headers.set("webhook-id", id)?;
    headers.set("webhook-timestamp", &seconds.to_string())?;
    headers.set("webhook-signature", signature)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(JsValue::from_str(body)));
    let signal = AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(PATIENCE));
    Fetch::Request(Request::new_with_init(url, &init)?).send_with_signal(&signal).await
}
