//! Statements on their way to the runtime, as one text and the shape of it: see `statements.js`.

use std::fmt::Write;

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{Error, Result, SqlStorage, SqlStorageValue};

use super::json;

#[wasm_bindgen(module = "/src/sql/statements.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = run)]
    fn run_all(sql: &JsValue, text: &str, shape: &str) -> std::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = rows)]
    fn rows_of_last(sql: &JsValue, text: &str, shape: &str) -> std::result::Result<String, JsValue>;
}

/// Statements that cross together.
#[derive(Debug, Default)]
pub(super) struct Statements {
    text: String,
    shape: String,
}

impl Statements {
    /// Adds one. False if bytes are among its bindings: they do not cross as text.
    pub(super) fn add(&mut self, statement: &str, bindings: &[SqlStorageValue]) -> Result<bool> {
        if bindings.iter().any(|binding| matches!(binding, SqlStorageValue::Blob(_))) {
            return Ok(false);
        }
        self.shape.push(if self.shape.is_empty() { '[' } else { ',' });
        self.shape.push('[');
        self.add_text(statement)?;
        for binding in bindings {
            self.shape.push(',');
            match binding {
                SqlStorageValue::Integer(value) => self.add_number(value)?,
                SqlStorageValue::String(value) => {
                    self.shape.push('[');
                    self.add_text(value)?;
                    self.shape.push(']');
                }
                SqlStorageValue::Boolean(value) => self.shape.push_str(if *value { "true" } else { "false" }),
                SqlStorageValue::Float(value) => self.shape.push_str(&json(value)?),
                _ => self.shape.push_str("null"),
            }
        }
        self.shape.push(']');
        Ok(true)
    }

    /// How long their text is, in bytes.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    fn add_text(&mut self, text: &str) -> Result<()> {
        self.text.push_str(text);
        self.add_number(utf16_length(text))
    }

    fn add_number(&mut self, number: impl std::fmt::Display) -> Result<()> {
        write!(self.shape, "{number}").map_err(|error| Error::RustError(error.to_string()))
    }

    /// Runs them.
    pub(super) fn run(mut self, sql: &SqlStorage) -> Result<()> {
        if self.shape.is_empty() {
            return Ok(());
        }
        self.shape.push(']');
        run_all(sql.as_ref(), &self.text, &self.shape).map(drop).map_err(Error::from)
    }

    /// Runs them and gives the rows of the last, as JSON.
    pub(super) fn rows(mut self, sql: &SqlStorage) -> Result<String> {
        self.shape.push(']');
        rows_of_last(sql.as_ref(), &self.text, &self.shape).map_err(Error::from)
    }
}

/// How long a text is where letters are counted as JavaScript counts them.
fn utf16_length(text: &str) -> usize {
    text.bytes().fold(0_usize, |units, byte| {
        let here = match byte {
            0x80..=0xbf => 0,
            0xf0..=0xff => 2,
            _ => 1,
        };
        units.saturating_add(here)
    })
}

#[cfg(test)]
mod tests {
    use super::{Statements, utf16_length};
    use crate::sql::binds;

    #[test]
    fn lengths_are_those_of_javascript() {
        for text in ["", "abc", "Иван", "日本", "👍🏽 a", "\u{0}\u{10ffff}"] {
            assert_eq!(utf16_length(text), text.encode_utf16().count(), "{text}");
        }
    }

    #[test]
    fn statements_cross_as_text_and_shape() {
        let mut statements = Statements::default();
        let mut add = |statement, bindings: Vec<_>| statements.add(statement, &bindings).unwrap();
        assert!(add("A ?", binds!["я", 7_i64, Option::<String>::None]));
        assert!(add("B", binds![]));
        assert!(!add("C ?", binds![vec![1_u8]]));
        assert_eq!((statements.text.as_str(), statements.shape.as_str()), ("A ?яB", "[[3,[1],7,null],[1]"));
    }
}
