//! A lead that is set aside says so, why, and what can be done about it.

use lead::{command::Command, role::Role, suspicion::Signal};
use leptos::{prelude::*, task::spawn_local};

use super::{Open, Shown};
use crate::{route::Route, sign_words};

pub(super) fn draw(open: Open, shown: Shown<(String, Vec<Signal>)>) -> AnyView {
    let (status, signals) = &shown.it;
    if status != "suspect" {
        return ().into_any();
    }
    let q = open.t.quarantine;
    let release = move |_| spawn_local(async move { _ = open.command(Command::Genuine).await });
    let may = matches!(shown.me.role, Role::Seller | Role::Head | Role::Owner);
    let button =
        may.then(|| view! { <button class="button button-main" type="button" on:click=release>{q.genuine}</button> });
    view! {
        <section class="set-aside" aria-labelledby="set-aside">
            <h2 id="set-aside">{q.banner}</h2>
            <p>{q.banner_hint}</p>
            {sign_words::list(open.t, signals)}
            <div class="suspect-do">{button} <a class="button" href=Route::Quarantine.href() data-page="">{q.page}</a></div>
        </section>
    }
    .into_any()
}
