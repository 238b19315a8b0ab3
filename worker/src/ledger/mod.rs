//! One workspace's ledger: the object that everything true about its leads is written in.
//!
//! The object decides nothing by itself: it reads what is known, lets the pure functions of
//! `crates/lead` say what follows, writes that in one commit, and tells whoever is to be told.
//!
//! * [`call`]: what the doors ask of it;
//! * [`in_force`]: the configuration, kept parsed;
//! * [`set_up`]: configuration, keys, sign-in links;
//! * [`record`]: an inquiry becomes a lead;
//! * [`answer`]: answers become facts and a priority;
//! * [`answered`]: how what it answers crosses;
//! * [`attach`]: a file joins its inquiry;
//! * [`close`]: an answer closes the lead, or opens it again;
//! * [`count`]: how visitors go through a form;
//! * [`configure`]: drafts, versions and older versions of the configuration;
//! * [`rehearse`]: a draft's rules on leads that were recorded, and why a lead went where it went;
//! * [`merge`], [`split`], [`apart`], [`fold`] and [`rejoin`]: who is the same person, said by a [`hand`]; [`erase`], [`retain`], [`export`]: what is owed to him; [`losses`]: what was lost;
//! * [`suspect`] and [`quarantine`]: what looks as if nobody had sent it;
//! * [`team`]: what the team sees and does;
//! * [`show`]: rows put together as views;
//! * [`tell`]: what is told of a lead, and to which destinations; [`deliver`]: the alarm sends what is due;
//! * [`destinations`]: their secrets, how they do, and what a person may do about them;
//! * [`arm`]: the alarm, and the directory's knowledge of it;
//! * [`backfill`]: what a migration left to be written for older rows;
//! * [`operate`], [`back_up`]: what the operator asks for;
//! * [`live`]: open desks hear of changes.

#![allow(missing_docs, reason = "the methods that the runtime calls are made by a macro")]

pub mod answer;
pub mod answered;
pub mod apart;
pub mod arm;
pub mod attach;
pub mod back_up;
pub mod backfill;
pub mod call;
pub mod close;
pub mod configure;
pub mod count;
pub mod deliver;
pub mod destinations;
pub mod erase;
pub mod export;
pub mod fold;
pub mod hand;
pub mod in_force;
pub mod live;
pub mod losses;
pub mod merge;
pub mod operate;
pub mod quarantine;
pub mod record;
pub mod rehearse;
pub mod rejoin;
pub mod retain;
pub mod set_up;
pub mod show;
pub mod split;
pub mod suspect;
pub mod team;
pub mod tell;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use lead::{config::Config, form::lenient, suspicion::rate::Limits};
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, durable_object,
    wasm_bindgen::{JsValue, prelude::wasm_bindgen},
};

use crate::{
    clock::{self, Timestamp},
    doors::rate,
    environment::Environment,
    keys::{self, Key, Kind},
    rejection::{BODY_MALFORMED, Failure, KEY_UNKNOWN, NOT_FOUND, Rejection},
    sql::{Database, migrations, settings},
};
use answered::Answered;
use call::{Arrival, Call};

/// The ledger object of one workspace.
#[durable_object]
pub struct Ledger {
    state: State,
    environment: Environment,
    database: Database,
    awake: Cell<bool>,
    knows: Cell<bool>,
    /// The hour since 1970, and the bytes of files that came in it.
    filed: Cell<(i64, usize)>,
    limits: RefCell<Limits>,
    /// What the directory was told of the next work; `None` when it may know nothing.
    told: Rc<Cell<Option<Option<i64>>>>,
    /// What the alarm is set to; `None` when that is not known.
    armed: Cell<Option<Option<i64>>>,
    /// The configuration in force, as long as the process keeps it; nobody but this object changes it.
    in_force: RefCell<Option<(u32, Weak<Config>)>>,
    /// The day whose salt was used last, and that salt.
    salt: RefCell<(String, String)>,
}

