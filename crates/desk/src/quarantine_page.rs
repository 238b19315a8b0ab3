//! Inquiries that look as if nobody had sent them: why, and what a person says of it.

use std::sync::Arc;

use lead::{
    command::Command,
    role::Role,
    suspicion::{
        sample::Share,
        view::{Quarantine, Suspect},
    },
    view::LeadSummary,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    browser,
    desk::Desk,
    notice,
    phrases::Phrases,
    reach,
    route::Route,
    row, sign_words, source_words,
    visible::visible,
};

/// What is looked at, and what came of it.
#[derive(Debug, Clone, Copy)]
struct Look {
    desk: Desk,
    t: &'static Phrases,
    found: RwSignal<Option<Result<Arc<Quarantine>, Failure>>>,
    /// How often it was asked for, and the number of what is shown: an answer that was overtaken by a later one is old.
    asked: StoredValue<u32>,
    shown: StoredValue<u32>,
    /// The lead that is being decided, and whether the last decision failed.
    busy: RwSignal<Option<String>>,
    failed: RwSignal<bool>,
}

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let look = Look {
        desk,
        t,
        found: RwSignal::new(None),
        asked: StoredValue::new(0),
        shown: StoredValue::new(0),
        busy: RwSignal::new(None),
        failed: RwSignal::new(false),
    };
    // What the live socket says of a suspect, a new one or one that is none any more, is a reason to look again.
    let told = Memo::new(move |_| desk.book.with(|book| book.suspects()));
    Effect::new(move || {
        // Read and not only tracked: what was never read is not kept up to date.
        _ = told.get();
        // What came while the socket was closed was not said.
        desk.live.track();
        spawn_local(look.load());
    });
    let body = move || match look.found.get() {
        None => notice::waiting(t),
        Some(Err(Failure::Refused(problem))) if problem.status == 403 => notice::not_for_role(t),
        Some(Err(_)) => notice::unreachable(t, move || {
            look.found.set(None);
            spawn_local(look.load());
        }),
        Some(Ok(found)) => draw(look, &found),
    };
    body.into_any()
}

impl Look {
    async fn load(self) {
        let Some(number) = self.asked.try_update_value(|asked| {
            *asked = asked.wrapping_add(1);
            *asked
        }) else {
            return;
        };
        let loaded = api::quarantine(None).await;
        if self.shown.try_get_value().is_none_or(|shown| shown > number) {
            return;
        }
        if loaded == Err(Failure::SignedOut) {
            self.desk.sign_out();
            return;
        }
        // The page may be gone by now. What was there stays when the server is away for a moment.
        if loaded.is_ok() || self.found.try_with_untracked(|found| !matches!(found, Some(Ok(_)))) == Some(true) {
            self.shown.try_update_value(|shown| *shown = number);
            _ = self.found.try_set(Some(loaded.map(Arc::new)));
        }
    }

    async fn more(self, cursor: String) {
        if let Ok(page) = api::quarantine(Some(&cursor)).await {
            self.found.try_update(|found| {
                if let Some(Ok(found)) = found {
                    let mut whole = Quarantine::clone(found);
                    whole.suspects.extend(page.suspects);
                    whole.next = page.next;
                    *found = Arc::new(whole);
                }
            });
        }
    }

