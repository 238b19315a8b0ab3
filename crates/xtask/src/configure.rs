//! `workspace config`: checks a workspace file with the line of every problem, lists a workspace's
//! versions, and takes an older one up again.

#![allow(clippy::print_stdout, reason = "what it prints is what the command is for")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use lead::{
    config::{Config, ConfigProblem},
    destination_url, locate, publish, secrets,
    settings::Settings,
};
use serde_json::{Value, json};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{operator::Operator, workspace::Server};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Say everything that is wrong with a workspace file, with its lines.
    Check {
        /// The workspace file.
        file: PathBuf,
    },
    /// Print the configuration in force as a workspace file; secrets are left out, and stay when it is published.
    Show {
        /// The workspace's id.
        workspace: String,
        #[command(flatten)]
        server: Server,
    },
    /// List the published versions.
    Versions {
        /// The workspace's id.
        workspace: String,
        #[command(flatten)]
        server: Server,
    },
    /// Publish an older version again, as a new one.
    Rollback {
        /// The workspace's id.
        workspace: String,
        /// The version to take up again.
        version: u32,
        #[command(flatten)]
        server: Server,
    },
}

/// Does it.
pub fn run(action: Action) -> Result<()> {
    match action {
        Action::Check { file } => {
            let name = file.display();
            let text = fs::read_to_string(&file).with_context(|| format!("could not read {name}"))?;
            // The error names the line and shows it.
            let config: Config = toml::from_str(&text).with_context(|| format!("{name} is not a workspace file"))?;
            let mut problems = publish::problems(&config);
            problems.extend(of_destinations(&config));
            let lines = located(&text, &problems);
            if !lines.is_empty() {
                bail!("{name} cannot be published:\n{}", lines.join("\n"));
            }
            for line in located(&text, &publish::advice(&config)) {
                println!("{line}");
            }
            println!("{name} can be published; secrets of destinations are checked when it is");
        }
        Action::Show { workspace, server } => {
            let Settings { version, mut config, .. } = in_force(&workspace, &server.operator()?)?;
            secrets::take(&mut config);
            secrets::drop_masks(&mut config);
            println!("# Version {version}\n{}", toml::to_string_pretty(&config)?);
        }
        Action::Versions { workspace, server } => {
            let settings = in_force(&workspace, &server.operator()?)?;
            for version in settings.versions {
                let again = version.again.map(|again| format!("  (version {again} again)")).unwrap_or_default();
                println!("{:>4}  {}  {}{again}", version.version, version.published_at, version.published_by);
            }
        }
        Action::Rollback { workspace, version, server } => {
            let path = format!("/operator/workspaces/{workspace}/config/rollback");
            let published: Value = server.operator()?.send("POST", &path, &json!({ "version": version }))?;
            println!("{published}");
        }
    }
    Ok(())
}

/// A workspace's configuration and its versions.
pub fn in_force(workspace: &str, operator: &Operator) -> Result<Settings<Value>> {
    operator.send::<_, Value>("GET", &format!("/operator/workspaces/{workspace}/config"), None)
}

/// What is wrong with destinations as far as a file alone can tell: secrets and addresses that stand in the environment
/// are seen when it is published.
fn of_destinations(config: &Config) -> Vec<ConfigProblem> {
    let refused = |address: &str| {
        let refusal = destination_url::check(address, false).err().filter(|_| !address.starts_with("env:"));
        refusal.map(|refusal| refusal.to_string())
    };
    let mut found = publish::destination_problems(config, &BTreeMap::new(), &refused);
    found.retain(|problem| !problem.at.ends_with(".secret"));
    found
}

/// Each problem as `line:column: place: what`.
pub fn located(text: &str, problems: &[ConfigProblem]) -> Vec<String> {
    let whole = DeTable::parse(text).ok();
    let line = |problem: &ConfigProblem| {
        let offset = whole.as_ref().and_then(|whole| offset(whole.get_ref(), &problem.at));
        let (line, column) = locate::line_and_column(text, offset.unwrap_or(0));
        format!("  {line}:{column}: {}: {}", problem.at, problem.problem)
    };
    problems.iter().map(line).collect()
}

/// Where the deepest part of a place begins that is written in the file.
fn offset(whole: &DeTable<'_>, at: &str) -> Option<usize> {
    let mut words = locate::words(at).into_iter();
    let first = words.next()?;
    let (key, mut here) = whole.iter().find(|(key, _)| key.get_ref() == &first)?;
    let mut found = key.span().start;
    for word in words {
        let next: Option<(Option<usize>, &Spanned<DeValue<'_>>)> = match here.get_ref() {
            DeValue::Table(table) => {
                table.iter().find(|(key, _)| *key.get_ref() == word).map(|(key, value)| (Some(key.span().start), value))
            }
            DeValue::Array(list) => match word.parse::<usize>() {
                Ok(index) => list.get(index),
                Err(_) => list.iter().find(|each| {
                    let id = each.get_ref().get("id").and_then(|id| id.get_ref().as_str());
                    id == Some(word.as_str())
                }),
            }
            .map(|value| (None, value)),
            _ => None,
        };
        let Some((start, value)) = next else { break };
        found = start.unwrap_or(value.span().start);
        here = value;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_name_their_line() {
        let text = "name = \"x\"\n\n[[rules]]\nid = \"a\"\n\n[[rules]]\nid = \"b\"\nassign = \"nobody\"\nwhen = { site = [\"s\", \"t\"] }\n";
        let said = |at: &str| located(text, &[ConfigProblem { at: at.into(), problem: "p".into() }]).concat();
        assert_eq!(said("rules[1].assign"), "  8:1: rules[1].assign: p");
        assert_eq!(said("rules[1].when.site[1]"), "  9:23: rules[1].when.site[1]: p");
        assert_eq!(said("rules.b.assign"), "  8:1: rules.b.assign: p");
        assert_eq!(said("rules[0].assign"), "  3:1: rules[0].assign: p");
        assert_eq!(said("catch_all.assign"), "  1:1: catch_all.assign: p");
    }
}
