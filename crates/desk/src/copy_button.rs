//! Copies one value, and says so.

use leptos::{prelude::*, task::spawn_local};

use crate::{browser, phrases::Phrases};

/// A button that copies this text.
pub(crate) fn copy_button(t: &'static Phrases, text: String) -> AnyView {
    let copied = RwSignal::new(false);
    let label = format!("{}: {text}", t.copy);
    let click = move |_| {
        let text = text.clone();
        spawn_local(async move {
            if browser::copy(&text).await {
                // The page may have been left meanwhile.
                _ = copied.try_set(true);
                set_timeout(move || _ = copied.try_set(false), std::time::Duration::from_millis(1_600));
            }
        });
    };
    view! {
        <button class="plain copy" type="button" aria-label=label on:click=click>
            <span role="status">{move || if copied.get() { t.copied } else { t.copy }}</span>
        </button>
    }
    .into_any()
}
