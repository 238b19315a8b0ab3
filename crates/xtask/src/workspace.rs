//! `workspace`: the operator makes and looks after client companies on a running server.

#![allow(clippy::print_stdout, reason = "what it prints is what the command is for")]

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use crate::{
    backup, configure, erasures,
    operator::{self, Operator, Standing},
    secrets::Secrets,
};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make a workspace from a file; prints the owner's link, the API key and a tag per form.
    New {
        /// The workspace file, for example `worker/demo/workspace.toml`.
        file: PathBuf,
        #[command(flatten)]
        server: Server,
    },
    /// Publish a changed file as the next version.
    Publish {
        /// The workspace's id.
        workspace: String,
        /// The workspace file.
        file: PathBuf,
        /// The version that it replaces, where that was published on the desk.
        #[arg(long)]
        over: Option<u32>,
        #[command(flatten)]
        server: Server,
    },
    /// Print a fresh sign-in link for a member of the team.
    Link {
        /// The workspace's id.
        workspace: String,
        /// The member's id.
        member: String,
        /// End every link and session of his instead.
        #[arg(long)]
        revoke: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Keep the list of who was erased in a file, or erase again whoever stands in it, after a restore.
    Erasures {
        /// The workspace's id.
        workspace: String,
        /// The file.
        file: PathBuf,
        /// Erase again, instead of writing the list.
        #[arg(long)]
        apply: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Check a file, list versions, take an older version up again.
    #[command(subcommand)]
    Config(configure::Action),
    /// List the workspaces: leads, the last inquiry, what is overdue.
    List {
        #[command(flatten)]
        server: Server,
    },
    /// List a workspace's keys; make a new one, or end one.
    Keys {
        /// The workspace's id.
        workspace: String,
        /// Make a new key for this site, or `api` for the API key.
        #[arg(long, conflicts_with = "revoke")]
        rotate: Option<String>,
        /// For how many hours the old key still holds.
        #[arg(long, default_value_t = 24, requires = "rotate")]
        hold_hours: u32,
        /// End the key whose id begins like this, now.
        #[arg(long)]
        revoke: Option<String>,
        #[command(flatten)]
        server: Server,
    },
    /// Write a workspace into one file, while it goes on working.
    Backup {
        /// The workspace's id.
        workspace: String,
        /// The file to write.
        file: PathBuf,
        #[command(flatten)]
        server: Server,
    },
    /// Restore a workspace from a file, on a server that does not have it.
    Restore {
        /// The file.
        file: PathBuf,
        /// Let deliveries go out that were still to be made. Without it they are paused, because the server that
        /// the file came from may have made them.
        #[arg(long)]
        resume_deliveries: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Show what visitors sent while the workspace could not answer and that it has not taken since.
    Spilled {
        /// The workspace's id.
        workspace: String,
        /// Try all of it again.
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        server: Server,
    },
}

/// Which server.
#[derive(Debug, Args)]
pub struct Server {
    /// Where it answers.
    #[arg(long, default_value = "http://localhost:8787")]
    url: String,
    /// Its data folder, for the operator's key; or set OPERATOR_KEY.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Server {
    /// The server's operator.
    pub fn operator(&self) -> Result<Operator> {
        let key = match &self.data {
            Some(data) => Secrets::kept(data)?.operator_key,
            None => {
                env::var("OPERATOR_KEY").context("name the server's data folder with --data, or set OPERATOR_KEY")?
            }
        };
        Ok(Operator { url: self.url.trim_end_matches('/').to_owned(), key })
    }
}

/// Does it.
pub fn run(action: Action) -> Result<()> {
    match action {
        Action::New { file, server } => {
            let operator = server.operator()?;
            let config = operator::read_config(&file, &BTreeMap::new())?;
            let made = operator.new_workspace(&config).map_err(|error| operator::with_lines(error, &file))?;
            println!("workspace  {}", made.workspace);
            println!("API key    {}   (shown this once)", made.api_key);
            if let Some(owner) =
                config.team.iter().find(|member| member.role == lead::role::Role::Owner).or(config.team.first())
            {
                println!("sign in    {}   ({})", operator.link(&made.workspace, &owner.id, 7, 5)?, owner.name);
            }
            for site in &made.sites {
                for form in &config.forms {
                    println!(
                        "tag        <script async src=\"{}/embed/{}/{}.js\"></script>   ({})",
                        operator.url, site.key, form.id, site.site
                    );
                }
            }
        }
        Action::Publish { workspace, file, over, server } => {
            let config = operator::read_config(&file, &BTreeMap::new())?;
            let published = server.operator()?.publish(&workspace, &config, over);
            println!("{}", published.map_err(|error| operator::with_lines(error, &file))?);
        }
        Action::Link { workspace, member, revoke, server } => {
            let operator = server.operator()?;
            if revoke {
                operator.step::<serde_json::Value>(
                    &workspace,
                    &serde_json::json!({ "step": "let_go", "member": member }),
                )?;
                println!("every link and session of {member} has ended");
            } else {
                println!("{}", operator.link(&workspace, &member, 7, 5)?);
            }
        }
        Action::Erasures { workspace, file, apply, server } => {
            let operator = server.operator()?;
            if apply {
                erasures::apply(&operator, &workspace, &file)?;
            } else {
                erasures::save(&operator, &workspace, &file)?;
            }
        }
        Action::Config(action) => configure::run(action)?,
        Action::List { server } => {
            let operator = server.operator()?;
            println!("{:<16}  {:>7}  {:<30}  {:<30}  name", "workspace", "leads", "last inquiry", "overdue since");
            for workspace in operator.workspaces()? {
                let line = match operator.step::<Standing>(&workspace.id, &json!({ "step": "standing" })) {
                    Ok(standing) => listed(&standing),
                    Err(error) => format!("{error:#}  {}", workspace.name),
                };
                println!("{}  {line}", workspace.id);
            }
        }
        Action::Keys { workspace, rotate, hold_hours, revoke, server } => {
            keys(&server.operator()?, &workspace, rotate.as_deref(), hold_hours, revoke.as_deref())?;
        }
        Action::Backup { workspace, file, server } => {
            let summary = backup::back_up(&server.operator()?, &workspace, &file)?;
            println!("{} of {} as of {}", file.display(), summary.header.name, summary.header.taken_at);
            print_tables(&summary);
            println!("It holds what visitors wrote, and the secrets of destinations: keep it as such.");
        }
        Action::Restore { file, resume_deliveries, server } => {
            restore(&server.operator()?, &file, resume_deliveries)?;
        }
        Action::Spilled { workspace, again, server } => {
            let operator = server.operator()?;
            if again {
                operator.try_spilled(&workspace)?;
            }
            let spilled = operator.spilled(&workspace)?;
            println!("waiting {}, held {}", spilled.backlog.waiting, spilled.backlog.held);
            for (reason, found) in spilled.reasons {
                println!("  {found} × {reason}");
            }
        }
    }
    Ok(())
}

fn listed(standing: &Standing) -> String {
    let or_never = |at: &Option<String>| at.clone().unwrap_or_else(|| "—".to_owned());
    let mut line = format!(
        "{:>7}  {:<30}  {:<30}  {}",
        standing.leads,
        or_never(&standing.last_inquiry_at),
        or_never(&standing.overdue_since),
        standing.name
    );
    for (number, what) in [(standing.dead, "deliveries given up"), (standing.paused, "deliveries paused")] {
        if number > 0 {
            line.push_str(&format!("  ({number} {what})"));
        }
    }
    line
}

fn keys(
    operator: &Operator,
    workspace: &str,
    rotate: Option<&str>,
    hold_hours: u32,
    revoke: Option<&str>,
) -> Result<()> {
    #[derive(Deserialize)]
    struct Keys {
        keys: Vec<Key>,
    }
    #[derive(Deserialize)]
    struct Key {
        id: String,
        kind: String,
        site: String,
        key: Option<String>,
        created_at: String,
        holds_until: Option<String>,
        holds: bool,
    }
    #[derive(Deserialize)]
    struct Rotated {
        key: String,
        ended: u32,
        old_hold_until: String,
    }
    if let Some(name) = rotate {
        let site = (name != "api").then_some(name);
        let minutes = hold_hours.saturating_mul(60);
        let rotated: Rotated =
            operator.step(workspace, &json!({ "step": "rotate", "site": site, "hold_minutes": minutes }))?;
        println!("new key    {}{}", rotated.key, if site.is_none() { "   (shown this once)" } else { "" });
        println!("old keys   {} hold until {}", rotated.ended, rotated.old_hold_until);
        return Ok(());
    }
    if let Some(key) = revoke {
        let _: serde_json::Value = operator.step(workspace, &json!({ "step": "revoke", "key": key }))?;
        println!("revoked    {key}");
        return Ok(());
    }
    let keys: Keys = operator.step(workspace, &json!({ "step": "keys" }))?;
    for key in keys.keys {
        let what = if key.kind == "site" { format!("site {}", key.site) } else { key.kind };
        let until = match key.holds_until {
            None => "holds".to_owned(),
            Some(until) if key.holds => format!("holds until {until}"),
            Some(until) => format!("ended {until}"),
        };
        println!("{:<16}  {what:<20}  {until}  made {}  {}", key.id, key.created_at, key.key.unwrap_or_default());
    }
    Ok(())
}

fn restore(operator: &Operator, file: &Path, resume: bool) -> Result<()> {
    let summary = backup::check(file)?;
    let header = &summary.header;
    println!("{} is whole: {} as of {}", file.display(), header.name, header.taken_at);
    // Run again with --resume-deliveries it finds the workspace there already, and only lets deliveries go.
    let there = operator.step::<Standing>(&header.workspace, &json!({ "step": "standing" })).is_ok();
    if !there || !resume {
        let restored = backup::restore(operator, file, header)?;
        print_tables(&summary);
        for site in &restored.sites {
            println!("site {}   {}", site.site, site.key);
        }
        if !restored.same_installation {
            println!(
                "This installation has another secret: put these site keys into the tags, make an API key with \
                 `workspace keys {} --rotate api`, sign-in links with `workspace link`, and publish the workspace \
                 file again for the secrets of its destinations.",
                header.workspace
            );
        }
        println!("deliveries paused   {}", restored.paused);
    }
    if resume {
        #[derive(Deserialize)]
        struct Resumed {
            resumed: u64,
        }
        let resumed: Resumed = operator.step(&header.workspace, &json!({ "step": "resume_deliveries" }))?;
        println!("deliveries resumed  {}", resumed.resumed);
    } else {
        println!("They go out when the same command is given again with --resume-deliveries.");
    }
    Ok(())
}

fn print_tables(summary: &backup::Summary) {
    for (table, rows) in &summary.tables {
        println!("  {rows:>9}  {table}");
    }
}
