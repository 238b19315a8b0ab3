//! Every version with who and when, and taking one up again.

use lead::settings::Version;
use leptos::prelude::*;

use super::{Page, section};
use crate::{api, phrases::word, rule_words::target};

/// The list, newest first.
pub(super) fn panel(page: Page) -> AnyView {
    let t = page.t;
    let list = move || {
        let Some(settings) = page.settings() else { return ().into_any() };
        let calendar = page.desk.calendar();
        let line = |version: &Version| {
            let number = version.version;
            let n = number.to_string();
            let by = match t.routing.authors.iter().any(|(code, _)| *code == version.published_by) {
                true => word(t.routing.authors, &version.published_by).to_owned(),
                false => target(&settings.config, &version.published_by),
            };
            let again = version.again.map(|again| t.routing.again.replace("{n}", &again.to_string()));
            let act = if number == settings.version {
                view! { <span class="version-now">{t.routing.now_in_force}</span> }.into_any()
            } else {
                let label = t.routing.take_again.replace("{n}", &n);
                let take = move |_| {
                    if !untrack(|| page.waits()) {
                        page.conclude(async move { api::rollback(number).await.map(Some) });
                    }
                };
                view! { <button class="plain" type="button" on:click=take>{label}</button> }.into_any()
            };
            view! {
                <li>
                    <strong>{t.routing.version.replace("{n}", &n)}</strong>
                    <span class="quiet">
                        <time datetime=version.published_at.clone()>{calendar.brief(&version.published_at)}</time>
                        ", "
                        <bdi>{by}</bdi>
                        {again.map(|again| view! { ", " {again} })}
                    </span>
                    {act}
                </li>
            }
        };
        view! { <ol class="versions">{settings.versions.iter().map(line).collect_view()}</ol> }.into_any()
    };
    section("versions", t.routing.versions, t.routing.versions_hint, list)
}
