//! Where things lie.

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> &'static Path {
    // This crate lies two folders below it.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).unwrap_or(Path::new("."))
}

/// What cargo and this tool build.
pub fn target() -> PathBuf {
    root().join("target")
}

/// What the Worker takes up when it is compiled: the loader and the addresses of hashed files.
pub fn site_build() -> PathBuf {
    target().join("site-build")
}

/// Files that browsers fetch as they are, under hashed names.
pub fn site() -> PathBuf {
    target().join("site")
}

/// The Worker as the runtime loads it.
pub fn worker() -> PathBuf {
    target().join("worker")
}

/// What one machine needs to serve: the runtime's configuration, the demo pages.
pub fn dev() -> PathBuf {
    target().join("dev")
}

/// The pinned tools.
pub fn node_modules() -> PathBuf {
    root().join("node_modules")
}

/// Where the running server says how to reach it.
pub fn dev_json() -> PathBuf {
    target().join("dev.json")
}
