//! What a key means on which page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, NodeList};

use crate::{browser, desk::Desk, route::Route};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Next,
    Previous,
    Back,
    LeaveField,
    Search,
}

/// `j`, `k` and the arrows walk the list; Escape leaves a field first, then the lead.
/// Enter needs no word here: the row that has the keyboard is a link.
fn wish(key: &str, route: &Route, in_field: bool) -> Option<Wish> {
    match (key, route) {
        ("Escape", _) if in_field => Some(Wish::LeaveField),
        ("Escape", Route::Lead(_) | Route::Form | Route::Nowhere) => Some(Wish::Back),
        // The same keys on a Russian keyboard layout.
        ("j" | "о" | "ArrowDown", Route::List) if !in_field => Some(Wish::Next),
        ("k" | "л" | "ArrowUp", Route::List) if !in_field => Some(Wish::Previous),
        ("/", Route::List) if !in_field => Some(Wish::Search),
        _ => None,
    }
}

/// Listens for as long as the page lives.
pub(crate) fn listen(desk: Desk) {
    _ = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let in_field =
            target.as_ref().is_some_and(|element| matches!(element.tag_name().as_str(), "TEXTAREA" | "INPUT"));
        let Some(wish) = desk.route.with_untracked(|route| wish(&event.key(), route, in_field)) else { return };
        event.prevent_default();
        match wish {
            Wish::Next => walk(1),
            Wish::Previous => walk(-1),
            Wish::Search => _ = browser::focus("[data-search]"),
            Wish::Back => desk.go(Route::List),
            Wish::LeaveField => {
                if let Some(field) = target {
                    _ = field.blur();
                }
            }
        }
    });
}

/// Moves from the row that has the keyboard to its neighbour; without one, to the first row.
fn walk(step: i32) {
    let Some(document) = browser::document() else { return };
    let Ok(rows) = document.query_selector_all("[data-lead]") else { return };
    let active = document.active_element().and_then(|element| element.closest("[data-row]").ok().flatten());
    let active = active.and_then(|row| row.query_selector("[data-lead]").ok().flatten());
    let count = i32::try_from(rows.length()).unwrap_or(0);
    let here = active.and_then(|active| (0..count).find(|place| row(&rows, *place).as_ref() == Some(&active)));
    let there = here.map_or(0, |place| place.saturating_add(step)).clamp(0, count.saturating_sub(1).max(0));
    if let Some(element) = row(&rows, there) {
        browser::focus_on(&element);
    }
}

fn row(rows: &NodeList, place: i32) -> Option<Element> {
    rows.get(u32::try_from(place).ok()?)?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_they_mean_elsewhere() {
        let lead = Route::Lead("a".into());
        assert_eq!(wish("j", &Route::List, false), Some(Wish::Next));
        assert_eq!(wish("л", &Route::List, false), Some(Wish::Previous));
        assert_eq!(wish("j", &lead, false), None);
        assert_eq!(wish("j", &Route::List, true), None);
        assert_eq!(wish("/", &Route::List, false), Some(Wish::Search));
        assert_eq!(wish("/", &Route::List, true), None);
        assert_eq!(wish("Escape", &lead, true), Some(Wish::LeaveField));
        assert_eq!(wish("Escape", &lead, false), Some(Wish::Back));
        assert_eq!(wish("Escape", &Route::List, false), None);
    }
}
