//! The operator's list of who was erased: read out before a restore, applied again after it.

use serde::Deserialize;
use worker::{Method, Request};

use super::{Outcome, body, operator};
use crate::{
    environment::{self, Environment},
    ledger::{call::Call, erase::Kept},
    rejection::BODY_MALFORMED,
    routes::Found,
};

/// `GET /operator/workspaces/{workspace}/erasures`, and `POST` the same with what it gave.
pub async fn keep(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    #[derive(Deserialize)]
    struct List {
        erasures: Vec<Kept>,
    }
    operator::check(&request, environment)?;
    let ledger = environment.ledger(operator::workspace(found)?)?;
    let call = if request.method() == Method::Get {
        Call::Erasures
    } else {
        let text = body::text(&mut request, body::OPERATOR).await?;
        let list: List = lead::json::read(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
        Call::EraseAgain { kept: list.erasures }
    };
    Ok(environment::call(&ledger, &call).await?)
}
