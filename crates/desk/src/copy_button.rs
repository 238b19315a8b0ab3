//! Copies one value, and says so.

use leptos::{prelude::*, task::spawn_local};

use crate::{browser, desk::Desk, phrases::Phrases};

/// A button that copies this text.
pub(crate) fn copy_button(desk: Desk, t: &'static Phrases, text: String) -> AnyView {
    let copied = RwSignal::new(false);
    let value = text.clone();
    let click = move |_| {
        let text = text.clone();
        spawn_local(async move {
            if browser::copy(&text).await {
                // The page may have been left meanwhile.
                _ = copied.try_set(true);
                desk.announced.set(t.copied.to_owned());
                set_timeout(move || _ = copied.try_set(false), std::time::Duration::from_millis(1_600));
            }
        });
    };
    view! {
        <button class="plain copy" type="button" on:click=click>
            {move || if copied.get() { t.copied } else { t.copy }}
            <span class="unseen">": " {value}</span>
        </button>
    }
    .into_any()
}
