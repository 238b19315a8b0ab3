//! Destinations for the team: how they do, what they would send, switching them on and trying dead letters again.

use worker::Request;

use super::{Outcome, api, body};
use crate::{
    environment::{self, Environment},
    ledger::call::{Call, DestinationsRequest, TeamRequest},
    rejection::BODY_MALFORMED,
    routes::{Door, Found},
};

/// Everything under `/api/destinations`.
pub async fn team(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    let writes = found.door == Door::DestinationCommands;
    let key = if writes { api::writer(&request, environment)? } else { api::caller(&request, environment)? };
    let id = found.param("id").to_owned();
    let wanted = match found.door {
        Door::DestinationCommands => {
            let text = body::text(&mut request, body::VISITOR).await?;
            let body = serde_json::from_str(&text).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
            DestinationsRequest::Command { id, body }
        }
        Door::DestinationPreview => {
            let of_newest = api::query(&request, "lead")?.as_deref() == Some("newest");
            DestinationsRequest::Preview { id, of_newest }
        }
        _ => DestinationsRequest::List,
    };
    let ledger = environment.ledger(&key.workspace)?;
    let request = TeamRequest::Destinations { wanted };
    Ok(environment::call(&ledger, &Call::Team { key, request }).await?)
}
