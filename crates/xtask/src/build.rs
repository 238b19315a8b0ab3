//! `build`: everything that browsers and the runtime load, in `target/`.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    disposable, paths, progress, referrers, schema, tools,
    wasm::{self, Loader, Pace},
};

/// Builds everything that is shipped; what has not changed is not built again.
pub fn all() -> Result<()> {
    at(Pace::Thorough)
}

/// Builds everything at this pace.
pub fn at(pace: Pace) -> Result<()> {
    tools::bring()?;
    schema::check()?;
    referrers::check()?;
    disposable::check()?;
    fs::create_dir_all(paths::site_build())?;

    let widget = wasm::build("widget", Loader::Browser, pace)?;
    let sources = for_browsers()?;
    let visit = visit_script(&sources)?;
    let [proof, work] = proof_scripts(&sources)?;
    // In one folder, so that the visit script finds the module beside itself.
    let widget = publish("w", &[widget.join("widget.js"), widget.join("widget_bg.wasm"), visit, proof, work], pace)?;
    let desk = wasm::build("desk", Loader::Browser, pace)?;
    let site = paths::root().join("site");
    let desk = publish(
        "d",
        &[
            desk.join("desk.js"),
            desk.join("desk_bg.wasm"),
            site.join("desk/start.js"),
            desk_styles(&site)?,
            site.join("desk/icon.svg"),
        ],
        pace,
    )?;
    let hosted = publish("h", &[site.join("hosted/hosted.css"), site.join("hosted/hosted.js")], pace)?;
    sweep(&[&widget, &desk, &hosted])?;

    loader(&sources, &format!("{widget}/visit.js"))?;
    first_choice(&sources)?;
    let addresses =
        format!("pub const DESK: &str = \"{desk}\";\npub const HOSTED_CSS: &str = \"{hosted}/hosted.css\";\n");
    write_if_changed(&paths::site_build().join("addresses.rs"), addresses.as_bytes())?;
    worker(pace)
}

/// The scripts for host pages, with their styles shrunk: those travel as strings inside the scripts,
/// which esbuild leaves as they are.
fn for_browsers() -> Result<PathBuf> {
    let folder = paths::site_build().join("scripts");
    let _ = fs::remove_dir_all(&folder);
    for part in ["embed", "quiz", "visit", "words"] {
        fs::create_dir_all(folder.join(part))?;
        for entry in fs::read_dir(paths::root().join("site").join(part))? {
            let path = entry?.path();
            let copy = folder.join(part).join(path.file_name().context("a file has no name")?);
            if path.extension().is_some_and(|extension| extension == "css") {
                tools::run(
                    tools::esbuild()?
                        .arg(&path)
                        .args(["--minify", "--log-level=warning"])
                        .arg(format!("--outfile={}", copy.display())),
                )?;
            } else {
                fs::copy(path, copy)?;
            }
        }
    }
    Ok(folder)
}

/// The desk's sheets, joined into one and minified.
fn desk_styles(site: &Path) -> Result<PathBuf> {
    let joined = paths::site_build().join("desk.css");
    tools::run(
        tools::esbuild()?
            .arg(site.join("desk/desk.css"))
            .args(["--bundle", "--minify", "--log-level=warning", "--external:data:*"])
            .arg(format!("--outfile={}", joined.display())),
    )?;
    Ok(joined)
}

/// Where one build keeps what it has shortened [`OUR_NAMES`] to.
fn names() -> PathBuf {
    paths::site_build().join("names.json")
}

/// The visit script: what follows once a visitor has turned to the form.
fn visit_script(sources: &Path) -> Result<PathBuf> {
    // The first of the scripts: the names are this build's own.
    fs::write(names(), "{}")?;
    let built = paths::site_build().join("visit").join("visit.js");
    tools::run(&mut script(&sources.join("visit/visit.js"), "esm", &built)?)?;
    Ok(built)
}

