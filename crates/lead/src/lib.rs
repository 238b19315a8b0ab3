//! The sales process as pure functions: (state, input, now, ids) in, what to record and send out.
//!
//! Nothing here reads a clock, mints an id, or knows SQL or JavaScript; the Worker does what these
//! functions say. The modules, in the order of a lead's way:
//!
//! 1. [`config`] and [`form_config`]: what a workspace is: team, sites, forms, rules, destinations;
//! 2. [`contact`]: what a visitor typed, read as phones, mailboxes and messengers;
//! 3. [`source`] and [`attribution`]: where the person came from;
//! 4. [`publish`]: a form as visitors get it;
//! 5. [`routing`] and its parts: who gets the lead, which systems hear of it, and why; rehearsing other rules;
//!    [`locate`] and [`secrets`] belong to drafts of a configuration: the line of a problem, and secrets that stay;
//! 6. [`deadline`]: by when everyone is answered; [`zone`]: time zones by name;
//! 7. [`visit`]: what a visit came with, for the conditions of a form;
//! 8. [`intake`]: the inquiry becomes a lead at first contact, and [`suspicion`] says whether it looks as if
//!    nobody had sent it;
//! 9. [`qualify`]: answers become facts, facts become the priority;
//! 10. [`closing`]: the visitor declines the price band, and may come back;
//! 11. [`attachment`]: files that visitors attach;
//! 12. [`counting`] and [`report`]: how visitors go through a form, without knowing who they are;
//! 13. [`wording`]: answers in words;
//! 14. [`webhook`], [`destinations`] and [`delivery`]: what is told, to which systems and how, and when it is tried
//!     again;
//! 15. [`destination_url`]: where a delivery may go;
//! 16. [`spill`]: what becomes of an inquiry while its ledger cannot answer; [`unclaimed`]: how many answers may
//!     wait for one that has not come;
//! 17. [`event`], [`role`], [`command`], [`settings`] and [`view`]: what the team sees and may do;
//! 18. [`person`]: whether it is the same person as before; [`erasure`], [`retention`], [`export`] and [`privacy`]: what
//!     is owed to a person whose data these are; [`loss`]: whether anything was lost on the way.
//!
//! [`first_step`] says what of a quiz goes with the tag, [`search`] what is looked for by the beginning of a phone,
//! [`sorted`] keeps maps in order with little code, and [`web_address`] reads addresses.
//!
//! Without the feature `decide` only what the desk shows and writes is built: the types, and no decisions.

pub use form;
pub use form::json;

/// The name of the rule that takes everything no other rule matched.
pub const CATCH_ALL: &str = "catch-all";

/// The stage every lead begins at (I-1, I-2).
pub const FIRST_CONTACT: &str = "first_contact";

#[cfg(feature = "decide")]
pub mod attachment;
#[cfg(feature = "decide")]
pub mod attribution;
#[cfg(feature = "decide")]
pub mod closing;
pub mod command;
pub mod config;
#[cfg(feature = "decide")]
pub mod contact;
#[cfg(feature = "decide")]
pub mod counting;
#[cfg(feature = "decide")]
pub mod deadline;
pub mod delivery;
#[cfg(feature = "decide")]
pub mod destination_url;
pub mod destinations;
#[cfg(feature = "decide")]
pub mod erasure;
pub mod event;
#[cfg(feature = "decide")]
pub mod export;
#[cfg(feature = "decide")]
pub mod first_step;
pub mod form_config;
#[cfg(all(feature = "decide", any(test, feature = "fuzz")))]
pub mod fuzzed;
#[cfg(feature = "decide")]
pub mod intake;
#[cfg(feature = "decide")]
pub mod locate;
pub mod loss;
#[cfg(feature = "decide")]
pub mod person;
pub mod privacy;
#[cfg(feature = "decide")]
pub mod publish;
#[cfg(feature = "decide")]
pub mod qualify;
pub mod report;
pub mod retention;
pub mod role;
pub mod routing;
#[cfg(feature = "decide")]
pub mod search;
pub mod secrets;
pub mod settings;
pub mod sorted;
pub mod source;
#[cfg(feature = "decide")]
pub mod spill;
pub mod suspicion;
#[cfg(feature = "decide")]
pub mod unclaimed;
pub mod view;
#[cfg(feature = "decide")]
pub mod visit;
#[cfg(feature = "decide")]
pub mod web_address;
pub mod webhook;
#[cfg(feature = "decide")]
pub mod wording;
#[cfg(feature = "decide")]
pub mod zone;
