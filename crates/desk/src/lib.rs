//! The sales team's pages.
