//! The rules in their order, in words; order and target are changed in place.

use lead::config::{Config, Route};
use leptos::prelude::*;

use super::{Page, section};
use crate::rule_words::{rule_name, sentences, target};

/// The rules, and last what takes everything else.
pub(super) fn panel(page: Page) -> AnyView {
    let t = page.t;
    let list = move || {
        let Some(config) = page.shown.get() else { return ().into_any() };
        let last = config.rules.len().saturating_sub(1);
        let rule = |(index, rule): (usize, &lead::config::Rule)| {
            let name = rule_name(&rule.id, t);
            let said = sentences(rule, t).into_iter().map(|said| view! { <li><bdi>{said}</bdi></li> });
            view! {
                <li class="rule">
                    <span class="rule-number" aria-hidden="true">{index.saturating_add(1)}</span>
                    <div class="rule-words">
                        <h3><bdi>{name.clone()}</bdi></h3>
                        <ul class="rule-conditions">{said.collect_view()}</ul>
                        {beside(page, &config, &rule.route)}
                    </div>
                    {choice(page, &config, &rule.route, Some(index))}
                    <div class="rule-order">
                        {shift(page, index, index.checked_sub(1), &name, true)}
                        {shift(page, index, (index < last).then(|| index.saturating_add(1)), &name, false)}
                    </div>
                </li>
            }
        };
        view! {
            <ol class="rules">
                {config.rules.iter().enumerate().map(rule).collect_view()}
                <li class="rule rule-last">
                    <span class="rule-number" aria-hidden="true">"∗"</span>
                    <div class="rule-words">
                        <h3>{t.routing.catch_all}</h3>
                        {beside(page, &config, &config.catch_all)}
                    </div>
                    {choice(page, &config, &config.catch_all, None)}
                </li>
            </ol>
        }
        .into_any()
    };
    section("rules", t.routing.rules, t.routing.rules_hint, list)
}

/// Whom to ask otherwise, and which systems hear of it.
fn beside(page: Page, config: &Config, route: &Route) -> AnyView {
    let t = page.t;
    let otherwise: Vec<String> = route.otherwise.iter().map(|id| target(config, id)).collect();
    let otherwise = (!otherwise.is_empty()).then(|| t.routing.otherwise.replace("{who}", &otherwise.join(" → ")));
    let systems =
        (!route.deliver.is_empty()).then(|| t.routing.systems.replace("{systems}", &route.deliver.join(", ")));
    let said: Vec<String> = [otherwise, systems].into_iter().flatten().collect();
    (!said.is_empty()).then(|| view! { <p class="quiet"><bdi>{said.join(" · ")}</bdi></p> }).into_any()
}

/// Who gets it: a person, or a team.
fn choice(page: Page, config: &Config, route: &Route, index: Option<usize>) -> AnyView {
    let t = page.t;
    let people = config.team.iter().filter(|member| member.role.receives_leads()).map(|member| &member.id);
    let known: Vec<&String> = config.teams.iter().map(|team| &team.id).chain(people).collect();
    let gone = (!known.contains(&&route.assign)).then_some(&route.assign);
    let option = |id: &String| {
        let chosen = *id == route.assign;
        view! { <option value=id.clone() prop:selected=chosen>{target(config, id)}</option> }
    };
    let change = move |event: leptos::ev::Event| {
        let to = event_target_value(&event);
        // The catch-all stands last.
        let back = match index {
            Some(index) => format!(".rules > :nth-child({}) select", index.saturating_add(1)),
            None => ".rules > :last-child select".to_owned(),
        };
        page.edit(back, |config| {
            let route = match index {
                Some(index) => config.rules.get_mut(index).map(|rule| &mut rule.route),
                None => Some(&mut config.catch_all),
            };
            if let Some(route) = route {
                route.assign = to;
            }
        });
    };
    view! {
        <label class="rule-to">
            <span class="quiet">{t.routing.goes_to}</span>
            <select on:change=change>{known.into_iter().chain(gone).map(option).collect_view()}</select>
        </label>
    }
    .into_any()
}

/// Moves a rule one place; the keyboard stays with it.
fn shift(page: Page, from: usize, to: Option<usize>, name: &str, up: bool) -> AnyView {
    let t = page.t;
    let (sign, words) = if up { ("↑", t.routing.up) } else { ("↓", t.routing.down) };
    let label = words.replace("{rule}", name);
    let name = name.to_owned();
    let act = move |_| {
        let Some(to) = to else { return };
        let button = if up { 1 } else { 2 };
        let back = format!(".rules > :nth-child({}) .rule-order button:nth-child({button})", to.saturating_add(1));
        page.edit(back.clone(), |config| {
            if from < config.rules.len() && to < config.rules.len() {
                config.rules.swap(from, to);
            }
        });
        let said = t.routing.moved_to.replace("{rule}", &name).replace("{n}", &to.saturating_add(1).to_string());
        page.desk.announced.set(said);
        // The rows are drawn in place: without this the keyboard would stay with the rule that came instead.
        request_animation_frame(move || _ = crate::browser::focus(&back));
    };
    view! {
        <button class="plain" type="button" aria-label=label aria-disabled=to.is_none().to_string() on:click=act>
            <span aria-hidden="true">{sign}</span>
        </button>
    }
    .into_any()
}
