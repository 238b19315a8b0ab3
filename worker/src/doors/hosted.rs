//! The hosted page's door.

use worker::Request;

use super::Outcome;
use crate::{environment::Environment, rejection::NOT_FOUND, routes::Found};

/// `GET /f/{site}/{form}`
pub async fn show(_found: &Found, _request: &Request, _environment: &Environment) -> Outcome {
    Err(NOT_FOUND.into())
}

/// `POST /f/{site}/{form}`
pub async fn post(_found: &Found, _request: Request, _environment: &Environment) -> Outcome {
    Err(NOT_FOUND.into())
}
