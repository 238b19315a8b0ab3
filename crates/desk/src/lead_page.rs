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
    form::wire::Problem,
    privacy::{ErasureReason, PersonCommand},
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
    /// The note that is being written.
    note: RwSignal<String>,
    /// True while it is asked whether to erase the person, and why: what is drawn anew around it does not answer that.
    erasing: RwSignal<bool>,
    why: RwSignal<ErasureReason>,
}

/// The page of the lead with this id.
pub(crate) fn page(desk: Desk, t: &'static Phrases, id: String) -> AnyView {
    let begun = desk.drafts.with_value(|drafts| drafts.get(&id).cloned()).unwrap_or_default();
    let open = Open {
        desk,
        t,
        id: StoredValue::new(id.clone()),
        detail: RwSignal::new(None),
        failure: RwSignal::new(None),
        note: RwSignal::new(begun),
        erasing: RwSignal::new(false),
        why: RwSignal::new(ErasureReason::Asked),
    };
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
        (false, Some(_)) => notice::unreachable(t, desk.live, move || {
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

    /// Keeps what is being written, also when the page is left.
    fn keep_note(self, words: String) {
        self.desk.drafts.update_value(|drafts| drop(drafts.insert(self.id.get_value(), words.clone())));
        self.note.set(words);
    }

    /// Sends a command; answers true when it was done.
    async fn command(self, command: Command) -> bool {
        let Some(id) = self.id.try_get_value() else { return false };
        self.answered(api::command(&id, &command).await)
    }

    /// Says something of the person; where it was not done, answers what the server said to that.
    async fn person_command(self, command: PersonCommand) -> Result<(), Option<Problem>> {
        let Some(id) = self.id.try_get_value() else { return Err(None) };
        match api::person_command(&id, &command).await {
            Err(Failure::Refused(why)) => Err(Some(why)),
            answer => self.answered(answer).then_some(()).ok_or(None),
        }
    }

    fn answered(self, answer: Result<LeadDetail, Failure>) -> bool {
        match answer {
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
    ///
    /// All parts hold on to the whole lead, each to the one it was drawn from: a copy of its own type for each
    /// of them would be a signal, a comparison and an end of its own for each of them too.
    fn part(self, same: fn(&LeadDetail, &LeadDetail) -> bool, draw: fn(Self, &Shown) -> AnyView) -> AnyView {
        let drawn = Memo::new(move |before: Option<&Edition>| {
            let now = self.detail.get();
            match (before, &now) {
                (Some(Edition(Some(before))), Some(now)) if same(before, now) => Edition(Some(before.clone())),
                _ => Edition(now),
            }
        });
        let part = move || {
            let (Edition(Some(detail)), Some(me)) = (drawn.get(), self.desk.me()) else { return ().into_any() };
            draw(self, &Shown { detail, me })
        };
        part.into_any()
    }
}

/// The lead as a part was drawn from it. What of it belongs to the part was compared already.
#[derive(Clone)]
struct Edition(Option<Arc<LeadDetail>>);

impl PartialEq for Edition {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

/// A lead, of which one part is drawn, and who looks at it.
struct Shown {
    detail: Arc<LeadDetail>,
    me: Me,
}

fn layout(open: Open) -> AnyView {
    let t = open.t;
    let works = open.desk.me().is_some_and(|me| me.role.works_leads());
    view! {
        <article class="lead">
            <nav class="lead-back"><a href="/desk/" data-page=""><span aria-hidden="true">"←"</span> {t.back}</a></nav>
            <div class="lead-main">
                {open.part(|a, b| a.lead == b.lead && newest_wish(a) == newest_wish(b), heading::draw)}
                {open.part(|a, b| a.lead.status == b.lead.status && a.signals == b.signals, set_aside::draw)}
                {first_response::panel(open, works)}
                {open.part(|a, b| a.inquiries == b.inquiries, inquiries::messages)}
                {open.part(|a, b| a.lead == b.lead && a.facts == b.facts, priority::draw)}
                {open.part(|a, b| a.lead.answers == b.lead.answers && a.files == b.files, answers::draw)}
                {notes::panel(open, works)}
                {open.part(|a, b| a.lead == b.lead && a.why == b.why, why::draw)}
                {open.part(|a, b| a == b, history::draw)}
            </div>
            <aside class="lead-aside">
                {open.part(|a, b| a.tasks == b.tasks, tasks::draw)}
                {open.part(|a, b| a.person == b.person && a.inquiries == b.inquiries, person::draw)}
                {open.part(|a, b| a.inquiries == b.inquiries, inquiries::draw)}
                {open.part(|a, b| a.deliveries == b.deliveries, deliveries::draw)}
            </aside>
        </article>
    }
    .into_any()
}

/// The convenient time the person named last.
fn newest_wish(detail: &LeadDetail) -> &str {
    detail
        .inquiries
        .iter()
        .rev()
        .map(|inquiry| inquiry.best_time.as_str())
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
