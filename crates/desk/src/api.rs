//! The calls of the desk, and what may go wrong with them.

use lead::{
    command::Command,
    destinations::view::{DestinationCommand, DestinationsView, PreviewView},
    form::wire::Problem,
    loss::LossReport,
    privacy::{PersonCommand, PrivacyPage},
    report::QuestionsReport,
    settings::{Draft, Rehearsal, Settings},
    suspicion::view::Quarantine,
    view::{LeadDetail, LeadPage, Me},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

use crate::{
    configuration::Configuration,
    reading::{self, Read, members},
};

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

/// Leads of the people whose phone, mailbox or handle begins like this.
pub(crate) async fn search(typed: &str) -> Result<LeadPage, Failure> {
    let typed = String::from(js_sys::encode_uri_component(typed));
    read(&call("GET", &format!("/api/leads?search={typed}"), None).await?)
}

/// How visitors go through a form; an empty name is the first form.
pub(crate) async fn questions_report(form: &str, days: u16) -> Result<QuestionsReport, Failure> {
    let form = if form.is_empty() { String::new() } else { format!("&form={form}") };
    read(&call("GET", &format!("/api/reports/questions?days={days}{form}"), None).await?)
}

/// One page of the quarantine.
pub(crate) async fn quarantine(cursor: Option<&str>) -> Result<Quarantine, Failure> {
    let cursor = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
    read(&call("GET", &format!("/api/quarantine{cursor}"), None).await?)
}

/// Rights: erasures and retention.
pub(crate) async fn privacy() -> Result<PrivacyPage, Failure> {
    read(&call("GET", "/api/privacy", None).await?)
}

/// What was lost on the way.
pub(crate) async fn losses(days: u16) -> Result<LossReport, Failure> {
    read(&call("GET", &format!("/api/reports/losses?days={days}"), None).await?)
}

/// Says something of a lead's person, and answers what became of the lead.
pub(crate) async fn person_command(id: &str, command: &PersonCommand) -> Result<LeadDetail, Failure> {
    let body = serde_json::to_string(command).map_err(|_| Failure::Unreachable)?;
    read(&call("POST", &format!("/api/leads/{id}/commands"), Some(body)).await?)
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

/// What is in force, the draft and the versions.
pub(crate) async fn settings() -> Result<Settings<Configuration>, Failure> {
    read(&call("GET", "/api/config", None).await?)
}

/// Keeps a draft that was made from this version.
pub(crate) async fn put_draft(text: &str, based_on: u32, seen: &str) -> Result<Draft<Configuration>, Failure> {
    read(&call("PUT", &format!("/api/config/draft?based_on={based_on}&seen={seen}"), Some(text.to_owned())).await?)
}

/// Throws the draft away.
pub(crate) async fn drop_draft(seen: &str) -> Result<(), Failure> {
    let body = serde_json::json!({ "seen": seen }).to_string();
    call("DELETE", "/api/config/draft", Some(body)).await.map(drop)
}

/// Publishes the draft that was saved at `seen` over this version; gives the new one.
pub(crate) async fn publish(over: u32, seen: &str) -> Result<u32, Failure> {
    let body = serde_json::json!({ "version": over, "seen": seen }).to_string();
    Ok(read::<Published>(&call("POST", "/api/config/publish", Some(body)).await?)?.version)
}

/// Publishes an older version again; gives the new one.
pub(crate) async fn rollback(to: u32) -> Result<u32, Failure> {
    Ok(read::<Published>(&call("POST", "/api/config/rollback", Some(format!("{{\"version\":{to}}}"))).await?)?.version)
}

/// Tries the draft on the last month's leads, a page at a time.
pub(crate) async fn rehearse(cursor: Option<&str>) -> Result<Rehearsal, Failure> {
    let body = serde_json::json!({ "cursor": cursor }).to_string();
    read(&call("POST", "/api/config/rehearse", Some(body)).await?)
}

struct Published {
    version: u32,
}

members! { Published { version } }

/// Ends the session.
pub(crate) async fn sign_out() -> Result<(), Failure> {
    call("POST", "/api/sign-out", Some("{}".to_owned())).await.map(drop)
}

fn read<T: Read>(body: &str) -> Result<T, Failure> {
    reading::read(body).ok_or(Failure::Unreachable)
}

async fn call(method: &str, path: &str, body: Option<String>) -> Result<String, Failure> {
    let (status, body) = exchange(method, path, body).await.map_err(|_| Failure::Unreachable)?;
    match status {
        200..=299 => Ok(body),
        401 => Err(Failure::SignedOut),
        404 => Err(Failure::NotFound),
        _ => Err(reading::read(&body).map_or(Failure::Unreachable, Failure::Refused)),
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