/// What some sites ask of browsers; nobody else's visitors fetch it. The work itself rests on a library, whose
/// names are not ours to shorten.
fn proof_scripts(sources: &Path) -> Result<[PathBuf; 2]> {
    let folder = paths::site_build().join("visit");
    let (proof, work) = (folder.join("proof.js"), folder.join("work.js"));
    tools::run(&mut script(&sources.join("visit/proof.js"), "esm", &proof)?)?;
    let mut esbuild = tools::esbuild()?;
    esbuild.arg(sources.join("visit/work.js")).args(["--bundle", "--minify", "--target=es2022", "--format=esm"]);
    tools::run(
        esbuild.args(["--legal-comments=none", "--log-level=warning"]).arg(format!("--outfile={}", work.display())),
    )?;
    Ok([proof, work])
}

/// The embed script, with the visit script's address and the styles inside.
fn loader(sources: &Path, visit: &str) -> Result<()> {
    let built = paths::site_build().join("loader.new.js");
    // Nearly all of it runs before the form is on screen. Compiled function by function it would hold that up; told so,
    // browsers compile it while it comes, beside the page.
    tools::run(
        script(&sources.join("embed/loader.js"), "iife", &built)?
            .arg(format!("--define:VISIT_URL={visit:?}"))
            .arg("--banner:js=//# allFunctionsCalledOnLoad"),
    )?;
    write_if_changed(&paths::site_build().join("loader.js"), &fs::read(&built)?)
}

/// The first question of a quiz, which the Worker puts into the embed scripts of quizzes only.
fn first_choice(sources: &Path) -> Result<()> {
    let built = paths::site_build().join("first_choice.new.js");
    tools::run(script(&sources.join("quiz/first_choice.js"), "iife", &built)?.arg("--global-name=quiz"))?;
    write_if_changed(&paths::site_build().join("first_choice.js"), &fs::read(&built)?)
}

/// What our scripts call things among themselves, and nobody else does: no member of the wire, of a
/// stored entry or of the browser. They are shortened, to the same letters in every script of a build.
const OUR_NAMES: &str = "answer|askHere|attribution|box|card|draft|draw|dress|drop|elsewhere|emit|fill|given|\
                         handed|hiddenFields|inLanguage|joined|json|keep|known|lastly|live|minted|\
                         more|openOutbox|opener|outbox|paint|patience|person|prepare|quietly|recorded|refuse|rest|\
                         say|sent|shadow|shut|stand|step|stop|takeUp|told|tools|turned|unsent|wait|wake|worded";

/// How scripts for host pages are minified.
fn script(from: &Path, format: &str, to: &Path) -> Result<Command> {
    let mut esbuild = tools::esbuild()?;
    esbuild
        .arg(from)
        .args(["--bundle", "--minify", "--target=es2022", "--charset=utf8", "--loader:.css=text"])
        .args(["--legal-comments=none", "--log-level=warning"])
        .arg(format!("--mangle-props=^({OUR_NAMES})$"))
        .arg(format!("--mangle-cache={}", names().display()))
        .arg(format!("--format={format}"))
        .arg(format!("--outfile={}", to.display()));
    Ok(esbuild)
}

/// The Worker: one script and one WebAssembly module.
fn worker(pace: Pace) -> Result<()> {
    let bound = wasm::build("edge", Loader::Runtime, pace)?;
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
fn publish(kind: &str, files: &[PathBuf], pace: Pace) -> Result<String> {
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
        fs::write(unfinished.join(format!("{name}.br")), compressed(content, pace)?)?;
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
    compressed(content, Pace::Thorough)
}

fn compressed(content: &[u8], pace: Pace) -> Result<Vec<u8>> {
    let quality = match pace {
        Pace::Thorough => 11,
        Pace::Quick => 3,
    };
    let mut compressed = Vec::new();
    brotli::CompressorWriter::new(&mut compressed, 64 * 1024, quality, 22).write_all(content)?;
    Ok(compressed)
}

/// Keeps a file that is made and committed as it is made now; where `CI` is set, one that is another is an error.
pub fn keep_committed(path: &Path, content: &[u8]) -> Result<()> {
    if std::env::var_os("CI").is_some() && !fs::read(path).is_ok_and(|found| found == content) {
        bail!("{} is out of date; run `cargo xtask build` and commit it", path.display());
    }
    write_if_changed(path, content)
}

/// Writes a file, unless it says the same already: a newer time would make cargo compile again.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    fs::write(path, content).with_context(|| format!("could not write {}", path.display()))
}
