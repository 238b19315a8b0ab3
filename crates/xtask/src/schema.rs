//! The configuration's JSON Schema, for editors, made from the types.

use std::fs;

use anyhow::{Result, bail};

use crate::{build, paths};

fn current() -> Result<String> {
    let schema = schemars::schema_for!(lead::config::Config);
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema)?))
}

/// Fails when the schema in the repository is not the one the types say.
pub fn check() -> Result<()> {
    let path = paths::root().join("worker/demo/workspace.schema.json");
    if fs::read_to_string(&path).is_ok_and(|found| found == current().unwrap_or_default()) {
        return Ok(());
    }
    if std::env::var_os("CI").is_some() {
        bail!("{} is out of date; run `cargo xtask build` and commit it", path.display());
    }
    build::write_if_changed(&path, current()?.as_bytes())
}
