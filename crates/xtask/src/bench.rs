//! `bench`: our form beside other people's, or our intake beside the same job by hand, in one run.
//! Times are told here and asserted nowhere.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{build, paths, progress, tools};

/// Builds the product, brings the others, measures everybody and prints it.
pub fn bench(intake: bool, rounds: u32, only: Option<&str>, pictures: bool) -> Result<()> {
    build::all()?;
    let chromium = tools::chromium()?;
    others()?;
    progress::step("measuring; leave the machine alone meanwhile");
    let mut measure = Command::new(tools::node());
    measure
        .arg(folder().join(if intake { "intake/run.mjs" } else { "run.mjs" }))
        .args(["--rounds", &rounds.to_string()])
        .env("CHROMIUM", chromium)
        .env("XTASK", std::env::current_exe().context("this program has no path")?)
        .current_dir(paths::root());
    if let Some(only) = only {
        measure.args(["--only", only]);
    }
    if pictures {
        measure.arg("--pictures");
    }
    tools::run(&mut measure)
}

fn folder() -> PathBuf {
    paths::root().join("tests/bench")
}

/// Other people's forms, at the versions the bench names. They are installed beside the bench alone, so that
/// nothing else here ever depends on them, and none of their install scripts is run.
fn others() -> Result<()> {
    let wanted =
        fs::read_to_string(folder().join("package-lock.json")).context("tests/bench has no package-lock.json")?;
    let stamp = folder().join("node_modules/.first-contact");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    progress::step("installing the forms to compare with (npm ci)");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    tools::run(
        Command::new(npm)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(folder()),
    )
    .context("could not install the forms to compare with; is the npm registry reachable?")?;
    fs::write(stamp, wanted)?;
    Ok(())
}
