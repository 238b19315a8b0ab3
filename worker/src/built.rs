//! What the build made for browsers.

#![allow(missing_docs, reason = "the file is written by the build")]

include!(concat!(env!("OUT_DIR"), "/addresses.rs"));

/// The embed script, minified, without any form's definition.
pub const LOADER: &str = include_str!(concat!(env!("OUT_DIR"), "/loader.js"));

/// The first question of a quiz, minified: a script that sets `quiz`.
pub const FIRST_CHOICE: &str = include_str!(concat!(env!("OUT_DIR"), "/first_choice.js"));
