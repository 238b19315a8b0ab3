//! The calls of the desk, and what may go wrong with them.

use lead::{
    command::Command,
    destinations::view::{DestinationCommand, DestinationsView, PreviewView},
    form::wire::Problem,
    report::QuestionsReport,
    view::{LeadDetail, LeadPage, Me},
};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

/// Why a call did not bring what it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// 401: the session is over.
    SignedOut,
    /// 404: not there, or not his.
    NotFound,
    /// The server said no, and why.
    Refused(Problem),
    /// No answer, or one that cannot be read.
    Unreachable,
}

/// A server that has not answered by then is not going to.
const PATIENCE_MS: u32 = 20_000;

/// Who is signed in.
pub(crate) async fn me() -> Result<Me, Failure> {
    read(&call("GET", "/api/me", None).await?)
}

/// One page of the list.
pub(crate) async fn leads(cursor: Option<&str>) -> Result<LeadPage, Failure> {
    let path = match cursor {
        Some(cursor) => format!("/api/leads?cursor={}", String::from(js_sys::encode_uri_component(cursor))),
        None => "/api/leads".to_owned(),
    };
    read(&call("GET", &path, None).await?)
}

/// The newest closed leads.
pub(crate) async fn closed_leads() -> Result<LeadPage, Failure> {
    read(&call("GET", "/api/leads?status=closed", None).await?)
}

/// How visitors go through a form; an empty name is the first form.
pub(crate) async fn questions_report(form: &str, days: u16) -> Result<QuestionsReport, Failure> {
    let form = if form.is_empty() { String::new() } else { format!("&form={form}") };
    read(&call("GET", &format!("/api/reports/questions?days={days}{form}"), None).await?)
}

/// One lead.
pub(crate) async fn lead(id: &str) -> Result<LeadDetail, Failure> {
    read(&call("GET", &format!("/api/leads/{id}"), None).await?)
}

/// Does something to a lead, and answers what became of it.
pub(crate) async fn command(id: &str, command: &Command) -> Result<LeadDetail, Failure> {
    let body = serde_json::to_string(command).map_err(|_| Failure::Unreachable)?;
    read(&call("POST", &format!("/api/leads/{id}/commands"), Some(body)).await?)
}

/// How the destinations do, and what did not arrive.
pub(crate) async fn destinations() -> Result<DestinationsView, Failure> {
    read(&call("GET", "/api/destinations", None).await?)
}

/// Does something to a destination, and answers how all of them do.
pub(crate) async fn command_destination(id: &str, command: &DestinationCommand) -> Result<DestinationsView, Failure> {
    let body = serde_json::to_string(command).map_err(|_| Failure::Unreachable)?;
    read(&call("POST", &format!("/api/destinations/{id}/commands"), Some(body)).await?)
}

/// What a destination would be sent, of a sample or of the newest lead.
pub(crate) async fn preview(id: &str, of_newest: bool) -> Result<PreviewView, Failure> {
    let lead = if of_newest { "?lead=newest" } else { "" };
    read(&call("GET", &format!("/api/destinations/{id}/preview{lead}"), None).await?)
}

/// Ends the session.
pub(crate) async fn sign_out() -> Result<(), Failure> {
    call("POST", "/api/sign-out", Some("{}".to_owned())).await.map(drop)
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|_| Failure::Unreachable)
}

async fn call(method: &str, path: &str, body: Option<String>) -> Result<String, Failure> {
    let (status, body) = exchange(method, path, body).await.map_err(|_| Failure::Unreachable)?;
    match status {
        200..=299 => Ok(body),
        401 => Err(Failure::SignedOut),
        404 => Err(Failure::NotFound),
        _ => Err(serde_json::from_str(&body).map_or(Failure::Unreachable, Failure::Refused)),
    }
}

async fn exchange(method: &str, path: &str, body: Option<String>) -> Result<(u16, String), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    if let Some(body) = body {
        let headers = Headers::new()?;
        headers.set("content-type", "application/json")?;
        init.set_headers(&headers);
        init.set_body(&JsValue::from_str(&body));
    }
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response.status(), text))
}
