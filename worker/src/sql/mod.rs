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
pub mod suspects;
pub mod tasks;
pub mod turns;
pub mod workspaces;

use js_sys::{Array, JSON};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{Error, Result, SqlStorage, SqlStorageValue, State};

use self::row::{Columns, Row};

/// One object's database.
#[derive(Debug, Clone)]
pub struct Database {
    sql: SqlStorage,
    storage: JsValue,
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

    /// The runtime's SQL, where rows are read as they are.
    type Statements;

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &Statements, statement: &str, bindings: Array) -> std::result::Result<Cursor, JsValue>;

    /// The rows of a statement.
    type Cursor;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Cursor) -> std::result::Result<JsValue, JsValue>;
}

impl Database {
    /// The database of this object.
    pub fn of(state: &State) -> Self {
        let storage = state.storage();
        let raw: &JsValue = storage.as_raw().as_ref();
        Self { sql: storage.sql(), storage: raw.clone() }
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
        let statements: &Statements = self.sql.as_ref().unchecked_ref();
        let bindings = bindings.into_iter().map(JsValue::from).collect::<Array>();
        let rows = statements.exec(statement, bindings).and_then(|cursor| cursor.to_array()).map_err(Error::from)?;
        parsed(&String::from(JSON::stringify(&rows)?))
    }

    /// Runs a statement and reads its first row, if there is one.
    pub fn row<T: Row>(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<T>> {
        let first = self.objects(statement, bindings)?.into_iter().next();
        first.map(|object| T::read(&mut Columns(object))).transpose()
    }

    /// Runs a statement and reads the bytes in the first column of its first row.
    pub fn bytes(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<Vec<u8>>> {
        let Some(row) = self.sql.exec(statement, bindings)?.raw().next() else { return Ok(None) };
        match row?.into_iter().next() {
            Some(SqlStorageValue::Blob(bytes)) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }

    /// Runs a statement and reads its rows as they are stored.
    pub fn values(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Vec<SqlStorageValue>>> {
        self.sql.exec(statement, bindings)?.raw().collect()
    }

    /// Bytes it takes.
    pub fn size(&self) -> i64 {
        i64::try_from(self.sql.database_size()).unwrap_or(i64::MAX)
    }

    /// Runs a statement that has no rows to read.
    pub fn run(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<()> {
        self.sql.exec(statement, bindings)?;
        Ok(())
    }

    /// Runs `body` as one commit: when it fails, nothing of it was written.
    pub fn transaction<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut body = Some(body);
        let mut outcome = None;
        let storage: &SyncStorage = self.storage.unchecked_ref();
        let committed = storage.transaction_sync(&mut || match body.take().map(|body| body()) {
            Some(Ok(value)) => {
                outcome = Some(value);
                Ok(JsValue::UNDEFINED)
            }
            Some(Err(error)) => Err(JsValue::from(error)),
            None => Ok(JsValue::UNDEFINED),
        });
        committed.map_err(Error::from)?;
        outcome.ok_or_else(|| Error::RustError("the transaction had no body".into()))
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
