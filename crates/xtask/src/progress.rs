//! Shows what is being done.

#![allow(clippy::print_stderr, reason = "this is what people watch while the build works")]

/// Says what begins.
pub fn step(what: &str) {
    eprintln!("· {what}");
}

/// Says a thing to remember.
pub fn say(what: &str) {
    eprintln!("{what}");
}
