//! What is not of the shape that was asked for.

use std::fmt;

use serde::de;

/// What is not of the shape that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Where, for example `rules[2].when`; empty where it is all of it.
    pub at: String,
    /// What is wrong there.
    pub problem: String,
}

impl Misfit {
    /// The same, seen from outside of a member.
    #[inline(never)]
    #[must_use]
    pub fn within(mut self, member: &str) -> Self {
        let inside = if self.at.is_empty() || self.at.starts_with('[') { "" } else { "." };
        self.at = format!("{member}{inside}{}", self.at);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() { out.write_str(&self.problem) } else { write!(out, "{}: {}", self.at, self.problem) }
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self { at: String::new(), problem: problem.to_string() }
    }
}

/// A type without its member: [`super::tree`] knows which. It is said often, to learn whether there is a default.
pub(super) const ABSENT: Misfit = Misfit { at: String::new(), problem: String::new() };
