//! Takes up what the build made for browsers: the embed script and the addresses of hashed files.
//! Without a build (when only the rules are checked) they are empty.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let site = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../target/site-build");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let read = |name: &str| fs::read_to_string(site.join(name)).unwrap_or_default();
    println!("cargo::rerun-if-changed={}", site.join("loader.js").display());
    println!("cargo::rerun-if-changed={}", site.join("addresses.rs").display());
    fs::write(out.join("loader.js"), read("loader.js"))?;
    let addresses = read("addresses.rs");
    let nothing = "pub const WIDGET: &str = \"\";\npub const DESK: &str = \"\";\npub const HOSTED_CSS: &str = \"\";\n";
    fs::write(out.join("addresses.rs"), if addresses.is_empty() { nothing } else { &addresses })?;
    Ok(())
}
