//! Destinations: how they do, what they would be sent, and what did not arrive.

use std::sync::Arc;

use lead::{
    destinations::view::{DestinationCommand, DestinationView, DestinationsView, PreviewView},
    view::DeliveryView,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    browser,
    desk::Desk,
    notice,
    phrases::{Phrases, deliveries::DeliveriesPhrases, word},
    reach,
    route::Route,
    visible::{one_line, visible},
};

/// What is looked at, and what came of it.
#[derive(Debug, Clone, Copy)]
struct Look {
    desk: Desk,
    t: &'static Phrases,
    d: &'static DeliveriesPhrases,
    shown: RwSignal<Option<Result<Arc<DestinationsView>, Failure>>>,
    /// The destination whose preview is open, and whether it is of the newest lead.
    previewed: RwSignal<Option<(String, bool)>>,
    preview: RwSignal<Option<Result<PreviewView, Failure>>>,
    busy: RwSignal<bool>,
}

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let look = Look {
        desk,
        t,
        d: t.deliveries_page,
        shown: RwSignal::new(None),
        previewed: RwSignal::new(None),
        preview: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    spawn_local(look.load());
    let body = move || match look.shown.get() {
        None => notice::waiting(t),
        Some(Err(Failure::Refused(problem))) if problem.status == 403 => {
            notice::said(look.d.not_for_role, "", ().into_any())
        }
        Some(Err(_)) => notice::unreachable(t, desk.live, move || {
            look.shown.set(None);
            spawn_local(look.load());
        }),
        Some(Ok(shown)) => draw(look, &shown),
    };
    body.into_any()
}

impl Look {
    async fn load(self) {
        self.take_in(api::destinations().await);
    }

    fn take_in(self, loaded: Result<DestinationsView, Failure>) {
        if loaded == Err(Failure::SignedOut) {
            self.desk.sign_out();
            return;
        }
        // The page may be gone by now.
        _ = self.shown.try_set(Some(loaded.map(Arc::new)));
    }

    /// Does something to a destination, and says aloud how it went.
    fn command(self, id: String, command: DestinationCommand) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let mut done = api::command_destination(&id, &command).await;
            // One call sends only so many again: as long as they become fewer, the rest go too.
            let mut before = u32::MAX;
            while command == DestinationCommand::ReplayAll
                && let Some(left) = dead_of(&done, &id).filter(|left| (1..before).contains(left))
            {
                before = left;
                done = api::command_destination(&id, &command).await;
            }
            _ = self.busy.try_set(false);
            let words = if done.is_ok() { self.d.done } else { self.d.failed };
            self.desk.announced.set(words.to_owned());
            match done {
                Ok(_) | Err(Failure::SignedOut) => self.take_in(done),
                Err(_) => self.load().await,
            }
            browser::focus_heading();
            self.desk.refresh_me().await;
        });
    }

    fn open_preview(self, id: String, of_newest: bool) {
        self.previewed.set(Some((id.clone(), of_newest)));
        self.preview.set(None);
        let asked = Some((id.clone(), of_newest));
        spawn_local(async move {
            let preview = api::preview(&id, of_newest).await;
            if preview == Err(Failure::SignedOut) {
                self.desk.sign_out();
            } else if self.previewed.try_get_untracked() == Some(asked) {
                self.preview.set(Some(preview));
            }
        });
    }
}

/// The dead letters of a destination, where it was shown.
fn dead_of(shown: &Result<DestinationsView, Failure>, id: &str) -> Option<u32> {
    shown.as_ref().ok()?.destinations.iter().find(|destination| destination.id == id).map(|found| found.dead)
}

