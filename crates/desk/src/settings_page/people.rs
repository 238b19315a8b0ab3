//! People with their loads, capacities and absences, and the teams they stand in.

use lead::config::{Absence, Team};
use leptos::prelude::*;

use super::{Page, section};
use crate::{configuration::Person, phrases::word, rule_words::target, visible::one_line};

/// The people, then the teams.
pub(super) fn panel(page: Page) -> AnyView {
    let t = page.t;
    let people = move || {
        let Some(config) = page.shown.get() else { return ().into_any() };
        let people = config.people().into_iter().enumerate().map(|(index, member)| person(page, index, &member));
        view! { <ul class="people">{people.collect_view()}</ul> }.into_any()
    };
    let teams = move || {
        let config = page.shown.get()?;
        let teams = config.teams();
        let team = |team: &Team| {
            let members: Vec<String> = team.members.iter().map(|id| target(&config, id)).collect();
            view! { <li><strong><bdi>{one_line(&team.name)}</bdi></strong> " " <span class="quiet"><bdi>{members.join(", ")}</bdi></span></li> }
        };
        (!teams.is_empty()).then(|| {
            view! { <h3>{t.routing.teams}</h3> <ul class="teams">{teams.iter().map(team).collect_view()}</ul> }
        })
    };
    section("people", t.routing.people, t.routing.people_hint, view! { {people} {teams} })
}

fn person(page: Page, index: usize, member: &Person) -> AnyView {
    let t = page.t;
    let role = word(t.routing.roles, &member.role).to_owned();
    let name = one_line(&member.name);
    let body = member.receives.then(|| view! { {load(page, index, member)} {absences(page, index, member, &name)} });
    view! {
        <li class="person">
            <div class="person-name"><h3><bdi>{name.clone()}</bdi></h3> <span class="quiet">{role}</span></div>
            {body}
        </li>
    }
    .into_any()
}

/// Open leads of the capacity, as words and as a bar, and the capacity to change.
fn load(page: Page, index: usize, member: &Person) -> AnyView {
    let t = page.t;
    let found = page.settings();
    let load = found.as_ref().and_then(|settings| settings.loads.iter().find(|load| load.member == member.id).cloned());
    let open = load.as_ref().map(|load| load.open).unwrap_or_default();
    let said = match member.capacity {
        Some(all) => t.routing.open_of.replace("{n}", &open.to_string()).replace("{all}", &all.to_string()),
        None => t.routing.open_leads.replace("{n}", &open.to_string()),
    };
    let room = u32::from(member.capacity.unwrap_or(lead::config::USUAL_CAPACITY)).max(1);
    let share = open.saturating_mul(1_000).checked_div(room).unwrap_or(0).min(1_000).to_string();
    let last = load
        .and_then(|load| load.last_given_at)
        .map(|at| t.routing.last_given.replace("{time}", &page.desk.calendar().brief(&at)));
    let odd = RwSignal::new(false);
    let change = move |event: leptos::ev::Event| {
        let read = capacity(&event_target_value(&event));
        odd.set(read.is_none());
        if let Some(capacity) = read {
            page.edit(absence(index), |config| config.set_capacity(index, capacity));
        }
    };
    view! {
        <div class="person-load">
            <p>{said} " " <span class="quiet">{last}</span></p>
            <svg class="bar-line" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
                <rect class="bar-answered" x="0" y="0" width=share height="6" />
            </svg>
        </div>
        <label class="person-capacity">
            <span class="quiet">{t.routing.capacity}</span>
            <input
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-invalid=move || odd.get().to_string()
                placeholder=t.routing.no_limit
                prop:value=member.capacity.map(|capacity| capacity.to_string()).unwrap_or_default()
                on:change=change
            />
            <span class="problem" role="alert">{move || odd.get().then_some(t.routing.capacity_odd)}</span>
        </label>
    }
    .into_any()
}

/// How many leads a person can look after: nothing is no limit. `None` for what is neither.
fn capacity(typed: &str) -> Option<Option<u16>> {
    match typed.trim() {
        "" => Some(None),
        number => number.parse().ok().filter(|number| *number > 0).map(Some),
    }
}

fn absences(page: Page, index: usize, member: &Person, name: &str) -> AnyView {
    let t = page.t;
    let calendar = page.desk.calendar();
    let (from, to, odd) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let line = |(number, away): (usize, &Absence)| {
        let days = format!("{} – {}", calendar.date(&away.from), calendar.date(&away.to));
        let label = t.routing.remove.replace("{what}", &format!("{name}, {days}"));
        let remove = move |_| {
            page.edit(absence(index), |config| config.remove_absence(index, number));
        };
        view! {
            <li>
                {days}
                <button class="plain" type="button" aria-label=label on:click=remove><span aria-hidden="true">"×"</span></button>
            </li>
        }
    };
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (from, to) = (from.get_untracked(), to.get_untracked());
        if from.is_empty() {
            return;
        }
        let to = if to.is_empty() { from.clone() } else { to };
        // Days as they are written compare like days.
        odd.set(to < from);
        if to < from {
            return;
        }
        page.edit(absence(index), |config| config.add_absence(index, from, to));
    };
    let field = |words: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                <span class="quiet">{words}</span>
                <input type="date" prop:value=value on:input=move |event| value.set(event_target_value(&event)) />
            </label>
        }
    };
    view! {
        <div class="person-absent">
            <ul class="absences">{member.absent.iter().enumerate().map(line).collect_view()}</ul>
            <details class="absence">
                <summary class="quiet">{t.routing.absent} <span class="unseen">": " {name.to_owned()}</span></summary>
                <form class="absence-form" aria-label=format!("{}: {name}", t.routing.absent) on:submit=add>
                    {field(t.routing.absent_from, from)}
                    {field(t.routing.absent_to, to)}
                    <button class="button" type="submit">{t.routing.add}</button>
                    <p class="problem" role="alert">{move || odd.get().then_some(t.routing.absent_odd)}</p>
                </form>
            </details>
        </div>
    }
    .into_any()
}

/// Where the keyboard goes after a change: to this person's absences, which follow the capacity.
fn absence(index: usize) -> String {
    format!(".people > :nth-child({}) summary", index.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::capacity;

    #[test]
    fn only_an_empty_field_is_no_limit() {
        assert_eq!(
            [capacity(""), capacity(" 12 "), capacity("65535")],
            [Some(None), Some(Some(12)), Some(Some(65_535))]
        );
        for odd in ["0", "-3", "12.5", "70000", "many"] {
            assert_eq!(capacity(odd), None, "{odd}");
        }
    }
}
