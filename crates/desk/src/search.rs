//! Somebody calls: find him by his phone, mailbox or handle, from its beginning on.

use std::{sync::Arc, time::Duration};

use lead::view::{LeadSummary, SHORTEST_SEARCH};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    desk::Desk,
    phrases::Phrases,
    row,
};

/// How long a hand rests before it has finished typing.
const REST: Duration = Duration::from_millis(200);

/// What is looked for, and what was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search {
    typed: RwSignal<String>,
    found: RwSignal<Option<Vec<Arc<LeadSummary>>>>,
    failed: RwSignal<bool>,
}

impl Search {
    /// Nothing is looked for yet.
    pub(crate) fn begin() -> Self {
        Self { typed: RwSignal::new(String::new()), found: RwSignal::new(None), failed: RwSignal::new(false) }
    }

    /// Nothing of it stays.
    pub(crate) fn forget(self) {
        self.typed.set(String::new());
        self.found.set(None);
    }

    /// Looks once more for what is looked for: meanwhile it may have changed.
    pub(crate) fn resume(self, desk: Desk) {
        self.type_in(desk, self.typed.get_untracked());
    }

    /// True while what was found stands in place of the queues.
    pub(crate) fn is_on(self) -> bool {
        self.found.with(Option::is_some)
    }

    async fn look(self, desk: Desk, typed: String) {
        let found = api::search(&typed).await;
        // A slow answer to what is no longer asked says nothing.
        if self.typed.get_untracked() != typed {
            return;
        }
        self.failed.set(found.is_err());
        match found {
            Ok(page) => self.found.set(Some(page.leads.into_iter().map(Arc::new).collect())),
            Err(Failure::SignedOut) => desk.sign_out(),
            Err(_) => self.found.set(Some(vec![])),
        }
    }

    fn type_in(self, desk: Desk, typed: String) {
        self.typed.set(typed.clone());
        if typed.trim().chars().count() < SHORTEST_SEARCH {
            self.found.set(None);
            return;
        }
        set_timeout(
            move || {
                if self.typed.try_get_untracked().is_some_and(|now| now == typed) {
                    spawn_local(self.look(desk, typed));
                }
            },
            REST,
        );
    }
}

/// The field above the queues.
pub(crate) fn field(search: Search, desk: Desk, t: &'static Phrases) -> AnyView {
    view! {
        <form class="search" role="search" on:submit=move |event| event.prevent_default()>
            <input
                class="search-field"
                type="search"
                aria-label=t.search
                placeholder=t.search
                autocomplete="off"
                spellcheck="false"
                data-search=""
                prop:value=move || search.typed.get()
                on:input=move |event| search.type_in(desk, event_target_value(&event))
            />
        </form>
    }
    .into_any()
}

/// What was found, in place of the queues.
pub(crate) fn found(search: Search, desk: Desk, t: &'static Phrases) -> AnyView {
    let leads = move || search.found.get().unwrap_or_default();
    let rows = move || {
        let rows = leads().into_iter().map(|lead| row::of(desk, t, lead.id.clone(), Signal::stored(Some(lead))));
        rows.collect_view()
    };
    let nobody = move || {
        let words = if search.failed.get() { t.search_failed } else { t.search_nobody };
        leads().is_empty().then(|| view! { <p class="queue-done" role="status">{words}</p> })
    };
    view! {
        <section class="queue queue-found" aria-labelledby="queue-found">
            <div class="queue-head">
                <h2 id="queue-found">{t.search_found}</h2>
                <span class="queue-count" role="status">{move || leads().len()}</span>
                <span class="queue-hint">{t.search_hint}</span>
            </div>
            {nobody}
            <ol class="rows">{rows}</ol>
        </section>
    }
    .into_any()
}
