//! What a native form says, as an answer.

use lead::{
    form::{Answer, Question, QuestionKind, piping},
    json,
};

/// Reads a native form's answer to a question; `None` is a skip.
pub fn read(question: &Question, fields: &[(String, String)]) -> Option<Answer> {
    let value = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim().replace("\r\n", "\n")).unwrap_or_default()
    };
    if value("go") == "skip" {
        return None;
    }
    let chosen: Vec<String> =
        fields.iter().filter(|(key, _)| key == "answer").map(|(_, value)| value.clone()).collect();
    let first = chosen.first().cloned().unwrap_or_default();
    let answer = match question.kind {
        QuestionKind::Text | QuestionKind::Phone | QuestionKind::Email | QuestionKind::Date => {
            Answer::One(value("text"))
        }
        QuestionKind::Number | QuestionKind::Range => number(&value("text")),
        QuestionKind::Scale => number(&first),
        QuestionKind::Several => Answer::Several(chosen),
        QuestionKind::Period => Answer::One(period(value("from"), value("to"))),
        QuestionKind::Single | QuestionKind::Price | QuestionKind::Consent => match value(&format!("text-{first}")) {
            text if text.is_empty() => Answer::One(first),
            text => Answer::WithText { code: first, text },
        },
        // A file is sent beside its answer; a statement is only read.
        QuestionKind::File | QuestionKind::Statement => return None,
    };
    Some(answer).filter(|answer| !answer.is_empty())
}

/// A number in any local habit; what is none is kept as it was typed.
fn number(typed: &str) -> Answer {
    match json::read::<f64>(&piping::typed_number(typed)) {
        Ok(number) if number.abs() < piping::GREATEST => Answer::Number(number),
        _ => Answer::One(typed.to_owned()),
    }
}

/// From a day to a day; one alone is kept, and two the wrong way round are turned.
fn period(from: String, to: String) -> String {
    match (from.is_empty(), to.is_empty()) {
        (false, false) if from <= to => format!("{from}/{to}"),
        (false, false) => format!("{to}/{from}"),
        (false, true) => from,
        _ => to,
    }
}

#[cfg(test)]
mod tests {
    use lead::form::ready;

    use super::*;

    fn answer(question: &Question, fields: &[(&str, &str)]) -> Option<Answer> {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(question, &fields)
    }

    #[test]
    fn answers_of_a_native_form() {
        let need = ready::question("need").unwrap();
        assert_eq!(answer(&need, &[("answer", "unclear")]), Some(Answer::One("unclear".into())));
        let worded = Answer::WithText { code: "specific".into(), text: "стол".into() };
        assert_eq!(answer(&need, &[("answer", "specific"), ("text-specific", " стол ")]), Some(worded));
        let other = [("answer", "unclear"), ("text-specific", "стол")];
        assert_eq!(answer(&need, &other), Some(Answer::One("unclear".into())));
        assert_eq!(answer(&need, &[("go", "skip"), ("answer", "unclear")]), None);
        assert_eq!(answer(&need, &[]), None);
    }

    #[test]
    fn each_kind_has_its_fields() {
        let one = |text: &str| Some(Answer::One(text.to_owned()));
        for (kind, fields, expected) in [
            (QuestionKind::Text, &[("text", " слова ")][..], one("слова")),
            (QuestionKind::Phone, &[("text", "8 (999) 1")], one("8 (999) 1")),
            (QuestionKind::Email, &[("text", "a@b")], one("a@b")),
            (QuestionKind::Date, &[("text", "2026-12-01")], one("2026-12-01")),
            (QuestionKind::Date, &[("text", "")], None),
            (QuestionKind::Number, &[("text", "12,5")], Some(Answer::Number(12.5))),
            (QuestionKind::Number, &[("text", "1 200 000")], Some(Answer::Number(1_200_000.0))),
            (QuestionKind::Number, &[("text", "около ста")], one("около ста")),
            (QuestionKind::Number, &[("text", "inf")], one("inf")),
            (QuestionKind::Range, &[("text", "50000")], Some(Answer::Number(50_000.0))),
            (QuestionKind::Scale, &[("answer", "4")], Some(Answer::Number(4.0))),
            (QuestionKind::Scale, &[], None),
            (
                QuestionKind::Several,
                &[("answer", "a"), ("answer", "b")],
                Some(Answer::Several(vec!["a".into(), "b".into()])),
            ),
            (QuestionKind::Consent, &[("answer", "yes")], one("yes")),
            (QuestionKind::Consent, &[], None),
            (QuestionKind::Period, &[("from", "2026-12-01"), ("to", "2026-12-05")], one("2026-12-01/2026-12-05")),
            (QuestionKind::Period, &[("from", "2026-12-05"), ("to", "2026-12-01")], one("2026-12-01/2026-12-05")),
            (QuestionKind::Period, &[("from", "2026-12-05"), ("to", "")], one("2026-12-05")),
            (QuestionKind::Period, &[], None),
            (QuestionKind::Statement, &[("go", "answer")], None),
            (QuestionKind::File, &[("go", "answer")], None),
        ] {
            let question = Question { kind, ..Question::default() };
            assert_eq!(answer(&question, fields), expected, "{kind:?} {fields:?}");
        }
    }
}
