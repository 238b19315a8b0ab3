//! `workspace erasures`: who was erased, kept beside the backups, and erased again after a restore.

#![allow(clippy::print_stdout, reason = "what it prints is what the command is for")]

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operator::Operator;

/// Writes the list into a file. It holds ids only.
pub fn save(operator: &Operator, workspace: &str, file: &Path) -> Result<()> {
    let list = operator.erasures(workspace)?;
    // After an older backup was restored the file may know more than the workspace, and is all that does.
    let before: List = match fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| format!("{} is not a list of erasures: name another file", file.display()))?,
        Err(_) => List { erasures: vec![] },
    };
    let contact = |erasure: &Value| erasure.get("contact").cloned();
    let missing = before.erasures.iter().filter(|one| !list.erasures.iter().any(|now| contact(now) == contact(one)));
    let missing = missing.count();
    if missing > 0 {
        bail!(
            "{missing} erasures in {} are not known to this workspace: apply them first with --apply, or name another file",
            file.display()
        );
    }
    fs::write(file, serde_json::to_string_pretty(&list)?)
        .with_context(|| format!("could not write {}", file.display()))?;
    println!("{} erasures are kept in {}", list.erasures.len(), file.display());
    Ok(())
}

/// Erases again whoever stands in the file. Safe to repeat.
pub fn apply(operator: &Operator, workspace: &str, file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let List { erasures } =
        serde_json::from_str(&text).with_context(|| format!("{} is not a list of erasures", file.display()))?;
    let mut all = Applied::default();
    for some in parts(erasures) {
        let applied = operator.erase_again(workspace, &List { erasures: some })?;
        all.erased_again += applied.erased_again;
        all.noted += applied.noted;
        all.left.extend(applied.left);
    }
    println!("{}", serde_json::to_string(&all)?);
    Ok(())
}

/// The largest part of a list that is sent at once, in bytes: half of what the server takes.
const PART: usize = 512 * 1024;

/// The list in parts that the server takes, in its order.
fn parts(erasures: Vec<Value>) -> Vec<Vec<Value>> {
    let (mut parts, mut size) = (Vec::<Vec<Value>>::new(), 0);
    for erasure in erasures {
        let bytes = erasure.to_string().len();
        match parts.last_mut() {
            Some(last) if size + bytes <= PART => last.push(erasure),
            _ => {
                parts.push(vec![erasure]);
                size = 0;
            }
        }
        size += bytes;
    }
    parts
}

/// A list of erasures, each as the server wrote it.
#[derive(Debug, Serialize, Deserialize)]
pub struct List {
    /// The newest first.
    pub erasures: Vec<Value>,
}

/// What came of a list.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Applied {
    /// Persons that were erased again.
    pub erased_again: u32,
    /// Persons that are not here, whose inquiries are known as erased from now on.
    pub noted: u32,
    /// Contacts that have more than these inquiries: a person has to look.
    pub left: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_goes_in_parts_and_whole() {
        let erasures: Vec<Value> = (0..20_000).map(|n| serde_json::json!({ "contact": format!("{n:036}") })).collect();
        let parts = parts(erasures.clone());
        assert!(parts.len() > 1);
        assert!(parts.iter().all(|part| serde_json::to_string(part).is_ok_and(|text| text.len() < 2 * PART)));
        assert_eq!(parts.concat(), erasures);
    }
}
