//! The door for what a visit's end says about a form: names of steps and numbers, nothing else.

use lead::counting;
use worker::Request;

use super::{Outcome, body, inquiries, rate};
use crate::{
    environment::Environment,
    keys::{Key, Kind},
    ledger::call::Call,
    rejection::{BODY_MALFORMED, KEY_UNKNOWN},
};

/// `POST /v1/counts`
pub async fn count(mut request: Request, environment: &Environment) -> Outcome {
    let outcome = count_inner(&mut request, environment).await;
    inquiries::open_to_all(outcome)
}

async fn count_inner(request: &mut Request, environment: &Environment) -> Outcome {
    let raw = body::json(request).await?;
    let read = lead::json::read(&raw).ok().and_then(|body| counting::read(&body)).ok_or(BODY_MALFORMED)?;
    send(environment, read, &rate::network_of(request)?).await
}

/// Asks the ledger of the site key's workspace to count.
pub async fn send(environment: &Environment, beacon: counting::Beacon, network: &str) -> Outcome {
    let key = Key::read(&beacon.site, Kind::Site, &environment.secret()?).ok_or(KEY_UNKNOWN)?;
    rate::follow(environment, network, &key.clone(), &Call::Count { key, beacon }).await
}
