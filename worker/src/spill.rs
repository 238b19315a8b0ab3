//! The spill: a second durable place for what visitors send while their workspace's ledger cannot
//! answer. A few objects share the workspaces; each drains by its own alarm, with the time at which
//! everything came, and forgets an envelope only after its ledger acknowledged it.

#![allow(missing_docs, reason = "the methods that the runtime calls are made by a macro")]

use std::time::Duration;

use futures_util::future::join_all;
use lead::{
    contact::{PointKind, Reach},
    form::{lenient, wire::InquiryRequest},
    person::{self, Candidate, Typed, Verdict},
    spill::{Fate, STUCK_AFTER, fate},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::{
    clock,
    environment::{self, Environment},
    ledger::call::Call as LedgerCall,
    rejection::Failure,
    sql::{
        Database,
        envelopes::{self, Envelope},
        migrations,
    },
};

/// How many spills there are.
pub const SPILLS: u8 = 4;

/// Envelopes handed over in one go.
const AT_ONCE: i64 = 60;

/// Envelopes handed over side by side.
const SIDE_BY_SIDE: usize = 6;

/// How long a ledger may take for one of them.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a ledger that could not be reached is left alone, in milliseconds.
const LEFT_ALONE: i64 = 5_000;

/// Nothing is tried later than this, in milliseconds from now: what would be was kept while the clock was wrong.
const LATEST: i64 = 6 * 3_600_000;

/// A call to a spill.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Keeps an envelope.
    Keep {
        /// The envelope.
        envelope: Envelope,
    },
    /// What is held, of one workspace or of all.
    Backlog {
        /// The workspace.
        workspace: Option<String>,
    },
    /// Tries everything of a workspace again, also what was held.
    Again {
        /// The workspace.
        workspace: String,
    },
    /// Forgets everything of a person who is erased.
    Erase {
        /// The workspace.
        workspace: String,
        /// The names he gave.
        names: Vec<String>,
        /// How he can be reached.
        points: Vec<(PointKind, String)>,
        /// His inquiries.
        inquiries: Vec<String>,
        /// Whose local phone habits are assumed.
        region: String,
    },
}

/// The answer to [`Call::Keep`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// When the inquiry first came, in milliseconds since 1970.
    pub received_at: i64,
}

/// The answer to [`Call::Erase`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Forgotten {
    /// Inquiries of the person that were held here.
    pub inquiries: Vec<String>,
}

/// A spill object.
#[durable_object]
pub struct Spill {
    state: State,
    environment: Environment,
    database: Database,
}

impl DurableObject for Spill {
    fn new(state: State, env: Env) -> Self {
        let database = Database::of(&state);
        Self { state, environment: Environment::new(env), database }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let text = request.text().await?;
        match self.answer(&text).await {
            Ok(response) => Ok(response),
            Err(failure) => failure.response(),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        // A failing alarm is repeated a few times and then forgotten, so nothing here may fail.
        if let Err(error) = self.drain().await {
            worker::console_error!("fault in spill: {error}");
        }
        Response::empty()
    }
}

/// True when a call records an inquiry of this person.
fn is_of(call: &str, person: &Candidate, region: &str) -> bool {
    let Ok(LedgerCall::Record { arrival, .. }) = lead::json::read(call) else { return false };
    let Ok(request) = lenient::read::<InquiryRequest>(&arrival.raw) else { return false };
    let reach = Reach::parse(&request.contact.reach, region).unwrap_or_default();
    let typed = Typed { name: request.contact.name.trim(), points: &reach.points };
    person::verdict(typed, person) == Verdict::Same
}

impl Spill {
    async fn answer(&self, text: &str) -> std::result::Result<Response, Failure> {
        migrations::run(&self.database, &migrations::SPILL)?;
        let response = match lead::json::read(text)? {
            Call::Keep { envelope } => {
                let received_at = envelopes::keep(&self.database, &envelope)?;
                Response::from_json(&Kept { received_at })
            }
            Call::Backlog { workspace } => {
                let workspace = workspace.as_deref();
                let backlog = envelopes::backlog(&self.database, workspace, STUCK_AFTER)?;
                let reasons = workspace.map(|workspace| envelopes::reasons(&self.database, workspace)).transpose()?;
                Response::from_json(&json!({ "backlog": backlog, "reasons": reasons }))
            }
            Call::Again { workspace } => {
                envelopes::again(&self.database, &workspace, clock::now().as_millisecond())?;
                Response::from_json(&json!({}))
            }
            Call::Erase { workspace, names, points, inquiries, region } => {
                let person = Candidate { names, points, ..Candidate::default() };
                let inquiries = self.erase(&workspace, &person, &inquiries, &region)?;
                Response::from_json(&Forgotten { inquiries })
            }
        };
        // Whoever asks also mends: an alarm that was lost is set again.
        self.arm().await?;
        Ok(response?)
    }

