//! `size`: bytes on the wire against the budgets of the design.

#![allow(clippy::print_stdout, reason = "the table is what the command is for")]

use std::{fs, io::Write, path::Path};

use anyhow::{Result, bail};
use lead::{config::Config, first_step, form_config::FormConfig, publish};

use crate::{build, paths};

struct Line {
    what: &'static str,
    bytes: usize,
    budget: usize,
}

/// Prints the sizes and fails beyond the budgets.
pub fn check() -> Result<()> {
    let lines = [
        Line { what: "embed script with its definition, brotli", bytes: embed()?, budget: 8 * 1024 },
        Line { what: "visit script, brotli", bytes: visit()?, budget: 13 * 1024 },
        Line {
            what: "widget: WebAssembly and glue, brotli",
            bytes: compressed("widget", "widget")?,
            budget: 70 * 1024,
        },
        Line { what: "Worker: script and module, gzip", bytes: worker()?, budget: 1024 * 1024 },
        // Three hundredths above what it is: a page more fits in, and a reader for every type, or views that each are a
        // type of their own again, do not go unnoticed.
        Line { what: "desk: WebAssembly and glue, brotli", bytes: compressed("desk", "desk")?, budget: 281 * 1024 },
    ];
    let mut beyond = Vec::new();
    for line in &lines {
        let share = line.bytes.saturating_mul(100).checked_div(line.budget).unwrap_or(0);
        println!("{:<44} {:>9} of {:>9} bytes  {share:>3} %", line.what, line.bytes, line.budget);
        if line.bytes > line.budget {
            beyond.push(line.what);
        }
    }
    if !beyond.is_empty() {
        bail!("over budget: {}", beyond.join(", "));
    }
    Ok(())
}

/// The loader with the demo client's form inside, as a visitor receives it.
fn embed() -> Result<usize> {
    let config: Config = toml::from_str(&fs::read_to_string(paths::root().join("worker/demo/workspace.toml"))?)?;
    let default = FormConfig { id: "price".into(), ..FormConfig::default() };
    let form = config.forms.first().unwrap_or(&default);
    let form = publish::publish(form, &config.words, 1).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let loader = fs::read_to_string(paths::site_build().join("loader.js"))?;
    let definition = serde_json::json!({
        "base": "https://leads.example.com",
        "site": "site_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef",
        "form": first_step::of(&form),
    });
    Ok(build::brotli(format!("{}\nfirstContact.d({definition});\n", loader.trim_end()).as_bytes())?.len())
}

/// The script that is fetched when a visitor turns to the form.
fn visit() -> Result<usize> {
    Ok(build::brotli(&fs::read(paths::site_build().join("visit/visit.js"))?)?.len())
}

fn compressed(folder: &str, name: &str) -> Result<usize> {
    let folder = paths::site_build().join(folder);
    let size = |file: &Path| -> Result<usize> { Ok(build::brotli(&fs::read(file)?)?.len()) };
    Ok(size(&folder.join(format!("{name}.js")))?.saturating_add(size(&folder.join(format!("{name}_bg.wasm")))?))
}

fn worker() -> Result<usize> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for file in ["index.js", "edge_bg.wasm"] {
        encoder.write_all(&fs::read(paths::worker().join(file))?)?;
    }
    Ok(encoder.finish()?.len())
}
