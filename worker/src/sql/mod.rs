//! All SQL of the product: migrations and, per noun, the statements on it.
//!
//! Statements are synchronous: between two `await`s nothing else runs in the object, and
//! [`Database::transaction`] makes a group of them one commit.

#[macro_use]
mod row;

pub mod answers;
pub mod arrivals;
pub mod attachments;
pub mod backfills;
pub mod backups;
pub mod closings;
pub mod columns;
pub mod contacts;
pub mod counts;
pub mod deliveries;
pub mod destinations;
pub mod drafts;
pub mod due;
pub mod envelopes;
pub mod erasures;
pub mod exports;
pub mod history;
pub mod inquiries;
pub mod keys;
pub mod leads;
pub mod losses;
pub mod members;
pub mod migrations;
pub mod persons;
pub mod retention;
pub mod routings;
pub mod search;
pub mod settings;
pub mod standing;
mod statements;
pub mod suspects;
pub mod tasks;
pub mod turns;
pub mod unclaimed;
pub mod workspaces;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::Promise;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::{Error, Result, SqlStorage, SqlStorageValue, State};

use self::{
    row::{Columns, Row},
    statements::Statements,
};

/// What waits to cross is at most about this long, in bytes.
const MOST_WAITING: usize = 256 * 1024;

/// One object's database.
#[derive(Debug, Clone)]
pub struct Database {
    sql: SqlStorage,
    storage: JsValue,
    waiting: Rc<Waiting>,
    commits: Commits,
}

/// Statements of the transaction that has begun: nobody sees what they write before the next one that reads, so
/// they cross together with that.
#[derive(Debug, Default)]
struct Waiting {
    transactions: Cell<u16>,
    /// Something that waited failed, so the transactions that have begun fail, whatever their bodies say.
    failed: Cell<bool>,
    statements: RefCell<Statements>,
}

