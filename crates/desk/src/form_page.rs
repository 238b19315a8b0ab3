//! How visitors go through a form: who turned to it, what they answered, where they left.

use std::sync::Arc;

use lead::{
    report::{QuestionCount, QuestionsReport, SourceCount},
    source::Source,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    desk::Desk,
    notice,
    phrases::{Phrases, word},
    source_words,
    visible::one_line,
};

/// The lengths of time to choose from, in days.
const PERIODS: [u16; 3] = [7, 30, 90];

/// What is looked at, and what came of it.
#[derive(Debug, Clone, Copy)]
struct Look {
    desk: Desk,
    t: &'static Phrases,
    form: RwSignal<String>,
    days: RwSignal<u16>,
    report: RwSignal<Option<Result<Arc<QuestionsReport>, Failure>>>,
}

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let look =
        Look { desk, t, form: RwSignal::new(String::new()), days: RwSignal::new(30), report: RwSignal::new(None) };
    Effect::new(move || {
        let (form, days) = (look.form.get(), look.days.get());
        spawn_local(look.load(form, days));
    });
    let body = move || match look.report.get() {
        None => notice::waiting(t),
        Some(Err(Failure::Refused(problem))) if problem.status == 403 => {
            notice::said(t.form_not_for_role, "", ().into_any())
        }
        Some(Err(_)) => notice::unreachable(t, desk.live, move || {
            look.report.set(None);
            spawn_local(look.load(look.form.get_untracked(), look.days.get_untracked()));
        }),
        Some(Ok(report)) => draw(look, &report),
    };
    body.into_any()
}

impl Look {
    async fn load(self, form: String, days: u16) {
        let loaded = api::questions_report(&form, days).await;
        if loaded == Err(Failure::SignedOut) {
            self.desk.sign_out();
            return;
        }
        // The page may be gone by now.
        _ = self.report.try_set(Some(loaded.map(Arc::new)));
    }
}

fn draw(look: Look, report: &QuestionsReport) -> AnyView {
    let t = look.t;
    let nothing = report.opened == 0 && report.recorded == 0 && report.questions.iter().all(|line| line.shown == 0);
    let tables = if nothing {
        view! { <div class="counted-nothing"><h2>{t.nothing_counted}</h2><p class="quiet">{t.nothing_counted_text}</p></div> }
            .into_any()
    } else {
        view! { {steps(t, report)} {questions(t, report)} {sources(t, report)} }.into_any()
    };
    view! {
        <article class="counted">
            <header class="counted-head">
                <h1 tabindex="-1">{t.form_page}</h1>
                <p class="quiet">{t.form_page_hint}</p>
                {choices(look, report)}
            </header>
            {tables}
        </article>
    }
    .into_any()
}

/// Which form, and over how many days.
fn choices(look: Look, report: &QuestionsReport) -> AnyView {
    let t = look.t;
    let shown = report.form.clone();
    let forms = (report.forms.len() > 1).then(|| {
        let choice = |form: &String| {
            let (pressed, chosen) = ((*form == shown).to_string(), form.clone());
            view! {
                <button type="button" aria-pressed=pressed on:click=move |_| look.form.set(chosen.clone())>{form.clone()}</button>
            }
        };
        view! { <div class="choice-group" role="group" aria-label=t.form>{report.forms.iter().map(choice).collect_view()}</div> }
    });
    let period = |days: u16| {
        let pressed = move || (look.days.get() == days).to_string();
        view! {
            <button type="button" aria-pressed=pressed on:click=move |_| look.days.set(days)>
                {t.days.replace("{n}", &days.to_string())}
            </button>
        }
    };
    view! {
        <div class="counted-choices">
            {forms}
            <div class="choice-group" role="group" aria-label=t.period>{PERIODS.map(period).collect_view()}</div>
        </div>
    }
    .into_any()
}

