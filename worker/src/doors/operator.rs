//! The operator's door: makes workspaces, publishes configuration, gives out sign-in links.

use data_encoding::HEXLOWER;
use lead::config::Config;
use serde::Deserialize;
use serde_json::json;
use worker::{Request, Response};

use super::{Outcome, body};
use crate::{
    clock, directory,
    environment::{self, Environment},
    keys::{self, Key, Kind},
    ledger::call::Call,
    rejection::{BODY_MALFORMED, Failure, KEY_UNKNOWN, NOT_FOUND},
    routes::Found,
    sql::workspaces::Workspace,
};

/// `GET /operator/workspaces`
pub async fn list(request: &Request, environment: &Environment) -> Outcome {
    check(request, environment)?;
    Ok(environment::call(&environment.directory()?, &directory::Call::List).await?)
}

/// `POST /operator/workspaces`: makes a workspace from a configuration.
pub async fn add(mut request: Request, environment: &Environment) -> Outcome {
    check(&request, environment)?;
    let config = config(&mut request).await?;
    let id = HEXLOWER.encode(&clock::random::<8>()?);
    let name = config.name.clone();
    let ledger = environment.ledger(&id)?;
    let response = environment::call(&ledger, &Call::SetUp { workspace: id.clone(), config: Box::new(config) }).await?;
    if response.status_code() == 201 {
        let workspace = Workspace { id, name, created_at: clock::now().as_millisecond() };
        let _: Response = environment::call(&environment.directory()?, &directory::Call::Add { workspace }).await?;
    }
    Ok(response)
}

/// `PUT /operator/workspaces/{workspace}/config`: publishes a configuration.
pub async fn publish(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    check(&request, environment)?;
    let config = config(&mut request).await?;
    let workspace = workspace(found)?;
    let ledger = environment.ledger(workspace)?;
    let call = Call::Publish { workspace: workspace.to_owned(), config: Box::new(config) };
    Ok(environment::call(&ledger, &call).await?)
}

/// `POST /operator/workspaces/{workspace}/links`: makes a sign-in link for a member.
pub async fn link(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    #[derive(Deserialize)]
    struct Wanted {
        member: String,
        days: u16,
        uses: u16,
    }
    #[derive(Deserialize)]
    struct Made {
        link: String,
    }
    check(&request, environment)?;
    let text = body::text(&mut request, body::OPERATOR).await?;
    let wanted: Wanted = serde_json::from_str(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
    let workspace = workspace(found)?;
    let ledger = environment.ledger(workspace)?;
    let call = Call::MakeLink { member: wanted.member, days: wanted.days, uses: wanted.uses };
    let mut response = environment::call(&ledger, &call).await?;
    if response.status_code() != 201 {
        return Ok(response);
    }
    let made: Made = response.json().await?;
    let link = Key { kind: Kind::Link, workspace: workspace.to_owned(), id: made.link }.text(&environment.secret()?);
    let base = request.url()?.origin().ascii_serialization();
    let link = link.ok_or(NOT_FOUND)?;
    Ok(Response::from_json(&json!({ "url": format!("{base}/desk/sign-in/{link}") }))?.with_status(201))
}

pub(super) fn check(request: &Request, environment: &Environment) -> Result<(), Failure> {
    let expected = environment.operator_key()?;
    let header = request.headers().get("authorization")?.unwrap_or_default();
    let given = header.strip_prefix("Bearer ").unwrap_or_default();
    if keys::same(given, &expected) { Ok(()) } else { Err(KEY_UNKNOWN.into()) }
}

async fn config(request: &mut Request) -> Result<Config, Failure> {
    let text = body::text(request, body::OPERATOR).await?;
    serde_json::from_str(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()).into())
}

pub(super) fn workspace(found: &Found) -> Result<&str, Failure> {
    let id = found.param("workspace");
    let well_formed = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if well_formed { Ok(id) } else { Err(NOT_FOUND.into()) }
}
