//! The part of a published form that travels inside the embed script: all that is drawn before a
//! visitor has done anything. The questions are fetched when he turns to the form, so that a long
//! form makes no page heavier.

use std::collections::BTreeMap;

use form::{
    Form, Question, QuestionKind,
    definition::{ContactStep, End, Place, Words},
};
use serde::Serialize;

/// Names of the words that the embed script itself says; the rest of them come with the questions.
const WORDS: &[&str] = &[
    "name",
    "reach",
    "message",
    "best_time",
    "optional",
    "send",
    "sending",
    "again",
    "contact_missing",
    "consent_missing",
    "waiting",
    "refused",
    "thanks",
    "soon",
    "more",
    "elsewhere",
];

/// Names of the words that the first question of a quiz says.
const QUIZ_WORDS: &[&str] = &["skip", "go_on"];

/// What the embed script knows of a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstStep<'a> {
    id: &'a str,
    version: u32,
    contact: &'a ContactStep,
    /// The first question of a quiz, when it is so plain that it needs no WebAssembly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<&'a Question>,
    /// Whether there are questions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    asks: bool,
    /// What follows, where no question comes before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<&'a End>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    words: BTreeMap<String, Words>,
}

/// Takes it out of a published form.
pub fn of(form: &Form) -> FirstStep<'_> {
    let asks = !form.questions.is_empty();
    let first = form.questions.first().filter(|question| form.contact.place == Place::Last && is_plain(form, question));
    let is_said = |name: &str| WORDS.contains(&name) || (first.is_some() && QUIZ_WORDS.contains(&name));
    let words = form.words.iter().map(|(lang, words)| {
        let ours = words.iter().filter(|(name, _)| is_said(name));
        (lang.clone(), form::by_key(ours.map(|(name, words)| (name.clone(), words.clone()))))
    });
    FirstStep {
        id: &form.id,
        version: form.version,
        contact: &form.contact,
        first,
        asks,
        end: Some(&form.end).filter(|end| !asks && **end != End::default()),
        words: form::by_key(words),
    }
}

/// Whether a quiz begins with a question that only the module can draw, so that it is there a moment later.
pub fn waits_for_the_module(form: &Form) -> bool {
    let first = form.questions.first().filter(|_| form.contact.place == Place::Last);
    first.is_some_and(|question| !is_plain(form, question))
}

/// Whether a question is nothing but buttons with words, pictures or numbers. A choice that takes a few words
/// is tapped like any other, and the module then asks for them. A wording may name what the visit came
/// with, which is known before the module is; a number computed from no answer is for the module.
fn is_plain(form: &Form, question: &Question) -> bool {
    let languages = question.text.languages().chain(question.lead_in.languages());
    let mut wordings = languages.flat_map(|lang| [question.text.in_language(lang), question.lead_in.in_language(lang)]);
    let names = |words: &str, id: &str| words.split("{{").skip(1).any(|named| name_of(named) == id);
    matches!(question.kind, QuestionKind::Single | QuestionKind::Several | QuestionKind::Scale)
        && question.when.is_none()
        && !wordings.any(|words| form.values.iter().any(|computed| names(words, &computed.id)))
}

/// `cost` of `cost|nothing}} for this`.
fn name_of(named: &str) -> &str {
    named.split(['|', '}']).next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use form::ready;

    use super::*;

    fn quiz(first: &str) -> Form {
        let mut contact = ready::contact().unwrap();
        contact.place = Place::Last;
        Form {
            id: "quiz".into(),
            version: 3,
            contact,
            questions: vec![ready::question(first).unwrap()],
            values: vec![],
            end: End::default(),
            words: [(
                "de".into(),
                [("send".into(), "Senden".into()), ("skip".into(), "Weiter".into()), ("back".into(), "Zurück".into())]
                    .into(),
            )]
            .into(),
        }
    }

    #[test]
    fn a_plain_first_question_of_a_quiz_travels_along() {
        assert_eq!(of(&quiz("buying_stage")).first.map(|question| question.id.as_str()), Some("buying_stage"));
        // Of words beside a choice the widget asks once the choice was tapped.
        assert!(of(&quiz("need")).first.is_some());
        let mut naming = quiz("buying_stage");
        let text =
            ("en".to_owned(), "Where are you now, {{name|friend}} of {{field.plan}} and {{ cost | 2 }}?".to_owned());
        naming.questions[0].text = [text].into_iter().collect();
        assert!(of(&naming).first.is_some());
        naming.values = vec![form::Computed { id: "cost".into(), of: form::Term::Number(2.0) }];
        assert_eq!(of(&naming).first, None);
        let mut pictured = quiz("buying_stage");
        pictured.questions[0].choices[0].picture = Some("https://x/y.png".into());
        assert!(of(&pictured).first.is_some());
        let mut scale = quiz("buying_stage");
        scale.questions[0].kind = QuestionKind::Scale;
        assert!(of(&scale).first.is_some());
        let mut typed = quiz("buying_stage");
        typed.questions[0].kind = QuestionKind::Number;
        assert_eq!(of(&typed).first, None);
        assert_eq!([&scale, &typed, &naming].map(waits_for_the_module), [false, true, true]);
        typed.contact.place = Place::First;
        assert!(!waits_for_the_module(&typed));
        let mut first = quiz("buying_stage");
        first.contact.place = Place::First;
        assert_eq!(of(&first).first, None);
        assert!(of(&first).asks);
    }

    #[test]
    fn of_the_words_only_those_that_are_said_before_the_questions() {
        let form = quiz("buying_stage");
        assert_eq!(
            of(&form).words,
            [(
                "de".to_owned(),
                [("send", "Senden"), ("skip", "Weiter")]
                    .map(|(name, words)| (name.to_owned(), words.to_owned()))
                    .into()
            )]
            .into()
        );
        let all: serde_json::Value = serde_json::from_str(include_str!("../../../site/words/en.json")).unwrap();
        for (part, known) in [("contact", WORDS), ("quiz", QUIZ_WORDS)] {
            let mut named: Vec<&str> = all[part].as_object().unwrap().keys().map(String::as_str).collect();
            let mut known = known.to_vec();
            named.sort_unstable();
            known.sort_unstable();
            assert_eq!(known, named);
        }
    }
}
