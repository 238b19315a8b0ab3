//! The team's door, also for programs with an API key. Writes need JSON and the same origin, or a key.

use worker::{Headers, Request, RequestInit, Response};

use super::{Outcome, body, desk};
use crate::{
    environment::{self, Environment},
    keys::{Key, Kind},
    ledger::{
        call::{Call, ReportWanted, TeamRequest},
        live,
    },
    rejection::{BODY_MALFORMED, FOREIGN_ORIGIN, Failure, KEY_UNKNOWN, SIGNED_OUT},
    routes::{Door, Found},
};

/// Everything under `/api` that the ledger answers.
pub async fn team(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    let writes = matches!(found.door, Door::Commands | Door::Refused);
    let key = if writes { writer(&request, environment)? } else { caller(&request, environment)? };
    let id = || found.param("id").to_owned();
    let request = match found.door {
        Door::Me => TeamRequest::Me,
        Door::Leads => {
            let cursor = query(&request, "cursor")?;
            match (query(&request, "search")?, query(&request, "status")?.as_deref()) {
                (Some(text), _) => TeamRequest::Search { text },
                (None, None | Some("open")) => TeamRequest::Leads { cursor },
                (None, Some("closed")) => TeamRequest::ClosedLeads { cursor },
                (None, Some(_)) => return Err(BODY_MALFORMED.because("status is open or closed").into()),
            }
        }
        Door::QuestionsReport => {
            let of = |name| query(&request, name);
            TeamRequest::QuestionsReport {
                wanted: ReportWanted {
                    form: of("form")?,
                    from: of("from")?,
                    to: of("to")?,
                    days: of("days")?.and_then(|days| days.parse().ok()),
                },
            }
        }
        Door::Lead => TeamRequest::Lead { id: id() },
        Door::LeadFile => TeamRequest::File { lead: id(), file: found.param("file").to_owned() },
        Door::Commands => {
            let text = body::text(&mut request, body::VISITOR).await?;
            let body = lead::json::read(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
            TeamRequest::Command { id: id(), body }
        }
        Door::Quarantine => TeamRequest::Quarantine { cursor: query(&request, "cursor")? },
        Door::Deliveries => TeamRequest::Deliveries,
        Door::Audit => TeamRequest::Audit,
        Door::Privacy => TeamRequest::Privacy,
        Door::Losses => {
            TeamRequest::Losses { days: query(&request, "days")?.and_then(|days| days.parse().ok()).unwrap_or(30) }
        }
        _ => TeamRequest::Refused {
            action: format!("{} {}", request.method(), found.param("action")).trim().to_owned(),
            target: id(),
        },
    };
    let ledger = environment.ledger(&key.workspace)?;
    Ok(environment::call(&ledger, &Call::Team { key, request }).await?)
}

/// `GET /api/live`: a WebSocket, handed over to the ledger with the key that was checked.
pub async fn live(request: Request, environment: &Environment) -> Outcome {
    let key = writer(&request, environment)?;
    if !request.headers().get("upgrade")?.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket")) {
        return Err(BODY_MALFORMED.because("this address takes a WebSocket").into());
    }
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    headers.set(live::KEY_HEADER, &serde_json::to_string(&key)?)?;
    let mut init = RequestInit::new();
    init.with_headers(headers);
    let ledger = environment.ledger(&key.workspace)?;
    let request = Request::new_with_init(&format!("https://object{}", live::PATH), &init)?;
    Ok(ledger.fetch_with_request(request).await?)
}

/// `POST /api/sign-out`
pub async fn sign_out(request: Request, environment: &Environment) -> Outcome {
    if !same_origin(&request)? {
        return Err(FOREIGN_ORIGIN.into());
    }
    if let Some(key) = desk::session(&request, environment)? {
        let ledger = environment.ledger(&key.workspace)?;
        let _: Response = environment::call(&ledger, &Call::SignOut { key }).await?;
    }
    desk::without_cookie(&request)
}

/// Whose call it is that changes something or listens: a page of our own, or a program with a key.
pub(super) fn writer(request: &Request, environment: &Environment) -> Result<Key, Failure> {
    let key = caller(request, environment)?;
    if key.kind == Kind::Session && !same_origin(request)? {
        return Err(FOREIGN_ORIGIN.into());
    }
    Ok(key)
}

/// Whose call it is: an API key in the Authorization header, or the session cookie.
pub(super) fn caller(request: &Request, environment: &Environment) -> Result<Key, Failure> {
    if let Some(header) = request.headers().get("authorization")? {
        let text = header.strip_prefix("Bearer ").unwrap_or_default();
        return Key::read(text.trim(), Kind::Api, &environment.secret()?).ok_or_else(|| KEY_UNKNOWN.into());
    }
    desk::session(request, environment)?.ok_or_else(|| SIGNED_OUT.into())
}

/// True when the page that makes this call is our own.
fn same_origin(request: &Request) -> Result<bool, Failure> {
    let own = request.url()?.origin().ascii_serialization();
    Ok(request.headers().get("origin")?.is_some_and(|origin| origin == own))
}

/// A parameter of the address.
pub(super) fn query(request: &Request, name: &str) -> Result<Option<String>, Failure> {
    Ok(request.url()?.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}
