//! JSON into types by one road: text becomes a tree, and the tree becomes the type.
//!
//! `serde_json` would write a parser of its own for every type, twice for a struct (which it takes from arrays
//! too), and what browsers and the Worker load is paid for by the byte. Here the parser is there once, and so is the
//! search for a member or a variant by its name: a type is handed its members one by one, in its own order. Besides, a
//! struct is an object and nothing else.
//!
//! A struct that shall take no other members than its own says so by its name: `rename(deserialize = "Site!")`, since
//! `deny_unknown_fields` is a rule of the search that is not made here. An enum whose last variant stands for words of
//! later builds (`serde(other)`) does so too: `rename(deserialize = "Sign?")`.

mod misfit;
mod named;
mod tree;

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

#[doc(hidden)]
pub use self::named::by_name;
pub use self::{misfit::Misfit, named::with_name, tree::Tree};

type Result<T> = std::result::Result<T, Misfit>;

/// Reads a JSON text.
///
/// # Errors
/// When it is no JSON, or not of this shape; only the former knows a line and a column.
pub fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    from_tree(serde_json::from_str(text)?)
}

/// Reads what was read as a tree before.
///
/// # Errors
/// When it is not of this shape.
pub fn from_tree<T: DeserializeOwned>(tree: Value) -> serde_json::Result<T> {
    fit(tree).map_err(serde_json::Error::custom)
}

/// The same, and where it does not fit.
///
/// # Errors
/// When it is not of this shape.
pub fn fit<T: DeserializeOwned>(tree: Value) -> Result<T> {
    T::deserialize(Tree(Some(tree)))
}

#[cfg(test)]
mod tests;
