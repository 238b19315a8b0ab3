//! The sales process as pure functions: (state, input, now, ids) in, what to record and send out.

pub use form;

pub mod event;
pub mod role;
pub mod source;
pub mod view;
