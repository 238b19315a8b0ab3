//! Whom to answer first, and what to work on next.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser,
    desk::{Desk, Listed},
    notice,
    phrases::Phrases,
    route::Route,
    row, search,
};

/// The list of leads.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    // Only ids, so that a changed lead that keeps its place moves nothing.
    let ids = |leads: Vec<Arc<lead::view::LeadSummary>>| leads.iter().map(|lead| lead.id.clone()).collect::<Vec<_>>();
    let owed = Memo::new(move |_| desk.book.with(|book| ids(book.answer_first())));
    let work = Memo::new(move |_| desk.book.with(|book| ids(book.work())));
    let closed = Memo::new(move |_| desk.book.with(|book| ids(book.closed())));
    let empty = Memo::new(move |_| owed.with(Vec::is_empty) && work.with(Vec::is_empty) && closed.with(Vec::is_empty));
    let listed = Memo::new(move |_| desk.listed.get());
    come_back(desk);

    let looked_for = desk.search;
    looked_for.resume(desk);
    let body = move || match (listed.get(), empty.get()) {
        (Listed::Not, true) => notice::waiting(t),
        (Listed::Refused, true) => {
            // What he may see.
            let reports = desk.me().is_some_and(|me| me.role.sees_reports());
            let form = reports.then(|| {
                view! { <a class="button" href=Route::Form.href() data-page="">{t.form_page}</a> }
            });
            notice::said(t.not_for_role, "", form.into_any())
        }
        (Listed::Failed, true) => notice::unreachable(t, desk.live, move || {
            desk.listed.set(Listed::Not);
            spawn_local(desk.reload());
        }),
        (Listed::Loaded { more: false }, true) => notice::empty(t),
        (listed, _) => view! {
            <h1 class="unseen">{t.leads}</h1>
            {search::field(looked_for, desk, t)}
            {move || looked_for.is_on().then(|| search::found(looked_for, desk, t))}
            <div class="queues" hidden=move || looked_for.is_on()>
                {queue(desk, t, "first", t.answer_first, t.answer_first_hint, owed)}
                {queue(desk, t, "work", t.work, t.work_hint, work)}
                {(listed == Listed::Loaded { more: true }).then(|| more(desk, t))}
                {queue(desk, t, "closed", t.closed, t.closed_hint, closed)}
            </div>
            {keys(t)}
        }
        .into_any(),
    };
    body.into_any()
}

fn queue(
    desk: Desk,
    t: &'static Phrases,
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    ids: Memo<Vec<String>>,
) -> impl IntoView {
    let (heading, labelled) = (format!("queue-{name}"), format!("queue-{name}"));
    let done = move || {
        (name == "first" && ids.with(Vec::is_empty)).then(|| view! { <p class="queue-done">{t.all_answered}</p> })
    };
    view! {
        <section class=format!("queue queue-{name}") aria-labelledby=labelled class:queue-empty=move || ids.with(Vec::is_empty)>
            <div class="queue-head">
                <h2 id=heading>{title}</h2>
                <span class="queue-count">{move || ids.with(Vec::len)}</span>
                <span class="queue-hint">{hint}</span>
            </div>
            {done}
            <ol class="rows">
                {keyed(ids, Arc::new(move |id| row::row(desk, t, id)))}
            </ol>
        </section>
    }
}

/// One element for each of these keys, which stays while others come and go.
pub(crate) fn keyed(keys: Memo<Vec<String>>, draw: Arc<dyn Fn(String) -> AnyView + Send + Sync>) -> AnyView {
    view! { <For each=move || keys.get() key=Clone::clone children=move |key| draw(key) /> }.into_any()
}

fn more(desk: Desk, t: &'static Phrases) -> impl IntoView {
    view! { <button class="button more" type="button" on:click=move |_| spawn_local(desk.load_more())>{t.more}</button> }
}

fn keys(t: &'static Phrases) -> impl IntoView {
    view! {
        <p class="keys" aria-hidden="true">
            <kbd>"J"</kbd> <kbd>"K"</kbd> {t.keys_move} <kbd>"Enter"</kbd> {t.keys_open} <kbd>"Esc"</kbd> {t.keys_back}
            <kbd>"/"</kbd> {t.keys_search}
        </p>
    }
}

/// Coming back from a lead, the keyboard and the eye are where they were.
fn come_back(desk: Desk) {
    let Some(id) = desk.last_open.get_untracked() else { return };
    request_animation_frame(move || {
        if desk.last_open.try_set(None).is_none() && !browser::focus(&format!("[data-lead=\"{id}\"]")) {
            browser::scroll_to_top();
        }
    });
}
