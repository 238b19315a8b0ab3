//! A form as visitors get it: the configuration's form with the ready wordings filled in.

use std::collections::BTreeMap;

use form::{Condition, Form, Meaning, Question, QuestionKind, Term, definition::Words, question::END, ready};

use crate::{
    attachment,
    config::{Config, ConfigProblem},
    contact, deadline, first_step,
    form_config::{Asked, FormConfig},
    retention::Retention,
    routing::{self, condition},
    web_address,
};

/// Everything that keeps the destinations from being published. `secrets` are those that are known, by their places;
/// `refused` says why nothing may be sent to an address.
pub fn destination_problems(
    config: &Config,
    secrets: &BTreeMap<String, String>,
    refused: &dyn Fn(&str) -> Option<String>,
) -> Vec<ConfigProblem> {
    let mut found = Vec::new();
    for (index, destination) in config.destinations.iter().enumerate() {
        let secret = secrets.get(destination.id()).map(String::as_str);
        let mut report = |member: &str, problem: String| {
            found.push(ConfigProblem { at: format!("destinations[{index}].{member}"), problem });
        };
        for (member, address) in destination.settings().addresses(secret) {
            if let Some(refusal) = refused(&address) {
                report(member, refusal);
            }
        }
        for (member, problem) in destination.problems(secret) {
            report(&member, problem);
        }
    }
    found
}

/// Everything that keeps a configuration from being published but its destinations; empty when nothing does.
pub fn problems(config: &Config) -> Vec<ConfigProblem> {
    let mut found = config.problems();
    found.extend(deadline::problems(config));
    found.extend(routing::check::problems(config));
    if !contact::knows_region(&config.phone_region) {
        found.push(problem("phone_region", "is not an ISO country code, for example RU"));
    }
    if !["ru", "en"].contains(&config.language.as_str()) {
        found.push(problem("language", "must be ru or en"));
    }
    for (lang, words) in &config.words {
        let at = format!("words.{lang}");
        if !is_language(lang) {
            found.push(problem(&at, "is not a language code, for example ar or pt-BR"));
        }
        for (name, text) in words {
            if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') || name.is_empty() {
                found.push(problem(format!("{at}.{name}"), "is not the name of any of our words"));
            }
            if text.trim().is_empty() {
                found.push(problem(format!("{at}.{name}"), "has no words"));
            }
        }
    }
    let Retention { closed_months, raw_months, spam_days } = config.retention;
    for (rule, after) in [("closed_months", closed_months), ("raw_months", raw_months), ("spam_days", spam_days)] {
        if after == Some(0) {
            found.push(problem(
                format!("retention.{rule}"),
                "would erase at once: without this line everything is kept",
            ));
        }
    }
    for form in &config.forms {
        found.extend(publish(form, &config.words, 1).err().unwrap_or_default());
    }
    found
}

/// What keeps nothing from being published, and whoever writes the configuration wants to know.
pub fn advice(config: &Config) -> Vec<ConfigProblem> {
    let waits = |form: &&FormConfig| {
        publish(form, &config.words, 1).is_ok_and(|published| first_step::waits_for_the_module(&published))
    };
    let said = "a quiz begins at once with choices or a scale, asked of everybody and naming no computed value; \
                this first question comes with the WebAssembly module, a moment later";
    let mut found: Vec<ConfigProblem> =
        config.forms.iter().filter(waits).map(|form| problem(at(form, 0), said)).collect();
    for (index, rule) in config.rules.iter().enumerate() {
        if condition::conditions(&rule.when).is_empty() {
            let said = "asks for nothing, so every lead that comes so far goes this way, and no rule below is tried";
            found.push(problem(format!("rules[{index}].when"), said));
        }
    }
    for (index, site) in config.sites.iter().enumerate() {
        for (place, listed) in site.origins.iter().enumerate() {
            if web_address::origin(listed).is_none() {
                let said = "browsers name no such origin; one is written like https://shop.example";
                found.push(problem(format!("sites[{index}].origins[{place}]"), said));
            }
        }
    }
    found
}

/// Publishes a form under a version number, with our own words in further languages.
///
/// # Errors
/// Everything that would make the form ask in vain: see [`problems_of`].
pub fn publish(form: &FormConfig, words: &BTreeMap<String, Words>, version: u32) -> Result<Form, Vec<ConfigProblem>> {
    let mut problems = Vec::new();
    let asked: Vec<Asked> = match &form.questions {
        Some(questions) => questions.clone(),
        None => ready::DEFAULT.iter().map(|id| Asked::Ready((*id).to_owned())).collect(),
    };
    let mut questions: Vec<Question> = Vec::new();
    for (index, asked) in asked.into_iter().enumerate() {
        let question = match asked {
            Asked::Own(question) => Some(*question),
            Asked::Ready(id) => ready::question(&id),
            Asked::Changed(changed) => ready::question(&changed.ready).map(|ready| changed.apply(ready)),
        };
        match question {
            None => problems.push(problem(at(form, index), "is not a ready question")),
            Some(question) => questions.push(question),
        }
    }
    let Some(contact) = form.contact.clone().or_else(ready::contact) else { return Err(problems) };
    let published = Form {
        id: form.id.clone(),
        version,
        contact,
        questions,
        values: form.values.clone(),
        end: form.end.clone(),
        words: words.clone(),
    };
    if problems.is_empty() {
        problems = problems_of(&published, form);
    }
    if problems.is_empty() { Ok(published) } else { Err(problems) }
}

