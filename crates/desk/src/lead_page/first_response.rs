//! The first response: by when it is owed, and the one button that says it was given.

use lead::command::Command;
use leptos::{prelude::*, task::spawn_local};

use super::Open;
use crate::{browser, countdown::countdown};

/// The deadline and, for those who work leads, the button.
pub(super) fn panel(open: Open, works: bool) -> AnyView {
    let t = open.t;
    let desk = open.desk;
    let given = Memo::new(move |_| {
        open.detail.with(|detail| detail.as_ref().and_then(|detail| detail.lead.answered_at.clone()))
    });
    let closed = Memo::new(move |_| {
        open.detail.with(|detail| detail.as_ref().is_some_and(|detail| detail.lead.closed.is_some()))
    });
    let typed =
        Typed { open, result: RwSignal::new(String::new()), saving: RwSignal::new(false), moved: RwSignal::new(false) };
    // Somebody else may have recorded it while he wrote: his words are not lost.
    Effect::new(move || {
        if given.get().is_some() && !typed.saving.get_untracked() {
            typed.settle();
        }
    });
    // The deadline never moves while it is owed, so the summary of the first drawing is enough.
    let owed = move || {
        let left = open.detail.with_untracked(|detail| detail.as_ref().map(|detail| countdown(desk, t, &detail.lead)));
        view! {
            <section class="first-response" aria-labelledby="first-response">
                <div class="first-response-left">
                    <h2 id="first-response">{t.first_response}</h2>
                    {left}
                </div>
                {works.then(|| form(typed))}
            </section>
        }
        .into_any()
    };
    let body = move || match given.get() {
        // Nobody is owed an answer who said that he wants none.
        None if closed.get() => ().into_any(),
        None => owed(),
        Some(at) => {
            let words = t.response_given.replace("{time}", &desk.calendar().brief(&at));
            view! {
                <p class="first-response-given" id="first-response-given" tabindex="-1">
                    <span aria-hidden="true">"✓"</span>
                    <time datetime=at>{words}</time>
                </p>
                <p class="quiet" role="status">{move || typed.moved.get().then_some(t.result_moved)}</p>
            }
            .into_any()
        }
    };
    body.into_any()
}

/// What came of it, while that is written and sent.
#[derive(Clone, Copy)]
struct Typed {
    open: Open,
    result: RwSignal<String>,
    saving: RwSignal<bool>,
    moved: RwSignal<bool>,
}

impl Typed {
    /// Once the response is recorded: words that were not recorded with it go on as the beginning of a note.
    fn settle(self) {
        let Some(words) = self.result.try_get_untracked().map(|words| words.trim().to_owned()) else { return };
        let is_there = self.open.detail.with_untracked(|detail| {
            detail.as_ref().is_some_and(|detail| detail.tasks.iter().any(|task| task.result == words))
        });
        self.result.set(String::new());
        if words.is_empty() || is_there {
            return;
        }
        let begun = self.open.note.get_untracked();
        self.open.keep_note(if begun.is_empty() { words } else { format!("{begun}\n{words}") });
        self.moved.set(true);
    }
}

fn form(typed: Typed) -> impl IntoView {
    let Typed { open, result, saving, .. } = typed;
    let t = open.t;
    let failed = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        failed.set(false);
        let command = Command::Responded { result: result.get_untracked().trim().to_owned() };
        spawn_local(async move {
            let done = open.command(command).await;
            if done {
                // The form is gone; the keyboard and the voice go on with what stands in its place.
                open.desk.announced.set(t.first_response.to_owned());
                request_animation_frame(|| _ = browser::focus("#first-response-given"));
            }
            // The form's signals are gone with it.
            _ = failed.try_set(!done);
            _ = saving.try_set(false);
            let given = open
                .detail
                .try_with_untracked(|detail| detail.as_ref().is_some_and(|detail| detail.lead.answered_at.is_some()));
            if given == Some(true) {
                typed.settle();
            }
        });
    };
    view! {
        <form class="first-response-form" on:submit=send>
            <label for="result">{t.result_label} <span class="quiet">{t.optional}</span></label>
            <div class="field-and-button">
                <input
                    id="result"
                    type="text"
                    maxlength="500"
                    autocomplete="off"
                    placeholder=t.result_hint
                    prop:value=result
                    on:input=move |event| result.set(event_target_value(&event))
                />
                <button class="button button-main" type="submit" aria-disabled=move || saving.get().to_string()>
                    {move || if saving.get() { t.saving } else { t.have_answered }}
                </button>
            </div>
            <p class="problem" role="alert">{move || failed.get().then_some(t.not_saved)}</p>
        </form>
    }
}
