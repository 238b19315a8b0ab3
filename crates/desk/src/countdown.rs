//! A deadline that counts down.

use lead::view::LeadSummary;
use leptos::prelude::*;

use crate::{desk::Desk, instant, phrases::Phrases, time_left::TimeLeft};

/// The time left for the first response, with a ring that empties, and the deadline's own time below.
pub(crate) fn countdown(desk: Desk, t: &'static Phrases, lead: &LeadSummary) -> AnyView {
    let (Some(opened), Some(deadline)) = (instant::read(&lead.opened_at), instant::read(&lead.answer_by)) else {
        return view! { <span class="left">{lead.answer_by.clone()}</span> }.into_any();
    };
    let left = Memo::new(move |_| TimeLeft::until(deadline, desk.clock.now()));
    let over = Memo::new(move |_| left.get().is_over());
    let short = Memo::new(move |_| left.get().is_short());
    let ring = Memo::new(move |_| if over.get() { 100 } else { left.get().share(opened, deadline) });
    let at = desk.calendar().brief(&lead.answer_by);
    let dashes = move || format!("{} 100", ring.get());
    let below = move || if over.get() { t.deadline_was } else { t.until }.replace("{time}", &at);
    view! {
        <span class="left" class:left-over=over class:left-short=short>
            <svg class="ring" viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="10" cy="10" r="8" />
                <circle class="ring-left" cx="10" cy="10" r="8" pathLength="100" stroke-dasharray=dashes />
            </svg>
            <time class="left-time" datetime=lead.answer_by.clone() role="timer">
                <span class="unseen">{t.time_left} ": "</span>
                {move || left.get().words(t)}
            </time>
            <span class="left-at">{below}</span>
        </span>
    }
    .into_any()
}
