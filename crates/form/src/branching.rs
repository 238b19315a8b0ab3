//! Which questions are on the visitor's way, and the next one.
//!
//! The way is derived from the answers each time, so going back and changing an answer discards
//! exactly the answers of the branch that was left: they are no longer on the way.

use crate::{
    answer::{Answer, Answers},
    condition::{Context, holds},
    definition::Form,
    question::{END, Question},
};

/// A question on the visitor's way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<'a> {
    /// The question.
    pub question: &'a Question,
    /// Its answer; `None` when it was skipped or not reached yet.
    pub answer: Option<&'a Answer>,
    /// True when the visitor has answered or skipped it.
    pub passed: bool,
}

/// The visitor's way through the form: every question whose condition holds over the answers
/// before it, in order, and where an answer jumps, from there on. A gap (an answer that was lost or
/// is still on its way) hides nothing that was said after it.
pub fn way<'a>(form: &'a Form, answers: &'a Answers, context: &Context) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut until: Option<&str> = None;
    for question in &form.questions {
        if until.is_some_and(|target| target != question.id) {
            continue;
        }
        until = None;
        if !question.when.as_ref().is_none_or(|condition| holds(condition, form, &steps, context)) {
            continue;
        }
        let given = answers.get(&question.id);
        steps.push(Step { question, answer: given.and_then(|given| given.answer.as_ref()), passed: given.is_some() });
        if given.is_some() {
            let taken = question
                .jumps
                .iter()
                .find(|jump| jump.when.as_ref().is_none_or(|condition| holds(condition, form, &steps, context)));
            match taken.map(|jump| jump.to.as_str()) {
                Some(END) => break,
                target => until = target,
            }
        }
    }
    steps
}

/// The next question to ask: the first on the way not yet answered or skipped; `None` at the end.
pub fn next<'a>(form: &'a Form, answers: &'a Answers, context: &Context) -> Option<&'a Question> {
    way(form, answers, context).into_iter().find(|step| !step.passed).map(|step| step.question)
}

/// How far the visitor is: questions passed, and how many the way has as it looks from here.
pub fn progress(form: &Form, answers: &Answers, context: &Context) -> (usize, usize) {
    let steps = way(form, answers, context);
    (steps.iter().filter(|step| step.passed).count(), steps.len())
}

#[cfg(all(test, feature = "ready"))]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ready;

    const TODAY: jiff::civil::Date = date(2026, 11, 21);

    fn ask(answers: &[(&str, Option<&str>)]) -> Option<String> {
        let form = ready::form("price");
        let mut given = Answers::default();
        for (seq, (question, code)) in (1..).zip(answers) {
            given.merge(question, seq, TODAY, code.map(|code| Answer::One(code.to_owned())));
        }
        next(&form, &given, &Context::default()).map(|question| question.id.clone())
    }

    #[test]
    fn asks_in_order_and_the_offer_only_when_it_is_not_now() {
        assert_eq!(ask(&[]).as_deref(), Some("need"));
        assert_eq!(ask(&[("need", Some("specific"))]).as_deref(), Some("buying_stage"));
        let before = [("need", Some("specific")), ("buying_stage", None)];
        assert_eq!(ask(&[before[0], before[1], ("timing", Some("month"))]).as_deref(), Some("pay"));
        assert_eq!(ask(&[before[0], before[1], ("timing", Some("later"))]).as_deref(), Some("offer"));
        assert_eq!(ask(&[before[0], before[1], ("timing", None)]).as_deref(), Some("offer"));
    }

    #[test]
    fn a_gap_hides_nothing_that_was_said_after_it() {
        let form = ready::form("price");
        let mut answers = Answers::default();
        answers.merge("timing", 3, TODAY, Some(Answer::One("later".into())));
        answers.merge("offer", 4, TODAY, Some(Answer::One("no".into())));
        assert_eq!(next(&form, &answers, &Context::default()).map(|question| question.id.as_str()), Some("need"));
        let heard = way(&form, &answers, &Context::default()).iter().filter(|step| step.answer.is_some()).count();
        assert_eq!(heard, 2);
        assert_eq!(progress(&form, &answers, &Context::default()), (2, 5));
    }

    #[test]
    fn changing_an_answer_leaves_its_branch_behind() {
        let form = ready::form("price");
        let mut answers = Answers::default();
        for (seq, (question, code)) in (1..).zip([
            ("need", "specific"),
            ("buying_stage", "idea"),
            ("timing", "later"),
            ("offer", "yes"),
            ("pay", "own"),
        ]) {
            answers.merge(question, seq, TODAY, Some(Answer::One(code.into())));
        }
        assert!(way(&form, &answers, &Context::default()).iter().any(|step| step.question.id == "offer"));
        answers.merge("timing", 9, TODAY, Some(Answer::One("month".into())));
        assert!(!way(&form, &answers, &Context::default()).iter().any(|step| step.question.id == "offer"));
        assert_eq!(next(&form, &answers, &Context::default()), None);
        answers.merge("timing", 10, TODAY, Some(Answer::One("quarter".into())));
        assert!(
            way(&form, &answers, &Context::default()).iter().any(|step| step.question.id == "offer" && step.passed)
        );
    }
}
