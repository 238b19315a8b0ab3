//! The door to a workspace's configuration, for heads and owners and for programs with an API key.

use serde::Deserialize;
use worker::Request;

use super::{Outcome, api, body};
use crate::{
    environment::{self, Environment},
    ledger::call::{Call, ConfigRequest},
    rejection::{BODY_MALFORMED, Failure},
    routes::Door,
};

/// Everything under `/api/config`.
pub async fn configure(door: Door, mut request: Request, environment: &Environment) -> Outcome {
    let key = match door {
        Door::Config => api::caller(&request, environment)?,
        _ => api::writer(&request, environment)?,
    };
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    #[derive(Deserialize, Default)]
    struct Wanted {
        version: Option<u32>,
        seen: Option<String>,
        days: Option<u16>,
        cursor: Option<String>,
    }
    let text = body::text(&mut request, body::OPERATOR).await?;
    let wanted =
        || -> Result<Wanted, Failure> { if text.trim().is_empty() { Ok(Wanted::default()) } else { read(&text) } };
    let request = match door {
        Door::Config => ConfigRequest::Read,
        Door::ConfigDraft => {
            let based_on = api::query(&request, "based_on")?.and_then(|version| version.parse().ok());
            ConfigRequest::Draft { text, based_on, seen: api::query(&request, "seen")? }
        }
        Door::ConfigDrop => ConfigRequest::Drop { seen: wanted()?.seen },
        Door::ConfigPublish => {
            let Wanted { version, seen, .. } = wanted()?;
            ConfigRequest::Publish { version, seen }
        }
        Door::ConfigRollback => ConfigRequest::Rollback { version: read::<Version>(&text)?.version },
        _ => {
            let Wanted { days, cursor, .. } = wanted()?;
            ConfigRequest::Rehearse { days, cursor }
        }
    };
    let ledger = environment.ledger(&key.workspace)?;
    Ok(environment::call(&ledger, &Call::Configure { key, request }).await?)
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    lead::json::read(text).map_err(|error| BODY_MALFORMED.because(error.to_string()).into())
}
