//! What keeps rules, people and teams from being published, each with its place.

use std::collections::BTreeMap;

use form::Form;
use jiff::civil::{Date, Time};

use super::seen::{chooses_before_contact, may_route};
use crate::{
    CATCH_ALL,
    config::{Config, ConfigProblem, Route, Team, Wanted, When},
    publish,
};

/// Everything that is wrong with who gets leads.
pub fn problems(config: &Config) -> Vec<ConfigProblem> {
    let mut found = Vec::new();
    let mut report = |at: String, problem: &str| found.push(ConfigProblem { at, problem: problem.to_owned() });

    for (index, member) in config.team.iter().enumerate() {
        for (number, absence) in member.absent.iter().enumerate() {
            match (absence.from.parse::<Date>(), absence.to.parse::<Date>()) {
                (Ok(from), Ok(to)) if from <= to => {}
                (Ok(_), Ok(_)) => report(format!("team[{index}].absent[{number}]"), "must begin before it ends"),
                _ => report(format!("team[{index}].absent[{number}]"), "must be written YYYY-MM-DD"),
            }
        }
    }
    for (index, team) in config.teams.iter().enumerate() {
        team_problems(config, team, &mut |member, problem| report(format!("teams[{index}]{member}"), problem));
    }
    let forms: Vec<Form> =
        config.forms.iter().filter_map(|form| publish::publish(form, &BTreeMap::new(), 1).ok()).collect();
    for (index, rule) in config.rules.iter().enumerate() {
        if rule.id == CATCH_ALL {
            report(format!("rules[{index}].id"), "the name catch-all is taken");
        }
        when_problems(config, &forms, &rule.when, &mut |member, problem| {
            report(format!("rules[{index}].when{member}"), problem);
        });
        route_problems(config, &rule.route, &mut |member, problem| {
            report(format!("rules[{index}]{member}"), problem);
        });
    }
    route_problems(config, &config.catch_all, &mut |member, problem| report(format!("catch_all{member}"), problem));
    found
}

fn team_problems(config: &Config, team: &Team, report: &mut dyn FnMut(String, &str)) {
    if config.member(&team.id).is_some() {
        report(".id".into(), "a person has this id");
    }
    for (number, id) in team.members.iter().enumerate() {
        let at = format!(".members[{number}]");
        match config.member(id) {
            None => report(at, "nobody in the team has this id"),
            // Trainees may stand in a team; they take no turn.
            Some(member) if !member.role.receives_leads() && member.role != crate::role::Role::Trainee => {
                report(at, "this role does not receive leads");
            }
            Some(_) if team.members.iter().take(number).any(|before| before == id) => report(at, "stands twice"),
            Some(_) => {}
        }
    }
    let receives = |id: &String| config.member(id).is_some_and(|member| member.role.receives_leads());
    if !team.members.iter().any(receives) {
        report(".members".into(), "nobody in it receives leads");
    }
}

fn route_problems(config: &Config, route: &Route, report: &mut dyn FnMut(String, &str)) {
    let otherwise =
        route.otherwise.iter().enumerate().map(|(number, target)| (format!(".otherwise[{number}]"), target));
    for (at, target) in std::iter::once((".assign".to_owned(), &route.assign)).chain(otherwise) {
        match config.member(target) {
            Some(member) if !member.role.receives_leads() => report(at, "this role does not receive leads"),
            Some(_) => {}
            None if config.group(target).is_some() => {}
            None => report(at, "nobody in the team has this id"),
        }
    }
    for (number, destination) in route.deliver.iter().enumerate() {
        if config.destination(destination).is_none() {
            report(format!(".deliver[{number}]"), "no destination has this id");
        }
    }
}

fn when_problems(config: &Config, forms: &[Form], when: &When, report: &mut dyn FnMut(String, &str)) {
    for (number, site) in when.site.iter().enumerate() {
        if !site.contains('*') && config.site(site).is_none() {
            report(format!(".site[{number}]"), "no site has this id");
        }
    }
    for (number, form) in when.form.iter().enumerate() {
        if !form.contains('*') && !config.forms.iter().any(|known| known.id == *form) {
            report(format!(".form[{number}]"), "no form has this id");
        }
    }
    for (number, range) in when.hours.iter().enumerate() {
        let is_time = |time: &str| time.len() == 5 && time.parse::<Time>().is_ok();
        if !range.split_once('-').is_some_and(|(from, to)| is_time(from) && is_time(to) && from != to) {
            report(format!(".hours[{number}]"), "must be written HH:MM-HH:MM");
        }
    }
    for (id, codes) in &when.answer {
        answer_problems(forms, id, codes, report);
    }
    if let Some(not) = &when.not {
        if not.not.is_some() {
            report(".not.not".into(), "must not stand within another not");
        }
        when_problems(config, forms, not, &mut |member, problem| report(format!(".not{member}"), problem));
    }
}

/// I-5: a question that says anything of need, money, timing or stage is not to be had for rules, and one
/// that follows the contact comes too late for them.
fn answer_problems(forms: &[Form], id: &str, codes: &Wanted, report: &mut dyn FnMut(String, &str)) {
    let at = format!(".answer.{id}");
    let asking: Vec<_> = forms.iter().filter_map(|form| Some((form, form.question(id)?))).collect();
    if asking.is_empty() {
        return report(at, "no form asks this question");
    }
    if asking.iter().any(|(_, question)| question.meaning.is_some()) {
        return report(at, "who gets a lead must not depend on need, money, timing or stage");
    }
    if asking.iter().any(|(_, question)| !may_route(question)) {
        return report(at, "only a question with choices can choose who gets a lead");
    }
    if !asking.iter().any(|(form, _)| chooses_before_contact(form)) {
        return report(at, "is asked after the contact, when the lead has gone to somebody already");
    }
    for code in codes.words() {
        if !code.contains('*') && !asking.iter().any(|(_, question)| question.choice(code).is_some()) {
            report(at.clone(), "the question has no choice with this code");
        }
    }
}
