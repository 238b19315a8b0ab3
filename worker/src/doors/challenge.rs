//! The door where a browser asks for its piece of work, on sites that want one.

use worker::Request;

use super::{Outcome, inquiries, rate};
use crate::{
    environment::Environment,
    keys::{Key, Kind},
    ledger::call::Call,
    rejection::KEY_UNKNOWN,
    routes::Found,
};

/// `GET /v1/challenges/{site}`
pub async fn ask(found: &Found, request: &Request, environment: &Environment) -> Outcome {
    let outcome = ask_inner(found, request, environment).await;
    inquiries::open_to_all(outcome)
}

async fn ask_inner(found: &Found, request: &Request, environment: &Environment) -> Outcome {
    let key = Key::read(found.param("site"), Kind::Site, &environment.secret()?).ok_or(KEY_UNKNOWN)?;
    let network = rate::network_of(request)?;
    rate::follow(environment, &network, &key.clone(), &Call::Challenge { key }).await
}
