//! The questions, in the visitor's browser.
