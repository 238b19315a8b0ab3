//! The published form and everything else the embed script hands over, read from its JSON.
//!
//! The shapes are those of the `form` crate. They are read by hand and not by derived code, which is
//! several times the size; a test reads a form with every member there is both ways.

use form::{
    Answer, Choice, Computed, Condition, Context, End, Form, Jump, Meaning, Question, QuestionKind, Term, Text,
    definition::FileToDownload,
    question::{PriceBand, Takes},
};

use crate::json::Value;

/// A published form. The contact step is drawn by the embed script and not read here.
pub fn form(value: &Value) -> Form {
    Form {
        questions: value.get("questions").items().iter().map(question).collect(),
        values: value.get("values").items().iter().filter_map(computed).collect(),
        end: end(value.get("end")),
        ..Form::bare(&value.get("id").words(), value.get("version").count())
    }
}

/// What the visit came with.
pub fn context(value: &Value) -> Context {
    let pairs = |value: &Value| value.members().iter().map(|(name, value)| (name.clone(), value.words())).collect();
    Context {
        lang: value.get("lang").words(),
        device: value.get("device").words(),
        name: value.get("name").words(),
        fields: pairs(value.get("fields")),
        source: pairs(value.get("source")),
    }
}

/// An answer as it crosses the wire; `None` is a skip.
pub fn answer(value: &Value) -> Option<Answer> {
    match value {
        Value::Text(text) => Some(Answer::One(text.clone())),
        Value::Number(number) => Some(Answer::Number(*number)),
        Value::List(codes) => Some(Answer::Several(codes.iter().map(Value::words).collect())),
        Value::Members(_) => {
            Some(Answer::WithText { code: value.get("code").words(), text: value.get("text").words() })
        }
        Value::Null | Value::Truth(_) => None,
    }
}

fn question(value: &Value) -> Question {
    let number = |name: &str| value.get(name).number();
    let words = |name: &str| text(value.get(name));
    Question {
        id: value.get("id").words(),
        kind: kind(&value.get("kind").words()),
        meaning: meaning(&value.get("meaning").words()),
        text: words("text"),
        lead_in: words("lead_in"),
        choices: value.get("choices").items().iter().map(choice).collect(),
        when: condition(value.get("when")),
        jumps: value.get("jumps").items().iter().map(jump).collect(),
        unit: words("unit"),
        min: number("min"),
        max: number("max"),
        step: number("step"),
        low: words("low"),
        high: words("high"),
        long: value.get("long").is_true(),
        price: price(value.get("price")),
        endings: texts(value.get("endings")),
    }
}

/// A kind that this module does not know (it is older than the form) is asked in free words.
fn kind(name: &str) -> QuestionKind {
    match name {
        "" | "single" => QuestionKind::Single,
        "several" => QuestionKind::Several,
        "number" => QuestionKind::Number,
        "range" => QuestionKind::Range,
        "date" => QuestionKind::Date,
        "period" => QuestionKind::Period,
        "scale" => QuestionKind::Scale,
        "phone" => QuestionKind::Phone,
        "email" => QuestionKind::Email,
        "consent" => QuestionKind::Consent,
        "price" => QuestionKind::Price,
        "file" => QuestionKind::File,
        "statement" => QuestionKind::Statement,
        _ => QuestionKind::Text,
    }
}

fn meaning(name: &str) -> Option<Meaning> {
    Some(match name {
        "need" => Meaning::Need,
        "whose" => Meaning::Whose,
        "buying_stage" => Meaning::BuyingStage,
        "timing" => Meaning::Timing,
        "offer" => Meaning::Offer,
        "pay" => Meaning::Pay,
        "price" => Meaning::Price,
        "decide" => Meaning::Decide,
        "members" => Meaning::Members,
        "visit" => Meaning::Visit,
        "later" => Meaning::Later,
        _ => return None,
    })
}

fn choice(value: &Value) -> Choice {
    let optional = |name: &str| value.get(name).text().map(str::to_owned);
    Choice {
        code: value.get("code").words(),
        text: text(value.get("text")),
        means: optional("means"),
        takes: match value.get("takes").text() {
            Some("words") => Some(Takes::Words),
            Some("date") => Some(Takes::Date),
            _ => None,
        },
        picture: optional("picture"),
        score: value.get("score").number(),
    }
}

fn jump(value: &Value) -> Jump {
    Jump { when: condition(value.get("when")), to: value.get("to").words() }
}

fn price(value: &Value) -> Option<PriceBand> {
    (*value != Value::Null).then(|| PriceBand {
        min: value.get("min").count(),
        max: value.get("max").count(),
        currency: value.get("currency").words(),
    })
}

fn condition(value: &Value) -> Option<Condition> {
    let (kind, of) = value.members().first()?;
    let all = || of.items().iter().filter_map(condition).collect();
    let one_of = texts(of.get("one_of"));
    Some(match kind.as_str() {
        "all" => Condition::All(all()),
        "any" => Condition::Any(all()),
        "not" => Condition::Not(Box::new(condition(of)?)),
        "answered" => Condition::Answered { question: of.get("question").words(), one_of },
        "number" => Condition::Number {
            of: of.get("of").words(),
            at_least: of.get("at_least").number(),
            at_most: of.get("at_most").number(),
        },
        "field" => Condition::Field { name: of.get("name").words(), one_of },
        "source" => Condition::Source { key: of.get("key").words(), one_of },
        "lang" => Condition::Lang(texts(of)),
        "device" => Condition::Device(texts(of)),
        _ => return None,
    })
}

