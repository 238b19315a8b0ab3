//! Whose turn it is within a team: the least loaded of those who are to be had, and among equals the one
//! who has waited longest. Deterministic: the same board gives the same person.

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::{Timestamp, civil::Date};

use super::{
    Now,
    why::{Out, Stand},
};
use crate::{
    config::{Absence, Config, Member, USUAL_CAPACITY},
    deadline,
    role::Role,
};

/// Who has how many leads, by member's id; whoever is not on it has none.
pub type Board = BTreeMap<String, Load>;

/// What a member has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Open leads.
    pub open: u32,
    /// When a rule last gave him one, in milliseconds since 1970.
    pub last_given_at: Option<i64>,
}

/// How the people of a target stand: the one person it names, or a team's in the order it lists them.
/// A target that names nobody has none.
pub fn stands(config: &Config, target: &str, now: &Now<'_>) -> Vec<Stand> {
    match config.group(target) {
        Some(team) => team.members.iter().map(|member| stand(config, member, now)).collect(),
        None if config.member(target).is_some() => vec![stand(config, target, now)],
        None => vec![],
    }
}

/// How the person's own seller stands. He keeps his people outside of his hours and with his hands full;
/// only an absence, or that he no longer receives leads, gives the rules the word.
pub fn owner_stand(config: &Config, owner: &str, now: &Now<'_>) -> Stand {
    let stand = stand(config, owner, now);
    Stand { out: stand.out.filter(|out| !matches!(out, Out::OffHours | Out::Full)), ..stand }
}

/// The member whose turn it is, if anybody is to be had; `though_away` also takes who is away or full, but
/// never who does not receive leads at all.
pub fn whose(people: &[Stand], though_away: bool) -> Option<&str> {
    let to_be_had = |stand: &&Stand| match stand.out {
        None => true,
        Some(Out::Absent | Out::OffHours | Out::Full) => though_away,
        Some(Out::Gone | Out::Trainee | Out::Role) => false,
    };
    // The first of equals is kept, so the order of the list decides last.
    let taken = people.iter().filter(to_be_had).reduce(|best, next| if before(next, best) { next } else { best });
    taken.map(|stand| stand.member.as_str())
}

/// Whether this one comes before the other: open leads per capacity, compared without fractions, and then
/// the longer wait.
fn before(one: &Stand, other: &Stand) -> bool {
    let share = |stand: &Stand, other: &Stand| u64::from(stand.open).saturating_mul(room(other));
    let waited = |stand: &Stand| stand.last_given_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    match share(one, other).cmp(&share(other, one)) {
        Ordering::Equal => waited(one) < waited(other),
        unequal => unequal == Ordering::Less,
    }
}

fn room(stand: &Stand) -> u64 {
    u64::from(stand.capacity.unwrap_or(USUAL_CAPACITY)).max(1)
}

fn stand(config: &Config, id: &str, now: &Now<'_>) -> Stand {
    let load = now.board.get(id).copied().unwrap_or_default();
    let member = config.member(id);
    let last_given_at = load.last_given_at.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Stand {
        member: id.to_owned(),
        name: String::new(),
        open: load.open,
        capacity: member.and_then(|member| member.capacity),
        last_given_at: last_given_at.map(|at| at.to_string()),
        out: member.map_or(Some(Out::Gone), |member| out(config, member, load, now)),
    }
}

/// Why somebody is not to be had when answering begins. Who has hours of his own begins in them: a lead that comes in a
/// shift at night or at the weekend is of that shift.
fn out(config: &Config, member: &Member, load: Load, now: &Now<'_>) -> Option<Out> {
    let own = member.hours.as_ref();
    let begins = if own.is_some_and(|own| deadline::is_working(own, now.at)) { now.at } else { now.begins };
    if member.role == Role::Trainee {
        return Some(Out::Trainee);
    }
    if !member.role.receives_leads() {
        return Some(Out::Role);
    }
    if member.absent.iter().any(|absence| is_away(absence, begins.date())) {
        return Some(Out::Absent);
    }
    if !deadline::is_working(own.unwrap_or(&config.working_hours), begins) {
        return Some(Out::OffHours);
    }
    member.capacity.filter(|capacity| load.open >= u32::from(*capacity)).map(|_| Out::Full)
}

fn is_away(absence: &Absence, day: Date) -> bool {
    match (absence.from.parse::<Date>(), absence.to.parse::<Date>()) {
        (Ok(from), Ok(to)) => from <= day && day <= to,
        _ => false,
    }
}