/// From turning to the form to its end.
fn steps(t: &'static Phrases, report: &QuestionsReport) -> AnyView {
    let most = report.opened.max(report.recorded).max(report.completed);
    let step = |(name, n): (&'static str, u64)| {
        view! { <li class="step"><span>{name}</span><strong>{n}</strong>{bar(&[("bar-answered", n)], most)}</li> }
    };
    let steps = [
        (t.turned_to, report.opened),
        (t.began_contact, report.contact),
        (t.sent_off, report.minted),
        (t.recorded, report.recorded),
        (t.to_the_end, report.completed),
    ];
    view! { <ul class="steps">{steps.map(step).collect_view()}</ul> }.into_any()
}

fn questions(t: &'static Phrases, report: &QuestionsReport) -> AnyView {
    let most = report.questions.iter().map(|line| line.shown).max().unwrap_or(0);
    let line = |line: &QuestionCount| {
        let asked = one_line(if line.asked.is_empty() { &line.question } else { &line.asked });
        let gone = line.asked.is_empty().then(|| view! { " " <span class="quiet">"(" {t.no_longer_asked} ")"</span> });
        let parts = [("bar-answered", line.answered), ("bar-skipped", line.skipped), ("bar-left", line.left)];
        view! {
            <tr>
                <th scope="row"><bdi>{asked}</bdi>{gone}{bar(&parts, most)}</th>
                <td data-name=t.shown>{line.shown}</td>
                <td data-name=t.answered_here>{line.answered}</td>
                <td data-name=t.skipped_here>{line.skipped}</td>
                <td data-name=t.left_here>{line.left}</td>
            </tr>
        }
    };
    view! {
        <table class="counted-table">
            <thead>
                <tr>
                    <th scope="col">{t.question}</th>
                    <th scope="col">{t.shown}</th>
                    <th scope="col"><span class="bar-key bar-answered"></span>{t.answered_here}</th>
                    <th scope="col"><span class="bar-key bar-skipped"></span>{t.skipped_here}</th>
                    <th scope="col"><span class="bar-key bar-left"></span>{t.left_here}</th>
                </tr>
            </thead>
            <tbody>{report.questions.iter().map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn sources(t: &'static Phrases, report: &QuestionsReport) -> Option<AnyView> {
    let most = report.sources.iter().map(|source| source.opened).max().unwrap_or(0);
    let line = |source: &SourceCount| {
        let named = Source {
            channel: source.channel.clone(),
            network: source.network.clone(),
            campaign: source.campaign.clone(),
            ..Source::default()
        };
        let network = source_words::network(&named, t);
        let name = [one_line(word(t.channels, &source.channel)), network, one_line(&source.campaign)];
        let name: Vec<String> = name.into_iter().filter(|part| !part.is_empty()).collect();
        let kept = source.opened.saturating_sub(source.opened_no_contact);
        let parts = [("bar-answered", kept), ("bar-left", source.opened_no_contact)];
        view! {
            <tr>
                <th scope="row"><bdi>{name.join(" · ")}</bdi>{bar(&parts, most)}</th>
                <td data-name=t.turned_to>{source.opened}</td>
                <td data-name=t.recorded>{source.recorded}</td>
                <td data-name=t.no_contact>{source.opened_no_contact}</td>
            </tr>
        }
    };
    (!report.sources.is_empty()).then(|| {
        view! {
            <table class="counted-table counted-sources">
                <thead>
                    <tr>
                        <th scope="col">{t.by_source}</th>
                        <th scope="col">{t.turned_to}</th>
                        <th scope="col">{t.recorded}</th>
                        <th scope="col">{t.no_contact}</th>
                    </tr>
                </thead>
                <tbody>{report.sources.iter().map(line).collect_view()}</tbody>
            </table>
        }
        .into_any()
    })
}

/// A thin bar whose parts add up; the numbers beside it say the same. The page's policy allows no inline
/// styles, so that the parts are drawn.
fn bar(parts: &[(&'static str, u64)], most: u64) -> AnyView {
    let mut from = 0;
    let mut drawn = Vec::new();
    for (class, n) in parts {
        let width = n.saturating_mul(1_000).checked_div(most).unwrap_or(0).min(1_000_u64.saturating_sub(from));
        drawn.push(view! { <rect class=*class x=from.to_string() y="0" width=width.to_string() height="6" /> });
        from = from.saturating_add(width);
    }
    view! { <svg class="bar-line" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg> }
        .into_any()
}
