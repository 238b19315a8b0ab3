//! The priority and the three facts that make it, as small signs with words for those who cannot see them.

use lead::{
    form::{Category, Tri},
    view::LeadSummary,
};
use leptos::prelude::*;

use crate::{phrases::Phrases, standing};

/// `AAA`, or muted what the lead can still become.
pub(crate) fn chip(lead: &LeadSummary, t: &'static Phrases) -> AnyView {
    let class = match lead.priority {
        Some(Category::Aaa) => "chip chip-aaa",
        Some(Category::Bbb) => "chip chip-bbb",
        Some(Category::Ccc) => "chip chip-ccc",
        None => "chip chip-open",
    };
    let words = format!("{}: {}", t.priority, standing::sentence(lead, t));
    view! { <span class=class role="img" aria-label=words.clone() title=words>{standing::label(lead, t)}</span> }
        .into_any()
}

/// `+ Задача  ? Бюджет  − Срочность`.
pub(crate) fn marks(lead: &LeadSummary, t: &'static Phrases) -> AnyView {
    let mark = |name: &'static str, tri: Tri| {
        view! {
            <li class=standing::mark_class(tri)>
                <span class="mark-sign" aria-hidden="true">{standing::mark(tri)}</span>
                {name}
                <span class="unseen">": " {standing::mark_words(tri, t)}</span>
            </li>
        }
    };
    view! {
        <ul class="marks">
            {mark(t.need, lead.need)} {mark(t.budget, lead.budget)} {mark(t.urgency, lead.urgency)}
        </ul>
    }
    .into_any()
}
