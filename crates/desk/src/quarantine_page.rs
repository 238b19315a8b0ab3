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
    list::keyed,
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
    /// What was found last, and how many of it are kept back: nothing moves under the pointer until that is asked for.
    fresh: StoredValue<Option<Arc<Quarantine>>>,
    held: RwSignal<u32>,
    /// The lead that is being decided, and the one whose decision failed.
    busy: RwSignal<Option<String>>,
    failed: RwSignal<Option<String>>,
}

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let look = Look {
        desk,
        t,
        found: RwSignal::new(None),
        asked: StoredValue::new(0),
        shown: StoredValue::new(0),
        fresh: StoredValue::new(None),
        held: RwSignal::new(0),
        busy: RwSignal::new(None),
        failed: RwSignal::new(None),
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
    let there = Memo::new(move |_| look.found.with(|found| matches!(found, Some(Ok(_)))));
    let body = move || match (there.get(), look.found.get()) {
        (true, _) => draw(look),
        (false, Some(Err(Failure::Refused(problem)))) if problem.status == 403 => notice::not_for_role(t),
        (false, Some(Err(_))) => notice::unreachable(t, desk.live, move || {
            look.found.set(None);
            spawn_local(look.load());
        }),
        (false, _) => notice::waiting(t),
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
            match loaded {
                Ok(fresh) => self.take_in(Arc::new(fresh), false),
                Err(failure) => _ = self.found.try_set(Some(Err(failure))),
            }
        }
    }

    /// Takes in what was found: what is shown keeps its place, and what is new waits until it is asked for.
    fn take_in(self, fresh: Arc<Quarantine>, all: bool) {
        let before = match self.found.get_untracked() {
            Some(Ok(before)) if !(before.suspects.is_empty() && before.to_judge.is_empty()) => before,
            _ => {
                self.held.set(0);
                return self.found.set(Some(Ok(fresh)));
            }
        };
        let mut now = Quarantine::clone(&fresh);
        let suspects = hold(&before.suspects, &fresh.suspects, fresh.next.is_none(), all);
        let judged = hold(&before.to_judge, &fresh.to_judge, true, all);
        if suspects.beyond {
            now.next = before.next.clone();
        }
        self.held.set(suspects.held.saturating_add(judged.held));
        (now.suspects, now.to_judge) = (suspects.shown, judged.shown);
        self.fresh.set_value(Some(fresh));
        // A card that says something new is drawn anew; the keyboard stays with its button.
        let had = browser::focused_id();
        self.found.set(Some(Ok(Arc::new(now))));
        if let Some(id) = had {
            request_animation_frame(move || {
                if browser::focus_is_lost() {
                    browser::focus(&format!("[id=\"{id}\"]"));
                }
            });
        }
    }

    /// Shows what was kept back.
    fn show(self) {
        if let Some(fresh) = self.fresh.get_value() {
            self.take_in(fresh, true);
            browser::focus("#quarantine");
        }
    }

    async fn more(self, cursor: String) {
        if let Ok(page) = api::quarantine(Some(&cursor)).await {
            self.found.try_update(|found| {
                if let Some(Ok(found)) = found {
                    let mut whole = Quarantine::clone(found);
                    // Asked for twice it is there once.
                    if whole.next.as_ref() != Some(&cursor) {
                        return;
                    }
                    let known = |new: &Suspect| whole.suspects.iter().any(|shown| shown.lead.id == new.lead.id);
                    let more: Vec<_> = page.suspects.into_iter().filter(|new| !known(new)).collect();
                    whole.suspects.extend(more);
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
        self.failed.set(None);
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
                    let there = next.is_some_and(|next| browser::focus(&format!("[id=\"genuine-{next}\"]")));
                    if !there {
                        browser::focus("#quarantine");
                    }
                });
            }
            Err(Failure::SignedOut) => self.desk.sign_out(),
            Err(_) => _ = self.failed.try_set(Some(lead.id)),
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

/// A list as it stays on the page.
struct Held {
    shown: Vec<Suspect>,
    /// How many are kept back.
    held: u32,
    /// True when more is shown than was found: pages that were asked for.
    beyond: bool,
}

/// What is shown stays in its order as far as it is still there; what came since waits, unless `all` are wanted.
/// `whole` says that nothing comes after what was found.
fn hold(shown: &[Suspect], found: &[Suspect], whole: bool, all: bool) -> Held {
    let last = found.last().map(|last| last.at.as_str()).filter(|_| !whole);
    let mut kept = Held { shown: Vec::new(), held: 0, beyond: false };
    let mut beyond = Vec::new();
    for one in shown {
        match found.iter().find(|found| found.lead.id == one.lead.id) {
            Some(found) => kept.shown.push(found.clone()),
            None if last.is_some_and(|last| one.at.as_str() < last) => beyond.push(one.clone()),
            None => {}
        }
    }
    let first = kept.shown.first().or(beyond.first()).map(|first| first.at.clone());
    for (place, one) in found.iter().enumerate() {
        if shown.iter().any(|shown| shown.lead.id == one.lead.id) {
            continue;
        }
        // What moved up from behind comes after what is shown, and what is shown first is of no one's click.
        if all || first.is_none() {
            kept.shown.insert(place.min(kept.shown.len()), one.clone());
        } else if shown.last().is_some_and(|last| one.at < last.at) {
            kept.shown.push(one.clone());
        } else {
            kept.held = kept.held.saturating_add(1);
        }
    }
    kept.beyond = !beyond.is_empty();
    kept.shown.extend(beyond);
    kept
}

fn draw(look: Look) -> AnyView {
    let (t, q) = (look.t, look.t.quarantine);
    let more = move || {
        let cursor = found(look, |found| found.next.clone())?;
        let ask = move |_| spawn_local(look.more(cursor.clone()));
        Some(view! { <button class="button more" type="button" on:click=ask>{t.more}</button> })
    };
    let newcomers = move || {
        let n = Some(look.held.get()).filter(|n| *n > 0)?;
        let words = q.show_new.replace("{n}", &look.desk.lang.get_untracked().count(n, &q.new_ones));
        Some(view! { <button class="button" type="button" on:click=move |_| look.show()>{words}</button> })
    };
    let nothing = Memo::new(move |_| found(look, |found| found.suspects.is_empty()));
    let nothing = move || {
        nothing.get().then(|| {
            view! { <div class="quarantine-nothing"><h2>{q.nothing}</h2><p class="quiet">{q.nothing_text}</p></div> }
        })
    };
    view! {
        <article class="quarantine">
            <header class="quarantine-head">
                <h1 id="quarantine" tabindex="-1">{q.page}</h1>
                <p>{q.hint}</p>
            </header>
            <div class="newcomers" role="status">{newcomers}</div>
            {nothing}
            {list(look, "suspects", (q.set_aside, q.set_aside_hint), Kind::Waiting)}
            {more}
            {list(look, "to-judge", (q.to_judge, q.to_judge_hint), Kind::ToJudge)}
            {move || found(look, |found| Some(figures(t, found)))}
            {list(look, "confirmed", (q.confirmed, q.confirmed_hint), Kind::Confirmed)}
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

fn of(found: &Quarantine, kind: Kind) -> &[Suspect] {
    match kind {
        Kind::Waiting => &found.suspects,
        Kind::ToJudge => &found.to_judge,
        Kind::Confirmed => &found.confirmed,
    }
}

/// Something of what was found, which is there while this page is drawn.
fn found<T: Default>(look: Look, what: impl FnOnce(&Quarantine) -> T) -> T {
    look.found.with(|found| match found {
        Some(Ok(found)) => what(found),
        _ => T::default(),
    })
}

fn list(look: Look, id: &'static str, (title, hint): (&'static str, &'static str), kind: Kind) -> AnyView {
    // A card is drawn anew when its lead has changed, and never because of another one.
    let key = |suspect: &Suspect| format!("{}/{}", suspect.lead.id, suspect.lead.revision);
    let keys = Memo::new(move |_| found(look, |found| of(found, kind).iter().map(key).collect::<Vec<_>>()));
    let there = Memo::new(move |_| keys.with(|keys| !keys.is_empty()));
    let one = move |wanted: String| {
        let suspect = look.found.with_untracked(|found| match found {
            Some(Ok(found)) => of(found, kind).iter().find(|suspect| key(suspect) == wanted).cloned(),
            _ => None,
        });
        suspect.map(|suspect| card(look, &suspect, kind)).into_any()
    };
    let count = move || {
        let count = found(look, |found| found.waiting);
        let count = if count < 1_000 { count.to_string() } else { "1000+".to_owned() };
        (kind == Kind::Waiting).then(|| view! { <span class="queue-count">{count}</span> })
    };
    let section = move || {
        there.get().then(|| {
            view! {
                <section aria-labelledby=id>
                    <div class="queue-head">
                        <h2 id=id>{title}</h2>
                        {count}
                        <span class="queue-hint">{hint}</span>
                    </div>
                    <ol class="suspects">{keyed(keys, Arc::new(one))}</ol>
                </section>
            }
        })
    };
    section.into_any()
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
        let words = q.score.replace("{score}", &suspect.score.to_string());
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
            <button class=main type="button" id=format!("genuine-{}", lead.id) aria-label=genuine_label aria-disabled=is_busy.clone() on:click=decide(Command::Genuine)>
                {words}
            </button>
        }
    });
    let spam = may_confirm.then(|| {
        view! { <button class="button" type="button" id=format!("spam-{}", lead.id) aria-label=spam_label aria-disabled=is_busy on:click=decide(Command::Spam)>{q.spam}</button> }
    });
    let id = lead.id.clone();
    let failed = move || (look.failed.with(|failed| failed.as_deref() == Some(id.as_str()))).then_some(q.failed);
    view! { <div class="suspect-do">{genuine} {spam} <p class="problem" role="alert">{failed}</p></div> }.into_any()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::sample;

    fn suspects(ids: &[&str]) -> Vec<Suspect> {
        let one = |id: &&str| Suspect {
            lead: sample(id, 1),
            at: format!("2026-11-21T10:0{id}:00Z"),
            score: 100,
            signals: vec![],
            drawn: false,
        };
        ids.iter().map(one).collect()
    }

    fn check(shown: &[&str], found: &[&str], whole: bool, all: bool, expected: &[&str], held: u32) {
        let kept = hold(&suspects(shown), &suspects(found), whole, all);
        let ids: Vec<&str> = kept.shown.iter().map(|suspect| suspect.lead.id.as_str()).collect();
        assert_eq!((ids.as_slice(), kept.held), (expected, held), "{shown:?} {found:?}");
    }

    #[test]
    fn nothing_comes_between_what_is_shown_until_that_is_asked_for() {
        check(&["3", "2"], &["5", "4", "3", "2"], true, false, &["3", "2"], 2);
        check(&["3", "2"], &["5", "4", "3", "2"], true, true, &["5", "4", "3", "2"], 0);
        // What was decided goes; what moves up from behind comes last.
        check(&["3", "2"], &["4", "2", "1"], false, false, &["2", "1"], 1);
        // Pages that were asked for stay.
        check(&["5", "4", "2", "1"], &["6", "5", "3"], false, false, &["5", "2", "1"], 2);
        check(&["3"], &["4"], true, false, &["4"], 0);
    }
}
