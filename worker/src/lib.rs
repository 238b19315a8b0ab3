//! The shell.

pub mod pages;
