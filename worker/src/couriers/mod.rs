//! Couriers carry what a destination wants to send, and bring back what was said to it. What is sent, and what an
//! answer means, the destination decides (`lead::destinations`).
//!
//! * [`http`]: requests over the network;
//! * [`smtp`]: a conversation with a mail server;
//! * [`binding`]: a letter to the runtime's own e-mail service.

pub mod binding;
pub mod http;
pub mod smtp;

use std::time::Duration;

use crate::{clock::within, environment::Environment, vault};
use lead::{
    destination_url,
    destinations::{
        Destination,
        contract::{Answer, Ended, Job, Next, Request, Step},
        preview::MOST_STEPS,
    },
};

/// How long one answer may take.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// How long a delivery may take with all its requests: less than the time after which it is tried again should
/// nobody live to write down how it ended.
pub const PATIENCE_OF_ALL: Duration = Duration::from_secs(45);

/// Makes one attempt. `is_wanted` says, as long as nothing was made there, whether anybody is still to
/// hear of it.
pub async fn carry(
    environment: &Environment,
    destination: &Destination,
    job: &Job<'_>,
    is_wanted: &dyn Fn() -> bool,
) -> Ended {
    let ended = within(PATIENCE_OF_ALL, steps(environment, destination, job, is_wanted)).await;
    job.without_what_was_sent(ended.unwrap_or_else(|| Ended::retry("no end within 45 s")))
}

async fn steps(
    environment: &Environment,
    destination: &Destination,
    job: &Job<'_>,
    is_wanted: &dyn Fn() -> bool,
) -> Ended {
    let settings = destination.settings();
    let mut next = settings.next(job, &Step::begin(), None);
    for _ in 0..MOST_STEPS {
        match next {
            Next::End(ended) => return ended,
            Next::Ask(step, mut request) => {
                // Checked at every request: a configuration may have come from a machine that allows more.
                if let Err(ended) = guard(environment, destination, job.secret, &mut request) {
                    return ended;
                }
                let answer = answer(environment, request, job.id).await;
                next = settings.next(job, &step, Some(&answer));
                // What was made is gone on with, so that an erasure knows where it stands.
                if step.only_looks() && matches!(next, Next::Ask(..)) && !is_wanted() {
                    return Ended::not_wanted();
                }
            }
        }
    }
    match next {
        Next::End(ended) => ended,
        Next::Ask(..) => Ended::our_fault(),
    }
}

/// Checks where a request goes. It goes where the check has read its address to lead, whatever else the runtime might
/// read in the text.
fn guard(
    environment: &Environment,
    destination: &Destination,
    secret: &str,
    request: &mut Request,
) -> Result<(), Ended> {
    let check = |address: &str| {
        destination_url::check(address, environment.private_destinations())
            .map_err(|refusal| Ended::permanent(format!("the address {refusal}")))
    };
    for (_, address) in destination.settings().addresses(Some(secret)) {
        let read = check(&address)?;
        if let Request::Smtp(dialogue) = request {
            dialogue.host = read.host_str().unwrap_or_default().to_owned();
        }
    }
    if let Request::Http(http) = request {
        http.url = check(&http.url)?.into();
    }
    Ok(())
}

/// Sends and brings the answer; what went wrong on the way is an answer too: that there was none.
async fn answer(environment: &Environment, request: Request, id: &str) -> Answer {
    let answer = match request {
        Request::Http(request) => http::exchange(&request, PATIENCE).await,
        Request::Sign { text, key } => Some(vault::sign_rs256(&key, &text).await.map(Answer::ok).or_else(|error| {
            worker::console_warn!("delivery {id}: {error}");
            Ok(Answer { status: 400, ..Answer::default() })
        })),
        Request::Smtp(mut dialogue) => Some(smtp::talk(&mut dialogue).await),
        Request::Letter(letter) => within(PATIENCE, binding::send(environment, &letter)).await,
    };
    match answer {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => {
            worker::console_warn!("delivery {id}: {error}");
            Answer::default()
        }
        None => Answer::default(),
    }
}
