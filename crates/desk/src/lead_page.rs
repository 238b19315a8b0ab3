//! One lead: who, by when, why, and everything that happened since the first second.

mod answers;
mod deliveries;
mod first_response;
mod heading;
mod history;
mod inquiries;
mod notes;
mod person;
mod priority;
mod set_aside;
mod tasks;
mod why;

use std::sync::Arc;

use lead::{
    command::Command,
    privacy::PersonCommand,
    view::{LeadDetail, Me},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    browser,
    desk::Desk,
    notice,
    phrases::Phrases,
};

/// A lead that is open on the page.
#[derive(Debug, Clone, Copy)]
struct Open {
    desk: Desk,
    t: &'static Phrases,
    id: StoredValue<String>,
    detail: RwSignal<Option<Arc<LeadDetail>>>,
    failure: RwSignal<Option<Failure>>,
}

/// The page of the lead with this id.
pub(crate) fn page(desk: Desk, t: &'static Phrases, id: String) -> AnyView {
    let open =
        Open { desk, t, id: StoredValue::new(id.clone()), detail: RwSignal::new(None), failure: RwSignal::new(None) };
    desk.last_open.set(Some(id.clone()));
    spawn_local(open.load());

    // The live socket brings the summary; what belongs to it is fetched when the summary is newer.
    let told = Memo::new(move |_| desk.book.with(|book| book.get(&id).map(|lead| lead.revision)));
    Effect::new(move || {
        let shown = open.detail.with_untracked(|detail| detail.as_ref().map(|detail| detail.lead.revision));
        if told.get() > shown && shown.is_some() {
            spawn_local(open.load());
        }
    });

    let there = Memo::new(move |_| open.detail.with(Option::is_some));
    let body = move || match (there.get(), open.failure.get()) {
        (true, _) => layout(open),
        (false, None) => notice::waiting(t),
        (false, Some(Failure::NotFound)) => notice::not_yours(t),
        (false, Some(_)) => notice::unreachable(t, move || {
            open.failure.set(None);
            spawn_local(open.load());
        }),
    };
    body.into_any()
}

impl Open {
    async fn load(self) {
        let Some(id) = self.id.try_get_value() else { return };
        match api::lead(&id).await {
            Ok(detail) => self.take_in(detail),
            Err(failure) => self.fail(failure),
        }
    }

    /// Sends a command; answers true when it was done.
    async fn command(self, command: Command) -> bool {
        let Some(id) = self.id.try_get_value() else { return false };
        match api::command(&id, &command).await {
            Ok(detail) => {
                self.take_in(detail);
                true
            }
            Err(Failure::SignedOut) => {
                self.desk.sign_out();
                false
            }
            Err(_) => false,
        }
    }

    /// Says something of the person; answers true when it was done.
    async fn person_command(self, command: PersonCommand) -> bool {
        let Some(id) = self.id.try_get_value() else { return false };
        match api::person_command(&id, &command).await {
            Ok(detail) => {
                self.take_in(detail);
                true
            }
            Err(Failure::SignedOut) => {
                self.desk.sign_out();
                false
            }
            Err(_) => false,
        }
    }

    /// Replies may overtake each other: the newest revision stays. The page may be gone by now.
    fn take_in(self, detail: LeadDetail) {
        self.desk.keep(detail.lead.clone());
        let first = self.detail.try_with_untracked(Option::is_none);
        self.detail.try_update(|shown| {
            if shown.as_ref().is_none_or(|shown| shown.lead.revision <= detail.lead.revision) {
                *shown = Some(Arc::new(detail));
            }
        });
        if first == Some(true) {
            request_animation_frame(|| {
                browser::scroll_to_top();
                browser::focus("#lead-name");
            });
        }
    }

    fn fail(self, failure: Failure) {
        if failure == Failure::SignedOut {
            self.desk.sign_out();
        } else {
            _ = self.failure.try_set(Some(failure));
        }
    }

    /// Draws one part, and draws it anew only when what it shows has changed: a live update
    /// elsewhere does not take the keyboard away.
    fn part<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        pick: fn(&LeadDetail) -> T,
        draw: fn(Self, Shown<T>) -> AnyView,
    ) -> impl IntoView {
        let picked = Memo::new(move |_| self.detail.with(|detail| detail.as_ref().map(|detail| pick(detail))));
        move || {
            let (Some(it), Some(me)) = (picked.get(), self.desk.me()) else { return ().into_any() };
            draw(self, Shown { it, me })
        }
    }
}

/// A part of the lead, and who looks at it.
struct Shown<T> {
    it: T,
    me: Me,
}

fn layout(open: Open) -> AnyView {
    let t = open.t;
    let works = open.desk.me().is_some_and(|me| me.role.works_leads());
    view! {
        <article class="lead">
            <nav class="lead-back"><a href="/desk/" data-page=""><span aria-hidden="true">"←"</span> {t.back}</a></nav>
            <div class="lead-main">
                {open.part(|detail| (detail.lead.clone(), newest_wish(detail)), heading::draw)}
                {open.part(|detail| (detail.lead.status.clone(), detail.signals.clone()), set_aside::draw)}
                {first_response::panel(open, works)}
                {open.part(|detail| detail.inquiries.clone(), inquiries::messages)}
                {open.part(|detail| (detail.lead.clone(), detail.facts.clone()), priority::draw)}
                {open.part(|detail| (detail.lead.answers.clone(), detail.files.clone()), answers::draw)}
                {notes::panel(open, works)}
                {open.part(|detail| (detail.lead.clone(), detail.why.clone()), why::draw)}
                {open.part(Clone::clone, history::draw)}
            </div>
            <aside class="lead-aside">
                {open.part(|detail| detail.tasks.clone(), tasks::draw)}
                {open.part(|detail| (detail.person.clone(), detail.inquiries.clone()), person::draw)}
                {open.part(|detail| detail.inquiries.clone(), inquiries::draw)}
                {open.part(|detail| detail.deliveries.clone(), deliveries::draw)}
            </aside>
        </article>
    }
    .into_any()
}

/// The convenient time the person named last.
fn newest_wish(detail: &LeadDetail) -> String {
    detail
        .inquiries
        .iter()
        .rev()
        .map(|inquiry| inquiry.best_time.clone())
        .find(|time| !time.trim().is_empty())
        .unwrap_or_default()
}

/// A titled part of the page.
fn section(id: &'static str, title: impl IntoView, body: impl IntoView) -> AnyView {
    view! { <section class="part" aria-labelledby=id><h2 id=id>{title.into_any()}</h2>{body.into_any()}</section> }
        .into_any()
}

/// One line of a description list; nothing for an empty value.
fn pair(term: &'static str, value: String) -> Option<AnyView> {
    (!value.trim().is_empty())
        .then(|| view! { <div class="pair"><dt>{term}</dt><dd><bdi>{value}</bdi></dd></div> }.into_any())
}
