//! The configuration's JSON Schema, for editors, made from the types.

use anyhow::Result;

use crate::{build, paths};

fn current() -> Result<String> {
    let schema = schemars::schema_for!(lead::config::Config);
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema)?))
}

/// Fails when the schema in the repository is not the one the types say.
pub fn check() -> Result<()> {
    let path = paths::root().join("worker/demo/workspace.schema.json");
    build::keep_committed(&path, current()?.as_bytes())
}
