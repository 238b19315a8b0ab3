//! What the visitor's browser and the Worker agree on, to the letter.
//!
//! The widget runs this crate to choose the next question; the Worker runs it again on what it
//! receives and believes only its own result.
//! Nothing here reads a clock, an id or JavaScript: today's date is an argument.
//!
//! The modules, in the order of a visit:
//!
//! 1. [`text`]: a wording in several languages;
//! 2. [`definition`]: a published form: the contact step and the questions;
//! 3. [`ready`] (feature `ready`): the questions of the methodology, worded in Russian and English;
//! 4. [`answer`]: what was answered, and how late or repeated answers merge;
//! 5. [`branching`]: which questions are on the visitor's way, and the next one;
//! 6. [`day`]: a calendar day as it is written;
//! 7. [`fact`]: what the answers say about the person's case;
//! 8. [`priority`]: the one fixed rule from facts to AAA, BBB or CCC;
//! 9. [`lenient`]: reading what strangers send;
//! 10. [`wire`]: the bodies of version 1 of the public contract.

pub mod answer;
pub mod branching;
pub mod day;
pub mod definition;
pub mod fact;
pub mod lenient;
pub mod priority;
#[cfg(feature = "ready")]
pub mod ready;
pub mod text;
pub mod wire;

pub use answer::{Answer, Answers};
pub use definition::{Choice, Condition, Consent, ConsentKind, ContactStep, Form, Meaning, Question, QuestionKind};
pub use fact::{Fact, FactKey, Facts, Known};
pub use jiff::civil::Date;
pub use priority::{Category, Filter, Standing, Tri};
pub use text::Text;
