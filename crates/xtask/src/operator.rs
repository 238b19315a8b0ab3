//! The operator's calls to a running server.

use std::{collections::BTreeMap, env, fmt, fs, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use lead::{
    config::{Config, ConfigProblem},
    publish,
};
use serde::{Deserialize, Serialize};

use crate::{
    configure,
    erasures::{Applied, List},
};

/// The largest answer, in bytes: a backup's last part has what changed faster than it was read.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// A server, and the key that opens its operator's door.
#[derive(Debug, Clone)]
pub struct Operator {
    /// For example `http://localhost:8787`.
    pub url: String,
    /// The operator's key.
    pub key: String,
}

/// What `workspace new` is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// The workspace's id.
    pub workspace: String,
    /// The API key; shown this once.
    pub api_key: String,
    /// A key per site.
    pub sites: Vec<SiteKey>,
}

/// A site's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteKey {
    /// The site.
    pub site: String,
    /// Its key, for the tag.
    pub key: String,
}

/// A workspace, as the directory lists it.
#[derive(Debug, Clone, Deserialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// The client company's name.
    pub name: String,
}

/// What the spill holds for a workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct Spilled {
    /// How much.
    pub backlog: Backlog,
    /// What its ledger said, and how often.
    pub reasons: Vec<(String, u32)>,
}

/// How much a spill holds.
#[derive(Debug, Clone, Deserialize)]
pub struct Backlog {
    /// What is tried again by itself.
    pub waiting: u32,
    /// What its ledger refused.
    pub held: u32,
}

/// How a workspace stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Standing {
    /// The client company's name.
    pub name: String,
    /// All leads.
    pub leads: i64,
    /// When the last inquiry was recorded.
    pub last_inquiry_at: Option<String>,
    /// Since when something is overdue.
    pub overdue_since: Option<String>,
    /// Deliveries that were given up.
    pub dead: i64,
    /// Deliveries that a restore has paused.
    pub paused: i64,
}

impl Operator {
    /// Makes a workspace.
    pub fn new_workspace(&self, config: &Config) -> Result<Made> {
        self.send("POST", "/operator/workspaces", config)
    }

    /// Publishes a configuration.
    pub fn publish(&self, workspace: &str, config: &Config, over: Option<u32>) -> Result<serde_json::Value> {
        let over = over.map(|version| format!("?over={version}")).unwrap_or_default();
        self.send("PUT", &format!("/operator/workspaces/{workspace}/config{over}"), config)
    }

    /// Makes a sign-in link.
    pub fn link(&self, workspace: &str, member: &str, days: u16, uses: u16) -> Result<String> {
        #[derive(Deserialize)]
        struct Link {
            url: String,
        }
        let wanted = serde_json::json!({ "member": member, "days": days, "uses": uses });
        let link: Link = self.send("POST", &format!("/operator/workspaces/{workspace}/links"), &wanted)?;
        Ok(link.url)
    }

    /// All workspaces.
    pub fn workspaces(&self) -> Result<Vec<Listed>> {
        #[derive(Deserialize)]
        struct List {
            workspaces: Vec<Listed>,
        }
        let list: List = self.send::<_, ()>("GET", "/operator/workspaces", None)?;
        Ok(list.workspaces)
    }

    /// Who was erased.
    pub fn erasures(&self, workspace: &str) -> Result<List> {
        self.send::<_, ()>("GET", &format!("/operator/workspaces/{workspace}/erasures"), None)
    }

    /// Erases again whoever stands in the list.
    pub fn erase_again(&self, workspace: &str, list: &List) -> Result<Applied> {
        self.send("POST", &format!("/operator/workspaces/{workspace}/erasures"), list)
    }

    /// Asks a workspace for something of the operator's.
    pub fn step<T: serde::de::DeserializeOwned>(&self, workspace: &str, step: &serde_json::Value) -> Result<T> {
        self.send("POST", &format!("/operator/workspaces/{workspace}/steps"), step)
    }

