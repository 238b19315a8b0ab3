//! The few things the desk asks of the window: address, language, focus, clipboard.

use std::time::Duration;

use leptos::prelude::{request_animation_frame, set_timeout};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, Storage};

/// Where the chosen language is kept.
const LANGUAGE: &str = "first-contact-desk-language";

/// The path of the address.
pub(crate) fn path() -> String {
    web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// Adds an address to the browser's history.
pub(crate) fn push_path(path: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        // Refused only when a page floods the history; the page still changes.
        _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// `wss://…/api/live` on this host.
pub(crate) fn live_address() -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/api/live", location.host().ok()?))
}

/// The language chosen here before.
pub(crate) fn remembered_language() -> Option<String> {
    storage()?.get_item(LANGUAGE).ok()?
}

/// Remembers the chosen language, where storage is allowed.
pub(crate) fn remember_language(code: &str) {
    if let Some(storage) = storage() {
        _ = storage.set_item(LANGUAGE, code);
    }
}

/// The browser's own language.
pub(crate) fn preferred_language() -> String {
    web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// True when no element has the keyboard, for example because the one that had it was drawn anew.
pub(crate) fn focus_is_lost() -> bool {
    document().and_then(|document| document.active_element()).is_none_or(|element| element.tag_name() == "BODY")
}

/// The id of the element that has the keyboard.
pub(crate) fn focused_id() -> Option<String> {
    Some(document()?.active_element()?.id()).filter(|id| !id.is_empty())
}

/// Moves the keyboard to the heading of the page, when what had it is gone.
pub(crate) fn focus_heading() {
    let look = || {
        if focus_is_lost() {
            focus("main h1");
        }
    };
    request_animation_frame(look);
    // What is told of the same change by the live socket may draw the heading itself anew.
    set_timeout(look, Duration::from_millis(400));
}

/// The document.
pub(crate) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Sets the title of the tab and the language of the page.
pub(crate) fn set_title(title: &str, lang: &str) {
    let Some(document) = document() else { return };
    document.set_title(title);
    if let Some(root) = document.document_element() {
        _ = root.set_attribute("lang", lang);
    }
}

/// Moves the keyboard to the first element this selector finds.
pub(crate) fn focus(selector: &str) -> bool {
    let Some(element) = document().and_then(|document| document.query_selector(selector).ok().flatten()) else {
        return false;
    };
    focus_on(&element)
}

/// Moves the keyboard to this element and brings it into view.
pub(crate) fn focus_on(element: &Element) -> bool {
    let Some(element) = element.dyn_ref::<HtmlElement>() else { return false };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
    element.focus().is_ok()
}

/// Moves a row that goes on beyond the edge of the screen so that this part of it is in its middle. The page itself
/// stays where it is.
pub(crate) fn centre(selector: &str) {
    let part = document().and_then(|document| document.query_selector(selector).ok().flatten());
    let Some(part) = part.and_then(|part| part.dyn_into::<HtmlElement>().ok()) else { return };
    let Some(row) = part.parent_element().and_then(|row| row.dyn_into::<HtmlElement>().ok()) else { return };
    let begins = part.offset_left().saturating_sub(row.offset_left());
    let room = row.client_width().saturating_sub(part.offset_width()) / 2;
    row.set_scroll_left(begins.saturating_sub(room));
}

/// The top of the page.
pub(crate) fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Copies text; true when the browser allowed it.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let navigator = window.navigator();
    // Absent where the page is not served over TLS.
    if js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .map_or(true, |clipboard| clipboard.is_undefined())
    {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