fn draw(look: Look, shown: &DestinationsView) -> AnyView {
    let d = look.d;
    let may_act = shown.may_act;
    let body = if shown.destinations.is_empty() {
        view! { <div class="told-nothing"><h2>{d.none}</h2><p class="quiet">{d.none_text}</p></div> }.into_any()
    } else {
        let cards = shown.destinations.iter().map(|destination| card(look, destination, may_act)).collect_view();
        view! { <ul class="told-list">{cards}</ul> }.into_any()
    };
    view! {
        <article class="told">
            <header class="told-head">
                <h1 tabindex="-1">{d.page}</h1>
                <p class="quiet">{d.hint}</p>
            </header>
            {body}
            {may_act.then(|| letters(look, shown))}
        </article>
    }
    .into_any()
}

/// One destination.
fn card(look: Look, destination: &DestinationView, may_act: bool) -> AnyView {
    let (d, id) = (look.d, destination.id.clone());
    let kind = if destination.kind.is_empty() { d.removed } else { word(d.kinds, &destination.kind) }.to_owned();
    let calendar = look.desk.calendar();
    let since = destination.since.as_deref().map(|at| calendar.brief(at)).unwrap_or_default();
    let trouble = match destination.state.as_str() {
        // Whoever paused it knows why.
        "off" if destination.reason.is_empty() => Some(d.paused_text.replace("{time}", &since)),
        "off" => Some(d.off_text.replace("{time}", &since)),
        "failing" if destination.waiting == 0 => Some(d.refusing_text.replace("{time}", &since)),
        "failing" => Some(d.failing_text.replace("{time}", &since)),
        _ => None,
    };
    let reason = one_line(&destination.reason);
    let said = (!reason.is_empty())
        .then(|| view! { <p class="told-said"><span class="quiet">{d.said}</span> <code>{reason}</code></p> });
    let number = |n: u32, name: &'static str| {
        (n > 0).then(|| view! { <span class="told-number"><strong>{n}</strong> {name}</span> })
    };
    let button = |words: &'static str, main: bool, command: DestinationCommand| {
        let id = id.clone();
        view! {
            <button
                type="button"
                class="button"
                class:button-main=main
                aria-disabled=move || look.busy.get().to_string()
                on:click=move |_| look.command(id.clone(), command.clone())
            >
                {words}
            </button>
        }
    };
    let off = destination.state == "off";
    let acts = may_act.then(|| {
        let on = off.then(|| button(d.switch_on, true, DestinationCommand::SwitchOn));
        let again = (destination.dead > 0).then(|| button(d.replay_all, false, DestinationCommand::ReplayAll));
        let pause =
            (!off && !destination.kind.is_empty()).then(|| button(d.switch_off, false, DestinationCommand::SwitchOff));
        view! { {on} {again} {pause} }
    });
    let previewing = (!destination.kind.is_empty()).then(|| {
        let (asked, opened) = (id.clone(), id.clone());
        let expanded =
            move || look.previewed.with(|open| open.as_ref().is_some_and(|(open, _)| *open == asked)).to_string();
        view! {
            <button type="button" class="plain" aria-expanded=expanded on:click=move |_| {
                let open = look.previewed.with_untracked(|open| open.as_ref().is_some_and(|(open, _)| *open == opened));
                if open { look.previewed.set(None) } else { look.open_preview(opened.clone(), false) }
            }>{d.preview}</button>
        }
    });
    let shown_id = id.clone();
    let opened = move || {
        let (open, of_newest) = look.previewed.get()?;
        (open == shown_id).then(|| preview(look, open, of_newest, may_act))
    };
    view! {
        <li class="told-card" data-state=destination.state.clone()>
            <div class="told-top">
                <h2><bdi>{one_line(&destination.id)}</bdi></h2>
                <span class="quiet">{kind}</span>
                <span class="told-state">{word(d.states, &destination.state).to_owned()}</span>
            </div>
            {trouble.map(|words| view! { <p class="told-trouble">{words}</p> })}
            {said}
            <div class="told-foot">
                <span class="told-numbers">{number(destination.waiting, d.waiting)} {number(destination.dead, d.dead)}</span>
                <span class="told-acts">{previewing} {acts}</span>
            </div>
            {opened}
        </li>
    }
    .into_any()
}

