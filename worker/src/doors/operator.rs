//! The operator's door: makes workspaces, publishes configuration, gives out sign-in links.

use base16ct::lower as hex;
use lead::config::Config;
use serde::Deserialize;
use serde_json::json;
use worker::{Method, Request, Response};

use super::{Outcome, api, body};
use crate::{
    clock, directory,
    environment::{self, Environment},
    keys::{self, Key, Kind},
    ledger::{back_up::Restore, call::Call, operate::Step},
    rejection::{BODY_MALFORMED, Failure, KEY_UNKNOWN, NOT_FOUND},
    routes::{Door, Found},
    spill,
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
    let id = hex::encode_string(&clock::random::<8>()?);
    let name = config.name.clone();
    let ledger = environment.ledger(&id)?;
    let response = environment::call(&ledger, &Call::SetUp { workspace: id.clone(), config: Box::new(config) }).await?;
    if response.status_code() == 201 {
        let workspace = Workspace { id, name, created_at: clock::now().as_millisecond(), due_at: None };
        let _: Response = environment::call(&environment.directory()?, &directory::Call::Add { workspace }).await?;
    }
    Ok(response)
}

/// `PUT /operator/workspaces/{workspace}/config`: publishes a configuration; with `?over=VERSION` also over one that was
/// published on the desk.
pub async fn publish(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    check(&request, environment)?;
    let config = config(&mut request).await?;
    let workspace = workspace(found)?;
    let ledger = environment.ledger(workspace)?;
    let over = api::query(&request, "over")?.and_then(|version| version.parse().ok());
    let call = Call::Publish { workspace: workspace.to_owned(), config: Box::new(config), over };
    Ok(environment::call(&ledger, &call).await?)
}

/// `GET /operator/workspaces/{workspace}/config`: what is in force, and the versions; and
/// `POST /operator/workspaces/{workspace}/config/rollback`: takes an older version up again.
pub async fn versions(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    #[derive(Deserialize)]
    struct Wanted {
        version: u32,
    }
    check(&request, environment)?;
    let rollback = match found.door {
        Door::OperatorRollback => {
            let text = body::text(&mut request, body::OPERATOR).await?;
            let wanted = lead::json::read(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
            let Wanted { version } = wanted;
            Some(version)
        }
        _ => None,
    };
    let workspace = workspace(found)?;
    let ledger = environment.ledger(workspace)?;
    Ok(environment::call(&ledger, &Call::Versions { workspace: workspace.to_owned(), rollback }).await?)
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
    let wanted: Wanted = lead::json::read(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
    let workspace = workspace(found)?;
    let ledger = environment.ledger(workspace)?;
    let call = Call::MakeLink { member: wanted.member, days: wanted.days, uses: wanted.uses };
    let response = environment::call(&ledger, &call).await?;
    if response.status_code() != 201 {
        return Ok(response);
    }
    let made: Made = environment::read(response).await?;
    let link = Key { kind: Kind::Link, workspace: workspace.to_owned(), id: made.link }.text(&environment.secret()?);
    let base = request.url()?.origin().ascii_serialization();
    let link = link.ok_or(NOT_FOUND)?;
    Ok(Response::from_json(&json!({ "url": format!("{base}/desk/sign-in/{link}") }))?.with_status(201))
}

/// `POST /operator/workspaces/{workspace}/steps`: keys, standing, backup and restore.
pub async fn step(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    check(&request, environment)?;
    let text = body::text(&mut request, body::BACKUP).await?;
    let step: Step = lead::json::read(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
    let workspace = workspace(found)?;
    let restored = matches!(step, Step::Restore(Restore::End { .. }));
    let call = Call::Operate { workspace: workspace.to_owned(), step };
    let response = environment::call(&environment.ledger(workspace)?, &call).await?;
    if restored && response.status_code() == 201 {
        // Its name is told by whoever lists it; what matters here is that it is looked after.
        let known = Workspace {
            id: workspace.to_owned(),
            name: String::new(),
            created_at: clock::now().as_millisecond(),
            due_at: None,
        };
        let _: Response =
            environment::call(&environment.directory()?, &directory::Call::Add { workspace: known }).await?;
    }
    Ok(response)
}

/// `GET` and `POST /operator/workspaces/{workspace}/spill`: what the spill holds for a workspace; posted, all of it
/// is tried again.
pub async fn spill(found: &Found, request: Request, environment: &Environment) -> Outcome {
    check(&request, environment)?;
    let workspace = workspace(found)?.to_owned();
    let spill = environment.spill_of(&workspace)?;
    let call = match request.method() {
        Method::Post => spill::Call::Again { workspace },
        _ => spill::Call::Backlog { workspace: Some(workspace) },
    };
    Ok(environment::call(&spill, &call).await?)
}

pub(super) fn check(request: &Request, environment: &Environment) -> Result<(), Failure> {
    let expected = environment.operator_key()?;
    let header = request.headers().get("authorization")?.unwrap_or_default();
    let given = header.strip_prefix("Bearer ").unwrap_or_default();
    if keys::same(given, &expected) { Ok(()) } else { Err(KEY_UNKNOWN.into()) }
}

async fn config(request: &mut Request) -> Result<Config, Failure> {
    let text = body::text(request, body::OPERATOR).await?;
    lead::json::read(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()).into())
}

pub(super) fn workspace(found: &Found) -> Result<&str, Failure> {
    let id = found.param("workspace");
    let well_formed = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if well_formed { Ok(id) } else { Err(NOT_FOUND.into()) }
}
