//! Everything a person does twice: `cargo xtask dev`, `test`, `lint`, `build`, `size`, `bench`,
//! `serve`, `workspace`, `deploy`. Each brings what it needs.

mod backup;
mod bench;
mod build;
mod configure;
mod deploy;
mod dev;
mod disposable;
mod erasures;
mod operator;
mod order;
mod paths;
mod progress;
mod referrers;
mod runtime;
mod schema;
mod secrets;
mod size;
mod slim;
mod test;
mod tools;
mod wasm;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "First Contact: build, run, test, operate")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build and serve everything with a demo client.
    Dev {
        /// The port.
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// Where its data is kept; `target/dev-data` when not named.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Serve what was built before.
        #[arg(long)]
        no_build: bool,
        /// Put a layer around the product through which tests make parts of it fail.
        #[arg(long, hide = true)]
        faults: bool,
    },
    /// Pass every test.
    Test {
        /// The long ones too: a hundred power cuts, and the whole schedule of a delivery.
        #[arg(long)]
        soak: bool,
        /// Only browser stories whose file name contains this.
        only: Option<String>,
    },
    /// Check formatting and lints.
    Lint,
    /// Build everything that browsers and the runtime load.
    Build {
        /// In seconds instead of minutes, and several times as large: for trying things out.
        #[arg(long)]
        quick: bool,
    },
    /// Print sizes against their budgets.
    Size,
    /// Measure the form beside other people's, or recording beside the same job by hand.
    Bench {
        /// Measure recording, growth and delivery instead of the form.
        #[arg(long)]
        intake: bool,
        /// How many times everybody is measured.
        #[arg(long, default_value_t = 9)]
        rounds: u32,
        /// Only who has this in the name, beside the empty page and the plain form; of `--intake` only this part
        /// (`beside`, `scale`, `drain`, `start`, `cost`, `soak`).
        #[arg(long)]
        only: Option<String>,
        /// Keep pictures of every screen in `target/bench/pictures`.
        #[arg(long)]
        pictures: bool,
    },
    /// Serve on one box.
    Serve {
        /// The port.
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// Where its data is kept.
        #[arg(long)]
        data: PathBuf,
        /// Serve what was built before.
        #[arg(long)]
        no_build: bool,
    },
    /// Make and look after client companies.
    #[command(subcommand)]
    Workspace(workspace::Action),
    /// Deploy to Cloudflare.
    Deploy {
        /// Check only.
        #[arg(long)]
        dry_run: bool,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match Arguments::parse().command {
        Task::Dev { port, data, no_build, faults } => dev::dev(port, data, no_build, faults),
        Task::Test { only, soak } => test::all(only.as_deref(), soak),
        Task::Lint => test::lint(),
        Task::Build { quick } => build::at(if quick { wasm::Pace::Quick } else { wasm::Pace::Thorough }),
        Task::Size => {
            build::all()?;
            size::check()
        }
        Task::Bench { intake, rounds, only, pictures } => bench::bench(intake, rounds, only.as_deref(), pictures),
        Task::Serve { port, data, no_build } => dev::serve(port, data, no_build),
        Task::Workspace(action) => workspace::run(action),
        Task::Deploy { dry_run } => deploy::deploy(dry_run),
    }
}
