//! `workspace erasures`: who was erased, kept beside the backups, and erased again after a restore.

#![allow(clippy::print_stdout, reason = "what it prints is what the command is for")]

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::operator::Operator;

/// Writes the list into a file. It holds ids only.
pub fn save(operator: &Operator, workspace: &str, file: &Path) -> Result<()> {
    let list = operator.erasures(workspace)?;
    fs::write(file, serde_json::to_string_pretty(&list)?)
        .with_context(|| format!("could not write {}", file.display()))?;
    println!("{} erasures are kept in {}", count(&list), file.display());
    Ok(())
}

/// Erases again whoever stands in the file. Safe to repeat.
pub fn apply(operator: &Operator, workspace: &str, file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let list = serde_json::from_str(&text).with_context(|| format!("{} is not a list of erasures", file.display()))?;
    println!("{}", operator.erase_again(workspace, &list)?);
    Ok(())
}

fn count(list: &serde_json::Value) -> usize {
    list.get("erasures").and_then(serde_json::Value::as_array).map_or(0, Vec::len)
}
