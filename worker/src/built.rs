//! What the build made for browsers.

#![allow(missing_docs, reason = "the file is written by the build")]

include!(concat!(env!("OUT_DIR"), "/addresses.rs"));

/// The embed script, minified, without any form's definition.
pub const LOADER: &str = include_str!(concat!(env!("OUT_DIR"), "/loader.js"));
