//! One step of the hosted page: takes an answer, a file or a refusal, and asks the next question.

use std::time::Duration;

use lead::{
    attribution,
    counting::{Beacon, Place},
    form::{Answer, Question, QuestionKind, branching, day, piping, wire::AnswersRequest},
    loss, visit as visits,
};
use serde::Deserialize;
use worker::{Headers, ResponseBuilder};

use super::{
    Outcome, attachments, counts,
    hosted::{Asked, Posted},
    inquiries,
};
use crate::{
    clock,
    environment::{self, Environment},
    keys::{Key, Kind},
    ledger::call::{Call, Said},
    pages::{
        hosted::{self, Visit},
        hosted_answer, hosted_question,
    },
    rejection::{Failure, KEY_UNKNOWN, NOT_FOUND},
};

/// How long the ledger may take to count a step.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where a visitor stands.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) asked: &'a Asked,
    pub(super) visit: &'a Visit,
    pub(super) said: &'a Said,
    pub(super) environment: &'a Environment,
}

/// Takes what was posted for a question.
pub(super) async fn answer(asked: &Asked, visit: Visit, posted: &Posted, environment: &Environment) -> Outcome {
    let form = &asked.published.form;
    let question = form.question(&posted.value("question")).ok_or(NOT_FOUND)?;
    let mut said = said(asked, &visit, environment).await?;
    let step = Step { asked, visit: &visit, said: &said, environment };
    let mut given = hosted_answer::read(question, &posted.fields);
    let declines = given.as_ref().is_some_and(|answer| {
        let closes = |code| question.choice(code).is_some_and(|choice| question.is_closed_by(choice));
        answer.codes(question).into_iter().any(closes)
    });
    if declines {
        match posted.value("confirmed").as_str() {
            "yes" => {}
            "no" => return step.ask(question, None),
            _ => {
                let code = posted.value("answer");
                return asked.respond(200, hosted_question::confirm(&asked.page(), &visit, question, &code));
            }
        }
    }
    if question.kind == QuestionKind::File && posted.value("go") != "skip" {
        match step.attach(question, posted).await? {
            Attached::Nothing => {}
            Attached::Named(name) => given = Some(Answer::WithText { code: String::new(), text: name }),
            Attached::Not(fault) => return step.ask(question, Some(fault)),
        }
    }

    // Seconds since 1970 grow with every answer, also with one given after going back.
    let seq = u32::try_from(clock::now().as_second()).unwrap_or(u32::MAX);
    let message = AnswersRequest {
        site: asked.site.clone(),
        secret: visit.secret.clone(),
        seq,
        form_version: Some(form.version),
        answers: [(question.id.clone(), given.clone())].into(),
        ..AnswersRequest::default()
    };
    let raw = serde_json::to_string(&message)?;
    let status = match inquiries::send_answers(environment, &visit.id, &message.site, raw, &asked.network).await {
        Ok(response) => response.status_code(),
        Err(Failure::Rejected(rejection)) => rejection.status,
        Err(fault) => return Err(fault),
    };
    // What comes through in a moment is asked for again. The lead is recorded whatever becomes of its answers: of
    // what never comes through the visitor hears nothing, and goes on.
    if matches!(status, 429 | 503) && given.is_some() {
        return step.ask(question, Some(asked.page().say().not_answered.to_owned()));
    }
    let is_answered = given.is_some() || question.kind == QuestionKind::Statement;
    let counted = format!("{}:{}", if is_answered { "answered" } else { "skipped" }, question.id);
    let today = day::read("2000-01-01").unwrap_or_default();
    said.answers.merge(&question.id, seq, today, given);
    let step = Step { asked, visit: &visit, said: &said, environment };
    if declines {
        step.count(vec![counted]).await;
        return asked.respond(200, hosted::declined(&asked.page()));
    }
    go_on(step, vec![counted]).await
}

