//! The visitors' door: records inquiries and answers. No cookies, any origin, no preflight needed.

use lead::{form::lenient, suspicion::rate::Errand};
use serde_json::Value;
use worker::{Headers, Request, Response};

use super::{Outcome, acknowledge, body, rate};
use crate::{
    environment::Environment,
    keys::{Key, Kind},
    ledger::call::{Arrival, Call},
    rejection::{BODY_MALFORMED, Failure, KEY_UNKNOWN},
    routes::Found,
};

/// `POST /v1/inquiries`
pub async fn record(mut request: Request, environment: &Environment) -> Outcome {
    let outcome = record_inner(&mut request, environment).await;
    open_to_all(outcome)
}

async fn record_inner(request: &mut Request, environment: &Environment) -> Outcome {
    let raw = body::json(request).await?;
    let site = site_of(&raw)?;
    let origin = header(request, "origin")?;
    let own = request.url()?.origin().ascii_serialization();
    let arrival = Arrival {
        channel: if origin.is_empty() { "api".into() } else { "widget".into() },
        raw,
        // Our own hosted page may stand for any site.
        origin: if origin == own { String::new() } else { origin.chars().take(512).collect() },
        ..arrival(request)?
    };
    send(environment, &site, arrival).await
}

/// Asks the ledger of the site key's workspace to record what arrived.
pub async fn send(environment: &Environment, site: &str, arrival: Arrival) -> Outcome {
    let key = Key::read(site, Kind::Site, &environment.secret()?).ok_or(KEY_UNKNOWN)?;
    let sender = rate::sender(environment, Errand::Record, &arrival.network, &key).await?;
    let workspace = key.workspace.clone();
    let call = Call::Record { key, arrival };
    acknowledge::call(environment, &workspace, call, &sender).await
}

/// What the runtime knows of the sender, with an empty body.
pub fn arrival(request: &Request) -> Result<Arrival, Failure> {
    let place = request.cf();
    Ok(Arrival {
        user_agent: header(request, "user-agent")?.chars().take(512).collect(),
        country: place.and_then(worker::Cf::country).unwrap_or_default(),
        network: rate::network_of(request)?,
        region: place.and_then(worker::Cf::region).unwrap_or_default(),
        city: place.and_then(worker::Cf::city).unwrap_or_default(),
        ..Arrival::default()
    })
}

/// `POST /v1/inquiries/{id}/answers`
pub async fn answer(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    let outcome = answer_inner(found, &mut request, environment).await;
    open_to_all(outcome)
}

async fn answer_inner(found: &Found, request: &mut Request, environment: &Environment) -> Outcome {
    let raw = body::json(request).await?;
    let site = site_of(&raw)?;
    send_answers(environment, found.param("id"), &site, raw, &rate::network_of(request)?).await
}

/// Asks the ledger of the site key's workspace to add answers.
pub async fn send_answers(environment: &Environment, inquiry: &str, site: &str, raw: String, network: &str) -> Outcome {
    let key = Key::read(site, Kind::Site, &environment.secret()?).ok_or(KEY_UNKNOWN)?;
    let sender = rate::sender(environment, Errand::Follow, network, &key).await?;
    let workspace = key.workspace.clone();
    let call = Call::Answer { key, inquiry: inquiry.to_owned(), raw, received_at: None };
    acknowledge::call(environment, &workspace, call, &sender).await
}

/// `OPTIONS /v1/…`: for callers whose content type asks first.
pub fn preflight() -> Outcome {
    let mut response = Response::empty()?.with_status(204);
    let headers = response.headers_mut();
    headers.set("access-control-allow-origin", "*")?;
    headers.set("access-control-allow-methods", "GET, POST, OPTIONS")?;
    headers.set("access-control-allow-headers", "content-type")?;
    headers.set("access-control-max-age", "86400")?;
    Ok(response)
}

/// Lets any page read the answer, also when it is a rejection.
pub fn open_to_all(outcome: Outcome) -> Outcome {
    let response = match outcome {
        Ok(response) => response,
        Err(failure) => failure.response()?,
    };
    if open(response.headers()).is_ok() {
        return Ok(response);
    }
    // Headers of a response that came from an object cannot be changed; copies of them can.
    let headers = Headers::new();
    for (name, value) in response.headers() {
        headers.set(&name, &value)?;
    }
    open(&headers)?;
    let (builder, body) = response.into_parts();
    Ok(builder.with_headers(headers).body(body))
}

fn open(headers: &Headers) -> worker::Result<()> {
    headers.set("access-control-allow-origin", "*")?;
    headers.set("access-control-expose-headers", "retry-after")?;
    headers.set("cache-control", "no-store")
}

/// The site key that a body names: it says which ledger reads the rest.
fn site_of(raw: &str) -> Result<String, Failure> {
    if let Some(site) = body::member(raw, "site") {
        return Ok(site.to_owned());
    }
    let body: Value = lenient::read(raw).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
    if !body.is_object() {
        return Err(BODY_MALFORMED.because("the body must be an object").into());
    }
    Ok(body.get("site").and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn header(request: &Request, name: &str) -> Result<String, Failure> {
    Ok(request.headers().get(name)?.unwrap_or_default())
}