/// Shorthand for what a call ends in.
pub type Outcome = std::result::Result<Response, Failure>;

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        let database = Database::of(&state);
        Self {
            state,
            environment: Environment::new(env),
            database,
            awake: Cell::new(false),
            knows: Cell::new(false),
            limits: RefCell::default(),
            filed: Cell::default(),
            told: Rc::default(),
            armed: Cell::default(),
            in_force: RefCell::default(),
            salt: RefCell::default(),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match self.answer_request(request).await {
            Ok(response) => Ok(response),
            Err(failure) => failure.response(),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        // An alarm that fails is repeated a few times and then forgotten, so nothing here may fail:
        // what went wrong is logged, and the successor is armed first.
        if let Err(error) = self.ring().await {
            worker::console_error!("fault in alarm: {error}");
        }
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        live::heard(&socket, &message)
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _was_clean: bool) -> Result<()> {
        live::closed(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, _socket: WebSocket, _error: worker::Error) -> Result<()> {
        Ok(())
    }
}

#[wasm_bindgen]
impl Ledger {
    /// A call from a visitor's door on behalf of `sender`, with the body that belongs into it, or from the spill, with
    /// the body in it already; see [`Answered::written`].
    pub async fn ask(&self, call: String, raw: String, sender: String) -> std::result::Result<String, JsValue> {
        Ok(self.hear(&call, raw, &sender).await.unwrap_or_else(Answered::failed).written())
    }
}

impl Ledger {
    async fn answer_request(&self, mut request: Request) -> Outcome {
        let network = self.hold_back(&request.headers().get(rate::SENDER_HEADER)?.unwrap_or_default())?;
        if request.path() == live::PATH {
            self.wake_to_answer().await?;
            return self.open_live(&request);
        }
        if request.path() == attach::PATH {
            self.wake_to_answer().await?;
            return self.attach(&mut request).await;
        }
        let call: Call = lead::json::read(&request.text().await?)?;
        self.get_ready(&call).await?;
        self.answer_call(call, network).await
    }

    async fn hear(&self, call: &str, raw: String, sender: &str) -> std::result::Result<Answered, Failure> {
        let network = self.hold_back(sender)?;
        self.database.share_commit().await;
        let mut call: Call = lead::json::read(call)?;
        if let Some(place) = call.raw().filter(|place| place.is_empty()) {
            *place = raw;
        }
        self.get_ready(&call).await?;
        self.take(call, network).await
    }

    /// What visitors send and what must not be lost.
    async fn take(&self, call: Call, network: String) -> std::result::Result<Answered, Failure> {
        match call {
            Call::Record { key, arrival } => {
                self.record(&key, sent(&arrival.raw)?, &Arrival { network, ..arrival }).await
            }
            Call::Answer { key, inquiry, raw, received_at } => {
                self.answer(&key, &inquiry, &sent(&raw)?, &raw, clock::came_at(received_at)).await
            }
            _ => Err(NOT_FOUND.into()),
        }
    }

    async fn get_ready(&self, call: &Call) -> std::result::Result<(), Failure> {
        // A restore brings its own schema.
        if !matches!(call, Call::Operate { step: operate::Step::Restore(_), .. }) {
            self.wake_to_answer().await?;
        }
        if let Some(workspace) = call.workspace() {
            self.know(workspace).await?;
        }
        Ok(())
    }

    async fn answer_call(&self, call: Call, network: String) -> Outcome {
        match call {
            Call::Record { .. } | Call::Answer { .. } => Ok(self.take(call, network).await?.response()?),
            Call::SetUp { workspace, config } => self.set_up(&workspace, *config).await,
            Call::Publish { workspace, config, over } => {
                let outcome = self.publish(&workspace, *config, over).await;
                // Rules of retention may begin with it.
                self.arm().await?;
                outcome
            }
            Call::Erasures => self.erasures(),
            Call::EraseAgain { kept } => self.erase_again(kept).await,
            Call::MakeLink { member, days, uses } => self.make_link(&member, days, uses),
            Call::Form { key, form, version } => self.form(&key, &form, version),
            Call::Look => self.look().await,
            Call::Operate { workspace, step } => self.operate(&workspace, step).await,
            Call::Said { key, inquiry, secret } => self.said(&key, &inquiry, &secret),
            Call::Count { key, beacon } => self.count(&key, &beacon).await,
            Call::Challenge { key } => self.challenge(&key),
            Call::SignIn { key } => self.sign_in(&key),
            Call::SignOut { key } => self.sign_out(&key),
            Call::Configure { key, request } => self.configure(&key, request).await,
            Call::Versions { workspace, rollback } => self.versions(&workspace, rollback).await,
            Call::Team { key, request } => self.team(&key, request).await,
        }
    }

    async fn wake_to_answer(&self) -> std::result::Result<(), Failure> {
        self.refuse_while_restoring()?;
        Ok(self.wake().await?)
    }

    /// The alarm rang: what is due is sent, what a migration left is gone on with.
    async fn ring(&self) -> Result<()> {
        self.alarm_rang().await?;
        self.backfill();
        self.give_up_unclaimed();
        self.watch_losses(clock::now());
        let due = self.arm().await?;
        self.tell_if_other(due);
        Ok(())
    }

    /// Brings the schema up to date, and re-arms an alarm that was lost, once per life in memory.
    async fn wake(&self) -> Result<()> {
        if !self.awake.get() {
            migrations::run(&self.database, &migrations::LEDGER)?;
            self.bind_secrets()?;
            if self.state.storage().get_alarm().await?.is_none() {
                self.arm().await?;
            }
            self.awake.set(true);
        }
        Ok(())
    }

    /// The configuration in force; a workspace without one does not exist.
    fn config(&self) -> std::result::Result<(u32, Rc<Config>), Failure> {
        self.config_if_any()?.ok_or_else(|| NOT_FOUND.into())
    }

    fn config_if_any(&self) -> Result<Option<(u32, Rc<Config>)>> {
        if let Some((version, config)) = self.in_force.borrow().as_ref()
            && let Some(config) = config.upgrade()
        {
            return Ok(Some((*version, config)));
        }
        let found = in_force::config(&self.database, &self.state.id().to_string())?;
        *self.in_force.borrow_mut() = found.as_ref().map(|(version, config)| (*version, Rc::downgrade(config)));
        Ok(found)
    }

    /// The site a site key stands for.
    fn site(&self, key: &Key) -> std::result::Result<String, Failure> {
        self.site_at(key, clock::now())
    }

    /// The site a site key stood for then.
    fn site_at(&self, key: &Key, at: Timestamp) -> std::result::Result<String, Failure> {
        if key.kind != Kind::Site {
            return Err(KEY_UNKNOWN.into());
        }
        settings::site_of_key(&self.database, &key.id, at.as_millisecond())?.ok_or_else(|| KEY_UNKNOWN.into())
    }
}

/// What a visitor sent, read here and nowhere before: it is kept as it came.
fn sent<T: serde::de::DeserializeOwned>(raw: &str) -> std::result::Result<T, Failure> {
    lenient::read(raw).map_err(|error| BODY_MALFORMED.because(error.to_string()).into())
}

/// A JSON response.
fn reply<T: serde::Serialize>(status: u16, body: &T) -> Outcome {
    let mut response = Response::from_json(body)?.with_status(status);
    response.headers_mut().set("cache-control", "no-store")?;
    Ok(response)
}

/// The hash under which a secret key's id is kept.
fn hash_of(key: &Key) -> String {
    keys::hash(&key.id)
}

/// A rejection of a configuration, with everything that is wrong with it.
fn config_rejected(problems: &[lead::config::ConfigProblem]) -> Rejection {
    let lines: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.at, problem.problem)).collect();
    Rejection::new(422, "config_invalid", "the configuration cannot be published").because(lines.join("; "))
}
