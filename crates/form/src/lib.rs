//! What the visitor's browser and the Worker agree on, to the letter.
//!
//! The widget runs this crate to choose the next question; the Worker runs it again on what it
//! receives and believes only its own result.
//! Nothing here reads a clock, an id or JavaScript: today's date is an argument.
//!
//! The modules, in the order of a visit:
//!
//! 1. [`text`]: a wording in several languages;
//! 2. [`definition`]: a published form: the contact step, the questions, the end;
//! 3. [`question`]: one question, and how it is answered;
//!    [`ending`]: which files may be attached to it;
//! 4. [`ready`] (feature `ready`): the questions of the methodology, worded in Russian and English;
//! 5. [`answer`]: what was answered, and how late or repeated answers merge;
//! 6. [`condition`]: when a question is asked, and what a visit came with;
//! 7. [`computed`]: numbers computed from answers;
//! 8. [`branching`]: which questions are on the visitor's way, and the next one;
//! 9. [`piping`]: earlier answers in later wordings;
//! 10. [`day`]: a calendar day as it is written;
//! 11. [`fact`]: what the answers say about the person's case;
//! 12. [`priority`]: the one fixed rule from facts to AAA, BBB or CCC;
//! 13. [`json`]: JSON into types; [`lenient`]: reading what strangers send; [`ordered`]: maps that keep their order;
//! 14. [`wire`]: the bodies of version 1 of the public contract.

pub mod answer;
pub mod branching;
pub mod computed;
pub mod condition;
pub mod day;
pub mod definition;
pub mod ending;
pub mod fact;
pub mod json;
pub mod lenient;
pub mod ordered;
pub mod piping;
pub mod priority;
pub mod question;
#[cfg(feature = "ready")]
pub mod ready;
pub mod text;
pub mod wire;

pub use answer::{Answer, Answers};
pub use computed::{Computed, Term};
pub use condition::{Condition, Context};
pub use definition::{Consent, ConsentKind, ContactStep, End, Form, Place};
pub use fact::{Fact, FactKey, Facts, Known};
pub use jiff::civil::Date;
pub use ordered::{by_key, in_order};
pub use priority::{Category, Filter, Standing, Tri};
pub use question::{Choice, Jump, Meaning, Question, QuestionKind};
pub use text::Text;
