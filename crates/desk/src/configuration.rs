//! The configuration as the settings page needs it.
//!
//! The page shows and changes people, teams and rules. Everything else (forms, questions, destinations, whatever
//! a later version adds) is kept as it came and goes back unchanged. Reading all of it into types would make the
//! desk half as large again, for members that nobody sees here.

use lead::{
    config::{Absence, Route, Team},
    role::Role,
    routing::condition::{Condition, yes_or_no},
};
use serde_json::{Map, Value};

use crate::reading::Read;

/// A configuration, its secrets masked.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(test, serde(transparent))]
pub(crate) struct Configuration(Value);

impl Read for Configuration {
    fn read(value: Value, odd: &mut bool) -> Self {
        *odd |= !value.is_object();
        Self(value)
    }
}

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// A short code.
    pub(crate) id: String,
    /// The name.
    pub(crate) name: String,
    /// The role's code.
    pub(crate) role: String,
    /// May be given leads by a rule.
    pub(crate) receives: bool,
    /// How many open leads the person can look after.
    pub(crate) capacity: Option<u16>,
    /// Days without leads.
    pub(crate) absent: Vec<Absence>,
}

/// A routing rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) id: String,
    /// All of them must hold.
    pub(crate) conditions: Vec<Condition>,
    /// Where it sends a lead.
    pub(crate) route: Route,
}

/// The facts of a condition that are members of their own, in the order in which they are shown.
const FACTS: [&str; 19] = [
    "kind",
    "channel",
    "network",
    "campaign",
    "medium",
    "utm_source",
    "content",
    "term",
    "referrer",
    "landing",
    "site",
    "form",
    "country",
    "region",
    "city",
    "lang",
    "days",
    "hours",
    "working",
];

/// Those that have a name themselves.
const NAMED_FACTS: [&str; 3] = ["field", "parameter", "answer"];

impl Configuration {
    /// The people, in their order.
    pub(crate) fn people(&self) -> Vec<Person> {
        list(&self.0, "team").iter().map(person).collect()
    }

    /// The groups of them.
    pub(crate) fn teams(&self) -> Vec<Team> {
        let team =
            |team: &Value| Team { id: text(team, "id"), name: text(team, "name"), members: words(team.get("members")) };
        list(&self.0, "teams").iter().map(team).collect()
    }

    /// The rules, in their order.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        let rule = |rule: &Value| Rule {
            id: text(rule, "id"),
            conditions: rule.get("when").map(conditions).unwrap_or_default(),
            route: route(rule),
        };
        list(&self.0, "rules").iter().map(rule).collect()
    }

    /// Where everything goes that no rule matched.
    pub(crate) fn catch_all(&self) -> Route {
        self.0.get("catch_all").map(route).unwrap_or_default()
    }

    /// The name of the person or team with this id.
    pub(crate) fn name_of(&self, id: &str) -> Option<&str> {
        let mut all = list(&self.0, "team").iter().chain(list(&self.0, "teams"));
        all.find(|one| one.get("id").and_then(Value::as_str) == Some(id))?.get("name")?.as_str()
    }

    /// Says how many open leads a person can look after.
    pub(crate) fn set_capacity(&mut self, person: usize, capacity: Option<u16>) {
        let Some(person) = self.member_mut(person) else { return };
        match capacity {
            Some(capacity) => _ = person.insert("capacity".into(), capacity.into()),
            None => _ = person.remove("capacity"),
        }
    }

    /// Adds days on which a person gets no leads.
    pub(crate) fn add_absence(&mut self, person: usize, from: String, to: String) {
        let Some(person) = self.member_mut(person) else { return };
        let days = Map::from_iter([("from".to_owned(), from.into()), ("to".to_owned(), to.into())]);
        let absent = person.entry("absent").or_insert_with(|| Value::Array(Vec::new()));
        if let Some(absent) = absent.as_array_mut() {
            absent.push(Value::Object(days));
        }
    }

    /// Takes them away again.
    pub(crate) fn remove_absence(&mut self, person: usize, number: usize) {
        let Some(person) = self.member_mut(person) else { return };
        let Some(absent) = person.get_mut("absent").and_then(Value::as_array_mut) else { return };
        if number < absent.len() {
            absent.remove(number);
        }
        if absent.is_empty() {
            person.remove("absent");
        }
    }

    /// Says who gets what a rule matches; without a rule, what none matches.
    pub(crate) fn assign(&mut self, rule: Option<usize>, to: String) {
        let route = match rule {
            Some(rule) => self.0.get_mut("rules").and_then(|rules| rules.get_mut(rule)),
            None => self.0.get_mut("catch_all"),
        };
        if let Some(route) = route.and_then(Value::as_object_mut) {
            route.insert("assign".into(), to.into());
        }
    }

    /// Puts two rules in each other's place.
    pub(crate) fn swap_rules(&mut self, one: usize, other: usize) {
        let Some(rules) = self.0.get_mut("rules").and_then(Value::as_array_mut) else { return };
        if one < rules.len() && other < rules.len() {
            rules.swap(one, other);
        }
    }

    /// What is shown as text, and sent.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        write(&self.0, 0, &mut out);
        out
    }

    fn member_mut(&mut self, person: usize) -> Option<&mut Map<String, Value>> {
        self.0.get_mut("team")?.get_mut(person)?.as_object_mut()
    }
}

