//! The directory object: lists the workspaces, for the operator, and finds those whose alarm was lost. It is
//! never on a visitor's way.
//!
//! Every ledger tells it, in the background, when it has something to do next. A minute after that time the
//! directory looks: a ledger that is looked at wakes and sets its alarm again. One that has nothing to do is
//! looked at once a day, so that nothing is forgotten because a message to the directory was. The spills, of which
//! there are few, it looks at every minute and a half.

#![allow(missing_docs, reason = "the methods that the runtime calls are made by a macro")]

use std::time::Duration;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::{
    clock,
    environment::{self, Environment},
    ledger::call::Call as LedgerCall,
    rejection::Failure,
    spill::{Call as SpillCall, SPILLS},
    sql::{Database, migrations, workspaces},
};

/// How long after the time at which work was due it is overdue, in milliseconds.
pub const OVERDUE_AFTER: i64 = 60_000;

/// How often a workspace without work is looked at, in milliseconds.
const DAY: i64 = 86_400_000;

/// No look is further away than this, in milliseconds.
const LATEST: i64 = 3 * DAY;

/// How long a ledger may take to be looked at.
const PATIENCE: Duration = Duration::from_secs(20);

/// Workspaces looked at side by side.
const AT_ONCE: i64 = 30;

/// The directory's own alarm is never further away, in milliseconds: the spills are looked at each time, and a clock
/// that was wrong for a while must not put it off for a year.
const FURTHEST: i64 = 90_000;

/// A call to the directory.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Adds a workspace.
    Add {
        /// The workspace.
        workspace: workspaces::Workspace,
    },
    /// All workspaces.
    List,
    /// A ledger tells when it has something to do next.
    Tell {
        /// The workspace.
        workspace: String,
        /// Milliseconds since 1970; nothing, when absent.
        due_at: Option<i64>,
    },
    /// What is overdue.
    Overdue,
}

/// The directory object.
#[durable_object]
pub struct Directory {
    state: State,
    environment: Environment,
    database: Database,
}

impl DurableObject for Directory {
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
        if let Err(error) = self.look_around().await {
            worker::console_error!("fault in directory: {error}");
        }
        Response::empty()
    }
}

impl Directory {
    async fn answer(&self, text: &str) -> std::result::Result<Response, Failure> {
        migrations::run(&self.database, &migrations::DIRECTORY)?;
        let now = clock::now().as_millisecond();
        let response = match lead::json::read(text)? {
            Call::Add { workspace } => {
                workspaces::add(&self.database, &workspace)?;
                Response::from_json(&json!({}))
            }
            Call::List => Response::from_json(&json!({ "workspaces": workspaces::all(&self.database)? })),
            Call::Tell { workspace, due_at } => {
                self.heard(&workspace, due_at, now)?;
                Response::from_json(&json!({}))
            }
            Call::Overdue => {
                let then = now.saturating_sub(OVERDUE_AFTER);
                Response::from_json(&workspaces::overdue(&self.database, then)?)
            }
        };
        self.arm(false).await?;
        Ok(response?)
    }

    /// Writes down when a workspace has something to do next.
    fn heard(&self, workspace: &str, due_at: Option<i64>, now: i64) -> Result<()> {
        // Work that is overdue already is looked at again in a minute, and not over and over. Whatever is far away, as
        // answers that are given up in a week, is looked at once a day like nothing: further away is only a wrong clock.
        let tomorrow = now.saturating_add(DAY);
        let look_at = due_at.map_or(tomorrow, |due| due.max(now).saturating_add(OVERDUE_AFTER).min(tomorrow));
        workspaces::put_due(&self.database, workspace, due_at, look_at, now)
    }

    /// Sets the alarm to the next look; unless it is `anew`, not when it rings by then anyway.
    async fn arm(&self, anew: bool) -> Result<()> {
        let Some(look) = workspaces::next_look(&self.database)? else { return Ok(()) };
        let now = clock::now().as_millisecond();
        // A look further away than any was written while the clock was wrong.
        let look = if look > now.saturating_add(LATEST) { now } else { look };
        let wanted = look.clamp(now, now.saturating_add(FURTHEST));
        let storage = self.state.storage();
        // An alarm in the past is about to ring, or was lost.
        if !anew && storage.get_alarm().await?.is_some_and(|set| (now..=wanted).contains(&set)) {
            return Ok(());
        }
        storage.set_alarm(clock::until(wanted)).await
    }

    /// Looks at every workspace whose time has come.
    async fn look_around(&self) -> Result<()> {
        migrations::run(&self.database, &migrations::DIRECTORY)?;
        // The successor first: whatever happens below, the alarm rings again.
        self.state.storage().set_alarm(Duration::from_secs(60)).await?;
        let now = clock::now().as_millisecond();
        let some = workspaces::to_look_at(&self.database, now, now.saturating_add(LATEST), AT_ONCE)?;
        let looked = join_all(
            some.iter().map(|(workspace, planned)| async move { (workspace, *planned, self.look(workspace).await) }),
        )
        .await;
        for (workspace, planned, due_at) in looked {
            // While the others were waited for, it may have told something newer than what it said.
            if !workspaces::is_still(&self.database, workspace, planned)? {
                continue;
            }
            let now = clock::now().as_millisecond();
            match due_at {
                Ok(due_at) => self.heard(workspace, due_at, now)?,
                Err(error) => {
                    worker::console_error!("the ledger of {workspace} cannot be looked at: {error}");
                    workspaces::put_look(&self.database, workspace, now.saturating_add(OVERDUE_AFTER))?;
                }
            }
        }
        for number in 0..SPILLS {
            // A spill that is asked for anything sets its alarm again.
            let asked = async {
                environment::call(&self.environment.spill(number)?, &SpillCall::Backlog { workspace: None }).await
            };
            if let Err(error) = clock::in_time(PATIENCE, asked).await {
                worker::console_error!("spill {number} cannot be looked at: {error}");
            }
        }
        self.arm(true).await
    }

    async fn look(&self, workspace: &str) -> Result<Option<i64>> {
        #[derive(Deserialize)]
        struct Looked {
            due_at: Option<i64>,
        }
        let ledger = self.environment.ledger(workspace)?;
        // One ledger that hangs holds up no other.
        let response = clock::in_time(PATIENCE, environment::call(&ledger, &LedgerCall::Look)).await?;
        if response.status_code() != 200 {
            return Err(worker::Error::RustError(format!("it answered {}", response.status_code())));
        }
        Ok(environment::read::<Looked>(response).await?.due_at)
    }
}
