//! Pages that say one thing calmly.

use std::rc::Rc;

use leptos::prelude::*;

use crate::phrases::Phrases;

/// The desk is on its way.
pub(crate) fn waiting(t: &'static Phrases) -> AnyView {
    view! { <div class="notice notice-waiting" role="status">{t.loading}</div> }.into_any()
}

/// The session is over.
pub(crate) fn sign_in(t: &'static Phrases) -> AnyView {
    said(t.sign_in, t.sign_in_text, view! { <p class="notice-hint">{t.sign_in_hint}</p> }.into_any())
}

/// The server does not answer; when it is `live` again it is asked once more.
pub(crate) fn unreachable(t: &'static Phrases, live: RwSignal<bool>, retry: impl Fn() + 'static) -> AnyView {
    away(t, live, Rc::new(retry))
}

fn away(t: &'static Phrases, live: RwSignal<bool>, retry: Rc<dyn Fn()>) -> AnyView {
    let again = Rc::clone(&retry);
    Effect::new(move |before: Option<bool>| {
        let now = live.get();
        if now && before == Some(false) {
            again();
        }
        now
    });
    let button = view! { <button class="button" type="button" on:click=move |_| retry()>{t.retry}</button> };
    said(t.unreachable, t.unreachable_hint, button.into_any())
}

/// There is no such page.
pub(crate) fn nowhere(t: &'static Phrases) -> AnyView {
    said(t.nowhere, "", back(t))
}

/// There is no such lead in his list.
pub(crate) fn not_yours(t: &'static Phrases) -> AnyView {
    said(t.not_yours, "", back(t))
}

/// This role sees no leads.
pub(crate) fn not_for_role(t: &'static Phrases) -> AnyView {
    said(t.not_for_role, "", ().into_any())
}

/// Nothing to do.
pub(crate) fn empty(t: &'static Phrases) -> AnyView {
    said(t.empty, t.empty_text, ().into_any())
}

fn back(t: &'static Phrases) -> AnyView {
    view! { <a class="button" href="/desk/" data-page="">{t.back}</a> }.into_any()
}

/// One thing, said calmly.
pub(crate) fn said(title: &'static str, text: &'static str, below: AnyView) -> AnyView {
    view! {
        <section class="notice">
            <svg class="notice-sign" viewBox="0 0 48 48" aria-hidden="true">
                <circle cx="24" cy="24" r="22" />
                <circle class="notice-core" cx="24" cy="24" r="7" />
            </svg>
            <h1>{title}</h1>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {below}
        </section>
    }
    .into_any()
}
