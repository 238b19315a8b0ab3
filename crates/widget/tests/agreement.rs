//! Browser and Worker agree on what remains, whatever the visitor does: answer, skip, go back, change,
//! leave as it is. The Worker gets the messages late, repeated and in any order.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail by panicking"
)]

use form::{Answer, Answers, Context, Date, Facts, Form, branching, fact, priority::Rule, ready, wire::AnswersRequest};
use jiff::Timestamp;
use lead::qualify::{self, Before};
use proptest::prelude::*;
use serde_json::{Value, json};
use widget::{host::Options, talk::Talk};

const TODAY: Date = Date::constant(2026, 11, 21);

/// What a visitor does to the question on the screen.
#[derive(Debug, Clone)]
enum Act {
    Choose(prop::sample::Index),
    ChooseSeveral(Vec<prop::sample::Index>),
    Say(String),
    Count(i16),
    Skip,
    Keep,
    Back,
}

fn any_act() -> impl Strategy<Value = Act> {
    let index = any::<prop::sample::Index>();
    prop_oneof![
        5 => index.clone().prop_map(Act::Choose),
        1 => prop::collection::vec(index, 0..3).prop_map(Act::ChooseSeveral),
        1 => "[a-z ]{0,5}".prop_map(Act::Say),
        2 => (-9_i16..99).prop_map(Act::Count),
        1 => Just(Act::Skip),
        1 => Just(Act::Keep),
        4 => Just(Act::Back),
    ]
}

/// A condition on the questions before this one, and on the visit.
fn any_condition(before: usize) -> BoxedStrategy<Value> {
    let question = (0..before.max(1)).prop_map(|at| format!("q{at}"));
    let leaf = prop_oneof![
        4 => (question.clone(), prop::collection::vec("[abc]", 0..3))
            .prop_map(|(question, one_of)| json!({ "answered": { "question": question, "one_of": one_of } })),
        2 => (question, -5..50_i16).prop_map(|(of, least)| json!({ "number": { "of": of, "at_least": least } })),
        1 => (-5..50_i16).prop_map(|most| json!({ "number": { "of": "sum", "at_most": most } })),
        2 => Just(json!({ "field": { "name": "plan", "one_of": ["pro"] } })),
        2 => Just(json!({ "source": { "key": "utm_source", "one_of": ["yandex"] } })),
        2 => Just(json!({ "device": ["phone"] })),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({ "all": all })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|any| json!({ "any": any })),
            inner.prop_map(|condition| json!({ "not": condition })),
        ]
    })
    .boxed()
}

fn any_question(at: usize, of: usize) -> BoxedStrategy<Value> {
    let kind = prop::sample::select(vec!["single", "single", "several", "number", "text", "scale", "statement"]);
    let later = ((at + 1)..=of).prop_map(move |to| if to == of { "end".to_owned() } else { format!("q{to}") });
    let jump =
        (prop::option::of(any_condition(at + 1)), later).prop_map(|(when, to)| json!({ "when": when, "to": to }));
    (kind, prop::option::weighted(0.4, any_condition(at)), prop::collection::vec(jump, 0..2), prop::option::of(Just("pay")))
        .prop_map(move |(kind, when, jumps, meaning)| {
            let choices = [("a", "own", 1), ("b", "cannot", 2), ("c", "discuss", 30)];
            json!({
                "id": format!("q{at}"), "kind": kind, "text": { "en": "?" }, "jumps": jumps, "meaning": meaning,
                "when": when.filter(|_| at > 0),
                "choices": choices.map(|(code, means, score)| json!({ "code": code, "text": {}, "means": means, "score": score })),
            })
        })
        .boxed()
}

fn any_form() -> impl Strategy<Value = Value> {
    let generated = (2..7_usize)
        .prop_flat_map(|of| (0..of).map(|at| any_question(at, of)).collect::<Vec<_>>())
        .prop_map(|questions| {
            json!({
                "id": "any", "version": 3, "contact": ready::contact(), "questions": questions,
                "values": [{ "id": "sum", "of": { "sum": [{ "score": "q0" }, { "answer": "q1" }, { "number": 1 }] } }],
            })
        });
    let methodology = Just(json!({
        "id": "ready", "version": 3, "contact": ready::contact(),
        "questions": ready::questions().into_iter().filter(|question| question.id != "price").collect::<Vec<_>>(),
    }));
    prop_oneof![3 => generated, 1 => methodology]
}