#[wasm_bindgen]
extern "C" {
    /// The part of the object's storage that `worker` does not bind.
    type SyncStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        body: &mut dyn FnMut() -> std::result::Result<JsValue, JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/src/sql/statements.js")]
extern "C" {
    #[derive(Debug, Clone)]
    type Commits;

    #[wasm_bindgen(constructor)]
    fn new(storage: &JsValue) -> Commits;

    #[wasm_bindgen(method)]
    fn begin(this: &Commits);

    #[wasm_bindgen(method)]
    fn turn(this: &Commits) -> Option<Promise>;
}

impl Database {
    /// The database of this object.
    pub fn of(state: &State) -> Self {
        let storage = state.storage();
        let raw: &JsValue = storage.as_raw().as_ref();
        Self { sql: storage.sql(), storage: raw.clone(), waiting: Rc::default(), commits: Commits::new(raw) }
    }

    /// Runs a statement and reads its rows. They cross as one JSON text: reading them member by member
    /// would cross for each, and would need a second reader for every type that JSON columns have too.
    pub fn rows<T: Row>(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<T>> {
        let objects = self.objects(statement, bindings)?;
        // A loop: collecting through adapters is written out anew for every type.
        let mut rows = Vec::with_capacity(objects.len());
        for object in objects {
            rows.push(T::read(&mut Columns(object))?);
        }
        Ok(rows)
    }

    /// Runs a statement and counts the rows it gives: those it changed, with `RETURNING`.
    pub fn count(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<usize> {
        Ok(self.objects(statement, bindings)?.len())
    }

    /// Whether a statement gives any row.
    pub fn any(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<bool> {
        Ok(self.count(statement, bindings)? > 0)
    }

    fn objects(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Map<String, Value>>> {
        let mut statements = self.waiting.statements.take();
        if !statements.add(statement, &bindings)? {
            return Err(Error::RustError("bytes are bound to a statement that reads".into()));
        }
        let rows = statements.rows(&self.sql);
        self.remember(rows.is_ok());
        parsed(&rows?)
    }

    /// Runs a statement and reads its first row, if there is one.
    pub fn row<T: Row>(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<T>> {
        let first = self.objects(statement, bindings)?.into_iter().next();
        first.map(|object| T::read(&mut Columns(object))).transpose()
    }

    /// Runs a statement and reads the bytes in the first column of its first row.
    pub fn bytes(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<Vec<u8>>> {
        self.run_waiting()?;
        let Some(row) = self.sql.exec(statement, bindings)?.raw().next() else { return Ok(None) };
        match row?.into_iter().next() {
            Some(SqlStorageValue::Blob(bytes)) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }

    /// Runs a statement and reads its rows as they are stored.
    pub fn values(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Vec<SqlStorageValue>>> {
        self.run_waiting()?;
        self.sql.exec(statement, bindings)?.raw().collect()
    }

    /// Bytes it takes.
    pub fn size(&self) -> i64 {
        i64::try_from(self.sql.database_size()).unwrap_or(i64::MAX)
    }

    /// Runs a statement that has no rows to read. In a transaction it may run later, but before any other that
    /// reads, and before the transaction ends; if it fails, the transaction does.
    pub fn run(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<()> {
        let mut statements = self.waiting.statements.take();
        if !statements.add(statement, &bindings)? {
            self.run_now(statements)?;
            self.sql.exec(statement, bindings)?;
            return Ok(());
        }
        if self.waiting.transactions.get() > 0 && statements.length() < MOST_WAITING {
            self.waiting.statements.replace(statements);
            return Ok(());
        }
        self.run_now(statements)
    }

    fn run_now(&self, statements: Statements) -> Result<()> {
        let outcome = statements.run(&self.sql);
        self.remember(outcome.is_ok());
        outcome
    }

    fn remember(&self, succeeded: bool) {
        if !succeeded && self.waiting.transactions.get() > 0 {
            self.waiting.failed.set(true);
        }
    }

    fn run_waiting(&self) -> Result<()> {
        self.run_now(self.waiting.statements.take())
    }

    /// Waits while a commit is on its way to the disk, and in a crowd for a moment more. Whoever came meanwhile goes
    /// on in one turn afterwards, and what is written in one turn is one commit: many callers at once share the
    /// disk's time instead of queueing for it. Nobody waits twice, and somebody alone not at all.
    pub async fn share_commit(&self) {
        if let Some(turn) = self.commits.turn() {
            // A commit that fails ends the object, and this call with it.
            drop(JsFuture::from(turn).await);
        }
    }

    /// Runs `body` as one commit: when it fails, nothing of it was written.
    pub fn transaction<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut body = Some(body);
        let mut outcome = None;
        self.in_transaction(&mut || {
            outcome = body.take().map(|body| body()).transpose()?;
            Ok(())
        })?;
        outcome.ok_or_else(|| Error::RustError("the transaction had no body".into()))
    }

    #[inline(never)]
    fn in_transaction(&self, body: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        // What an outer one wrote must not be undone by an inner one.
        self.run_waiting()?;
        let depth = self.waiting.transactions.get();
        self.waiting.transactions.set(depth.saturating_add(1));
        let storage: &SyncStorage = self.storage.unchecked_ref();
        let committed = storage.transaction_sync(&mut || {
            body().and_then(|()| self.run_waiting())?;
            if self.waiting.failed.get() {
                return Err(JsValue::from_str("a statement of the transaction failed"));
            }
            Ok(JsValue::UNDEFINED)
        });
        self.waiting.statements.take();
        self.waiting.transactions.set(depth);
        self.waiting.failed.set(depth > 0 && committed.is_err());
        committed.map_err(Error::from)?;
        self.commits.begin();
        Ok(())
    }
}

/// Bindings of a statement, in the order of its `?`.
macro_rules! binds {
    ($($value:expr),* $(,)?) => { vec![$(worker::SqlStorageValue::from($value)),*] };
}
pub(crate) use binds;

/// A JSON column's text.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::from)
}

/// A JSON column's value.
pub(crate) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    lead::json::read(text).map_err(Error::from)
}
