//! The questions of the methodology, worded in Russian and English (methodology §12).
//!
//! A form names the ones it asks; a site may reword them or bring its own list of choices.

#[cfg(test)]
use crate::definition::{End, Form};
use crate::{definition::ContactStep, question::Question};

const QUESTIONS: &str = include_str!("ready/questions.json");
const CONTACT: &str = include_str!("ready/contact.json");

/// The questions asked when a form names none, in order.
pub const DEFAULT: [&str; 5] = ["need", "buying_stage", "timing", "offer", "pay"];

/// All ready questions.
pub fn questions() -> Vec<Question> {
    // The file is part of the build and a test reads it; an unreadable one would ask nothing.
    crate::json::read(QUESTIONS).unwrap_or_default()
}

/// The ready question with this id.
pub fn question(id: &str) -> Option<Question> {
    questions().into_iter().find(|question| question.id == id)
}

/// The ready contact step, with a separate consent box.
pub fn contact() -> Option<ContactStep> {
    crate::json::read(CONTACT).ok()
}

/// A form of the default questions, version 1, for tests of the rules.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fixture")]
pub(crate) fn form(id: &str) -> Form {
    Form {
        id: id.to_owned(),
        version: 1,
        contact: contact().unwrap(),
        questions: DEFAULT.iter().map(|id| question(id).unwrap()).collect(),
        values: vec![],
        end: End::default(),
        words: Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_wording_is_in_both_languages() {
        let questions = questions();
        assert_eq!(questions.len(), 12);
        assert!(DEFAULT.iter().all(|id| questions.iter().any(|question| question.id == *id)));
        let contact = contact().unwrap();
        let texts = questions
            .iter()
            .flat_map(|question| {
                std::iter::once(&question.text).chain(question.choices.iter().map(|choice| &choice.text))
            })
            .chain([&contact.title, &contact.consent.text]);
        for text in texts {
            assert_eq!(text.languages().collect::<Vec<_>>(), ["en", "ru"], "{text:?}");
        }
    }
}
