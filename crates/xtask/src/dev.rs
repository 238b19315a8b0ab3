//! `dev` and `serve`: the whole product on one machine.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    build, configure,
    operator::{self, Made, Operator},
    paths, progress,
    runtime::Installation,
    secrets::{self, Secrets},
    tools,
};

/// The demo client's people whose links `dev` prints.
const SELLER: &str = "anna";
const HEAD: &str = "vera";

/// Builds and serves everything with the demo client, until it is stopped.
pub fn dev(port: u16, data: Option<PathBuf>, skip_build: bool, faults: bool) -> Result<()> {
    if !skip_build {
        build::all()?;
    }
    let data = data.unwrap_or_else(|| paths::target().join("dev-data"));
    let installation = Installation { data, port, dev: true, faults };
    let secrets = Secrets::of(&installation.data)?;
    demo_server()?;
    // The demo pages need the site key, which the ledger makes, which needs the server: so the
    // first run starts it twice.
    let known = installation.data.join("demo.json");
    write_demo(&known, &installation)?;
    let mut running = installation.start(&secrets)?;
    let operator = Operator { url: installation.url(), key: secrets.operator_key.clone() };
    let config = demo_config(&installation, &secrets)?;
    let made: Made = if known.exists() {
        let made: Made = serde_json::from_str(&fs::read_to_string(&known)?)?;
        // What somebody has published on the demo client's desk stays.
        let in_force = configure::in_force(&made.workspace, &operator)?;
        if in_force.versions.first().is_none_or(|newest| newest.published_by == "operator") {
            operator.publish(&made.workspace, &config, None)?;
        }
        made
    } else {
        let made = operator.new_workspace(&config)?;
        secrets::write_private(&known, &serde_json::to_string_pretty(&made)?)?;
        write_demo(&known, &installation)?;
        running.stop();
        running = installation.start(&secrets)?;
        made
    };
    let seller = operator.link(&made.workspace, SELLER, 30, 10_000)?;
    let head = operator.link(&made.workspace, HEAD, 30, 10_000)?;
    let site = made.sites.first().context("the demo client has no site")?.key.clone();
    let url = installation.url();
    let demo = format!("{url}/demo/shop");
    let tag = tag(&url, &site);
    let facts = json!({
        "url": url, "demo": demo, "desk": seller, "desk_head": head, "site": site, "form": FORM, "tag": tag,
        "workspace": made.workspace, "api_key": made.api_key, "webhooks": format!("{url}/demo/receiver"),
        "pid": std::process::id(), "runtime_pid": running.pid(),
    });
    say_where(&installation.data, &facts)?;
    progress::say(&format!(
        "\n  First Contact is running. Stop it with Ctrl+C.\n\n  \
         The client's shop   {demo}\n  Seller's desk       {seller}\n  Head of sales       {head}\n  \
         Webhooks arrived    {url}/demo/receiver\n  The tag to copy     {tag}\n"
    ));
    running.stay()
}

/// Serves on one box, with its data in a folder, until it is stopped.
pub fn serve(port: u16, data: PathBuf, skip_build: bool) -> Result<()> {
    if !skip_build {
        build::all()?;
    } else {
        tools::bring()?;
    }
    let installation = Installation { data, port, dev: false, faults: false };
    let secrets = Secrets::of(&installation.data)?;
    let running = installation.start(&secrets)?;
    let url = installation.url();
    say_where(&installation.data, &json!({ "url": url, "pid": std::process::id(), "runtime_pid": running.pid() }))?;
    progress::say(&format!(
        "\n  First Contact is serving {url}. Stop it with Ctrl+C.\n\n  \
         Make a client with  cargo xtask workspace new FILE --data {} --url {url}\n",
        installation.data.display()
    ));
    running.stay()
}

/// The demo client's form.
const FORM: &str = "price";

fn tag(url: &str, site: &str) -> String {
    format!("<script async src=\"{url}/embed/{site}/{FORM}.js\"></script>")
}

fn demo_config(installation: &Installation, secrets: &Secrets) -> Result<lead::config::Config> {
    let receiver = format!("{}/demo/receiver", installation.url());
    let given = BTreeMap::from([
        ("DEMO_WEBHOOK_SECRET", secrets.demo_webhook_secret.as_str()),
        ("DEMO_WEBHOOK_URL", receiver.as_str()),
    ]);
    operator::read_config(&paths::root().join("worker/demo/workspace.toml"), &given)
}

/// The small server in front while developing: the client's shop and the webhook receiver.
fn demo_server() -> Result<()> {
    let source = paths::root().join("worker/demo/dev_server.js");
    tools::run(
        tools::esbuild()?
            .arg(source)
            .args([
                "--bundle",
                "--format=esm",
                "--platform=neutral",
                "--main-fields=module,main",
                "--external:node:*",
                "--loader:.html=text",
                "--loader:.css=text",
                "--loader:.svg=text",
                "--log-level=warning",
            ])
            .arg(format!("--alias:site={}", paths::root().join("site/demo").display()))
            .arg(format!("--outfile={}", paths::dev().join("dev.js").display())),
    )
}

fn write_demo(known: &Path, installation: &Installation) -> Result<()> {
    let made: Option<Made> = fs::read_to_string(known).ok().and_then(|text| serde_json::from_str(&text).ok());
    let site = made.and_then(|made| made.sites.first().map(|site| site.key.clone())).unwrap_or_default();
    let facts = json!({ "tag": tag(&installation.url(), &site), "desk": format!("{}/desk/", installation.url()) });
    fs::create_dir_all(paths::dev())?;
    fs::write(paths::dev().join(format!("demo-{}.json", installation.port)), facts.to_string())?;
    Ok(())
}

/// Scripts find a running server by this file: in `target`, and in its own data folder.
fn say_where(data: &Path, facts: &serde_json::Value) -> Result<()> {
    let text = serde_json::to_string_pretty(facts)?;
    fs::create_dir_all(paths::target())?;
    fs::write(paths::dev_json(), &text)?;
    fs::write(data.join("dev.json"), text)?;
    Ok(())
}
