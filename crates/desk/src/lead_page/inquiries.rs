//! Each inquiry of the lead: the words, where the person came from, what he agreed to.

use lead::view::InquiryView;
use leptos::prelude::*;

use super::{Open, Shown, pair, section};
use crate::{
    phrases::{Phrases, word},
    source_words::{kind_code, network},
    visible::{one_line, visible},
    web_address::{openable, short},
};

/// What the person wrote, newest first.
pub(super) fn messages(open: Open, shown: &Shown) -> AnyView {
    let t = open.t;
    let calendar = open.desk.calendar();
    // Each message with its time, and whether it corrects an earlier one.
    let mut written: Vec<(&str, &str, bool)> = Vec::new();
    for inquiry in &shown.detail.inquiries {
        written.push((&inquiry.message, &inquiry.recorded_at, false));
        for revised in &inquiry.revised {
            if written.last().is_none_or(|(before, ..)| before.trim() != revised.message.trim()) {
                written.push((&revised.message, &revised.recorded_at, true));
            }
        }
    }
    written.retain(|(message, ..)| !message.trim().is_empty());
    let several = written.len() > 1 || shown.detail.inquiries.len() > 1;
    let message = |(message, at, corrected): &(&str, &str, bool)| {
        let when = calendar.brief(at);
        let when = if *corrected { t.corrected.replace("{time}", &when) } else { when };
        let when = several.then(|| view! { <time class="quiet" datetime=(*at).to_owned()>{when}</time> });
        view! { <blockquote class="message"><p><bdi>{visible(message.trim())}</bdi></p>{when}</blockquote> }
    };
    let body = if written.is_empty() {
        view! { <p class="quiet">{t.no_message}</p> }.into_any()
    } else {
        written.iter().rev().map(message).collect_view().into_any()
    };
    section("message", t.message, body)
}

/// Source and consent of each inquiry, newest first.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let (t, calendar) = (open.t, open.desk.calendar());
    let several = shown.detail.inquiries.len() > 1;
    let part = |(place, inquiry): (usize, &InquiryView)| {
        let when = calendar.exact(&inquiry.recorded_at);
        let details = one(inquiry, t, &when);
        if place == 0 {
            let when = several.then(|| view! { <p class="quiet part-when">{when}</p> });
            return view! { <section class="part"><h2>{t.source}</h2>{when} {details}</section> }.into_any();
        }
        // Earlier inquiries wait folded: they rarely say anything new.
        view! {
            <details class="part">
                <summary><h2>{t.source}</h2><span class="quiet">{when}</span></summary>
                {details}
            </details>
        }
        .into_any()
    };
    shown.detail.inquiries.iter().rev().enumerate().map(part).collect_view().into_any()
}

fn one(inquiry: &InquiryView, t: &'static Phrases, when: &str) -> AnyView {
    let source = &inquiry.source;
    let coded = |words, code: &str| one_line(word(words, code));
    let click = format!("{} {}", one_line(&source.click), one_line(&source.click_id));
    let fields = inquiry
        .fields
        .iter()
        .map(|(name, value)| format!("{} = {}", one_line(name), one_line(value)))
        .collect::<Vec<_>>();
    view! {
        <dl class="pairs">
            {pair(t.source_kind, with(word(t.kinds, kind_code(source.kind)), &network(source, t)))}
            {pair(t.source_channel, coded(t.channels, &source.channel))}
            {pair(t.campaign, one_line(&source.campaign))}
            {pair(t.medium, one_line(&source.medium))}
            {pair(t.content, one_line(&source.content))}
            {pair(t.term, one_line(&source.term))}
            {pair(t.click_id, click)}
            {address(t.page, &inquiry.page)}
            {address(t.landing, if inquiry.landing.is_empty() { &source.landing } else { &inquiry.landing })}
            {address(t.referrer, if inquiry.referrer.is_empty() { &source.referrer } else { &inquiry.referrer })}
            {pair(t.fields, fields.join("\n"))}
            {pair(t.form, one_line(&inquiry.form))}
            {pair(t.site, one_line(&source.site))}
            {pair(t.unlisted_origin, one_line(&inquiry.unlisted_origin))}
            {pair(t.came_by, coded(t.inquiry_channels, &inquiry.channel))}
            {pair(t.visitor_language, one_line(&inquiry.lang))}
            {pair(t.visitor_zone, one_line(&inquiry.tz))}
        </dl>
        <h3>{t.consent}</h3>
        <dl class="pairs">
            {consent(t, t.consent_processing, inquiry.consent_processing)}
            {consent(t, t.consent_marketing, inquiry.consent_marketing)}
        </dl>
        {(!inquiry.consent_text.is_empty()).then(|| view! {
            <blockquote class="consent-text"><bdi>{visible(&inquiry.consent_text)}</bdi></blockquote>
        })}
        {inquiry.consent_processing.then(|| view! {
            <p class="quiet">{t.people.consent_at.replace("{time}", when)}</p>
        })}
        {(!inquiry.consent_version.is_empty()).then(|| view! {
            <p class="quiet">{t.consent_version.replace("{version}", &one_line(&inquiry.consent_version))}</p>
        })}
    }
    .into_any()
}

fn with(kind: &str, network: &str) -> String {
    if network.is_empty() { kind.to_owned() } else { format!("{kind} · {network}") }
}

fn consent(t: &'static Phrases, what: &'static str, given: bool) -> impl IntoView {
    let (sign, words) = if given { ("✓", t.consent_given) } else { ("–", t.consent_absent) };
    view! { <div class="pair"><dt>{what}</dt><dd><span aria-hidden="true">{sign} " "</span>{words}</dd></div> }
}

/// An address that came with the inquiry: short to read, whole on hovering, a link only to a web page.
fn address(term: &'static str, address: &str) -> Option<AnyView> {
    if address.trim().is_empty() {
        return None;
    }
    let (whole, brief) = (one_line(address), one_line(short(address)));
    let shown = match openable(address) {
        Some(href) => {
            let href = href.to_owned();
            view! {
                <a class="address" href=href target="_blank" rel="noopener noreferrer nofollow" title=whole><bdi>{brief}</bdi></a>
            }
            .into_any()
        }
        None => view! { <bdi class="address">{whole}</bdi> }.into_any(),
    };
    Some(view! { <div class="pair"><dt>{term}</dt><dd>{shown}</dd></div> }.into_any())
}
