//! Takes up what the build made for browsers: the embed scripts and the addresses of hashed files.
//! Without a build (when only the rules are checked) they are empty.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let site = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../target/site-build");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let read = |name: &str| fs::read_to_string(site.join(name)).unwrap_or_default();
    for script in ["loader.js", "first_choice.js"] {
        println!("cargo::rerun-if-changed={}", site.join(script).display());
        fs::write(out.join(script), read(script))?;
    }
    println!("cargo::rerun-if-changed={}", site.join("addresses.rs").display());
    let addresses = read("addresses.rs");
    let nothing = "pub const DESK: &str = \"\";\npub const HOSTED_CSS: &str = \"\";\n";
    fs::write(out.join("addresses.rs"), if addresses.is_empty() { nothing } else { &addresses })?;
    migrations(&out)
}

/// Every migration without its comments and its indents, which nobody reads in the module.
fn migrations(out: &Path) -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("src/sql/migrations");
    println!("cargo::rerun-if-changed={}", folder.display());
    let bare = out.join("migrations");
    fs::create_dir_all(&bare)?;
    for file in fs::read_dir(folder)? {
        let file = file?;
        let text = fs::read_to_string(file.path())?;
        let lines: Vec<&str> = text.lines().map(statement).filter(|line| !line.is_empty()).collect();
        fs::write(bare.join(file.file_name()), lines.join("\n"))?;
    }
    Ok(())
}

/// What a line says to the database: all of it before a comment, which no text in quotes begins.
fn statement(line: &str) -> &str {
    let mut quoted = false;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        if character == '\'' {
            quoted = !quoted;
        }
        if !quoted && before == '-' && character == '-' {
            return line.get(..at.saturating_sub(1)).unwrap_or(line).trim();
        }
        before = character;
    }
    line.trim()
}
