//! Answers in words, for the desk and for destinations.

use form::{
    Answers, Context, Form, Question, branching,
    piping::{Said, in_words},
};

use crate::view::AnswerView;

/// A question's wording where nobody in particular is asked: what would be filled in is `…`.
pub fn in_general(form: &Form, question: &Question, lang: &str) -> String {
    let mut parts = question.text.in_language(lang).split("}}");
    let mut wording = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let named = wording.rsplit("{{").next().unwrap_or_default();
        wording.push_str(if named.contains('|') { "}}" } else { "|…}}" });
        wording.push_str(part);
    }
    let context = Context { lang: lang.to_owned(), ..Context::default() };
    Said { form, before: &[], context: &context }.fill(&wording, Some(question))
}

/// An inquiry's answers in words, in the order of the form. Answers on a branch that the visitor
/// left are kept and marked.
pub fn answers(form: &Form, answers: &Answers, context: &Context, lang: &str) -> Vec<AnswerView> {
    let way = branching::way(form, answers, context);
    // The desk reads in its own language, whatever the visitor saw.
    let context = Context { lang: lang.to_owned(), ..context.clone() };
    form.questions
        .iter()
        .filter_map(|question| answers.get(&question.id).map(|given| (question, given)))
        .map(|(question, given)| {
            let place = way.iter().position(|step| step.question.id == question.id);
            let before = place.and_then(|place| way.get(..place)).unwrap_or_default();
            let said = Said { form, before, context: &context };
            AnswerView {
                question: question.id.clone(),
                asked: said.fill(question.text.in_language(lang), Some(question)),
                answered: given.answer.as_ref().map(|answer| in_words(question, answer, lang)).unwrap_or_default(),
                left: place.is_none(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use form::Text;

    use super::*;
    use crate::{form_config::FormConfig, publish};

    #[test]
    fn a_wording_in_general_asks_nobody_in_particular() {
        let form = publish::publish(&FormConfig { id: "f".into(), ..FormConfig::default() }, &Default::default(), 1);
        let form = form.unwrap();
        for (wording, general) in [
            ("Что нужно?", "Что нужно?"),
            ("Что в «{{room}}»?", "Что в «…»?"),
            ("{{name|Друг}}, а {{room}}?", "Друг, а …?"),
            ("{{a}}{{b|}}{{c", "…{{c"),
        ] {
            let question = Question { text: Text::of([("ru", wording)]), ..Question::default() };
            assert_eq!(in_general(&form, &question, "ru"), general, "{wording}");
        }
    }
}
