//! `workspace`: the operator makes and looks after client companies on a running server.

#![allow(clippy::print_stdout, reason = "what it prints is what the command is for")]

use std::{collections::BTreeMap, env, path::PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::{
    erasures,
    operator::{self, Operator},
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
        #[command(flatten)]
        server: Server,
    },
    /// Print a fresh sign-in link for a member of the team.
    Link {
        /// The workspace's id.
        workspace: String,
        /// The member's id.
        member: String,
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
    /// List the workspaces.
    List {
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
    fn operator(&self) -> Result<Operator> {
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
            let made = operator.new_workspace(&config)?;
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
        Action::Publish { workspace, file, server } => {
            let config = operator::read_config(&file, &BTreeMap::new())?;
            println!("{}", server.operator()?.publish(&workspace, &config)?);
        }
        Action::Link { workspace, member, server } => {
            println!("{}", server.operator()?.link(&workspace, &member, 7, 5)?)
        }
        Action::Erasures { workspace, file, apply, server } => {
            let operator = server.operator()?;
            if apply {
                erasures::apply(&operator, &workspace, &file)?;
            } else {
                erasures::save(&operator, &workspace, &file)?;
            }
        }
        Action::List { server } => {
            for workspace in server.operator()?.workspaces()? {
                println!("{}  {}", workspace.id, workspace.name);
            }
        }
    }
    Ok(())
}
