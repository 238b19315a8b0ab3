//! A form as visitors get it: the configuration's form with the ready wordings filled in.

use form::{Form, ready};

use crate::config::{Asked, ConfigProblem, FormConfig};

/// Publishes a form under a version number.
///
/// # Errors
/// Every question name that is not a ready question, and every question id that stands twice.
pub fn publish(form: &FormConfig, version: u32) -> Result<Form, Vec<ConfigProblem>> {
    let mut problems = Vec::new();
    let mut report = |at: String, problem: &str| problems.push(ConfigProblem { at, problem: problem.to_owned() });
    let at = |index: usize| format!("forms.{}.questions[{index}]", form.id);

    let asked: Vec<Asked> = match &form.questions {
        Some(questions) => questions.clone(),
        None => ready::DEFAULT.iter().map(|id| Asked::Ready((*id).to_owned())).collect(),
    };
    let mut questions = Vec::new();
    for (index, asked) in asked.into_iter().enumerate() {
        let question = match asked {
            Asked::Own(question) => Some(*question),
            Asked::Ready(id) => ready::question(&id),
        };
        match question {
            None => report(at(index), "is not a ready question"),
            Some(question) if questions.iter().any(|known: &form::Question| known.id == question.id) => {
                report(at(index), "a question with this id stands before it");
            }
            Some(question) => questions.push(question),
        }
    }
    let contact = form.contact.clone().or_else(ready::contact);
    match contact {
        Some(contact) if problems.is_empty() => Ok(Form { id: form.id.clone(), version, contact, questions }),
        _ => Err(problems),
    }
}
