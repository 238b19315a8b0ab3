//! The settings: where leads go, who is there, which versions there were. A change begins a draft; nothing
//! is in force until it is published.

mod draft;
mod people;
mod rules;
mod text;
mod versions;

use std::sync::Arc;

use lead::settings::{Draft, Located, Rehearsal, Settings};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    browser,
    configuration::Configuration,
    desk::Desk,
    notice,
    phrases::{Phrases, word},
};

/// What was read.
type Read = Arc<Settings<Configuration>>;

/// The page: what is in force, and what is being prepared.
#[derive(Debug, Clone, Copy)]
struct Page {
    desk: Desk,
    t: &'static Phrases,
    read: RwSignal<Option<Result<Read, Failure>>>,
    /// What is shown and edited: the draft, or what is in force.
    shown: RwSignal<Option<Arc<Configuration>>>,
    draft: RwSignal<Drafted>,
    /// What stands in the text, and whether it waits for the server to accept it.
    text: RwSignal<String>,
    typed: RwSignal<bool>,
    rehearsal: RwSignal<Option<Rehearsed>>,
    sent: StoredValue<u32>,
}

/// How far the draft is.
#[derive(Debug, Clone, Default, PartialEq)]
struct Drafted {
    /// True when there is one.
    exists: bool,
    /// The version it was begun from.
    based_on: u32,
    /// When it was saved; empty when there is none.
    saved_at: String,
    /// True when somebody else saved one meanwhile, which is shown in place of what was done here last.
    overtaken: bool,
    /// What keeps it from being published.
    problems: Vec<Located>,
    /// On its way to the server.
    saving: bool,
    /// Why it was not saved or published.
    refused: Option<String>,
    /// True when the same may do another time.
    again: bool,
}

/// What trying the draft has shown so far.
#[derive(Debug, Clone, PartialEq)]
struct Rehearsed {
    pages: Rehearsal,
    over: bool,
}

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let page = Page {
        desk,
        t,
        read: RwSignal::new(None),
        shown: RwSignal::new(None),
        draft: RwSignal::new(Drafted::default()),
        text: RwSignal::new(String::new()),
        typed: RwSignal::new(false),
        rehearsal: RwSignal::new(None),
        sent: StoredValue::new(0),
    };
    spawn_local(page.load());
    let there = Memo::new(move |_| page.read.with(|read| matches!(read, Some(Ok(_)))));
    let body = move || match (there.get(), page.read.get()) {
        (true, _) => layout(page),
        (false, Some(Err(Failure::Refused(problem)))) if problem.status == 403 => {
            notice::said(t.routing.not_for_role, "", ().into_any())
        }
        (false, Some(Err(_))) => notice::unreachable(t, desk.live, move || {
            page.read.set(None);
            spawn_local(page.load());
        }),
        (false, _) => notice::waiting(t),
    };
    body.into_any()
}

impl Page {
    async fn load(self) {
        match api::settings().await {
            Err(Failure::SignedOut) => self.desk.sign_out(),
            // What is on the page stays when the server is away for a moment.
            Err(_) if self.read.try_with_untracked(|read| matches!(read, Some(Ok(_)))) == Some(true) => {
                _ = self.draft.try_update(|draft| {
                    draft.saving = false;
                    draft.refused = Some(self.t.routing.not_saved.to_owned());
                    draft.again = true;
                });
            }
            Err(failure) => _ = self.read.try_set(Some(Err(failure))),
            Ok(settings) => {
                let settings = Arc::new(settings);
                match &settings.draft {
                    Some(draft) => self.take_in(draft.clone()),
                    None => {
                        _ = self.draft.try_set(Drafted::default());
                        _ = self.shown.try_set(Some(Arc::new(settings.config.clone())));
                    }
                }
                _ = self.read.try_set(Some(Ok(settings)));
            }
        }
    }

    /// What is in force, and everything about it.
    fn settings(self) -> Option<Read> {
        self.read.with(|read| read.as_ref().and_then(|read| read.as_ref().ok().cloned()))
    }

    /// When the draft was saved that is shown; empty when there is none.
    fn seen(self) -> String {
        self.draft.with_untracked(|draft| draft.saved_at.clone())
    }

    fn take_in(self, draft: Draft<Configuration>) {
        let Draft { config, based_on, saved_at, problems, .. } = draft;
        _ = self.draft.try_set(Drafted { exists: true, based_on, saved_at, problems, ..Drafted::default() });
        // What is shown already is not drawn anew: the keyboard stays where it is. The page may be gone by now.
        if self.shown.try_with_untracked(|shown| shown.as_deref() != Some(&config)) == Some(true) {
            self.shown.set(Some(Arc::new(config)));
        }
    }

    /// True while something waits for the server, or was refused: nothing else is done before that.
    fn waits(self) -> bool {
        self.typed.get() || self.draft.with(|draft| draft.saving || draft.refused.is_some())
    }