fn computed(value: &Value) -> Option<Computed> {
    Some(Computed { id: value.get("id").words(), of: term(value.get("of"))? })
}

fn term(value: &Value) -> Option<Term> {
    let (kind, of) = value.members().first()?;
    let all = || of.items().iter().filter_map(term).collect();
    Some(match kind.as_str() {
        "number" => Term::Number(of.number()?),
        "answer" => Term::Answer(of.words()),
        "score" => Term::Score(of.words()),
        "sum" => Term::Sum(all()),
        "product" => Term::Product(all()),
        _ => return None,
    })
}

fn end(value: &Value) -> End {
    let file = value.get("file");
    End {
        title: text(value.get("title")),
        text: text(value.get("text")),
        redirect: value.get("redirect").text().map(str::to_owned),
        file: file.get("url").text().map(|url| FileToDownload { url: url.to_owned(), text: text(file.get("text")) }),
    }
}

fn text(value: &Value) -> Text {
    value.members().iter().map(|(lang, words)| (lang.clone(), words.words())).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.items().iter().map(Value::words).collect()
}

#[cfg(test)]
mod tests {
    use form::ready;
    use serde_json::json;

    use super::*;
    use crate::json;

    fn both_ways(form: &serde_json::Value) -> (Form, Form) {
        let by_serde: Form = serde_json::from_value(form.clone()).unwrap();
        let read = super::form(&json::read(&form.to_string()).unwrap());
        (Form { contact: by_serde.contact.clone(), ..read }, by_serde)
    }

    #[test]
    fn the_ready_questions_read_as_serde_reads_them() {
        let (read, by_serde) = both_ways(
            &json!({ "id": "all", "version": 7, "contact": ready::contact(), "questions": ready::questions() }),
        );
        assert_eq!(read, by_serde);
        assert!(read.questions.len() > 9);
    }

    #[test]
    fn every_member_reads_as_serde_reads_it() {
        let kinds = [
            "single",
            "several",
            "text",
            "number",
            "range",
            "date",
            "period",
            "scale",
            "phone",
            "email",
            "consent",
            "price",
            "file",
            "statement",
        ];
        let meanings =
            ["need", "whose", "buying_stage", "timing", "offer", "pay", "price", "decide", "members", "visit", "later"];
        let full = |id: &str, kind: &str, meaning: Option<&str>| {
            json!({
                "id": id, "kind": kind, "meaning": meaning, "text": { "ru": "Раз", "en": "One" }, "lead_in": { "en": "More" },
                "choices": [
                    { "code": "a", "text": { "en": "A" }, "means": "own", "takes": "words", "picture": "https://x/y.png", "score": 2.5 },
                    { "code": "b", "text": { "en": "B" }, "takes": "date" },
                ],
                "when": { "all": [
                    { "any": [{ "not": { "answered": { "question": "q", "one_of": ["a"] } } }, { "answered": { "question": "q" } }] },
                    { "number": { "of": "sum", "at_least": 1, "at_most": -2.25 } },
                    { "field": { "name": "plan", "one_of": ["pro"] } }, { "source": { "key": "utm_source" } },
                    { "lang": ["ru"] }, { "device": ["phone"] },
                ] },
                "jumps": [{ "when": { "lang": ["en"] }, "to": "end" }, { "to": "x" }],
                "unit": { "en": "m²" }, "min": 1, "max": 5.5, "step": 0.5, "low": { "en": "bad" }, "high": { "en": "good" },
                "long": true, "price": { "min": 100, "max": 200, "currency": "€" }, "endings": ["pdf"],
            })
        };
        let questions: Vec<_> = kinds
            .iter()
            .enumerate()
            .map(|(at, kind)| full(&format!("q{at}"), kind, meanings.get(at).copied()))
            .collect();
        let (read, by_serde) = both_ways(&json!({
            "id": "full", "version": 3, "contact": ready::contact(), "questions": questions,
            "values": [{ "id": "sum", "of": { "sum": [
                { "number": 1.5 }, { "answer": "q3" }, { "score": "q0" }, { "product": [{ "number": 2 }] },
            ] } }],
            "end": { "title": { "en": "End" }, "text": { "en": "…" }, "redirect": "/thanks",
                     "file": { "url": "https://x/y.pdf", "text": { "en": "File" } } },
            "unknown": [{ "deep": [null, true, -1.5, "]}\\\""] }],
        }));
        assert_eq!(read, by_serde);
    }

    #[test]
    fn answers_read_as_serde_reads_them() {
        for given in [json!("a"), json!(["a", "b"]), json!(7.5), json!({ "code": "a", "text": "b" }), json!(null)] {
            let by_serde: Option<Answer> = serde_json::from_value(given.clone()).unwrap();
            assert_eq!(answer(&json::read(&given.to_string()).unwrap()), by_serde);
        }
    }
}