/// Asks the next question, or ends; counts what was done until now.
pub(super) async fn go_on(step: Step<'_>, mut counted: Vec<String>) -> Outcome {
    let asked = step.asked;
    let form = &asked.published.form;
    let context = visits::context(&step.said.request);
    if let Some(question) = branching::next(form, &step.said.answers, &context) {
        counted.push(format!("shown:{}", question.id));
        step.count(counted).await;
        return step.ask(question, None);
    }
    counted.push("completed".to_owned());
    step.count(counted).await;
    if let Some(address) = asked.redirect() {
        let headers = Headers::new();
        headers.set("location", &address)?;
        headers.set("cache-control", "no-store")?;
        headers.set("referrer-policy", "strict-origin-when-cross-origin")?;
        return Ok(ResponseBuilder::new().with_status(303).with_headers(headers).empty());
    }
    let before = branching::way(form, &step.said.answers, &context);
    let said = piping::Said { form, before: &before, context: &context };
    asked.respond(200, hosted::thanks(&asked.page(), step.visit, said))
}

/// What became of the file in a posted form.
enum Attached {
    /// None was chosen.
    Nothing,
    /// It is kept under this name.
    Named(String),
    /// It is not kept; why, in words.
    Not(String),
}

impl Step<'_> {
    /// Draws a question, with what was said before it in its wording.
    fn ask(&self, question: &Question, fault: Option<String>) -> Outcome {
        let form = &self.asked.published.form;
        let context = visits::context(&self.said.request);
        let way = branching::way(form, &self.said.answers, &context);
        let place = way.iter().position(|step| step.question.id == question.id).unwrap_or(way.len());
        let before = way.get(..place).unwrap_or_default();
        let drawn = hosted_question::Asked {
            question,
            said: piping::Said { form, before, context: &context },
            progress: (place, way.len()),
            fault: fault.as_deref(),
        };
        let status = if fault.is_some() { 422 } else { 200 };
        self.asked.respond(status, hosted_question::draw(&self.asked.page(), self.visit, drawn))
    }

    async fn attach(&self, question: &Question, posted: &Posted) -> Result<Attached, Failure> {
        #[derive(Deserialize)]
        struct Kept {
            file: String,
        }
        let say = self.asked.page().say();
        if posted.too_large {
            return Ok(Attached::Not(say.too_large.to_owned()));
        }
        let Some((name, content)) = &posted.file else { return Ok(Attached::Nothing) };
        let file = attachments::NewFile {
            key: key(self.asked, self.environment)?,
            inquiry: self.visit.id.clone(),
            secret: self.visit.secret.clone(),
            question: question.id.clone(),
            name: name.clone(),
            content,
            network: &self.asked.network,
        };
        let status = match attachments::send(self.environment, file).await {
            Ok(response) if matches!(response.status_code(), 200 | 201) => {
                return Ok(Attached::Named(environment::read::<Kept>(response).await?.file));
            }
            Ok(response) => response.status_code(),
            Err(Failure::Rejected(rejection)) => rejection.status,
            Err(fault) => return Err(fault),
        };
        let words = match status {
            413 => say.too_large,
            415 => say.wrong_kind,
            422 => say.too_many,
            _ => say.not_attached,
        };
        Ok(Attached::Not(words.to_owned()))
    }

    /// Counts steps of this visit. A fault here is logged and keeps nobody from going on.
    async fn count(&self, steps: Vec<String>) {
        let form = &self.asked.published.form;
        let source = attribution::classify(&self.said.request.source, "", "");
        let beacon = Beacon {
            site: self.asked.site.clone(),
            form: form.id.clone(),
            version: Some(form.version),
            source: Place::of(&source),
            steps: steps.into_iter().map(|step| (step, 1)).collect(),
            hour: loss::hour_of(&self.visit.id),
        };
        // Nobody waits for the count.
        let counted = clock::within(PATIENCE, counts::send(self.environment, beacon, &self.asked.network)).await;
        if let Some(Err(Failure::Fault(error))) = counted {
            worker::console_error!("fault in counting: {error}");
        }
    }
}

/// What the inquiry has said so far; nothing, where it is not recorded (a host's own form may begin here).
async fn said(asked: &Asked, visit: &Visit, environment: &Environment) -> Result<Said, Failure> {
    let key = key(asked, environment)?;
    let ledger = environment.ledger(&key.workspace)?;
    let call = Call::Said { key, inquiry: visit.id.clone(), secret: visit.secret.clone() };
    let response = environment::call(&ledger, &call).await?;
    if response.status_code() == 200 { Ok(environment::read(response).await?) } else { Ok(Said::default()) }
}

fn key(asked: &Asked, environment: &Environment) -> Result<Key, Failure> {
    Ok(Key::read(&asked.site, Kind::Site, &environment.secret()?).ok_or(KEY_UNKNOWN)?)
}