    /// Forgets the envelopes of a person, by the rule that says whose an inquiry is, and the answers to his inquiries.
    /// Gives the inquiries.
    fn erase(&self, workspace: &str, person: &Candidate, inquiries: &[String], region: &str) -> Result<Vec<String>> {
        let (mut after, mut forgotten) = (String::new(), Vec::new());
        loop {
            let some = envelopes::of_workspace(&self.database, workspace, &after, AT_ONCE)?;
            let Some(last) = some.last() else { return Ok(forgotten) };
            after.clone_from(&last.id);
            for envelope in some {
                if inquiries.contains(&envelope.inquiry) || is_of(&envelope.call, person, region) {
                    envelopes::forget_inquiry(&self.database, workspace, &envelope.inquiry)?;
                    forgotten.push(envelope.inquiry);
                }
            }
        }
    }

    async fn arm(&self) -> Result<()> {
        let now = clock::now().as_millisecond();
        envelopes::not_later(&self.database, now.saturating_add(LATEST), now)?;
        let Some(due) = envelopes::next_due(&self.database)? else { return Ok(()) };
        self.state.storage().set_alarm(clock::until(due)).await
    }

    async fn drain(&self) -> Result<()> {
        migrations::run(&self.database, &migrations::SPILL)?;
        // The successor first: whatever happens below, the alarm rings again.
        self.state.storage().set_alarm(Duration::from_secs(60)).await?;
        let due = envelopes::due(&self.database, clock::now().as_millisecond(), AT_ONCE)?;
        let mut silent: Vec<String> = Vec::new();
        for some in due.chunks(SIDE_BY_SIDE) {
            let some = some.iter().filter(|due| !silent.contains(&due.workspace));
            let outcomes = join_all(some.map(|due| async move { (due, self.hand_over(due).await) })).await;
            for (due, outcome) in outcomes {
                if outcome? {
                    silent.push(due.workspace.clone());
                }
            }
        }
        for workspace in silent {
            envelopes::wait(&self.database, &workspace, clock::now().as_millisecond().saturating_add(LEFT_ALONE))?;
        }
        if envelopes::next_due(&self.database)?.is_none() {
            return self.state.storage().delete_alarm().await;
        }
        self.arm().await
    }

    /// Hands an envelope to its ledger. True when the ledger could not be reached at all.
    async fn hand_over(&self, due: &envelopes::Due) -> Result<bool> {
        // A person may have been erased while others were handed over.
        if !envelopes::is_there(&self.database, &due.id)? {
            return Ok(false);
        }
        let handed = environment::deliver_call(&self.environment, &due.workspace, &due.call, "", "");
        // One ledger that hangs holds up no other.
        let (status, said) = match clock::in_time(PATIENCE, handed).await {
            Ok(answered) => {
                let status = answered.status;
                let code: serde_json::Value = lead::json::read(&answered.body).unwrap_or_default();
                let code = code.get("code").and_then(serde_json::Value::as_str).unwrap_or_default();
                (Some(status), format!("{status} {code}"))
            }
            Err(error) => {
                worker::console_warn!("the ledger of {} does not answer its spill: {error}", due.workspace);
                (None, "no answer".into())
            }
        };
        match fate(status, due.attempts.saturating_add(1), clock::now()) {
            Fate::Forgotten => envelopes::forget(&self.database, &due.id).map(|()| false),
            Fate::Held => envelopes::failed(&self.database, &due.id, None, said.trim()).map(|()| false),
            Fate::Again { at, unreachable } => {
                envelopes::failed(&self.database, &due.id, Some(at.as_millisecond()), said.trim())?;
                Ok(unreachable)
            }
        }
    }
}
