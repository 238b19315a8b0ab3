//! The draft: what is wrong with it, what it would have done, and publishing it.

use std::collections::BTreeMap;

use lead::settings::{Located, Moved, Place};
use leptos::{prelude::*, task::spawn_local};

use super::{Page, Rehearsed};
use crate::{
    api::{self, Failure},
    rule_words::{rule_name, target},
    visible::one_line,
};

/// Leads named under each change; the rest is counted.
const NAMED: usize = 5;

/// The draft, or what begins one.
pub(super) fn panel(page: Page) -> AnyView {
    let t = page.t;
    let there = Memo::new(move |_| page.draft.with(|draft| draft.exists || draft.refused.is_some()));
    let version = move || page.settings().map(|settings| settings.version).unwrap_or_default();
    let idle = move || page.waits() || page.draft.with(|draft| !draft.problems.is_empty());
    let words = move || {
        let (draft, version) = (page.draft.get(), version());
        let moved = (draft.exists && draft.based_on != version)
            .then(|| view! { <p class="problem">{t.routing.moved.replace("{n}", &version.to_string())}</p> });
        let overtaken = (draft.overtaken && draft.refused.is_none())
            .then(|| view! { <p class="problem" role="alert">{t.routing.overtaken}</p> });
        let again = move |_| page.send_again();
        let again = draft.again.then(|| {
            view! { <button class="plain" type="button" on:click=again>{t.retry}</button> }
        });
        // What is being written was not looked at yet; what was refused is said until it is.
        let state = match (&draft.refused, draft.saving || page.typed.get()) {
            (Some(why), _) if !draft.saving => {
                view! { <p class="problem"><bdi>{one_line(why)}</bdi> " " {again}</p> }.into_any()
            }
            (_, true) => view! { <p class="quiet">{t.routing.saving}</p> }.into_any(),
            _ if draft.problems.is_empty() => view! { <p class="draft-ready">{t.routing.ready}</p> }.into_any(),
            _ => problems(page, &draft.problems),
        };
        let kept = draft.refused.is_none().then(|| view! { <p class="quiet">{t.routing.draft_hint}</p> });
        view! { {kept} {moved} {overtaken} <div role="status">{state}</div> }
    };
    let body = move || {
        if !there.get() {
            let said = move || {
                if page.waits() { t.routing.saving } else { t.routing.no_draft_hint }
            };
            return view! { <p class="quiet draft-none">{said}</p> }.into_any();
        }
        view! {
            <div class="draft">
                <div class="draft-words">
                    <h2>{t.routing.draft}</h2>
                    {words}
                </div>
                <div class="draft-acts">
                    <button class="button button-main" type="button" aria-disabled=move || idle().to_string() on:click=move |_| {
                        if !idle() {
                            let (version, seen) = (version(), page.seen());
                            page.conclude(async move { api::publish(version, &seen).await.map(Some) });
                        }
                    }>{t.routing.publish}</button>
                    <button class="button" type="button" aria-disabled=move || idle().to_string() on:click=move |_| {
                        if !idle() {
                            spawn_local(rehearse(page));
                        }
                    }>{t.routing.rehearse}</button>
                    <button class="plain" type="button" on:click=move |_| {
                        // Where somebody else's draft is there by now, only what is written here goes.
                        if page.typed.get_untracked() && page.draft.with_untracked(|draft| draft.overtaken) {
                            page.typed.set(false);
                            spawn_local(page.load());
                            return;
                        }
                        let seen = page.seen();
                        page.conclude(async move { api::drop_draft(&seen).await.map(|()| None) });
                    }>{t.routing.discard}</button>
                </div>
                {move || page.rehearsal.get().map(|rehearsed| outcome(page, &rehearsed))}
            </div>
        }
        .into_any()
    };
    body.into_any()
}

fn problems(page: Page, problems: &[Located]) -> AnyView {
    let t = page.t;
    let line = |located: &Located| {
        let place = match located.line {
            0 => located.at.clone(),
            line => format!("{} · {}", t.routing.line.replace("{n}", &line.to_string()), located.at),
        };
        view! { <li><code>{place}</code> " " {located.problem.clone()}</li> }
    };
    view! { <ul class="draft-problems problem">{problems.iter().map(line).collect_view()}</ul> }.into_any()
}

/// Tries the draft on the last month's leads, a page after another.
async fn rehearse(page: Page) {
    let empty = lead::settings::Rehearsal { leads: 0, elsewhere: vec![], next: None };
    let number = page.sent.get_value();
    let mut so_far = Rehearsed { pages: empty, over: false };
    _ = page.rehearsal.try_set(Some(so_far.clone()));
    let mut cursor = None;
    loop {
        let next = match api::rehearse(cursor.as_deref()).await {
            Err(Failure::SignedOut) => return page.desk.sign_out(),
            Err(failure) => {
                _ = page.rehearsal.try_set(None);
                return page.refuse(failure);
            }
            Ok(next) => next,
        };
        // A draft that was changed meanwhile is tried anew when that is asked for.
        if page.sent.try_get_value() != Some(number) {
            return;
        }
        so_far.pages.leads = so_far.pages.leads.saturating_add(next.leads);
        so_far.pages.elsewhere.extend(next.elsewhere);
        so_far.over = next.next.is_none();
        _ = page.rehearsal.try_set(Some(so_far.clone()));
        cursor = next.next;
        if cursor.is_none() {
            return;
        }
    }
}

/// How many would go elsewhere, and for each change from where to where.
fn outcome(page: Page, rehearsed: &Rehearsed) -> AnyView {
    let t = page.t;
    let (all, n) = (rehearsed.pages.leads, rehearsed.pages.elsewhere.len());
    let shape = match (rehearsed.over, all, n) {
        (false, ..) => t.routing.rehearsing,
        (true, 0, _) => t.routing.rehearsed_nothing,
        (true, _, 0) => t.routing.rehearsed_none,
        (true, ..) => t.routing.rehearsed,
    };
    let said = shape.replace("{n}", &n.to_string()).replace("{all}", &all.to_string());
    let mut changes: BTreeMap<(Place, Place), Vec<&Moved>> = BTreeMap::new();
    for moved in &rehearsed.pages.elsewhere {
        changes.entry((moved.from.clone(), moved.to.clone())).or_default().push(moved);
    }
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_by_key(|(_, leads)| std::cmp::Reverse(leads.len()));
    let change = |((from, to), leads): ((Place, Place), Vec<&Moved>)| {
        let named = leads.iter().take(NAMED).map(|moved| {
            let at = page.desk.calendar().brief(&moved.at);
            view! { <a href=format!("/desk/leads/{}", moved.lead) data-page="">{at}</a> }
        });
        view! {
            <li>
                <strong>{leads.len()}</strong>
                <span class="moved-places">{place(page, &from)} <span aria-hidden="true">" → "</span> {place(page, &to)}</span>
                <span class="moved-leads">{named.collect_view()}</span>
            </li>
        }
    };
    view! {
        <div class="rehearsed" role="status">
            <p class="rehearsed-sum">{said}</p>
            <ul>{changes.into_iter().map(change).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn place(page: Page, place: &Place) -> AnyView {
    let who = page.shown.with(|shown| shown.as_ref().map_or(place.to.clone(), |config| target(config, &place.to)));
    let systems = (!place.deliver.is_empty()).then(|| format!(" · {}", place.deliver.join(", ")));
    view! {
        <span>
            <bdi>{who}</bdi>
            " "
            <span class="quiet"><bdi>{rule_name(&place.rule, page.t)} {systems}</bdi></span>
        </span>
    }
    .into_any()
}
