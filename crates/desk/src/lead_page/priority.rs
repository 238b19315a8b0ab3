//! The priority with the facts that made it, and what is still worth asking.

use lead::{
    form::{Fact, Known, Tri},
    view::LeadSummary,
};
use leptos::prelude::*;

use super::{Open, Shown};
use crate::{
    event_words::value_words,
    phrases::word,
    priority_chip::chip,
    standing::{self, BUDGET, NEED, Side, URGENCY},
    visible::one_line,
};

/// The priority, its three sides, the next step and the questions.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let (lead, facts) = (&shown.detail.lead, &shown.detail.facts);
    let t = open.t;
    let offer = lead.by_offer.then(|| view! { <p class="quiet">{t.by_offer}</p> });
    // Of someone who is no longer worked on nothing is asked.
    let is_open = lead.closed.is_none();
    let questions = if is_open { standing::questions_left(lead, facts, t) } else { vec![] };
    let asked = (!questions.is_empty()).then(|| {
        let lines = questions.into_iter().map(|question| view! { <li>{question}</li> }).collect_view();
        view! { <div class="questions"><h3>{t.still_unknown}</h3><ul>{lines}</ul></div> }
    });
    let next = is_open.then(|| {
        view! {
            <p class="next-step next-step-big">
                <span class="unseen">{t.next_step} ": "</span>
                {standing::next_step(lead.next_step, t)}
            </p>
        }
    });
    view! {
        <section class="part" aria-labelledby="priority">
            <h2 id="priority">{t.priority}</h2>
            <div class="standing">
                {chip(lead, t)}
                <div class="standing-words">
                    <p>{standing::sentence(lead, t)}</p>
                    <p class="quiet">{standing::filter(lead.filter, t)}</p>
                    {offer}
                </div>
                {next}
            </div>
            <dl class="sides">
                {side(open, lead, facts, t.need, lead.need, NEED)}
                {side(open, lead, facts, t.budget, lead.budget, BUDGET)}
                {side(open, lead, facts, t.urgency, lead.urgency, URGENCY)}
            </dl>
            {asked}
        </section>
    }
    .into_any()
}

fn side(open: Open, lead: &LeadSummary, facts: &[Fact], name: &'static str, tri: Tri, side: Side) -> impl IntoView {
    let t = open.t;
    let calendar = open.desk.calendar();
    let said: Vec<_> = side
        .keys
        .iter()
        .filter_map(|key| facts.iter().rev().find(|fact| fact.key == *key))
        .filter(|fact| fact.known != Known::Unknown)
        .map(|fact| {
            let value = if fact.value.is_empty() { known(fact.known, t).to_owned() } else { value_words(&fact.value, &calendar) };
            view! { <li><span class="quiet">{word(t.fact_keys, standing::fact_code(fact.key))} ": "</span> <bdi>{value}</bdi></li> }
        })
        .collect();
    let answers: Vec<_> = lead
        .answers
        .iter()
        .filter(|answer| {
            side.questions.contains(&answer.question.as_str()) && !answer.left && !answer.answered.is_empty()
        })
        .map(|answer| {
            let (asked, answered) = (one_line(&answer.asked), one_line(&answer.answered));
            view! { <li class="quiet"><bdi>{asked}</bdi> " → " <bdi>{answered}</bdi></li> }
        })
        .collect();
    let nothing = (said.is_empty() && answers.is_empty()).then(|| view! { <li class="quiet">{t.nothing_said}</li> });
    view! {
        <div class="side">
            <dt><span class=standing::mark_class(tri)><span class="mark-sign" aria-hidden="true">{standing::mark(tri)}</span>{name}
                <span class="unseen">": " {standing::mark_words(tri, t)}</span></span></dt>
            <dd><ul>{said} {answers} {nothing}</ul></dd>
        </div>
    }
}

fn known(known: Known, t: &'static crate::phrases::Phrases) -> &'static str {
    let code = match known {
        Known::Yes => "yes",
        Known::No => "no",
        Known::Unknown => "unknown",
        Known::Declined => "declined",
    };
    word(t.known, code)
}
