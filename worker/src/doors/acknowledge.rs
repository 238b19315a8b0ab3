//! What a visitor sends is acknowledged by its ledger, or, when that cannot answer, by a spill; when
//! neither can, the visitor's browser is told so and keeps it.

use std::time::Duration;

use lead::{
    contact,
    form::{
        lenient,
        wire::{AnswersRequest, InquiryRequest},
    },
    intake, spill,
};
use serde_json::json;
use worker::Response;

use super::Outcome;
use crate::{
    clock,
    environment::{self, Environment},
    keys,
    ledger::call::Call,
    rejection::{BODY_MALFORMED, UNAVAILABLE},
    spill as spills,
    sql::envelopes::Envelope,
};

/// How long a ledger may take: less than the browser's patience, so that there is time for the spill.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long a spill may take, and then nothing durable is within reach.
const SPILL_PATIENCE: Duration = Duration::from_secs(5);

/// Asks the ledger of a workspace for something that a visitor sent and that must not be lost.
pub async fn call(environment: &Environment, workspace: &str, mut call: Call, sender: &str) -> Outcome {
    let received_at = clock::now().as_millisecond();
    call.came_at(received_at);
    // The body crosses beside the call: written into it, it would be escaped here and read twice there.
    let raw = call.raw().map(std::mem::take).unwrap_or_default();
    let call_text = serde_json::to_string(&call)?;
    let why = {
        let asked = environment::deliver_call(environment, workspace, &call_text, &raw, sender);
        match clock::in_time(PATIENCE, asked).await {
            Ok(answered) if !spill::spills(answered.status) => return Ok(answered.response()?),
            Ok(answered) => answered.status.to_string(),
            Err(error) => error.to_string(),
        }
    };
    worker::console_error!("the ledger of {workspace} could not take an inquiry, the spill does: {why}");
    let Some(inquiry) = keepable(&call, &raw) else {
        // What cannot be read today cannot be read tomorrow.
        return Err(lenient::read::<serde_json::Value>(&raw).map_or(BODY_MALFORMED, |_| UNAVAILABLE).into());
    };
    // Without the time of its arrival, so that a repetition is known as one.
    let id = format!("{inquiry} {}", keys::hash(&raw));
    if let Some(place) = call.raw() {
        *place = raw;
    }
    let envelope = Envelope {
        id,
        inquiry: inquiry.clone(),
        workspace: workspace.to_owned(),
        received_at,
        call: serde_json::to_string(&call)?,
    };
    match clock::in_time(SPILL_PATIENCE, keep(environment, envelope)).await {
        Ok(kept) => {
            let recorded_at = clock::rfc3339(kept.received_at);
            let answer = match call {
                Call::Answer { .. } => json!({ "id": inquiry, "next": null }),
                _ => json!({ "id": inquiry, "recorded_at": recorded_at }),
            };
            Ok(Response::from_json(&answer)?.with_status(202))
        }
        Err(error) => {
            worker::console_error!("the spill could not keep an inquiry of {workspace}: {error}");
            Err(UNAVAILABLE.into())
        }
    }
}

/// The inquiry's id, unless a ledger would certainly refuse what was sent: nobody is told that
/// something is kept which no ledger will ever take.
fn keepable(call: &Call, raw: &str) -> Option<String> {
    let (id, sound) = match call {
        Call::Record { .. } => {
            let request: InquiryRequest = lenient::read(raw).ok()?;
            let sound = !contact::is_blank(&request.contact.reach);
            (request.id, sound)
        }
        Call::Answer { inquiry, .. } => (inquiry.clone(), lenient::read::<AnswersRequest>(raw).is_ok()),
        _ => return None,
    };
    (sound && intake::is_uuid(&id)).then(|| id.to_lowercase())
}

async fn keep(environment: &Environment, envelope: Envelope) -> Result<spills::Kept, worker::Error> {
    let spill = environment.spill_of(&envelope.workspace)?;
    let response = environment::call(&spill, &spills::Call::Keep { envelope }).await?;
    if response.status_code() != 200 {
        return Err(worker::Error::RustError(format!("it answered {}", response.status_code())));
    }
    environment::read(response).await
}

impl Call {
    /// Writes down when it came, for everything that counts from there.
    fn came_at(&mut self, milliseconds: i64) {
        match self {
            Self::Record { arrival, .. } => arrival.received_at = Some(milliseconds),
            Self::Answer { received_at, .. } => *received_at = Some(milliseconds),
            _ => {}
        }
    }
}
