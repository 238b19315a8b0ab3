//! What was sent off, recorded and delivered, by site and day: any gap is seen here, and told on every page.

use std::sync::Arc;

use lead::loss::{DayLosses, DestinationLosses, LossReport, SiteLosses};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    desk::Desk,
    notice,
    phrases::Phrases,
    route::Route,
    visible::one_line,
};

/// The lengths of time to choose from, in days.
const PERIODS: [u16; 3] = [7, 30, 90];

/// The days that are watched for the notice.
const WATCHED: u16 = 30;

type Loaded = Option<Result<Arc<LossReport>, Failure>>;

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let loaded: RwSignal<Loaded> = RwSignal::new(None);
    let days = RwSignal::new(WATCHED);
    let load = move |days: u16| {
        spawn_local(async move {
            let found = api::losses(days).await;
            if found == Err(Failure::SignedOut) {
                desk.sign_out();
                return;
            }
            _ = loaded.try_set(Some(found.map(Arc::new)));
        });
    };
    Effect::new(move || load(days.get()));
    let body = move || match loaded.get() {
        None => notice::waiting(t),
        Some(Err(Failure::Refused(problem))) if problem.status == 403 => {
            notice::said(t.people.not_for_role, "", ().into_any())
        }
        Some(Err(_)) => notice::unreachable(t, desk.live, move || {
            loaded.set(None);
            load(days.get_untracked());
        }),
        Some(Ok(report)) => draw(desk, t, days, &report),
    };
    body.into_any()
}

fn draw(desk: Desk, t: &'static Phrases, days: RwSignal<u16>, report: &LossReport) -> AnyView {
    let period = |choice: u16| {
        let pressed = move || (days.get() == choice).to_string();
        view! {
            <button type="button" aria-pressed=pressed on:click=move |_| days.set(choice)>
                {t.days.replace("{n}", &choice.to_string())}
            </button>
        }
    };
    let sites: Vec<_> = report.sites.iter().filter(|site| !site.days.is_empty()).collect();
    let several = report.sites.len() > 1;
    let said = if report.lost == 0 && report.held_up == 0 && report.dead == 0 {
        view! {
            <div class="losses-said"><h2>{t.people.all_there}</h2><p class="quiet">{t.people.all_there_text}</p></div>
        }
        .into_any()
    } else {
        let line = |phrase: &'static str, n: u64| {
            (n > 0).then(|| view! { <p class="losses-gap">{phrase.replace("{n}", &n.to_string())}</p> })
        };
        view! {
            <div class="losses-said losses-said-gap" role="status">
                {line(t.people.some_lost, report.lost)} {line(t.people.some_held_up, report.held_up)}
                {line(t.people.some_dead, report.dead)}
            </div>
        }
        .into_any()
    };
    let nothing = sites.is_empty().then(|| view! { <p class="quiet">{t.people.losses_nothing}</p> });
    view! {
        <article class="counted losses">
            <header class="counted-head">
                <h1 tabindex="-1">{t.people.losses}</h1>
                <p class="quiet">{t.people.losses_hint}</p>
                <div class="counted-choices">
                    <div class="choice-group" role="group" aria-label=t.period>{PERIODS.map(period).collect_view()}</div>
                </div>
            </header>
            {said}
            {nothing}
            {sites.into_iter().map(|one| site(desk, t, one, several)).collect_view()}
        </article>
    }
    .into_any()
}

fn site(desk: Desk, t: &'static Phrases, site: &SiteLosses, several: bool) -> AnyView {
    let calendar = desk.calendar();
    let day = |day: &DayLosses| {
        let gap = [(t.people.lost, day.lost), (t.people.on_the_way, day.on_the_way)];
        let gap: Vec<String> =
            gap.iter().filter(|(_, n)| *n > 0).map(|(words, n)| words.replace("{n}", &n.to_string())).collect();
        let gap = if gap.is_empty() { t.people.gap_none.to_owned() } else { gap.join(", ") };
        let lost = day.lost > 0 || day.held_up() > 0;
        view! {
            <tr class:losses-day-gap=lost>
                <th scope="row"><time datetime=day.day.clone()>{calendar.date(&day.day)}</time></th>
                <td data-name=t.people.minted>{day.minted}</td>
                <td data-name=t.people.arrived>{day.arrived}</td>
                <td data-name=t.people.recorded>{day.recorded}</td>
                <td data-name=t.people.gap>{gap}</td>
                <td data-name=t.people.delivered>{day.destinations.iter().map(|to| destination(t, to)).collect_view()}</td>
            </tr>
        }
    };
    view! {
        <section>
            {several.then(|| view! { <h2><bdi>{one_line(&site.name)}</bdi></h2> })}
            <table class="counted-table losses-table">
                <thead>
                    <tr>
                        <th scope="col">{t.people.day}</th>
                        <th scope="col">{t.people.minted}</th>
                        <th scope="col">{t.people.arrived}</th>
                        <th scope="col">{t.people.recorded}</th>
                        <th scope="col">{t.people.gap}</th>
                        <th scope="col">{t.people.delivered}</th>
                    </tr>
                </thead>
                <tbody>{site.days.iter().map(day).collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn destination(t: &'static Phrases, to: &DestinationLosses) -> AnyView {
    let count = t.people.of.replace("{sent}", &to.sent.to_string()).replace("{queued}", &to.queued.to_string());
    let more = [(t.people.dead, to.dead), (t.people.waiting, to.waiting)];
    let more: Vec<String> =
        more.iter().filter(|(_, n)| *n > 0).map(|(words, n)| words.replace("{n}", &n.to_string())).collect();
    let dead = to.dead > 0;
    view! {
        <span class="losses-to" class:losses-to-dead=dead>
            <bdi>{one_line(&to.destination)}</bdi> " " <strong>{count}</strong> " " <span class="quiet">{more.join(", ")}</span>
        </span>
    }
    .into_any()
}

/// A line on top of every page when anything was lost in the last month, for head and owner.
pub(crate) fn alert(desk: Desk) -> AnyView {
    let missing = RwSignal::new(0_u64);
    spawn_local(async move {
        if let Ok(report) = api::losses(WATCHED).await {
            _ = missing.try_set(report.lost.saturating_add(report.held_up).saturating_add(report.dead));
        }
    });
    let seen = move || missing.get() > 0 && desk.route.get() != Route::Losses;
    let line = move || {
        seen().then(|| {
            let t = desk.phrases();
            view! {
                <a class="losses-alert" href=Route::Losses.href() data-page="">
                    {t.people.losses} ": " <strong>{missing.get()}</strong>
                </a>
            }
        })
    };
    view! { {line} }.into_any()
}
