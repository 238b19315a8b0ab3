//! Which other systems were told, and how that went.

use lead::view::DeliveryView;
use leptos::prelude::*;

use super::{Open, Shown, section};
use crate::{
    phrases::word,
    visible::{one_line, visible},
};

/// The deliveries, oldest first.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let (t, calendar) = (open.t, open.desk.calendar());
    let deliveries = &shown.detail.deliveries;
    let delivery = |delivery: &DeliveryView| {
        let attempts = (delivery.attempts > 0).then(|| calendar.lang.count(delivery.attempts, &t.attempts));
        let next = delivery.next_at.as_deref().map(|at| t.next_try.replace("{time}", &calendar.brief(at)));
        let last =
            (delivery.state != "sent" && !delivery.last_result.is_empty()).then(|| visible(&delivery.last_result));
        let event = word(t.delivery_events, &delivery.event).to_owned();
        let details: Vec<String> = [Some(event), attempts, next].into_iter().flatten().collect();
        view! {
            <li class="delivery" data-state=delivery.state.clone()>
                <bdi class="delivery-to">{one_line(&delivery.destination)}</bdi>
                <span class="delivery-state">{word(t.delivery_states, &delivery.state).to_owned()}</span>
                <span class="quiet delivery-details">{details.join(" · ")}</span>
                {last.map(|last| view! { <bdi class="quiet delivery-last">{last}</bdi> })}
            </li>
        }
    };
    let body = if deliveries.is_empty() {
        view! { <p class="quiet">{t.no_deliveries}</p> }.into_any()
    } else {
        view! { <ul class="deliveries">{deliveries.iter().map(delivery).collect_view()}</ul> }.into_any()
    };
    section("deliveries", t.deliveries, body)
}