    async fn decide(self, lead: LeadSummary, command: Command) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.busy.set(Some(lead.id.clone()));
        self.failed.set(false);
        let q = self.t.quarantine;
        let words = if command == Command::Spam { q.done_spam } else { q.done_genuine };
        match api::command(&lead.id, &command).await {
            Ok(detail) => {
                let said = words.replace("{who}", &called(&lead, self.t));
                self.desk.keep(detail.lead);
                let next = self.after(&lead.id);
                self.load().await;
                self.desk.announced.set(said);
                // The card is gone; the keyboard goes on with the one that follows.
                request_animation_frame(move || {
                    let there = next.is_some_and(|next| browser::focus(&format!("[data-decide=\"{next}\"]")));
                    if !there {
                        browser::focus("#quarantine");
                    }
                });
            }
            Err(Failure::SignedOut) => self.desk.sign_out(),
            Err(_) => _ = self.failed.try_set(true),
        }
        _ = self.busy.try_set(None);
    }

    /// The lead that stands after this one.
    fn after(self, id: &str) -> Option<String> {
        self.found.try_with_untracked(|found| {
            let Some(Ok(found)) = found else { return None };
            let all: Vec<&Suspect> = found.suspects.iter().chain(&found.to_judge).collect();
            let place = all.iter().position(|suspect| suspect.lead.id == id)?;
            all.get(place.saturating_add(1)).or_else(|| all.get(place.checked_sub(1)?)).map(|next| next.lead.id.clone())
        })?
    }
}

fn draw(look: Look, found: &Quarantine) -> AnyView {
    let (t, q) = (look.t, look.t.quarantine);
    let empty = found.suspects.is_empty();
    let waiting = if empty {
        view! { <div class="quarantine-nothing"><h2>{q.nothing}</h2><p class="quiet">{q.nothing_text}</p></div> }
            .into_any()
    } else {
        list(look, "suspects", (q.set_aside, q.set_aside_hint), &found.suspects, Kind::Waiting, Some(found.waiting))
    };
    let more = found.next.clone().map(|cursor| {
        let ask = move |_| spawn_local(look.more(cursor.clone()));
        view! { <button class="button more" type="button" on:click=ask>{t.more}</button> }
    });
    let judge = (!found.to_judge.is_empty())
        .then(|| list(look, "to-judge", (q.to_judge, q.to_judge_hint), &found.to_judge, Kind::ToJudge, None));
    let confirmed = (!found.confirmed.is_empty())
        .then(|| list(look, "confirmed", (q.confirmed, q.confirmed_hint), &found.confirmed, Kind::Confirmed, None));
    view! {
        <article class="quarantine">
            <header class="quarantine-head">
                <h1 id="quarantine" tabindex="-1">{q.page}</h1>
                <p>{q.hint}</p>
                <p class="problem" role="alert">{move || look.failed.get().then_some(t.not_saved)}</p>
            </header>
            {waiting}
            {more}
            {judge}
            {figures(t, found)}
            {confirmed}
        </article>
    }
    .into_any()
}

/// What a list is of.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Waiting,
    ToJudge,
    Confirmed,
}

fn list(
    look: Look,
    id: &'static str,
    (title, hint): (&'static str, &'static str),
    suspects: &[Suspect],
    kind: Kind,
    count: Option<u32>,
) -> AnyView {
    let count = count.map(|count| view! { <span class="queue-count">{if count < 1_000 { count.to_string() } else { "1000+".into() }}</span> });
    view! {
        <section aria-labelledby=id>
            <div class="queue-head">
                <h2 id=id>{title}</h2>
                {count}
                <span class="queue-hint">{hint}</span>
            </div>
            <ol class="suspects">{suspects.iter().map(|suspect| card(look, suspect, kind)).collect_view()}</ol>
        </section>
    }
    .into_any()
}

