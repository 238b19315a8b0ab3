//! The bar on top: where one is, whether it is live, the language, the way out.

use lead::role::Role;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    browser,
    desk::Desk,
    lang::Lang,
    losses_page,
    phrases::Phrases,
    route::Route,
    visible::one_line,
};

/// The bar. Without a signed-in person only the language can be chosen.
pub(crate) fn bar(desk: Desk, signed_in: bool) -> AnyView {
    let workspace = move || desk.me().map(|me| one_line(&me.workspace)).unwrap_or_default();
    view! {
        <header class="bar">
            <a class="brand" href="/desk/" data-page="">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <circle cx="12" cy="12" r="10.25" />
                    <circle class="brand-core" cx="12" cy="12" r="4" />
                </svg>
                <span class="brand-name">"First Contact"</span>
            </a>
            <span class="workspace"><bdi>{workspace}</bdi></span>
            {move || desk.me().map(|me| pages(desk, me.role))}
            {signed_in.then(|| connection(desk))}
            {languages(desk)}
            {signed_in.then(|| person(desk))}
        </header>
    }
    .into_any()
}

/// The pages of this role.
fn pages(desk: Desk, role: Role) -> impl IntoView {
    let page = move |route: Route, name: fn(&'static Phrases) -> &'static str| {
        let here = route.clone();
        let current = move || (desk.route.get() == here).then_some("page");
        view! { <a href=route.href() data-page="" aria-current=current>{move || name(desk.phrases())}</a> }
    };
    Effect::new(move || {
        _ = (desk.route.get(), desk.lang.get());
        request_animation_frame(|| browser::centre(".pages [aria-current]"));
    });
    // A browser brings into view what has the keyboard, but leaves it where half of it is seen. By hand nothing moves:
    // what is pressed must not go away from under the finger.
    let by_keyboard = |_| browser::centre(".pages :focus-visible");
    let may = |it: bool, route: Route, name: fn(&'static Phrases) -> &'static str| it.then(|| page(route, name));
    let heads = lead::privacy::allowed(role);
    let aside = may(role != Role::Marketer, Route::Quarantine, |t| t.quarantine.page);
    let form = may(role.sees_reports(), Route::Form, |t| t.form_page);
    let deliveries = may(role.sees_reports(), Route::Deliveries, |t| t.deliveries_page.page);
    let alerts = move || {
        let n = desk.me().map(|me| me.alerts).filter(|n| *n > 0)?;
        Some(view! { <span class="pages-alert" title=desk.phrases().deliveries_page.badge>{n}</span> })
    };
    let theirs = heads
        .then(|| view! { {page(Route::Privacy, |t| t.people.privacy)} {page(Route::Losses, |t| t.people.losses)} });
    let settings = may(role.configures(), Route::Settings, |t| t.routing.settings);
    view! {
        <nav class="pages" on:focusin=by_keyboard>
            {page(Route::List, |t| t.leads)} {aside} {form} {deliveries} {alerts} {theirs} {settings}
        </nav>
        {heads.then(|| losses_page::alert(desk))}
    }
}

fn connection(desk: Desk) -> impl IntoView {
    let words = move || if desk.live.get() { desk.phrases().live } else { desk.phrases().not_live };
    view! {
        <span class="connection" class:connection-lost=move || !desk.live.get() role="status">
            <span class="connection-dot" aria-hidden="true"></span>
            <span class="connection-words">{words}</span>
        </span>
    }
}

fn languages(desk: Desk) -> impl IntoView {
    let choice = move |lang: Lang, own_name: &'static str| {
        view! {
            <button
                type="button"
                lang=lang.code()
                aria-label=own_name
                aria-pressed=move || (desk.lang.get() == lang).to_string()
                on:click=move |_| {
                    browser::remember_language(lang.code());
                    desk.lang.set(lang);
                }
            >
                {lang.code()}
            </button>
        }
    };
    view! {
        <div class="languages" role="group" aria-label=move || desk.phrases().language>
            {choice(Lang::Ru, "Русский")}
            {choice(Lang::En, "English")}
        </div>
    }
}

fn person(desk: Desk) -> impl IntoView {
    let stays = RwSignal::new(false);
    let leave = move |_| {
        stays.set(false);
        spawn_local(async move {
            // Whoever is signed out already is as signed out as he wished.
            if matches!(api::sign_out().await, Ok(()) | Err(Failure::SignedOut)) {
                desk.drafts.update_value(std::collections::BTreeMap::clear);
                desk.sign_out();
            } else {
                _ = stays.try_set(true);
            }
        });
    };
    let said = move || stays.get().then(|| desk.phrases().not_signed_out);
    view! {
        <span class="me"><bdi>{move || desk.me().map(|me| one_line(&me.name)).unwrap_or_default()}</bdi></span>
        <button class="plain" type="button" on:click=leave>{move || desk.phrases().sign_out}</button>
        <p class="stays problem" role="alert">{said}</p>
    }
}
