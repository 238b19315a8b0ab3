//! What was answered, and how late, repeated and empty answers merge.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::question::Question;

/// An answer as it crosses the wire: a code, a list of codes, a text, a number, a date,
/// or a code with words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A choice's code, a free text, or a date: which one, the question's kind says.
    One(String),
    /// Several codes.
    Several(Vec<String>),
    /// A number.
    Number(f64),
    /// A code, and the words or the date that came with it.
    WithText {
        /// The choice's code.
        code: String,
        /// What was added to it.
        #[serde(default)]
        text: String,
    },
}

impl Answer {
    /// True for an answer without content: it is a skip, and never erases an earlier answer.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::One(text) => text.trim().is_empty(),
            Self::Several(codes) => codes.is_empty(),
            Self::Number(number) => !number.is_finite(),
            Self::WithText { code, text } => code.trim().is_empty() && text.trim().is_empty(),
        }
    }

    /// The codes of this answer that the question knows, without repeats.
    pub fn codes<'a>(&'a self, question: &Question) -> Vec<&'a str> {
        let given: Vec<&str> = match self {
            Self::One(code) | Self::WithText { code, .. } => vec![code],
            Self::Several(codes) => codes.iter().map(String::as_str).collect(),
            Self::Number(_) => vec![],
        };
        let mut known = Vec::new();
        for code in given {
            if question.choice(code).is_some() && !known.contains(&code) {
                known.push(code);
            }
        }
        known
    }

    /// The words or date that came with the answer.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::WithText { text, .. } if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        }
    }
}

/// All answers of one inquiry: per question the newest by sequence number.
///
/// Invariant: merging is independent of the order of arrival, and a skip never erases an answer.
/// Sorted by question: a list and not a map, because the code of a map would be downloaded by every visitor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Given>", into = "BTreeMap<String, Given>")]
pub struct Answers(Vec<(String, Given)>);

/// One question's newest answer; `None` means it was skipped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The sequence number it came with.
    pub seq: u32,
    /// The day it was given: "within a month" counts from here.
    #[serde(with = "crate::day")]
    pub on: Date,
    /// The answer, or `None` for a skip.
    pub answer: Option<Answer>,
}

impl Answers {
    /// Merges one answer given `on` that day (`None` or an empty one is a skip). Returns true when something changed.
    ///
    /// The rule for two answers to one question: content beats a skip, then the higher sequence
    /// number wins, then (only a confused sender gets here) the one that sorts later, so that every
    /// order of arrival ends in the same state.
    pub fn merge(&mut self, question: &str, seq: u32, on: Date, answer: Option<Answer>) -> bool {
        let incoming = Given { seq, on, answer: answer.filter(|answer| !answer.is_empty()) };
        match self.0.iter_mut().find(|(known, _)| known == question) {
            Some((_, known)) if !incoming.beats(known) => return false,
            Some((_, known)) => *known = incoming,
            None => {
                let place = self.0.iter().take_while(|(known, _)| known.as_str() < question).count();
                self.0.insert(place, (question.to_owned(), incoming));
            }
        }
        true
    }

    /// The question's entry: answered or skipped; `None` when it was never on screen.
    pub fn get(&self, question: &str) -> Option<&Given> {
        self.0.iter().find(|(known, _)| known == question).map(|(_, given)| given)
    }

    /// All entries by question id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Given)> {
        self.0.iter().map(|(id, given)| (id.as_str(), given))
    }
}

impl From<BTreeMap<String, Given>> for Answers {
    fn from(by_question: BTreeMap<String, Given>) -> Self {
        Self(by_question.into_iter().collect())
    }
}

impl From<Answers> for BTreeMap<String, Given> {
    fn from(Answers(answers): Answers) -> Self {
        crate::by_key(answers)
    }
}

impl Given {
    fn beats(&self, known: &Self) -> bool {
        let order = |given: &Self| (given.answer.is_some(), given.seq);
        match order(self).cmp(&order(known)) {
            std::cmp::Ordering::Equal => self.answer.as_ref().map(sorted) > known.answer.as_ref().map(sorted),
            unequal => unequal.is_gt(),
        }
    }
}

/// A total order over answers, by shape and content.
fn sorted(answer: &Answer) -> (u8, Vec<&str>, u64) {
    match answer {
        Answer::One(text) => (0, vec![text], 0),
        Answer::Several(codes) => (1, codes.iter().map(String::as_str).collect(), 0),
        Answer::Number(number) => (2, vec![], number.to_bits()),
        Answer::WithText { code, text } => (3, vec![code, text], 0),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn any_message() -> impl Strategy<Value = (String, u32, Option<Answer>)> {
        let answer = prop_oneof![
            Just(None),
            Just(Some(Answer::One(String::new()))),
            "[a-c]{1,2}".prop_map(|code| Some(Answer::One(code))),
            prop::collection::vec("[a-c]", 0..3).prop_map(|codes| Some(Answer::Several(codes))),
        ];
        ("[q-s]", 0u32..4, answer)
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_ends_in_the_same_state(
            messages in prop::collection::vec(any_message(), 0..12),
            shuffled in any::<prop::sample::Index>(),
        ) {
            let merged = |messages: &[(String, u32, Option<Answer>)]| {
                let mut answers = Answers::default();
                for (question, seq, answer) in messages {
                    answers.merge(question, *seq, date(2026, 11, 21), answer.clone());
                }
                answers
            };
            let mut other = messages.clone();
            if !other.is_empty() {
                let at = shuffled.index(other.len());
                other.rotate_left(at);
                other.extend_from_slice(&messages);
            }
            other.reverse();
            prop_assert_eq!(merged(&messages), merged(&other));
        }

        #[test]
        fn a_skip_never_erases(answer in "[a-z]{1,9}", seq in 0u32..9, later in 0u32..99) {
            let mut answers = Answers::default();
            answers.merge("need", seq, date(2026, 11, 21), Some(Answer::One(answer.clone())));
            prop_assert!(!answers.merge("need", later, date(2026, 11, 22), None));
            prop_assert_eq!(answers.get("need").and_then(|given| given.answer.clone()), Some(Answer::One(answer)));
        }
    }

    #[test]
    fn the_wire_forms_of_an_answer() {
        let parse = |json: &str| serde_json::from_str::<Answer>(json).unwrap();
        assert_eq!(parse(r#""month""#), Answer::One("month".into()));
        assert_eq!(parse(r#"["company","personal"]"#), Answer::Several(vec!["company".into(), "personal".into()]));
        assert_eq!(parse("7"), Answer::Number(7.0));
        assert_eq!(
            parse(r#"{"code":"later","text":"2027-01-05"}"#),
            Answer::WithText { code: "later".into(), text: "2027-01-05".into() }
        );
    }
}