/// The requests that a destination would make.
fn preview(look: Look, id: String, of_newest: bool, sees_leads: bool) -> AnyView {
    let d = look.d;
    let choice = |words: &'static str, newest: bool| {
        let (id, pressed) = (id.clone(), (newest == of_newest).to_string());
        view! { <button type="button" aria-pressed=pressed on:click=move |_| look.open_preview(id.clone(), newest)>{words}</button> }
    };
    let choices = sees_leads.then(|| {
        view! {
            <div class="choice-group" role="group" aria-label=d.preview>
                {choice(d.preview_sample, false)} {choice(d.preview_newest, true)}
            </div>
        }
    });
    let requests = move || {
        let requests = match look.preview.get()? {
            Ok(preview) => preview.requests,
            Err(_) => return Some(view! { <li class="problem" role="alert">{d.failed}</li> }.into_any()),
        };
        let one = |request: lead::destinations::view::Shown| {
            let headers = request.headers.join("\n");
            view! {
                <li class="told-request">
                    <p class="told-address"><strong>{request.method}</strong> <bdi>{one_line(&request.url)}</bdi></p>
                    <pre tabindex="0">{visible([headers, request.body].join("\n\n").trim())}</pre>
                </li>
            }
        };
        Some(requests.into_iter().map(one).collect_view().into_any())
    };
    view! {
        <div class="told-preview">
            <div class="told-preview-head">{choices}<span class="quiet">{d.preview_hint}</span></div>
            <ol>{requests}</ol>
        </div>
    }
    .into_any()
}

/// What was given up.
fn letters(look: Look, shown: &DestinationsView) -> AnyView {
    let letters = &shown.dead;
    let d = look.d;
    let letter = |letter: &DeliveryView| {
        let command = DestinationCommand::Replay { delivery: letter.id.clone() };
        let id = letter.destination.clone();
        let href = Route::Lead(letter.lead.clone()).href();
        // Whose it is, as far as the desk knows.
        let lead = letter.lead.clone();
        let whose = move || match look.desk.book.with(|book| book.get(&lead)) {
            None => d.open_lead.to_owned(),
            Some(lead) => {
                let who = reach::called(&lead.contact).unwrap_or_else(|| look.t.nobody.to_owned());
                format!("{who}, {}", look.desk.calendar().brief(&lead.opened_at))
            }
        };
        view! {
            <li class="told-letter">
                <bdi class="told-to">{one_line(&letter.destination)}</bdi>
                <span>{word(look.t.delivery_events, &letter.event).to_owned()}</span>
                <code>{one_line(&letter.last_result)}</code>
                <span class="told-acts">
                    <a href=href data-page=""><bdi>{whose}</bdi></a>
                    <button
                        type="button"
                        class="button"
                        aria-disabled=move || look.busy.get().to_string()
                        on:click=move |_| look.command(id.clone(), command.clone())
                    >
                        {d.replay}
                    </button>
                </span>
            </li>
        }
    };
    let body = if letters.is_empty() {
        view! { <p class="quiet">{d.no_letters}</p> }.into_any()
    } else {
        let all: u32 = shown.destinations.iter().map(|destination| destination.dead).sum();
        let newest = d.newest.replace("{n}", &letters.len().to_string()).replace("{all}", &all.to_string());
        let newest = (u32::try_from(letters.len()).is_ok_and(|shown| shown < all))
            .then(|| view! { <p class="quiet">{newest}</p> });
        view! {
            <p class="quiet">{d.letters_hint}</p>
            <ul class="told-letters">{letters.iter().map(letter).collect_view()}</ul>
            {newest}
        }
        .into_any()
    };
    view! { <section class="told-dead" aria-labelledby="dead-letters"><h2 id="dead-letters">{d.letters}</h2>{body}</section> }
        .into_any()
}
