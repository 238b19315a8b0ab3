//! One lead in the list.

use std::sync::Arc;

use lead::view::LeadSummary;
use leptos::prelude::*;

use crate::{
    countdown::countdown,
    desk::Desk,
    phrases::{Phrases, word},
    priority_chip::{chip, marks},
    reach::{self, Way, WayKind},
    route::Route,
    source_words, standing,
    visible::one_line,
};

/// The row of this lead. The row itself stays while the lead changes, so that the keyboard does not
/// lose its place; only what is in it is drawn anew.
pub(crate) fn row(desk: Desk, t: &'static Phrases, id: String) -> AnyView {
    let known = id.clone();
    let lead = Memo::new(move |_| desk.book.with(|book| book.get(&known)));
    of(desk, t, id, lead.into())
}

/// A row of a lead that need not be in the book.
pub(crate) fn of(desk: Desk, t: &'static Phrases, id: String, lead: Signal<Option<Arc<LeadSummary>>>) -> AnyView {
    let arrived = desk.arrived.with_untracked(|arrived| arrived.contains(&id));
    let href = Route::Lead(id.clone()).href();
    let cell = move |draw: fn(Desk, &'static Phrases, &LeadSummary) -> AnyView| {
        move || lead.get().map(|lead| draw(desk, t, &lead))
    };
    let name = move || {
        lead.get().map(|lead: Arc<LeadSummary>| {
            reach::called(&lead.contact)
                .unwrap_or_else(|| if lead.contact.erased { t.people.erased } else { t.nobody }.to_owned())
        })
    };
    view! {
        <li class="row" class:row-arrived=arrived data-row="">
            <div class="cell row-when">{cell(when)}</div>
            <div class="cell row-who">
                <a class="row-name" href=href data-page="" data-lead=id><bdi>{name}</bdi></a>
                {cell(ways)}
            </div>
            <div class="cell row-said">{cell(said)}</div>
            <div class="cell row-why">{cell(why)}</div>
            <div class="cell row-from">{cell(from)}</div>
        </li>
    }
    .into_any()
}

fn when(desk: Desk, t: &'static Phrases, lead: &LeadSummary) -> AnyView {
    if let Some(closed) = &lead.closed {
        let when = t.closed_at.replace("{time}", &desk.calendar().brief(&closed.at));
        return view! {
            <span class="closed-reason">{one_line(word(t.close_reasons, &closed.reason))}</span>
            <span class="quiet">{when}</span>
        }
        .into_any();
    }
    match &lead.answered_at {
        None => countdown(desk, t, lead),
        Some(at) => {
            let calendar = desk.calendar();
            view! {
                <span class="stage">{word(t.stages, &lead.stage).to_owned()}</span>
                <span class="quiet">
                    <span class="done-sign" aria-hidden="true">"✓"</span>
                    <span class="unseen">{t.answered_at.replace("{time}", "")}</span>
                    {calendar.brief(at)}
                </span>
            }
            .into_any()
        }
    }
}

fn ways(_desk: Desk, t: &'static Phrases, lead: &LeadSummary) -> AnyView {
    let named = !lead.contact.name.trim().is_empty();
    let ways = reach::ways(&lead.contact);
    // A way that already stands as the name is repeated only where it can be clicked.
    let ways = ways.into_iter().enumerate().filter(|(place, way)| named || *place > 0 || way.href.is_some()).take(3);
    let item = |(_, way): (usize, Way)| view! { <li>{way_link(t, way)}</li> };
    view! { <ul class="ways">{ways.map(item).collect_view()}</ul> }.into_any()
}

/// The way as a link, or as text where no link is safe.
pub(crate) fn way_link(t: &'static Phrases, way: Way) -> AnyView {
    let label = match way.kind {
        WayKind::Phone => format!("{}: {}", t.call, way.shown),
        WayKind::Mail => format!("{}: {}", t.write, way.shown),
        WayKind::Messenger(network) => format!("{network}: {}", way.shown),
        WayKind::Other => way.shown.clone(),
    };
    let prefix = match way.kind {
        WayKind::Messenger(network) => Some(view! { <span class="way-network">{network}</span> }),
        _ => None,
    };
    match way.href {
        None => view! { <bdi class="way way-text">{way.shown}</bdi> }.into_any(),
        Some(href) => {
            let elsewhere = href.starts_with("https:").then_some("_blank");
            view! {
                <a class="way" href=href target=elsewhere rel="noopener noreferrer" aria-label=label>
                    {prefix} <bdi>{way.shown}</bdi>
                </a>
            }
            .into_any()
        }
    }
}

fn said(_desk: Desk, t: &'static Phrases, lead: &LeadSummary) -> AnyView {
    let answers: Vec<String> = lead
        .answers
        .iter()
        .filter(|answer| !answer.left && !answer.answered.is_empty())
        .map(|answer| one_line(&answer.answered))
        .collect();
    let message = one_line(&lead.message);
    let message = if message.is_empty() {
        view! { <span class="quiet">{t.no_message}</span> }.into_any()
    } else {
        view! { <bdi class="row-message">{message}</bdi> }.into_any()
    };
    let answers = (!answers.is_empty()).then(|| view! { <span class="row-answers">{answers.join(" · ")}</span> });
    view! { {message} {answers} }.into_any()
}

fn why(_desk: Desk, t: &'static Phrases, lead: &LeadSummary) -> AnyView {
    if lead.closed.is_some() {
        // What it would have been worked on by no longer matters.
        return marks(lead, t).into_any();
    }
    view! {
        <span class="row-priority">{chip(lead, t)} <span class="next-step">{standing::next_step(lead.next_step, t)}</span></span>
        {marks(lead, t)}
    }
    .into_any()
}

fn from(desk: Desk, t: &'static Phrases, lead: &LeadSummary) -> AnyView {
    let sees_all = desk.me().is_some_and(|me| me.role.sees_every_lead());
    let seller = t.with_seller.replace("{name}", &one_line(&lead.assigned_name));
    let seller = sees_all.then(|| view! { <bdi class="row-seller">{seller}</bdi> });
    let touches = desk.lang.get_untracked().count(lead.touches, &t.touches);
    let touches = (lead.touches > 1).then(|| view! { <span class="touches">{touches}</span> });
    let rule = t.by_rule.replace("{rule}", &one_line(word(t.rules, &lead.rule)));
    view! {
        {clipped("row-source", source_words::brief(&lead.source, t))}
        {clipped("quiet", source_words::further(&lead.source, t))}
        {clipped("quiet", rule)}
        {touches}
        {seller}
    }
    .into_any()
}

/// One line that may not fit, and whole on hovering.
fn clipped(class: &'static str, words: String) -> impl IntoView {
    let whole = words.clone();
    view! { <bdi class=class title=whole>{words}</bdi> }
}
