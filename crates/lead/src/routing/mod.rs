//! Who gets a lead, and which systems hear of it: by its source, never by its category.
//!
//! Invariant (I-19): routing is total. The rules are tried in order; what none of them matches goes
//! to the catch-all, which is a field of the configuration and cannot be missing. Where the people a rule
//! names are not to be had, the ones it names otherwise are asked, then the catch-all's, and at the very
//! last somebody gets it though he is away: no lead stays without a person.
//!
//! Invariant (I-5): need, money, timing, stage and priority are nowhere among the arguments.
//!
//! 1. [`condition`]: a rule's conditions, one by one;
//! 2. [`seen`]: what rules may look at;
//! 3. [`turn`]: whose turn it is;
//! 4. [`why`]: what is kept of all that, and shown with the lead;
//! 5. [`check`]: what keeps rules from being published;
//! 6. [`rehearsal`]: what other rules would have done with leads that were recorded.

#[cfg(feature = "decide")]
pub mod check;
pub mod condition;
#[cfg(feature = "decide")]
pub mod rehearsal;
#[cfg(feature = "decide")]
pub mod seen;
#[cfg(feature = "decide")]
pub mod turn;
pub mod why;

#[cfg(feature = "decide")]
pub use decide::{Now, Routed, route};

#[cfg(feature = "decide")]
mod decide {
    use jiff::Zoned;

    use super::{
        condition::{conditions, holds},
        seen::Seen,
        turn::{self, Board},
        why::{Asked, Check, Tried, Why},
    };
    use crate::{
        CATCH_ALL,
        config::{Config, Route},
    };

    /// Where a lead goes, and why.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Routed {
        /// The rule that matched, or `catch-all`.
        pub rule: String,
        /// The member who gets the lead.
        pub assigned_to: String,
        /// The destinations that hear of it.
        pub destinations: Vec<String>,
        /// The rules tried and the turn taken.
        pub why: Why,
    }

    /// What holds at this moment: who has how many leads, and when answering begins.
    #[derive(Debug, Clone)]
    pub struct Now<'a> {
        /// Open leads and last turns, by member.
        pub board: &'a Board,
        /// The workspace's own clock.
        pub at: &'a Zoned,
        /// The first working moment from now on (see [`crate::deadline::answering_begins`]).
        pub begins: &'a Zoned,
    }

    /// Chooses by the source. `owner` is the member who has, or had last, the person's leads: he goes first,
    /// and the rules say only which systems hear of it.
    pub fn route(config: &Config, seen: &Seen, owner: Option<&str>, now: &Now<'_>) -> Routed {
        let mut tried = Vec::new();
        let mut matched = None;
        for rule in &config.rules {
            let checks: Vec<Check> = conditions(&rule.when)
                .into_iter()
                .map(|condition| {
                    let held = holds(&condition, seen.get(&condition.fact));
                    Check { fact: condition.fact, not: condition.not, held, ..Check::default() }
                })
                .collect();
            let all = checks.iter().all(|check| check.held);
            tried.push(Tried { rule: rule.id.clone(), matched: all, checks });
            if all {
                matched = Some(rule);
                break;
            }
        }
        let (rule, route) = matched.map_or((CATCH_ALL, &config.catch_all), |rule| (rule.id.as_str(), &rule.route));
        let owner = owner.map(|owner| turn::owner_stand(config, owner, now));
        let mut asked = Vec::new();
        let assigned_to = match owner.as_ref().filter(|owner| owner.out.is_none()) {
            Some(owner) => owner.member.clone(),
            None => chain(config, route, now, &mut asked),
        };
        Routed {
            rule: rule.to_owned(),
            assigned_to,
            destinations: route.deliver.clone(),
            why: Why { tried, owner, asked, ..Why::default() },
        }
    }

    /// Asks the targets one after another, and gives the member who takes it. Total: at the very last it is
    /// somebody who is away, and with nobody in the team who receives leads whatever the catch-all names.
    fn chain(config: &Config, route: &Route, now: &Now<'_>, asked: &mut Vec<Asked>) -> String {
        let last = &config.catch_all;
        let named = [route, last].into_iter().flat_map(|route| std::iter::once(&route.assign).chain(&route.otherwise));
        for target in named {
            if asked.iter().any(|before| before.target == *target) {
                continue;
            }
            let people = turn::stands(config, target, now);
            let taken = turn::whose(&people, false).map(str::to_owned);
            asked.push(Asked { target: target.clone(), people, given_to: taken.clone(), ..Asked::default() });
            if let Some(member) = taken {
                return member;
            }
        }
        let everyone = config.team.iter().map(|member| member.id.clone());
        for target in std::iter::once(last.assign.clone()).chain(last.otherwise.iter().cloned()).chain(everyone) {
            let people = turn::stands(config, &target, now);
            if let Some(member) = turn::whose(&people, true).map(str::to_owned) {
                asked.push(Asked {
                    target,
                    people,
                    given_to: Some(member.clone()),
                    though_away: true,
                    ..Asked::default()
                });
                return member;
            }
        }
        last.assign.clone()
    }
}