/// What would make a form ask in vain: an id that stands twice, a question without choices, a condition
/// on a question that was not asked before, a jump back, an address that is not `https`.
fn problems_of(form: &Form, config: &FormConfig) -> Vec<ConfigProblem> {
    let mut found = Vec::new();
    for (index, question) in form.questions.iter().enumerate() {
        let mut report = |text: &str| found.push(problem(at(config, index), text));
        let before = form.questions.get(..index).unwrap_or_default();
        let after = form.questions.get(index.saturating_add(1)..).unwrap_or_default();
        let asked = form.questions.get(..=index).unwrap_or_default();
        if before.iter().any(|known| known.id == question.id) {
            report("a question with this id stands before it");
        }
        if form.values.iter().any(|computed| computed.id == question.id) {
            report("a computed value has the same id");
        }
        if !crate::config::is_code(&question.id) || question.id == END {
            report("the id must be 1 to 40 of a-z, 0-9, - and _, and not end");
        }
        for (choice, number) in question.choices.iter().zip(0..) {
            if question.choices.iter().take(number).any(|known| known.code == choice.code) {
                report("two choices have the same code");
            }
            if choice.picture.as_deref().is_some_and(|address| !address.starts_with("https://")) {
                report("a picture's address must begin with https://");
            }
        }
        let has_choices = matches!(
            question.kind,
            QuestionKind::Single | QuestionKind::Several | QuestionKind::Consent | QuestionKind::Price
        );
        if has_choices && question.choices.is_empty() {
            report("has no choices");
        }
        if question.min.zip(question.max).is_some_and(|(min, max)| min >= max) {
            report("min must be less than max");
        }
        if question.endings.iter().any(|ending| !attachment::is_known_ending(ending)) {
            report("endings names a kind of file that is not kept");
        }
        if question.meaning == Some(Meaning::Price) && question.kind != QuestionKind::Price {
            report("a question with the meaning price must be of the kind price: declining it closes the request");
        }
        match (&question.price, question.kind) {
            (None, QuestionKind::Price) => report("needs a price band: price = { min, max, currency }"),
            (Some(band), QuestionKind::Price) if band.min > band.max => report("the price band's min is above its max"),
            _ => {}
        }
        if question.when.as_ref().is_some_and(|condition| !names_only(condition, form, before)) {
            report("its condition names a question that is not asked before it");
        }
        for jump in &question.jumps {
            if jump.to != END && !after.iter().any(|later| later.id == jump.to) {
                report("jumps to a question that does not stand after it");
            }
            if jump.when.as_ref().is_some_and(|condition| !names_only(condition, form, asked)) {
                report("the condition of a jump names a question that is not asked before it");
            }
        }
    }
    for (index, computed) in form.values.iter().enumerate() {
        let names_known = |id: &str| form.question(id).is_some();
        if !rests_on(&computed.of, &names_known) {
            found.push(problem(format!("forms.{}.values[{index}]", form.id), "names a question that does not exist"));
        }
    }
    let end = format!("forms.{}.end", form.id);
    let is_address =
        |address: &str| address.starts_with("https://") || (address.starts_with('/') && !address.starts_with("//"));
    if form.end.redirect.as_deref().is_some_and(|address| !is_address(address)) {
        found.push(problem(format!("{end}.redirect"), "must begin with https:// or be a path of the site"));
    }
    if form.end.file.as_ref().is_some_and(|file| !file.url.starts_with("https://")) {
        found.push(problem(format!("{end}.file.url"), "must begin with https://"));
    }
    found
}

fn names_only(condition: &Condition, form: &Form, asked: &[Question]) -> bool {
    let is_asked = |id: &str| asked.iter().any(|question| question.id == *id);
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().all(|condition| names_only(condition, form, asked)),
        Condition::Not(condition) => names_only(condition, form, asked),
        Condition::Answered { question, .. } => is_asked(question),
        Condition::Number { of, .. } => is_asked(of) || form.values.iter().any(|computed| computed.id == *of),
        Condition::Field { .. } | Condition::Source { .. } | Condition::Lang(_) | Condition::Device(_) => true,
    }
}

fn rests_on(term: &Term, is_known: &impl Fn(&str) -> bool) -> bool {
    match term {
        Term::Number(_) => true,
        Term::Answer(question) | Term::Score(question) => is_known(question),
        Term::Sum(terms) | Term::Product(terms) => terms.iter().all(|term| rests_on(term, is_known)),
    }
}

/// `ar`, `pt-BR`, `zh-Hant`: a language of two or three letters, and what narrows it.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let is_letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let language = parts.next().unwrap_or_default();
    let narrowed = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (2..=3).contains(&language.len()) && is_letters(language) && parts.all(narrowed)
}

fn at(form: &FormConfig, index: usize) -> String {
    format!("forms.{}.questions[{index}]", form.id)
}

fn problem(at: impl Into<String>, problem: &str) -> ConfigProblem {
    ConfigProblem { at: at.into(), problem: problem.to_owned() }
}
