//! `GET /v1/health`: whether everything answers, and what is behind. It names no client and no lead. Asking
//! also mends: a directory or spill whose own alarm was lost sets it again.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde::Deserialize;
use serde_json::json;
use worker::Response;

use super::Outcome;
use crate::{
    clock, directory,
    environment::{self, Environment},
    spill::{self, SPILLS},
    sql::{envelopes::Backlog, workspaces::Overdue},
};

/// How long each of them may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// `200` when everything answers, `503` when something does not.
pub async fn show(environment: &Environment) -> Outcome {
    let (overdue, spills) =
        join(overdue(environment), join_all((0..SPILLS).map(|number| spilled(environment, number)))).await;
    let answers = overdue.is_ok() && spills.iter().all(Result::is_ok);
    let overdue = overdue.unwrap_or_default();
    let mut all = Backlog::default();
    for spill in spills.into_iter().flatten() {
        all.waiting = all.waiting.saturating_add(spill.waiting);
        all.stuck = all.stuck.saturating_add(spill.stuck);
        all.held = all.held.saturating_add(spill.held);
        all.oldest = all.oldest.into_iter().chain(spill.oldest).min();
    }
    let body = json!({
        "ok": answers,
        "build": env!("CARGO_PKG_VERSION"),
        "overdue": overdue.overdue,
        "oldest_overdue": overdue.oldest.map(clock::rfc3339),
        "spill": {
            "waiting": all.waiting, "stuck": all.stuck, "held": all.held, "oldest": all.oldest.map(clock::rfc3339),
        },
    });
    let mut response = Response::from_json(&body)?.with_status(if answers { 200 } else { 503 });
    response.headers_mut().set("cache-control", "no-store")?;
    Ok(response)
}

async fn overdue(environment: &Environment) -> worker::Result<Overdue> {
    let directory = environment.directory()?;
    let asked = async { environment::read(environment::call(&directory, &directory::Call::Overdue).await?).await };
    clock::in_time(PATIENCE, asked).await
}

async fn spilled(environment: &Environment, number: u8) -> worker::Result<Backlog> {
    #[derive(Deserialize)]
    struct Held {
        backlog: Backlog,
    }
    let (spill, call) = (environment.spill(number)?, spill::Call::Backlog { workspace: None });
    let asked = async { environment::read::<Held>(environment::call(&spill, &call).await?).await };
    Ok(clock::in_time(PATIENCE, asked).await?.backlog)
}
