//! Answers in words, for the desk and for destinations.

use form::{Answer, Answers, Form, branching, definition::Question};

use crate::view::AnswerView;

/// An inquiry's answers in words, in the order of the form. Answers on a branch that the visitor
/// left are kept and marked.
pub fn answers(form: &Form, answers: &Answers, lang: &str) -> Vec<AnswerView> {
    let way = branching::way(form, answers);
    form.questions
        .iter()
        .filter_map(|question| answers.get(&question.id).map(|given| (question, given)))
        .map(|(question, given)| AnswerView {
            question: question.id.clone(),
            asked: question.text.in_language(lang).to_owned(),
            answered: given.answer.as_ref().map(|answer| in_words(question, answer, lang)).unwrap_or_default(),
            left: !way.iter().any(|step| step.question.id == question.id),
        })
        .collect()
}

fn in_words(question: &Question, answer: &Answer, lang: &str) -> String {
    let mut words: Vec<String> = answer
        .codes(question)
        .into_iter()
        .filter_map(|code| question.choice(code))
        .map(|choice| choice.text.in_language(lang).to_owned())
        .collect();
    if words.is_empty() {
        words = match answer {
            Answer::One(text) => vec![text.clone()],
            Answer::Several(codes) => codes.clone(),
            Answer::Number(number) => vec![number.to_string()],
            Answer::WithText { code, .. } => vec![code.clone()],
        };
    }
    let choices = words.join(", ");
    match answer.words() {
        Some(text) => format!("{choices}: {text}"),
        None => choices,
    }
}
