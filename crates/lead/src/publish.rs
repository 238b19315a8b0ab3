//! A form as visitors get it: the configuration's form with the ready wordings filled in.

use form::{Form, ready};

use crate::{
    config::{Asked, Config, ConfigProblem, FormConfig},
    contact, deadline,
};

/// Everything that keeps a configuration from being published; empty when nothing does.
pub fn problems(config: &Config) -> Vec<ConfigProblem> {
    let mut found = config.problems();
    found.extend(deadline::problems(config));
    if !contact::knows_region(&config.phone_region) {
        found.push(ConfigProblem {
            at: "phone_region".into(),
            problem: "is not an ISO country code, for example RU".into(),
        });
    }
    if !["ru", "en"].contains(&config.language.as_str()) {
        found.push(ConfigProblem { at: "language".into(), problem: "must be ru or en".into() });
    }
    for form in &config.forms {
        found.extend(publish(form, 1).err().unwrap_or_default());
    }
    found
}

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
