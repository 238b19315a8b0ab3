//! Rows as types: a struct lists its columns, and each kind of column is read in one place.

use lead::json;
use serde_json::{Map, Value};
use worker::{Error, Result};

/// A row as it crossed from the runtime, by column.
#[derive(Debug)]
pub struct Columns(pub Map<String, Value>);

impl Columns {
    /// Takes a column out of the row.
    ///
    /// # Errors
    /// When the statement did not name it, or it holds something else.
    pub fn take<T: Column>(&mut self, name: &str) -> Result<T> {
        T::read(self.0.remove(name).unwrap_or_default()).ok_or_else(|| odd(name))
    }
}

#[inline(never)]
fn odd(name: &str) -> Error {
    Error::RustError(format!("the column {name} is missing or of another type"))
}

/// What a column can be read as.
pub trait Column: Sized {
    /// The value, unless it is of another type; what is missing is `null`.
    fn read(value: Value) -> Option<Self>;
}

impl Column for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

macro_rules! whole_numbers {
    ($($type:ty)*) => {
        $(impl Column for $type {
            fn read(value: Value) -> Option<Self> {
                value.as_i64()?.try_into().ok()
            }
        })*
    };
}
whole_numbers!(i64 u8 u16 u32 u64 usize);

impl Column for bool {
    fn read(value: Value) -> Option<Self> {
        value.as_i64().map(|value| value != 0)
    }
}

impl Column for lead::contact::PointKind {
    fn read(value: Value) -> Option<Self> {
        json::from_tree(value).ok()
    }
}

/// A type that a row is read as.
pub trait Row: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When a column is missing or holds something else.
    fn read(columns: &mut Columns) -> Result<Self>;
}

impl Row for Value {
    fn read(columns: &mut Columns) -> Result<Self> {
        Ok(Self::Object(std::mem::take(&mut columns.0)))
    }
}

/// Says which columns a struct is read from: all of its members, by their names.
macro_rules! row {
    ($type:ident: $($column:ident),* $(,)?) => {
        impl $crate::sql::row::Row for $type {
            fn read(columns: &mut $crate::sql::row::Columns) -> ::worker::Result<Self> {
                Ok(Self { $($column: columns.take(stringify!($column))?),* })
            }
        }
    };
}
