//! What the answers say, for whoever wants to check that browser and Worker agree.

use form::{Answer, Answers, Date, Facts, Form, branching, fact};
use serde::Serialize;

#[derive(Serialize)]
struct Explanation<'a> {
    facts: Facts,
    next: Option<&'a str>,
}

/// See [`crate::explain_answers`].
pub fn explain(form: &str, answers: &str, today: &str) -> String {
    said(form, answers, today)
        .unwrap_or_else(|problem| serde_json::json!({ "error": problem }).to_string())
}

fn said(form: &str, answers: &str, today: &str) -> Result<String, String> {
    let form: Form = serde_json::from_str(form).map_err(|problem| problem.to_string())?;
    let given: Vec<(String, u32, Option<Answer>)> =
        serde_json::from_str(answers).map_err(|problem| problem.to_string())?;
    let today: Date = today.parse().map_err(|_| "today is not a date".to_owned())?;
    let mut answers = Answers::default();
    for (question, seq, answer) in given {
        answers.merge(&question, seq, today, answer);
    }
    let explanation = Explanation {
        facts: fact::from_answers(&form, &answers),
        next: branching::next(&form, &answers).map(|question| question.id.as_str()),
    };
    serde_json::to_string(&explanation).map_err(|problem| problem.to_string())
}

#[cfg(test)]
mod tests {
    use form::ready;
    use serde_json::{Value, json};

    use super::*;

    fn explained(answers: &Value) -> Value {
        let form = json!({
            "id": "price", "version": 1, "contact": ready::contact(),
            "questions": ready::DEFAULT.map(|id| ready::question(id)),
        });
        serde_json::from_str(&explain(&form.to_string(), &answers.to_string(), "2026-11-21")).unwrap()
    }

    #[test]
    fn facts_and_the_next_question() {
        let found = explained(&json!([
            ["need", 1, { "code": "specific", "text": "a table" }],
            ["buying_stage", 2, null],
        ]));
        assert_eq!(found["next"], "timing");
        assert!(found["facts"].as_array().unwrap().iter().any(|fact| fact["value"] == "a table"), "{found}");
    }

    #[test]
    fn unreadable_input_is_said_and_not_thrown() {
        assert!(explain("{", "[]", "2026-11-21").starts_with("{\"error\""));
        assert!(explained(&json!("no list"))["error"].is_string());
    }
}