    /// Changes what is shown, and sends it as the draft. What is drawn anew takes the keyboard away; it goes
    /// back to the element that `back` selects.
    fn edit(self, back: String, change: impl FnOnce(&mut Configuration)) {
        let Some(shown) = self.shown.get_untracked().filter(|_| !self.typed.get_untracked()) else { return };
        let mut config = Configuration::clone(&shown);
        change(&mut config);
        if config == *shown {
            return;
        }
        // As it is shown: the lines of what is wrong with it are these.
        let text = config.text();
        self.shown.set(Some(Arc::new(config)));
        request_animation_frame(move || {
            if browser::focus_is_lost() {
                browser::focus(&back);
            }
        });
        self.send(text);
    }

    /// Sends what the forms show, or what is in the text: over the draft that is there now, as he was told.
    fn send_again(self) {
        if !self.typed.get_untracked() {
            if let Some(shown) = self.shown.get_untracked() {
                self.send(shown.text());
            }
            return;
        }
        spawn_local(async move {
            self.load().await;
            if let Some(text) = self.text.try_get_untracked() {
                self.send(text);
            }
        });
    }

    /// Sends a draft. Of several on their way the last one counts.
    fn send(self, text: String) {
        self.sent.update_value(|sent| *sent = sent.wrapping_add(1));
        let number = self.sent.get_value();
        self.rehearsal.set(None);
        let in_force = self.settings().map_or(0, |settings| settings.version);
        let based_on = self.draft.with_untracked(|draft| if draft.exists { draft.based_on } else { in_force });
        let seen = self.seen();
        self.draft.update(|draft| draft.saving = true);
        spawn_local(async move {
            let saved = api::put_draft(&text, based_on, &seen).await;
            if self.sent.try_get_value() != Some(number) {
                return;
            }
            match saved {
                Ok(draft) => {
                    self.take_in(draft);
                    // What was written meanwhile is not accepted yet.
                    if self.text.try_with_untracked(|now| *now == text) == Some(true) {
                        self.typed.set(false);
                    }
                }
                Err(failure) => self.refuse(failure),
            }
        });
    }

    /// Shows the draft that somebody else has saved. What is being written as text stays, and is not sent over it
    /// unless he wants that.
    async fn overtaken(self) {
        if self.typed.try_get_untracked() == Some(true) {
            _ = self.draft.try_update(|draft| {
                draft.saving = false;
                draft.overtaken = true;
                draft.refused = Some(self.t.routing.overtaken_text.to_owned());
                draft.again = true;
            });
            return;
        }
        self.load().await;
        _ = self.draft.try_update(|draft| draft.overtaken = draft.exists);
    }

    fn refuse(self, failure: Failure) {
        let (why, again) = match failure {
            Failure::SignedOut => return self.desk.sign_out(),
            Failure::Refused(problem) if problem.code == "draft_changed" => return spawn_local(self.overtaken()),
            // The version that is in force now is shown, and what publishing would replace.
            Failure::Refused(problem) if problem.code == "config_moved" => return spawn_local(self.load()),
            Failure::Refused(problem) => match word(self.t.routing.refusals, &problem.code) {
                said if said != problem.code => (said.to_owned(), true),
                _ => (problem.detail.unwrap_or(problem.title), false),
            },
            _ => (self.t.routing.not_saved.to_owned(), true),
        };
        self.draft.try_update(|draft| {
            draft.saving = false;
            draft.refused = Some(why);
            draft.again = again;
        });
    }

    /// Publishes, takes an older version up again, or discards; then everything is read anew.
    fn conclude(self, concluded: impl Future<Output = Result<Option<u32>, Failure>> + 'static) {
        self.draft.update(|draft| draft.saving = true);
        spawn_local(async move {
            match concluded.await {
                Err(failure) => self.refuse(failure),
                Ok(version) => {
                    if let Some(version) = version {
                        self.desk.announced.set(self.t.routing.published.replace("{n}", &version.to_string()));
                    }
                    _ = self.rehearsal.try_set(None);
                    _ = self.typed.try_set(false);
                    self.load().await;
                    browser::focus_heading();
                }
            }
        });
    }
}

fn layout(page: Page) -> AnyView {
    let t = page.t;
    let in_force =
        move || page.settings().map(|settings| t.routing.in_force.replace("{n}", &settings.version.to_string()));
    view! {
        <article class="settings">
            <header class="settings-head">
                <h1 tabindex="-1">{t.routing.settings}</h1>
                <p class="quiet">{t.routing.settings_hint}</p>
                <p class="settings-version">{in_force}</p>
            </header>
            {draft::panel(page)}
            <fieldset class="settings-forms" prop:disabled=move || page.typed.get()>
                {rules::panel(page)}
                {people::panel(page)}
            </fieldset>
            {versions::panel(page)}
            {text::panel(page)}
        </article>
    }
    .into_any()
}

/// A titled part of the page.
fn section(id: &'static str, title: &'static str, hint: &'static str, body: impl IntoView) -> AnyView {
    view! {
        <section class="settings-part" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <p class="quiet">{hint}</p>
            {body.into_any()}
        </section>
    }
    .into_any()
}
