//! A crate becomes WebAssembly and its glue: cargo, wasm-bindgen (as a library), wasm-opt, esbuild.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{order, paths, progress, slim, tools};

/// What wasm-opt may use: what every browser since 2022 and the runtime have. Naming them keeps
/// newer features out that browsers refuse.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Who loads the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// A page, through `import()`.
    Browser,
    /// The Workers runtime.
    Runtime,
}

/// How much time a build may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As small as it gets: what is shipped and tested.
    Thorough,
    /// Soon, and several times as large: for trying things out.
    Quick,
}

impl Pace {
    /// The profile in `Cargo.toml`.
    fn profile(self) -> &'static str {
        match self {
            Self::Thorough => "wasm",
            Self::Quick => "wasm-quick",
        }
    }
}

/// Compiles a package and gives its folder with `NAME.js` and `NAME_bg.wasm`. Does nothing beyond
/// asking cargo when the package has not changed.
pub fn build(package: &str, loader: Loader, pace: Pace) -> Result<PathBuf> {
    progress::step(&format!("compiling {package}"));
    tools::run(
        Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--profile",
                pace.profile(),
                "--lib",
                "--target",
                tools::WASM,
                "--package",
                package,
            ])
            .args(views(package))
            .current_dir(paths::root()),
    )
    .with_context(|| format!("{package} does not compile"))?;

    let compiled = paths::target().join(tools::WASM).join(pace.profile()).join(format!("{package}.wasm"));
    let folder = paths::site_build().join(package);
    let stamp = folder.join("stamp");
    let fingerprint = hash(&fs::read(&compiled)?);
    if fs::read_to_string(&stamp).is_ok_and(|found| found == fingerprint) {
        return Ok(folder);
    }
    progress::step(&format!("binding and shrinking {package}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    bind(&compiled, package, loader, &folder)?;
    let wasm = folder.join(format!("{package}_bg.wasm"));
    let glue = folder.join(format!("{package}.js"));
    if pace == Pace::Thorough {
        make_small(&glue, &wasm, loader)?;
    }
    fs::write(stamp, fingerprint)?;
    Ok(folder)
}

/// Slims, shrinks, orders and minifies what was bound.
fn make_small(glue: &Path, wasm: &Path, loader: Loader) -> Result<()> {
    if loader == Loader::Browser {
        slim::slim(glue, wasm, &FEATURES)?;
    }
    let mut features = FEATURES.to_vec();
    if loader == Loader::Runtime {
        // wasm-bindgen's notice of a panic is built on it, and the runtime has it.
        features.push("--enable-exception-handling");
    }
    let mut shrink = tools::wasm_opt()?;
    shrink.args(["-Oz", "--converge"]).args(&features);
    tools::run(shrink.arg(wasm).arg("-o").arg(wasm))?;
    order::order(wasm, &features)?;
    if loader == Loader::Browser {
        minify(glue)?;
    }
    Ok(())
}

/// How a package's views are compiled. The widget has few, and each as its own type is the smallest. The desk has
/// hundreds: there Leptos forgets what an element holds as soon as it is made, and draws all of them by the same code.
fn views(package: &str) -> &'static [&'static str] {
    match package {
        "desk" => &["--config", r#"target.wasm32-unknown-unknown.rustflags = ["--cfg", "erase_components"]"#],
        _ => &[],
    }
}

fn bind(compiled: &Path, package: &str, loader: Loader, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(package).typescript(false);
    match loader {
        Loader::Browser => bindgen.web(true)?,
        // A panic ends the instance; these two let the shim begin a new one.
        Loader::Runtime => bindgen.module(true)?.reset_state_function(true).force_enable_abort_handler(true),
    };
    bindgen.generate(folder).with_context(|| format!("wasm-bindgen could not bind {package}"))?;
    if loader == Loader::Runtime {
        // The runtime gives a compiled module to a plain import; "import source" it does not know yet.
        let glue = folder.join(format!("{package}.js"));
        fs::write(&glue, fs::read_to_string(&glue)?.replace("import source ", "import "))?;
    }
    Ok(())
}

fn minify(file: &Path) -> Result<()> {
    tools::run(
        tools::esbuild()?
            .arg(file)
            .args(["--bundle", "--minify", "--format=esm", "--allow-overwrite", "--log-level=warning"])
            .arg(format!("--outfile={}", file.display())),
    )
}

/// The first half of a SHA-256, in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes)).chars().take(32).collect()
}
