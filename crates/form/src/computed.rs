//! Numbers computed from answers: an area times a price, the score of a quiz.

use serde::{Deserialize, Serialize};

use crate::{answer::Answer, branching::Step, definition::Form};

/// A number with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Computed {
    /// The name that conditions and wordings use.
    pub id: String,
    /// How it is computed.
    pub of: Term,
}

/// How a number is computed. It rests on answers only, never on another computed value, so it always ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// This number.
    Number(f64),
    /// The number answered to this question.
    Answer(String),
    /// The scores of the choices answered to this question, added up.
    Score(String),
    /// All of them, added up; what is not known adds nothing.
    Sum(Vec<Term>),
    /// All of them, multiplied; not known when one of them is not.
    Product(Vec<Term>),
}

/// The number answered to a question or computed under a name, as far as the visitor has come.
pub fn number(id: &str, form: &Form, before: &[Step<'_>]) -> Option<f64> {
    let found = match form.values.iter().find(|computed| computed.id == id) {
        Some(computed) => value(&computed.of, before),
        None => answered(id, before),
    };
    found.filter(|number| number.is_finite())
}

fn value(term: &Term, before: &[Step<'_>]) -> Option<f64> {
    match term {
        Term::Number(number) => Some(*number),
        Term::Answer(question) => answered(question, before),
        Term::Score(question) => {
            let step = before.iter().find(|step| step.question.id == *question)?;
            let codes = step.answer?.codes(step.question);
            Some(codes.iter().filter_map(|code| step.question.choice(code)?.score).sum())
        }
        Term::Sum(terms) => {
            let known: Vec<f64> = terms.iter().filter_map(|term| value(term, before)).collect();
            (!known.is_empty()).then(|| known.iter().sum())
        }
        Term::Product(terms) => terms.iter().try_fold(1.0, |product, term| Some(product * value(term, before)?)),
    }
}

fn answered(question: &str, before: &[Step<'_>]) -> Option<f64> {
    match before.iter().find(|step| step.question.id == question)?.answer? {
        Answer::Number(number) => Some(*number),
        _ => None,
    }
}