fn person(member: &Value) -> Person {
    let role = member.get("role").cloned().unwrap_or_default();
    let mut unknown = false;
    Person {
        id: text(member, "id"),
        name: text(member, "name"),
        role: text(member, "role"),
        receives: Role::read(role, &mut unknown).receives_leads() && !unknown,
        capacity: member.get("capacity").and_then(Value::as_u64).and_then(|capacity| capacity.try_into().ok()),
        absent: list(member, "absent")
            .iter()
            .map(|days| Absence { from: text(days, "from"), to: text(days, "to") })
            .collect(),
    }
}

fn route(value: &Value) -> Route {
    Route {
        assign: text(value, "assign"),
        otherwise: words(value.get("otherwise")),
        deliver: words(value.get("deliver")),
    }
}

/// What a rule asks for, as [`lead::routing::condition::conditions`] lists it.
fn conditions(when: &Value) -> Vec<Condition> {
    let mut found = Vec::new();
    add(when, false, &mut found);
    if let Some(not) = when.get("not") {
        add(not, true, &mut found);
    }
    found
}

fn add(when: &Value, not: bool, found: &mut Vec<Condition>) {
    let mut condition = |fact: String, wanted: Vec<String>| {
        if !wanted.is_empty() {
            found.push(Condition { fact, wanted, not });
        }
    };
    for fact in FACTS {
        condition(fact.to_owned(), words(when.get(fact)));
    }
    for fact in NAMED_FACTS {
        for (name, wanted) in when.get(fact).and_then(Value::as_object).into_iter().flatten() {
            condition(format!("{fact}.{name}"), words(Some(wanted)));
        }
    }
}

/// A word or several, or yes or no.
fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(word)) => vec![word.clone()],
        Some(Value::Bool(yes)) => vec![yes_or_no(*yes).to_owned()],
        Some(Value::Array(several)) => several.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn text(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// What somebody who reads a configuration looks for first comes first, on every level; the rest follows by name.
const FIRST: [&str; 31] = [
    "id",
    "name",
    "role",
    "capacity",
    "absent",
    "language",
    "time_zone",
    "phone_region",
    "first_response_minutes",
    "working_hours",
    "urgent_days",
    "team",
    "teams",
    "sites",
    "forms",
    "contact",
    "questions",
    "values",
    "end",
    "words",
    "rules",
    "when",
    "assign",
    "otherwise",
    "deliver",
    "catch_all",
    "destinations",
    "suspicion",
    "retention",
    "from",
    "to",
];

/// Writes a value on lines of its own, two spaces a level.
fn write(value: &Value, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let inside = depth.saturating_add(1);
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                line(inside, out);
                write(item, inside, out);
            }
            line(depth, out);
            out.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
            for (index, (name, member)) in members.into_iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                line(inside, out);
                out.push_str(&Value::String(name.clone()).to_string());
                out.push_str(": ");
                write(member, inside, out);
            }
            line(depth, out);
            out.push('}');
        }
        _ => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
#[path = "configuration_tests.rs"]
mod tests;

#[cfg(test)]
pub(crate) use tests::conditions_of;
