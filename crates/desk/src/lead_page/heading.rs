//! Who it is and how to reach him.

use lead::view::LeadSummary;
use leptos::prelude::*;

use super::{Open, Shown, newest_wish};
use crate::{
    copy_button::copy_button,
    phrases::word,
    reach::{self, WayKind},
    row::way_link,
    source_words,
    visible::one_line,
};

/// The name, the stage, and every way to reach the person; with it the time he asked for.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let lead = &shown.detail.lead;
    let t = open.t;
    let calendar = open.desk.calendar();
    let name = reach::called(&lead.contact)
        .unwrap_or_else(|| if lead.contact.erased { t.people.erased } else { t.nobody }.to_owned());
    let ways = reach::ways(&lead.contact).into_iter().map(|way| {
        let copied = way.copied.clone();
        let raw = typed_otherwise(lead, &way);
        let class = if way.kind == WayKind::Phone { "reach reach-phone" } else { "reach" };
        view! {
            <li class=class>
                {way_link(t, way)}
                {copy_button(open.desk, t, copied)}
                {raw.map(|raw| view! { <bdi class="quiet reach-raw">{t.as_typed.replace("{raw}", &raw)}</bdi> })}
            </li>
        }
    });
    let opened = t.opened_at.replace("{time}", &calendar.brief(&lead.opened_at));
    let touches =
        (lead.touches > 1).then(|| view! { <li class="touches">{calendar.lang.count(lead.touches, &t.touches)}</li> });
    let best_time = one_line(newest_wish(&shown.detail));
    let best_time = (!best_time.is_empty()).then(|| {
        view! { <p class="best-time"><span>{t.best_time}</span> <bdi>{best_time}</bdi></p> }
    });
    let silent = lead.contact.do_not_contact.then(|| view! { <span>{t.do_not_contact}</span> });
    let closed = lead.closed.as_ref().map(|closed| {
        let reason = one_line(word(t.close_reasons, &closed.reason));
        let when = t.closed_at.replace("{time}", &calendar.brief(&closed.at));
        view! {
            <p class="lead-closed">
                <strong>{reason}</strong>
                <time class="quiet" datetime=closed.at.clone()>{when}</time>
                {silent}
            </p>
        }
    });
    view! {
        <header class="lead-head">
            <h1 id="lead-name" tabindex="-1"><bdi>{name}</bdi></h1>
            <ul class="lead-facts">
                <li class="stage">{word(t.stages, &lead.stage).to_owned()}</li>
                <li><time datetime=lead.opened_at.clone()>{opened}</time></li>
                <li><bdi>{source_words::brief(&lead.source, t)}</bdi></li>
                <li><bdi>{t.with_seller.replace("{name}", &one_line(&lead.assigned_name))}</bdi>
                    " " <bdi>{t.by_rule.replace("{rule}", &one_line(word(t.rules, &lead.rule)))}</bdi></li>
                {touches}
            </ul>
            {closed}
            <ul class="reaches" aria-label=t.reach>{ways.collect_view()}</ul>
            {best_time}
        </header>
    }
    .into_any()
}

/// What was typed, when it reads differently from what was understood.
fn typed_otherwise(lead: &LeadSummary, way: &reach::Way) -> Option<String> {
    let phone = lead.contact.phones.iter().find(|phone| way.kind == WayKind::Phone && phone.e164 == way.copied)?;
    let raw = one_line(&phone.raw);
    (!raw.is_empty() && raw != way.shown && raw != phone.e164).then_some(raw)
}
