//! Brings what the build and the tests need; what cannot be brought fails with a sentence that says
//! what to do.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{paths, progress};

/// The WebAssembly target of the Rust toolchain.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Brings the wasm target and the pinned npm tools.
pub fn bring() -> Result<()> {
    wasm_target()?;
    pinned()
}

fn wasm_target() -> Result<()> {
    let libraries =
        Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]).current_dir(paths::root()).output();
    let there = libraries.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).exists());
    if there {
        return Ok(());
    }
    progress::step("adding the Rust target for WebAssembly");
    run(Command::new("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("could not add {WASM}; run `rustup target add {WASM}` and try again"))
}

fn pinned() -> Result<()> {
    let lock = paths::root().join("package-lock.json");
    let wanted = fs::read_to_string(&lock).context("package-lock.json is missing")?;
    let stamp = paths::node_modules().join(".first-contact");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    progress::step("installing the pinned tools (npm ci)");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])).context(
        "could not install the pinned tools; is Node 20 or later on the PATH, and the npm registry reachable?",
    )?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// The runtime's binary.
pub fn workerd() -> Result<PathBuf> {
    let package = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => "workerd-linux-64",
        ("linux", "aarch64") => "workerd-linux-arm64",
        ("macos", "x86_64") => "workerd-darwin-64",
        ("macos", "aarch64") => "workerd-darwin-arm64",
        ("windows", _) => "workerd-windows-64",
        (os, arch) => bail!("there is no workerd for {os} on {arch}"),
    };
    let name = if cfg!(windows) { "workerd.exe" } else { "workerd" };
    existing(paths::node_modules().join("@cloudflare").join(package).join("bin").join(name))
}

/// A Node script of a pinned package, ready to take arguments, run by the pinned Node.
pub fn script(path: &str) -> Result<Command> {
    let mut command = Command::new(node());
    command.arg(existing(paths::node_modules().join(path))?);
    command.current_dir(paths::root());
    Ok(command)
}

/// The pinned Node; the machine's own where there is none for it.
pub fn node() -> PathBuf {
    let pinned = paths::node_modules().join(".bin").join(if cfg!(windows) { "node.exe" } else { "node" });
    let works = Command::new(&pinned).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if works.is_ok_and(|status| status.success()) { pinned } else { PathBuf::from("node") }
}

/// esbuild, ready to take arguments.
pub fn esbuild() -> Result<Command> {
    let package = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        ("windows", _) => "win32-x64",
        (os, arch) => bail!("there is no esbuild for {os} on {arch}"),
    };
    let program = if cfg!(windows) { "esbuild.exe" } else { "bin/esbuild" };
    // npm may skip the install step that puts the binary into the main package.
    let mut command = Command::new(existing(paths::node_modules().join("@esbuild").join(package).join(program))?);
    command.current_dir(paths::root());
    Ok(command)
}

/// wasm-opt, ready to take arguments.
pub fn wasm_opt() -> Result<Command> {
    script("binaryen/bin/wasm-opt")
}

/// A Chromium for the tests: `CHROMIUM`, one on the PATH, or one brought now.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return existing(PathBuf::from(named));
    }
    if let Some(found) = installed_chromium() {
        return Ok(found);
    }
    progress::step("installing Chromium");
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if root && Path::new("/usr/bin/apt-get").exists() {
        let _ = run(Command::new("apt-get").args(["update", "-qq"]));
        let _ = run(Command::new("apt-get")
            .args(["install", "-y", "-qq", "chromium"])
            .env("DEBIAN_FRONTEND", "noninteractive"));
    } else {
        let _ = run(script("playwright-core/cli.js")?.args(["install", "chromium"]));
    }
    installed_chromium().context(
        "the browser tests need Chromium and it could not be installed; install the package chromium, \
         or set CHROMIUM to the path of a Chromium or Chrome",
    )
}

fn installed_chromium() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let on_path = env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    let apps = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    let own = || {
        let ask = "import('playwright-core').then(p => console.log(p.chromium.executablePath()))";
        let output = Command::new(node()).args(["-e", ask]).current_dir(paths::root()).output().ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim().to_owned()))
    };
    on_path.chain(apps.map(PathBuf::from)).find(|path| path.is_file()).or_else(|| own().filter(|path| path.is_file()))
}

fn existing(path: PathBuf) -> Result<PathBuf> {
    if path.exists() {
        return Ok(path);
    }
    bail!("{} is missing; delete the folder node_modules and run the command again", path.display())
}

/// Runs a command and fails when it does.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.status().with_context(|| format!("could not start {shown}"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}
