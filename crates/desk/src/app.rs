//! The frame: who is signed in decides what is shown.

use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use crate::{
    browser, deliveries_page,
    desk::{Desk, Session},
    form_page, header, keyboard, lead_page, list, live, losses_page, notice, privacy_page, quarantine_page, reach,
    route::Route,
    settings_page,
};

/// Opens the desk in the page's `#desk`, in place of what stood there while it was loading.
pub(crate) fn open() {
    let root = browser::document().and_then(|document| document.get_element_by_id("desk"));
    let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    root.set_text_content(None);
    mount_to(root, frame).forget();
}

fn frame() -> impl IntoView {
    let desk = Desk::open();
    keyboard::listen(desk);
    follow_links(desk);
    _ = window_event_listener(leptos::ev::popstate, move |_| desk.arrive(Route::of(&browser::path())));
    // Whoever has signed in elsewhere goes on where he was, with what he had written.
    _ = window_event_listener(leptos::ev::focus, move |_| {
        if desk.session.get_untracked() == Session::SignedOut {
            desk.session.set(Session::Asking);
            spawn_local(work(desk));
        }
    });
    spawn_local(work(desk));
    Effect::new(move || title(desk));

    // A change of who is signed in, of the language or of the page draws anew; a changing lead does not.
    let signed_in = Memo::new(move |_| matches!(desk.session.get(), Session::In(_)));
    let page = move || {
        let t = desk.phrases();
        if !signed_in.get() {
            return match desk.session.get() {
                Session::Asking => notice::waiting(t),
                Session::SignedOut => notice::sign_in(t),
                Session::Unreachable | Session::In(_) => notice::unreachable(t, desk.live, move || {
                    desk.session.set(Session::Asking);
                    spawn_local(work(desk));
                }),
            };
        }
        match desk.route.get() {
            Route::List => list::page(desk, t),
            Route::Lead(id) => lead_page::page(desk, t, id),
            Route::Form => form_page::page(desk, t),
            Route::Quarantine => quarantine_page::page(desk, t),
            Route::Deliveries => deliveries_page::page(desk, t),
            Route::Settings => settings_page::page(desk, t),
            Route::Privacy => privacy_page::page(desk, t),
            Route::Losses => losses_page::page(desk, t),
            Route::Nowhere => notice::nowhere(t),
        }
    };
    view! {
        <a class="skip" href="#main">{move || desk.phrases().skip}</a>
        {move || header::bar(desk, signed_in.get())}
        <main id="main" tabindex="-1">{page}</main>
        <div class="unseen" role="status" aria-live="polite">{move || desk.announced.get()}</div>
    }
}

/// Signs in, loads, and stays live until the session is over.
async fn work(desk: Desk) {
    if desk.sign_in().await {
        spawn_local(desk.reload());
        live::keep(desk).await;
    }
}

/// The tab says whose page it is, or how many answers are owed.
fn title(desk: Desk) {
    let t = desk.phrases();
    if let Route::Lead(id) = desk.route.get() {
        let name = desk.book.with(|book| book.get(&id).and_then(|lead| reach::called(&lead.contact)));
        browser::set_title(&format!("{} · First Contact", name.as_deref().unwrap_or(t.leads)), desk.lang.get().code());
        return;
    }
    let page = match desk.route.get() {
        Route::Form => Some(t.form_page),
        Route::Privacy => Some(t.people.privacy),
        Route::Losses => Some(t.people.losses),
        _ => None,
    };
    if let Some(page) = page {
        browser::set_title(&format!("{page} · First Contact"), desk.lang.get().code());
        return;
    }
    if desk.route.get() == Route::Settings {
        browser::set_title(&format!("{} · First Contact", t.routing.settings), desk.lang.get().code());
        return;
    }
    if desk.route.get() == Route::Quarantine {
        browser::set_title(&format!("{} · First Contact", t.quarantine.page), desk.lang.get().code());
        return;
    }
    if desk.route.get() == Route::Deliveries {
        browser::set_title(&format!("{} · First Contact", t.deliveries_page.page), desk.lang.get().code());
        return;
    }
    let owed = desk.book.with(|book| book.answer_first().len());
    let title = if owed > 0 {
        format!("({owed}) {} · First Contact", t.leads)
    } else {
        format!("{} · First Contact", t.leads)
    };
    browser::set_title(&title, desk.lang.get().code());
}

/// Links between the desk's pages change the page without loading it anew; a click that asks for
/// another tab is the browser's.
fn follow_links(desk: Desk) {
    _ = window_event_listener(leptos::ev::click, move |event: MouseEvent| {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.default_prevented() || event.button() != 0 || elsewhere {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|element| element.closest("a[data-page]").ok().flatten());
        let Some(path) = link.and_then(|link| link.get_attribute("href")) else { return };
        event.prevent_default();
        desk.go(Route::of(&path));
    });
}
