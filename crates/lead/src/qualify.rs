//! Answers become facts, facts become the priority: recomputed here on what was received,
//! whatever the browser thought.

use form::{
    Answers, Context, Date, Fact, Facts, Form, Standing, branching, fact,
    priority::{self, Rule},
    wire::AnswersRequest,
};
use jiff::Timestamp;

use crate::event::{Event, EventKind};

/// What to write for one message of answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Qualified {
    /// The inquiry's answers, merged.
    pub answers: Answers,
    /// The questions whose entry changed.
    pub changed: Vec<String>,
    /// Statements to add to the lead.
    pub facts: Vec<Fact>,
    /// The lead's place now.
    pub standing: Standing,
    /// The next question for the visitor.
    pub next: Option<String>,
    /// The history's lines.
    pub events: Vec<Event>,
}

/// The lead as it stood before the message.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The inquiry's answers.
    pub answers: &'a Answers,
    /// The lead's newest facts.
    pub facts: &'a Facts,
    /// What the visit came with.
    pub context: &'a Context,
}

/// Merges a message of answers and says what follows from it.
pub fn answer(
    form: &Form,
    before: Before<'_>,
    message: &AnswersRequest,
    now: Timestamp,
    today: Date,
    rule: Rule,
) -> Qualified {
    let mut answers = before.answers.clone();
    let mut changed = Vec::new();
    let mut events = Vec::new();
    let mut event = |kind, by: &str, data: Vec<(&str, String)>| {
        events.push(Event {
            at: now.to_string(),
            kind,
            by: by.to_owned(),
            data: form::by_key(data.into_iter().map(|(key, value)| (key.to_owned(), value))),
        });
    };
    for (question, answer) in &message.answers {
        // What the form does not ask is kept in the raw message only.
        let Some(asked) = form.question(question) else { continue };
        if !answers.merge(question, message.seq, today, answer.clone()) {
            continue;
        }
        changed.push(question.clone());
        let codes = answer.as_ref().map(|answer| answer.codes(asked).join(",")).unwrap_or_default();
        event(
            EventKind::Answered,
            "visitor",
            vec![("question", question.to_owned()), ("answer", codes), ("seq", message.seq.to_string())],
        );
    }

    let facts = {
        let says = |answers: &Answers| fact::from_answers(form, answers, before.context);
        fact::changes(&says(before.answers), &says(&answers), today)
    };
    let mut all = before.facts.clone();
    for fact in &facts {
        // The person's own words stay out of the history.
        let value = if fact.key.is_in_own_words() { String::new() } else { fact.value.clone() };
        event(
            EventKind::FactAdded,
            "machine",
            vec![("key", code(fact.key)), ("value", value), ("known", code(fact.known))],
        );
        all.add(fact.clone());
    }
    let was = priority::standing(before.facts, today, rule);
    let standing = priority::standing(&all, today, rule);
    if (was.priority, &was.reachable) != (standing.priority, &standing.reachable) {
        event(
            EventKind::PriorityChanged,
            "machine",
            vec![("from", place(&was)), ("to", place(&standing)), ("rank", standing.rank.to_string())],
        );
    }
    let next = branching::next(form, &answers, before.context).map(|question| question.id.clone());
    Qualified { answers, changed, facts, standing, next, events }
}

/// The category, or where the lead can still end up: `AAA`, or `AAA BBB?`.
pub fn place(standing: &Standing) -> String {
    match standing.priority {
        Some(category) => category.to_string(),
        None => {
            let reachable: Vec<String> = standing.reachable.iter().map(|reach| code(*reach)).collect();
            format!("{}?", reachable.join(" "))
        }
    }
}

/// The code of a unit variant, as serde writes it.
pub fn code<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}
