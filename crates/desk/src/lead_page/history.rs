//! Everything that happened, from the first second on.

use leptos::prelude::*;

use super::{Open, Shown, section};
use crate::event_words::{Line, Teller};

/// The history, oldest first, with a line for each new day.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let t = open.t;
    let calendar = open.desk.calendar();
    let teller = Teller { detail: &shown.detail, me: &shown.me, calendar };
    let mut day = String::new();
    let mut lines = Vec::new();
    for event in &shown.detail.history {
        let this_day = calendar.day(&event.at);
        if this_day != day {
            lines.push(view! { <li class="history-day">{this_day.clone()}</li> }.into_any());
            day = this_day;
        }
        let Line { at, what, details, by } = teller.line(event);
        lines.push(
            view! {
                <li class="history-line">
                    <time datetime=at.clone() title=calendar.exact(&at)>{calendar.clock(&at)}</time>
                    <span class="history-what">{what}</span>
                    <bdi class="history-details">{details.join(" · ")}</bdi>
                    <bdi class="history-by">{by}</bdi>
                </li>
            }
            .into_any(),
        );
    }
    let title = view! { {t.history} <span class="quiet zone">{calendar.zone()}</span> };
    section("history", title, view! { <ol class="history">{lines}</ol> })
}
