//! Why the lead is here: the rules tried, what each saw, and whose turn it was.

use lead::{
    routing::{
        condition::Condition,
        why::{Asked, Check, Stand, Tried, Why},
    },
    view::LeadSummary,
};
use leptos::prelude::*;

use super::{Open, Shown};
use crate::{
    phrases::Phrases,
    rule_words::{fact, rule_name, sentence, value},
    visible::one_line,
};

/// One calm line, and everything behind it for whoever asks.
pub(super) fn draw(open: Open, shown: Shown<(LeadSummary, Option<Why>)>) -> AnyView {
    let (lead, Some(why)) = shown.it else { return ().into_any() };
    let t = open.t;
    let version = t.routing.decided_by.replace("{n}", &why.version.to_string());
    let owner = why.owner.as_ref().filter(|_| !why.asked.is_empty()).map(|owner| {
        let who = format!("{} ({})", name(owner), out_words(owner, t));
        view! { <p class="quiet">{t.routing.owner_was.replace("{who}", &who)}</p> }
    });
    view! {
        <section class="part">
            <details class="why">
                <summary><h2>{t.routing.why}</h2> <span class="quiet"><bdi>{brief(&lead, &why, t)}</bdi></span></summary>
                {(!why.tried.is_empty()).then(|| view! { <h3>{t.routing.tried}</h3> })}
                <ol class="why-rules">{why.tried.iter().map(|tried| rule(tried, t)).collect_view()}</ol>
                {owner}
                {why.asked.iter().map(|asked| turn(open, asked)).collect_view()}
                <p class="quiet why-version">{version}</p>
            </details>
        </section>
    }
    .into_any()
}

/// One sentence: by which rule, to whom.
fn brief(lead: &LeadSummary, why: &Why, t: &Phrases) -> String {
    let who = one_line(&lead.assigned_name);
    let shape = match (why.asked.is_empty(), lead.rule.as_str()) {
        (true, _) => t.routing.by_owner,
        (false, lead::CATCH_ALL) => t.routing.by_catch_all,
        (false, _) => t.routing.by_rule,
    };
    shape.replace("{rule}", &rule_name(&lead.rule, t)).replace("{who}", &who)
}

fn rule(tried: &Tried, t: &'static Phrases) -> AnyView {
    let (mark, said) = if tried.matched { ("✓", t.routing.held) } else { ("–", t.routing.did_not_hold) };
    let always = tried.checks.is_empty().then(|| view! { <li class="quiet">{t.routing.always}</li> });
    view! {
        <li class:why-matched=tried.matched>
            <span class="why-mark" aria-hidden="true">{mark}</span>
            <div>
                <p><bdi>{rule_name(&tried.rule, t)}</bdi> " " <span class="quiet">{said}</span></p>
                <ul>{always}{tried.checks.iter().map(|check| condition(check, t)).collect_view()}</ul>
            </div>
        </li>
    }
    .into_any()
}

fn condition(check: &Check, t: &'static Phrases) -> AnyView {
    let wanted = Condition { fact: check.fact.clone(), wanted: check.wanted.clone(), not: check.not };
    let said = if check.wanted.is_empty() { fact(&check.fact, t) } else { sentence(&wanted, t) };
    let saw: Vec<String> = check.saw.iter().map(|saw| value(&check.fact, saw, t)).collect();
    let saw = if saw.is_empty() { t.routing.nothing_known.to_owned() } else { saw.join(", ") };
    let (mark, held) = if check.held { ("✓", t.routing.held) } else { ("–", t.routing.did_not_hold) };
    view! {
        <li>
            <span class="why-mark" aria-hidden="true">{mark}</span>
            <span class="unseen">{held} ": "</span>
            <bdi>{said}</bdi>
            " "
            <span class="quiet"><bdi>{t.routing.saw.replace("{saw}", &saw)}</bdi></span>
        </li>
    }
    .into_any()
}

/// Whose turn it was; for a single person, only where he was not to be had.
fn turn(open: Open, asked: &Asked) -> Option<AnyView> {
    let t = open.t;
    let is_team = asked.people.len() != 1 || asked.people.iter().any(|stand| stand.member != asked.target);
    if !is_team && asked.given_to.is_some() && !asked.though_away {
        return None;
    }
    let line = |stand: &Stand| {
        let took = asked.given_to.as_deref() == Some(&stand.member);
        let load = match stand.capacity {
            Some(capacity) => {
                t.routing.open_of.replace("{n}", &stand.open.to_string()).replace("{all}", &capacity.to_string())
            }
            None => t.routing.open_leads.replace("{n}", &stand.open.to_string()),
        };
        let last = match &stand.last_given_at {
            Some(at) => t.routing.last_given.replace("{time}", &open.desk.calendar().brief(at)),
            None => t.routing.never_given.to_owned(),
        };
        let mark = if took { "✓" } else { "" };
        view! {
            <li class:why-matched=took>
                <span class="why-mark" aria-hidden="true">{mark}</span>
                <bdi>{name(stand)}</bdi>
                {took.then(|| view! { <span class="unseen">": " {t.routing.took_it}</span> })}
                <span class="quiet">{load}</span>
                <span class="quiet">{last}</span>
                <span class="why-out">{out_words(stand, t)}</span>
            </li>
        }
    };
    let away = asked.though_away.then(|| view! { <p class="quiet">{t.routing.though_away}</p> });
    let title = one_line(if asked.name.is_empty() { &asked.target } else { &asked.name });
    Some(
        view! {
            <h3><bdi>{t.routing.turn_of.replace("{target}", &title)}</bdi></h3>
            {away}
            <ul class="why-people">{asked.people.iter().map(line).collect_view()}</ul>
        }
        .into_any(),
    )
}

fn name(stand: &Stand) -> String {
    one_line(if stand.name.is_empty() { &stand.member } else { &stand.name })
}

fn out_words(stand: &Stand, t: &'static Phrases) -> &'static str {
    let Some(out) = stand.out else { return "" };
    let code = serde_json::to_value(out).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
    t.routing.outs.iter().find(|(known, _)| *known == code).map_or("", |(_, words)| words)
}
