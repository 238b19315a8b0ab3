//! Takes up what the build made for browsers: the embed scripts and the addresses of hashed files.
//! Without a build (when only the rules are checked) they are empty.

use std::{env, error::Error, fs, path::PathBuf};

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
    Ok(())
}
