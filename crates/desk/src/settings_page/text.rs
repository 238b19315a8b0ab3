//! The whole configuration as text, checked while it is written.

use std::time::Duration;

use leptos::prelude::*;

use super::Page;

/// How long somebody must have stopped writing before it is checked.
const PAUSE: Duration = Duration::from_millis(700);

/// The text, folded away until it is wanted.
pub(super) fn panel(page: Page) -> AnyView {
    let t = page.t;
    let text = RwSignal::new(String::new());
    let writing = RwSignal::new(false);
    let keys = StoredValue::new(0_u32);
    // What the forms above change is in the text, unless somebody is writing in it.
    Effect::new(move || {
        let config = page.shown.get();
        if let Some(config) = config.filter(|_| !writing.get_untracked()) {
            text.set(serde_json::to_string_pretty(&*config).unwrap_or_default());
        }
    });
    let written = move |event: leptos::ev::Event| {
        text.set(event_target_value(&event));
        writing.set(true);
        keys.update_value(|keys| *keys = keys.wrapping_add(1));
        let pressed = keys.get_value();
        set_timeout(
            move || {
                if keys.try_get_value() == Some(pressed) {
                    page.send(text.get_untracked());
                }
            },
            PAUSE,
        );
    };
    view! {
        <details class="settings-part settings-text">
            <summary><h2>{t.routing.as_text}</h2></summary>
            <p class="quiet" id="text-hint">{t.routing.as_text_hint}</p>
            <textarea
                aria-label=t.routing.as_text
                aria-describedby="text-hint"
                rows="24"
                spellcheck="false"
                autocapitalize="off"
                dir="ltr"
                prop:value=text
                on:input=written
                on:blur=move |_| writing.set(false)
            ></textarea>
        </details>
    }
    .into_any()
}