fn card(look: Look, suspect: &Suspect, kind: Kind) -> AnyView {
    let (t, q) = (look.t, look.t.quarantine);
    let lead = &suspect.lead;
    let who = called(lead, t);
    let message = visible(lead.message.trim());
    let message = (!message.is_empty()).then(|| view! { <p class="suspect-message"><bdi>{message}</bdi></p> });
    let ways = reach::ways(&lead.contact).into_iter().take(3);
    let ways = ways.map(|way| view! { <li>{row::way_link(t, way)}</li> }).collect_view();
    let came = q.came.replace("{time}", &look.desk.calendar().brief(&lead.opened_at));
    let score = (suspect.score > 0).then(|| {
        let words = q.score.replace("{score}", &suspect.score.to_string()).replace("{limit}", "100");
        view! { <span class="quiet">{words}</span> }
    });
    let drawn = (suspect.drawn && kind == Kind::Waiting).then(|| view! { <p class="drawn">{q.drawn}</p> });
    view! {
        <li class="suspect">
            <div class="suspect-who">
                <a class="suspect-name" href=Route::Lead(lead.id.clone()).href() data-page=""><bdi>{who.clone()}</bdi></a>
                <ul class="ways">{ways}</ul>
                <p class="quiet">{came} " · " {source_words::brief(&lead.source, t)}</p>
            </div>
            <div class="suspect-said">
                {message}
                {drawn}
            </div>
            <div class="suspect-why">{sign_words::list(t, &suspect.signals)} {score}</div>
            {buttons(look, lead, &who, kind)}
        </li>
    }
    .into_any()
}

fn buttons(look: Look, lead: &LeadSummary, who: &str, kind: Kind) -> AnyView {
    let q = look.t.quarantine;
    let role = look.desk.me().map(|me| me.role);
    let may_release = matches!(role, Some(Role::Seller | Role::Head | Role::Owner));
    let may_confirm = role.is_some_and(Role::sees_every_lead) && kind != Kind::Confirmed;
    let id = lead.id.clone();
    let is_busy = move || (look.busy.with(|busy| busy.as_deref() == Some(id.as_str()))).to_string();
    let decide = |command: Command| {
        let lead = lead.clone();
        move |_| spawn_local(look.decide(lead.clone(), command.clone()))
    };
    let words = if kind == Kind::Confirmed { q.take_back } else { q.genuine };
    let main = if kind == Kind::Waiting { "button button-main" } else { "button" };
    let (genuine_label, spam_label) = (q.genuine_of.replace("{who}", who), q.spam_of.replace("{who}", who));
    let genuine = may_release.then(|| {
        view! {
            <button class=main type="button" data-decide=lead.id.clone() aria-label=genuine_label aria-disabled=is_busy.clone() on:click=decide(Command::Genuine)>
                {words}
            </button>
        }
    });
    let spam = may_confirm.then(|| {
        view! { <button class="button" type="button" aria-label=spam_label aria-disabled=is_busy on:click=decide(Command::Spam)>{q.spam}</button> }
    });
    view! { <div class="suspect-do">{genuine} {spam}</div> }.into_any()
}

fn figures(t: &'static Phrases, found: &Quarantine) -> AnyView {
    let q = t.quarantine;
    let figure = |name: &'static str, share: Share| {
        let judged = share.judged > 0;
        let number =
            q.of_judged.replace("{wrong}", &share.wrong.to_string()).replace("{judged}", &share.judged.to_string());
        let sure = q.between.replace("{from}", &whole(share.from)).replace("{to}", &whole(share.to));
        view! {
            <li class="figure">
                <span>{name}</span>
                <strong>{if judged { number } else { "—".to_owned() }}</strong>
                <span class="quiet">{if judged { sure } else { q.none_judged.to_owned() }}</span>
            </li>
        }
    };
    view! {
        <section aria-labelledby="wrong">
            <div class="queue-head">
                <h2 id="wrong">{q.how_often_wrong}</h2>
                <span class="queue-hint">{q.how_often_wrong_hint}</span>
            </div>
            <ul class="figures">
                {figure(q.wrongly_set_aside, found.wrongly_set_aside)}
                {figure(q.let_through, found.let_through)}
            </ul>
        </section>
    }
    .into_any()
}

fn called(lead: &LeadSummary, t: &Phrases) -> String {
    reach::called(&lead.contact).unwrap_or_else(|| t.nobody.to_owned())
}

/// A number of hundredths without its fraction: what writes fractions is larger than this page.
fn whole(hundredths: f64) -> String {
    (hundredths.round_ties_even() as i64).to_string()
}
