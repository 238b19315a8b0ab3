//! What the answers say, for whoever wants to check that browser and Worker agree.

use std::fmt;

use form::{Answer, Answers, Context, Fact, Form, branching, day, fact};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};

use crate::{
    host::Asked,
    json::{self, name, quoted},
};

/// See [`crate::explain_answers`].
pub fn explain(form: &str, answers: &str, today: &str) -> String {
    let read = (json::read::<Asked>(form), json::read::<Vec<(String, u32, Given)>>(answers), day::read(today));
    let (Some(form), Some(given), Some(today)) = read else {
        return r#"{"error":"unreadable"}"#.to_owned();
    };
    let mut answers = Answers::default();
    let form = Form::from(form);
    for (question, seq, Given(answer)) in given {
        answers.merge(&question, seq, today, answer);
    }
    let facts: Vec<String> = fact::from_answers(&form, &answers, &Context::default()).iter().map(written).collect();
    let next = branching::next(&form, &answers, &Context::default())
        .map_or("null".to_owned(), |question| quoted(&question.id));
    format!(r#"{{"facts":[{}],"next":{next}}}"#, facts.join(","))
}

/// A fact as `serde_json` writes it.
fn written(fact: &Fact) -> String {
    let value = if fact.value.is_empty() { String::new() } else { format!(r#""value":{},"#, quoted(&fact.value)) };
    let (key, known, on) = (name(fact.key), name(fact.known), day::written(fact.on));
    format!(r#"{{"key":{key},{value}"known":{known},"on":"{on}"}}"#)
}

/// An answer as it crosses the wire. `form::Answer` tries its shapes one after another on a buffered
/// copy, which is more code than the rest of this module.
struct Given(Option<Answer>);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyShape)
    }
}

struct AnyShape;

impl<'de> Visitor<'de> for AnyShape {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Given, E> {
        Ok(Given(None))
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<Given, E> {
        Ok(Given(Some(Answer::One(code.to_owned()))))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Given, E> {
        Ok(Given(Some(Answer::Number(number))))
    }

    fn visit_u32<E: de::Error>(self, number: u32) -> Result<Given, E> {
        self.visit_f64(number.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Given, A::Error> {
        let mut codes = Vec::new();
        while let Some(code) = items.next_element()? {
            codes.push(code);
        }
        Ok(Given(Some(Answer::Several(codes))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Given, A::Error> {
        let (mut code, mut text) = (String::new(), String::new());
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "code" => code = members.next_value()?,
                "text" => text = members.next_value()?,
                _ => {
                    members.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        Ok(Given(Some(Answer::WithText { code, text })))
    }
}

#[cfg(test)]
mod tests {
    use form::{Date, ready};
    use serde_json::{Value, json};

    use super::*;

    fn form() -> Value {
        json!({
            "id": "price", "version": 1, "contact": ready::contact(),
            "questions": ready::DEFAULT.map(ready::question),
        })
    }

    fn explained(answers: &Value) -> Value {
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
