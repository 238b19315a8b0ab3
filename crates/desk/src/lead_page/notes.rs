//! What the team wrote down, and a place to write more.

use lead::{command::Command, view::NoteView};
use leptos::{prelude::*, task::spawn_local};
use web_sys::KeyboardEvent;

use super::{Open, Shown};
use crate::{event_words::person, visible::visible};

/// The notes and, for those who work leads, the box.
pub(super) fn panel(open: Open, works: bool) -> AnyView {
    let t = open.t;
    view! {
        <section class="part" aria-labelledby="notes">
            <h2 id="notes">{t.notes}</h2>
            {works.then(|| form(open))}
            {open.part(|a, b| a.lead == b.lead && a.notes == b.notes, draw)}
        </section>
    }
    .into_any()
}

fn draw(open: Open, shown: &Shown) -> AnyView {
    let (lead, notes) = (&shown.detail.lead, &shown.detail.notes);
    let (t, calendar) = (open.t, open.desk.calendar());
    let note = |note: &NoteView| {
        let when = calendar.brief(&note.written_at);
        let author = person(&note.author, lead, &shown.me, t);
        view! {
            <li class="note">
                <p><bdi>{visible(&note.body)}</bdi></p>
                <span class="quiet"><bdi>{author}</bdi> ", " <time datetime=note.written_at.clone()>{when}</time></span>
            </li>
        }
    };
    if notes.is_empty() {
        // Where there is a box to write in, it says enough.
        return (!shown.me.role.works_leads()).then(|| view! { <p class="quiet">{t.no_notes}</p> }).into_any();
    }
    // The newest is read first.
    view! { <ul class="notes">{notes.iter().rev().map(note).collect_view()}</ul> }.into_any()
}

fn form(open: Open) -> impl IntoView {
    let t = open.t;
    let (text, drafts) = (open.note, open.desk.drafts);
    let saving = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let send = move || {
        let words = text.get_untracked().trim().to_owned();
        if words.is_empty() || saving.get_untracked() {
            return;
        }
        saving.set(true);
        failed.set(false);
        let id = open.id.get_value();
        spawn_local(async move {
            let done = open.command(Command::Note { text: words.clone() }).await;
            // What came to it meanwhile was not sent.
            if done && text.try_with_untracked(|now| now.trim() == words) != Some(false) {
                drafts.update_value(|drafts| drop(drafts.remove(&id)));
                _ = text.try_set(String::new());
            }
            _ = failed.try_set(!done);
            _ = saving.try_set(false);
        });
    };
    let idle = move || (saving.get() || text.with(|text| text.trim().is_empty())).to_string();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send();
        }
    };
    view! {
        <form class="note-form" on:submit=submit>
            <textarea
                aria-labelledby="notes"
                rows="2"
                maxlength="4000"
                placeholder=t.note_hint
                prop:value=text
                readonly=saving
                on:input=move |event| open.keep_note(event_target_value(&event))
                on:keydown=key
            ></textarea>
            <div class="note-send">
                <p class="problem" role="alert">{move || failed.get().then_some(t.not_saved)}</p>
                <button class="button" type="submit" aria-disabled=idle>
                    {move || if saving.get() { t.saving } else { t.add_note }}
                </button>
            </div>
        </form>
    }
}
