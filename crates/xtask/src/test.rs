//! `test` and `lint`: everything that must hold, with the real parts: workerd, Chromium, SQLite.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{build, paths, progress, size, tools};

/// How long one file of stories may take, in milliseconds: several times the longest, so that a story that hangs fails by
/// name instead of holding up all others.
const FILE_PATIENCE: &str = "--test-timeout=1200000";

/// Runs every test.
pub fn all(only: Option<&str>, soak: bool) -> Result<()> {
    tools::bring()?;
    let chromium = tools::chromium()?;
    if only.is_none() {
        progress::step("testing the rules and the shell natively");
        tools::run(
            Command::new(env!("CARGO"))
                .args([
                    "test",
                    "--quiet",
                    "--workspace",
                    "--features",
                    "form/ready,form/schema,lead/decide,lead/schema",
                ])
                .current_dir(paths::root()),
        )?;
    }
    build::all()?;
    progress::step("sizes against their budgets");
    size::check()?;
    progress::step("browser stories and faults, against the real runtime");
    let stories = stories(only)?;
    tools::run(
        Command::new(tools::node())
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec", FILE_PATIENCE])
            .args(stories)
            .env("CHROMIUM", chromium)
            .env("SOAK", if soak { "1" } else { "" })
            .env("XTASK", std::env::current_exe().context("this program has no path")?)
            .current_dir(paths::root()),
    )
}

/// Formatting and lints, as strict as they are written.
pub fn lint() -> Result<()> {
    tools::bring()?;
    let cargo = || {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(paths::root());
        command
    };
    tools::run(cargo().args(["fmt", "--all", "--check"]))?;
    tools::run(cargo().args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--features",
        "form/ready,form/schema,lead/decide,lead/schema",
        "--",
        "-D",
        "warnings",
    ]))
}

fn stories(only: Option<&str>) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["tests/stories", "tests/faults"] {
        for entry in fs::read_dir(paths::root().join(folder))? {
            let path = entry?.path();
            let named = path.to_string_lossy().ends_with(".test.mjs");
            if named && only.is_none_or(|only| path.to_string_lossy().contains(only)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