/// Does one thing as the widget's screen does it, and gives what was sent.
fn act(talk: &mut Talk, act: &Act) -> Option<String> {
    let question = talk.question()?.clone();
    let code = |index: &prop::sample::Index| match question.choices.as_slice() {
        [] => "x".to_owned(),
        choices => choices[index.index(choices.len())].code.clone(),
    };
    let answer = match act {
        Act::Back => {
            talk.go_back();
            return None;
        }
        Act::Keep if talk.earlier().is_some() => {
            talk.go_on();
            return None;
        }
        Act::Keep | Act::Skip => None,
        Act::Choose(index) => Some(Answer::One(code(index))),
        Act::ChooseSeveral(indices) => Some(Answer::Several(indices.iter().map(code).collect())),
        Act::Say(words) => Some(Answer::One(words.clone())),
        Act::Count(number) => Some(Answer::Number(f64::from(*number) / 2.0)),
    };
    let sent = talk.keep(answer.as_ref());
    talk.go_on();
    sent
}

/// What remains: the questions on the way with their answers.
fn remaining(form: &Form, answers: &Answers, context: &Context) -> Vec<(String, Option<Answer>, bool)> {
    branching::way(form, answers, context)
        .into_iter()
        .map(|step| (step.question.id.clone(), step.answer.cloned(), step.passed))
        .collect()
}

/// The Worker's answers after these messages.
fn received(form: &Form, context: &Context, messages: &[AnswersRequest]) -> (Answers, Option<String>, Facts) {
    let (mut answers, mut facts, mut next) = (Answers::default(), Facts::default(), None);
    for message in messages {
        let before = Before { answers: &answers, facts: &facts, context };
        let qualified = qualify::answer(form, before, message, Timestamp::UNIX_EPOCH, TODAY, Rule::default());
        for fact in qualified.facts {
            facts.add(fact);
        }
        answers = qualified.answers;
        next = qualified.next;
    }
    (answers, next, facts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn browser_and_worker_agree_on_what_remains(
        form in any_form(),
        acts in prop::collection::vec(any_act(), 0..24),
        pro in any::<bool>(),
        order in any::<u64>(),
        repeated in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let published: Form = serde_json::from_value(form.clone()).unwrap();
        let context = Context {
            lang: "en".into(),
            device: if pro { "phone".into() } else { "computer".into() },
            name: String::new(),
            fields: vec![("plan".into(), if pro { "pro".into() } else { "free".into() })],
            source: vec![("utm_source".into(), "yandex".into())],
        };
        let options = json!({
            "form": form, "today": "2026-11-21", "lang": "en", "device": context.device,
            "fields": { "plan": context.fields[0].1 }, "source": { "utm_source": "yandex" },
        });
        let mut talk = Talk::new(&Options::read(&options.to_string()).unwrap());
        let mut messages: Vec<AnswersRequest> = acts
            .iter()
            .filter_map(|what| act(&mut talk, what))
            .map(|body| serde_json::from_str(&body).unwrap())
            .collect();

        // In the order they were sent, the Worker asks what the browser asks.
        let (answers, next, facts) = received(&published, &context, &messages);
        prop_assert_eq!(remaining(&published, &answers, &context), remaining(&published, talk.answers(), &context));
        let asked = branching::next(&published, talk.answers(), &context).map(|question| question.id.clone());
        if !messages.is_empty() {
            prop_assert_eq!(&next, &asked);
        }
        // What is left says nothing any more: the facts are those of the answers that remain.
        for fact in &Vec::from(fact::from_answers(&published, talk.answers(), &context)) {
            prop_assert_eq!(facts.get(fact.key), Some(fact));
        }

        // In any other order and repeated, they end in the same.
        for index in repeated {
            if !messages.is_empty() {
                let again = messages[index.index(messages.len())].clone();
                messages.push(again);
            }
        }
        messages.sort_by_key(|message| order.wrapping_mul(u64::from(message.seq).wrapping_add(7)).rotate_left(17));
        let (answers, _, _) = received(&published, &context, &messages);
        prop_assert_eq!(remaining(&published, &answers, &context), remaining(&published, talk.answers(), &context));
    }
}
