//! What is owed to the people whose data these are: taking along, how long it is kept, who was erased.

use std::sync::Arc;

use lead::privacy::{ErasureView, PrivacyPage, ReceiptView, RetentionView};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    desk::Desk,
    notice,
    phrases::{Phrases, word},
    visible::one_line,
};

type Loaded = Option<Result<Arc<PrivacyPage>, Failure>>;

/// The page.
pub(crate) fn page(desk: Desk, t: &'static Phrases) -> AnyView {
    let loaded: RwSignal<Loaded> = RwSignal::new(None);
    let load = move || {
        spawn_local(async move {
            let found = api::privacy().await;
            if found == Err(Failure::SignedOut) {
                desk.sign_out();
                return;
            }
            _ = loaded.try_set(Some(found.map(Arc::new)));
        });
    };
    load();
    let body = move || match loaded.get() {
        None => notice::waiting(t),
        Some(Err(Failure::Refused(problem))) if problem.status == 403 => {
            notice::said(t.people.not_for_role, "", ().into_any())
        }
        Some(Err(_)) => notice::unreachable(t, desk.live, move || {
            loaded.set(None);
            load();
        }),
        Some(Ok(page)) => draw(desk, t, &page),
    };
    body.into_any()
}

fn draw(desk: Desk, t: &'static Phrases, page: &PrivacyPage) -> AnyView {
    view! {
        <article class="privacy">
            <header>
                <h1 tabindex="-1">{t.people.privacy}</h1>
                <p class="quiet">{t.people.privacy_hint}</p>
            </header>
            {export(desk, t, page)}
            {retention(desk, t, page)}
            {erasures(desk, t, page)}
        </article>
    }
    .into_any()
}

fn export(desk: Desk, t: &'static Phrases, page: &PrivacyPage) -> AnyView {
    let format = |code: &'static str| {
        let name = code.to_uppercase();
        view! { <a class="button" href=format!("/api/export?format={code}") download="">{name}</a> }
    };
    let leads = desk.calendar().lang.count(page.leads, &t.people.leads);
    view! {
        <section class="privacy-part" aria-labelledby="export">
            <h2 id="export">{t.people.export} " " <span class="quiet">{leads}</span></h2>
            <p>{t.people.export_text}</p>
            <div class="privacy-formats">{["xlsx", "csv", "json"].map(format).collect_view()}</div>
        </section>
    }
    .into_any()
}

fn retention(desk: Desk, t: &'static Phrases, page: &PrivacyPage) -> AnyView {
    let calendar = desk.calendar();
    let rule = |rule: &RetentionView| {
        let after = rule.after?;
        let forms = if rule.rule == "spam" { &t.people.days } else { &t.people.months };
        let after = calendar.lang.count(after.into(), forms);
        let due = match rule.due {
            0 => t.people.rule_idle.to_owned(),
            due => t.people.rule_due.replace("{n}", &calendar.lang.count(due, &t.people.leads)),
        };
        let name = word(t.people.rules, &rule.rule).to_owned();
        Some(view! {
            <li class="privacy-line"><span>{name}</span><strong>{after}</strong><span class="quiet" data-due=rule.due.to_string()>{due}</span></li>
        })
    };
    let rules: Vec<_> = page.retention.iter().filter_map(rule).collect();
    let none = rules.is_empty().then(|| view! { <p class="quiet">{t.people.retention_none}</p> });
    let ran = page.ran_at.as_deref().map(|at| t.people.ran.replace("{time}", &calendar.brief(at)));
    let next = page.next_at.as_deref().map(|at| t.people.runs_next.replace("{time}", &calendar.brief(at)));
    let when: Vec<String> = [ran, next].into_iter().flatten().collect();
    view! {
        <section class="privacy-part" aria-labelledby="retention">
            <h2 id="retention">{t.people.retention}</h2>
            <p>{t.people.retention_text}</p>
            {none}
            <ul class="privacy-list">{rules}</ul>
            <p class="quiet">{when.join(" · ")}</p>
        </section>
    }
    .into_any()
}

fn erasures(desk: Desk, t: &'static Phrases, page: &PrivacyPage) -> AnyView {
    let calendar = desk.calendar();
    let erasure = |erasure: &ErasureView| {
        let counts = t
            .people
            .erasure_counts
            .replace("{leads}", &calendar.lang.count(erasure.leads, &t.people.leads))
            .replace("{inquiries}", &erasure.inquiries.to_string())
            .replace("{files}", &erasure.files.to_string());
        let receipt = |receipt: &ReceiptView| {
            let state = word(t.delivery_states, &receipt.state).to_owned();
            let next = receipt.next_at.as_deref().map(|at| t.next_try.replace("{time}", &calendar.brief(at)));
            view! {
                <li class="receipt" data-state=receipt.state.clone()>
                    <bdi>{one_line(&receipt.destination)}</bdi> " " <span>{state}</span> " " <span class="quiet">{next}</span>
                </li>
            }
        };
        let receipts = if erasure.receipts.is_empty() {
            view! { <p class="quiet">{t.people.receipts_none}</p> }.into_any()
        } else {
            view! { <ul class="receipts">{erasure.receipts.iter().map(receipt).collect_view()}</ul> }.into_any()
        };
        view! {
            <li class="erasure">
                <time datetime=erasure.at.clone()>{calendar.exact(&erasure.at)}</time>
                <span class="erasure-why">{word(t.people.erasure_reasons, &erasure.reason).to_owned()}</span>
                <span class="quiet">{counts}</span>
                {receipts}
            </li>
        }
    };
    let none = page.erasures.is_empty().then(|| view! { <p class="quiet">{t.people.erasures_none}</p> });
    let count = (page.erased > 0).then(|| view! { <span class="quiet">{page.erased}</span> });
    view! {
        <section class="privacy-part" aria-labelledby="erasures">
            <h2 id="erasures">{t.people.erasures} " " {count}</h2>
            {none}
            <ul class="erasures">{page.erasures.iter().map(erasure).collect_view()}</ul>
        </section>
    }
    .into_any()
}
