//! The whole configuration as text, checked while it is written.

use std::time::Duration;

use leptos::prelude::*;

use super::Page;
use crate::{configuration::Configuration, reading};

/// How long somebody must have stopped writing before it is checked.
const PAUSE: Duration = Duration::from_millis(700);

/// The text, folded away until it is wanted.
pub(super) fn panel(page: Page) -> AnyView {
    let t = page.t;
    let (text, typed) = (page.text, page.typed);
    let writing = RwSignal::new(false);
    let keys = StoredValue::new(0_u32);
    let sent = StoredValue::new(0_u32);
    // What the forms above change is in the text, unless somebody is writing in it; what says the same stays as it
    // was written, for the lines of what is wrong with it.
    Effect::new(move || {
        let (config, busy) = (page.shown.get(), typed.get() || writing.get());
        let Some(config) = config.filter(|_| !busy) else { return };
        if text.with_untracked(|text| reading::read::<Configuration>(text).as_ref() != Some(&*config)) {
            text.set(config.text());
        }
    });
    let send = move || {
        // The page may be gone by the time its field hears that it was left.
        let (Some(pressed), Some(before)) = (keys.try_get_value(), sent.try_get_value()) else { return };
        if pressed != before {
            sent.set_value(pressed);
            page.send(text.get_untracked());
        }
    };
    let written = move |event: leptos::ev::Event| {
        text.set(event_target_value(&event));
        typed.set(true);
        keys.update_value(|keys| *keys = keys.wrapping_add(1));
        let pressed = keys.get_value();
        set_timeout(
            move || {
                if keys.try_get_value() == Some(pressed) {
                    send();
                }
            },
            PAUSE,
        );
    };
    // Whoever goes on to something else has finished writing.
    let left = move |_| {
        _ = writing.try_set(false);
        send();
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
                on:focus=move |_| writing.set(true)
                on:blur=left
            ></textarea>
        </details>
    }
    .into_any()
}
