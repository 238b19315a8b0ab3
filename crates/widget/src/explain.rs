//! What the answers say, for whoever wants to check that browser and Worker agree.

use form::{Answers, Context, Fact, branching, day, fact};

use crate::{
    json::{self, Value, name, quoted},
    published,
};

/// See [`crate::explain_answers`].
pub fn explain(form: &str, answers: &str, today: &str) -> String {
    let (Some(form), Some(Value::List(given)), Some(today)) = (json::read(form), json::read(answers), day::read(today))
    else {
        return r#"{"error":"unreadable"}"#.to_owned();
    };
    let mut answers = Answers::default();
    let context = Context::default();
    let form = published::form(&form);
    for given in given {
        answers.merge(&given.item(0).words(), given.item(1).count(), today, published::answer(given.item(2)));
    }
    let facts: Vec<String> = fact::from_answers(&form, &answers, &context).iter().map(written).collect();
    let next = branching::next(&form, &answers, &context).map_or("null".to_owned(), |question| quoted(&question.id));
    format!(r#"{{"facts":[{}],"next":{next}}}"#, facts.join(","))
}

/// A fact as `serde_json` writes it.
fn written(fact: &Fact) -> String {
    let value = if fact.value.is_empty() { String::new() } else { format!(r#""value":{},"#, quoted(&fact.value)) };
    let (key, known, on) = (name(fact.key), name(fact.known), day::written(fact.on));
    format!(r#"{{"key":{key},{value}"known":{known},"on":"{on}"}}"#)
}

#[cfg(test)]
mod tests {
    use form::{Answer, Date, Form, ready};
    use serde_json::json;

    use super::*;

    fn form() -> serde_json::Value {
        json!({
            "id": "price", "version": 1, "contact": ready::contact(),
            "questions": ready::DEFAULT.map(ready::question),
        })
    }

    fn explained(answers: &serde_json::Value) -> serde_json::Value {
        serde_json::from_str(&explain(&form().to_string(), &answers.to_string(), "2026-11-21")).unwrap()
    }

    #[test]
    fn says_to_the_letter_what_the_rules_say() {
        let given = json!([
            ["need", 1, { "code": "specific", "text": "an \"oak\" table" }],
            ["buying_stage", 2, ["comparing"]],
            ["timing", 3, { "code": "later", "text": "2027-02-03" }],
            ["offer", 4, null],
            ["pay", 5, "own"],
            ["pay", 4, 7],
        ]);
        let mut answers = Answers::default();
        for (question, seq, answer) in
            serde_json::from_value::<Vec<(String, u32, Option<Answer>)>>(given.clone()).unwrap()
        {
            answers.merge(&question, seq, Date::constant(2026, 11, 21), answer);
        }
        let form: Form = serde_json::from_value(form()).unwrap();
        let facts = fact::from_answers(&form, &answers, &Context::default());
        assert!(facts.iter().count() > 6);
        assert_eq!(explained(&given), json!({ "facts": facts, "next": null }));
    }

    #[test]
    fn names_the_next_question() {
        assert_eq!(explained(&json!([["need", 1, "specific"], ["buying_stage", 2, null]]))["next"], "timing");
    }

    #[test]
    fn unreadable_input_is_said_and_not_thrown() {
        assert_eq!(explain("{", "[]", "2026-11-21"), r#"{"error":"unreadable"}"#);
        assert!(explained(&json!("no list"))["error"].is_string());
    }
}