    /// What the spill holds for a workspace.
    pub fn spilled(&self, workspace: &str) -> Result<Spilled> {
        self.send::<_, ()>("GET", &format!("/operator/workspaces/{workspace}/spill"), None)
    }

    /// Tries everything again that the spill holds for a workspace.
    pub fn try_spilled(&self, workspace: &str) -> Result<serde_json::Value> {
        self.send("POST", &format!("/operator/workspaces/{workspace}/spill"), &serde_json::json!({}))
    }

    /// Calls the operator's door.
    pub fn send<'a, T: serde::de::DeserializeOwned, B: Serialize + 'a>(
        &self,
        method: &str,
        path: &str,
        body: impl Into<Option<&'a B>>,
    ) -> Result<T> {
        let text = body.into().map(serde_json::to_string).transpose()?.unwrap_or_default();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .body(text)?;
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.run(request).with_context(|| format!("{} does not answer", self.url))?;
        let text = response.body_mut().with_config().limit(LARGEST).read_to_string()?;
        if !response.status().is_success() {
            let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let word = |name: &str| problem.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
            let (title, detail) = (word("title").to_owned(), word("detail").to_owned());
            return Err(Refused { status: response.status().as_u16(), title, detail }.into());
        }
        serde_json::from_str(&text).with_context(|| format!("{} answered something else", self.url))
    }
}

/// Reads a workspace file. `env:NAME` in a secret is taken from `given`, else from the environment.
pub fn read_config(path: &Path, given: &BTreeMap<&str, &str>) -> Result<Config> {
    let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    // The error names the line and shows it.
    let mut config: Config =
        toml::from_str(&text).with_context(|| format!("{} is not a workspace file", path.display()))?;
    let mut destinations = serde_json::to_value(&config.destinations)?;
    let mut sites = serde_json::to_value(&config.sites)?;
    for part in [&mut destinations, &mut sites] {
        fill_in(part, given).with_context(|| format!("{} takes it from the environment", path.display()))?;
    }
    config.destinations = serde_json::from_value(destinations)?;
    config.sites = serde_json::from_value(sites)?;
    let problems = publish::problems(&config);
    if !problems.is_empty() {
        bail!("{} cannot be published:\n{}", path.display(), configure::located(&text, &problems).join("\n"));
    }
    Ok(config)
}

/// What the server said no with.
#[derive(Debug)]
pub struct Refused {
    status: u16,
    title: String,
    detail: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.title, self.detail)
    }
}

impl std::error::Error for Refused {}

/// The same refusal of a workspace file with the lines of its problems, where it names any.
pub fn with_lines(error: anyhow::Error, path: &Path) -> anyhow::Error {
    let Some(refused) = error.downcast_ref::<Refused>().filter(|refused| refused.status == 422) else { return error };
    let problems = refused.detail.split("; ").filter_map(|problem| {
        let (at, problem) = problem.split_once(": ")?;
        Some(ConfigProblem { at: at.to_owned(), problem: problem.to_owned() })
    });
    let problems: Vec<ConfigProblem> = problems.collect();
    match fs::read_to_string(path) {
        Ok(text) if !problems.is_empty() => {
            anyhow!("{} cannot be published:\n{}", path.display(), configure::located(&text, &problems).join("\n"))
        }
        _ => error,
    }
}

/// Puts what the environment has in the place of every `env:NAME`.
fn fill_in(value: &mut serde_json::Value, given: &BTreeMap<&str, &str>) -> Result<()> {
    match value {
        serde_json::Value::String(text) => {
            if let Some(name) = text.strip_prefix("env:") {
                *text = match given.get(name) {
                    Some(given) => (*given).to_owned(),
                    None => env::var(name).with_context(|| format!("{name} is not set"))?,
                };
            }
            Ok(())
        }
        serde_json::Value::Array(values) => values.iter_mut().try_for_each(|value| fill_in(value, given)),
        serde_json::Value::Object(members) => members.values_mut().try_for_each(|value| fill_in(value, given)),
        _ => Ok(()),
    }
}
