//! `deploy`: the same build on Cloudflare.

use std::{env, path::Path};

use anyhow::{Context, Result};

use crate::{build, paths, tools};

/// Builds and deploys with the account that wrangler is signed in to. The secrets are set once with
/// `npx wrangler secret put INSTALLATION_SECRET` and `OPERATOR_KEY`.
pub fn deploy(dry_run: bool) -> Result<()> {
    build::all()?;
    let mut wrangler = tools::script("wrangler/bin/wrangler.js")?;
    wrangler.args(["deploy", "--config"]).arg(paths::root().join("wrangler.toml"));
    if dry_run {
        wrangler.args(["--dry-run", "--outdir"]).arg(paths::target().join("deploy"));
    }
    // wrangler starts Node again by name, so the pinned one has to come first.
    let bin = paths::node_modules().join(".bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let first: Vec<_> = std::iter::once(bin.as_path().to_owned()).chain(env::split_paths(&path)).collect();
    tools::run(
        wrangler
            .env("PATH", env::join_paths(first)?)
            .env("WRANGLER_SEND_METRICS", "false")
            .current_dir(Path::new(paths::root())),
    )
    .context("wrangler could not deploy; sign in with `npx wrangler login` first")
}
