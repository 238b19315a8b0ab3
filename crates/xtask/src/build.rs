//! `build`: everything that browsers and the runtime load, in `target/`.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    paths, progress, referrers, schema, tools,
    wasm::{self, Loader},
};

/// Builds everything; what has not changed is not built again.
pub fn all() -> Result<()> {
    tools::bring()?;
    schema::check()?;
    referrers::check()?;
    fs::create_dir_all(paths::site_build())?;

    let widget = wasm::build("widget", Loader::Browser)?;
    let widget = publish("w", &[widget.join("widget.js"), widget.join("widget_bg.wasm")])?;
    let desk = wasm::build("desk", Loader::Browser)?;
    let site = paths::root().join("site");
    let desk = publish(
        "d",
        &[
            desk.join("desk.js"),
            desk.join("desk_bg.wasm"),
            site.join("desk/start.js"),
            site.join("desk/desk.css"),
            site.join("desk/icon.svg"),
        ],
    )?;
    let hosted = publish("h", &[site.join("hosted/hosted.css"), site.join("hosted/hosted.js")])?;
    sweep(&[&widget, &desk, &hosted])?;

    loader(&format!("{widget}/widget.js"))?;
    let addresses = format!(
        "pub const WIDGET: &str = \"{widget}/widget.js\";\npub const DESK: &str = \"{desk}\";\npub const HOSTED_CSS: &str = \"{hosted}/hosted.css\";\n"
    );
    write_if_changed(&paths::site_build().join("addresses.rs"), addresses.as_bytes())?;
    worker()
}

/// The embed script, minified, with the widget's address and the styles inside.
fn loader(widget: &str) -> Result<()> {
    // The styles travel as a string inside the script, so esbuild has to shrink them first.
    let folder = paths::site_build().join("embed");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(paths::root().join("site/embed"))? {
        let path = entry?.path();
        let copy = folder.join(path.file_name().context("a file has no name")?);
        if path.extension().is_some_and(|extension| extension == "css") {
            let mut shrink = tools::esbuild()?;
            tools::run(
                shrink
                    .arg(&path)
                    .args(["--minify", "--log-level=warning"])
                    .arg(format!("--outfile={}", copy.display())),
            )?;
        } else {
            fs::copy(path, copy)?;
        }
    }
    let built = paths::site_build().join("loader.new.js");
    tools::run(
        tools::esbuild()?
            .arg(folder.join("loader.js"))
            .args(["--bundle", "--minify", "--format=iife", "--target=es2022", "--charset=utf8"])
            .args(["--loader:.css=text", "--log-level=warning"])
            .arg(format!("--define:WIDGET_URL={widget:?}"))
            .arg(format!("--outfile={}", built.display())),
    )?;
    write_if_changed(&paths::site_build().join("loader.js"), &fs::read(&built)?)
}

/// The Worker: one script and one WebAssembly module.
fn worker() -> Result<()> {
    let bound = wasm::build("edge", Loader::Runtime)?;
    let folder = paths::worker();
    fs::create_dir_all(&folder)?;
    fs::copy(paths::root().join("worker/shim.js"), bound.join("shim.js"))?;
    fs::copy(bound.join("edge_bg.wasm"), folder.join("edge_bg.wasm"))?;
    tools::run(
        tools::esbuild()?
            .arg(bound.join("shim.js"))
            .args([
                "--bundle",
                "--format=esm",
                "--minify-syntax",
                "--external:./edge_bg.wasm",
                "--external:cloudflare:*",
                "--external:node:*",
                "--log-level=warning",
            ])
            .arg(format!("--outfile={}", folder.join("index.js").display())),
    )
}

/// Puts files into a folder named after their content, each with a compressed copy beside it, and
/// gives the folder's path on the site.
fn publish(kind: &str, files: &[PathBuf]) -> Result<String> {
    let mut contents = Vec::new();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).context("a file has no name")?.to_owned();
        let content = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        contents.push((name, content));
    }
    let all: Vec<u8> = contents.iter().flat_map(|(name, content)| [name.as_bytes(), content].concat()).collect();
    let address = format!("/{kind}/{}", &wasm::hash(&all)[..12]);
    let folder = paths::site().join(address.trim_start_matches('/'));
    if folder.exists() {
        return Ok(address);
    }
    progress::step(&format!("compressing {address}"));
    let unfinished = paths::site_build().join("publishing");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished)?;
    for (name, content) in &contents {
        fs::write(unfinished.join(name), content)?;
        fs::write(unfinished.join(format!("{name}.br")), brotli(content)?)?;
    }
    fs::create_dir_all(paths::site().join(kind))?;
    fs::rename(unfinished, folder)?;
    Ok(address)
}

/// Removes what earlier builds published.
fn sweep(keep: &[&String]) -> Result<()> {
    for address in keep {
        let kept = paths::site().join(address.trim_start_matches('/'));
        let Some(kind) = kept.parent() else { continue };
        for entry in fs::read_dir(kind)? {
            let path = entry?.path();
            if path != kept {
                fs::remove_dir_all(path)?;
            }
        }
    }
    Ok(())
}

/// Compressed as well as brotli can.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    brotli::CompressorWriter::new(&mut compressed, 64 * 1024, 11, 22).write_all(content)?;
    Ok(compressed)
}

/// Writes a file, unless it says the same already: a newer time would make cargo compile again.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    fs::write(path, content).with_context(|| format!("could not write {}", path.display()))
}
