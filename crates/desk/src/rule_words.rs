//! Routing rules in words.

use lead::{
    CATCH_ALL,
    config::{Config, Rule},
    routing::condition::{Condition, conditions},
};

use crate::{
    phrases::{Phrases, word},
    visible::one_line,
};

/// A rule's conditions, each a short sentence; one that has none takes everything.
pub(crate) fn sentences(rule: &Rule, t: &Phrases) -> Vec<String> {
    let said: Vec<String> = conditions(&rule.when).iter().map(|condition| sentence(condition, t)).collect();
    if said.is_empty() { vec![t.routing.always.to_owned()] } else { said }
}

/// One condition: `кампания: autumn-* или sale`.
pub(crate) fn sentence(condition: &Condition, t: &Phrases) -> String {
    let shape = if condition.not { t.routing.is_not } else { t.routing.is };
    let wanted: Vec<String> = condition.wanted.iter().map(|wanted| value(&condition.fact, wanted, t)).collect();
    shape.replace("{fact}", &fact(&condition.fact, t)).replace("{wanted}", &wanted.join(t.routing.or))
}

/// A fact's name in words.
pub(crate) fn fact(fact: &str, t: &Phrases) -> String {
    match fact.split_once('.') {
        Some((kind, name)) => word(t.routing.named_facts, kind).replace("{name}", &one_line(name)),
        None => word(t.routing.facts, fact).to_owned(),
    }
}

/// A value of a fact in words, as far as there are any.
pub(crate) fn value(fact: &str, value: &str, t: &Phrases) -> String {
    let words = match fact {
        "kind" => t.kinds,
        "channel" => t.channels,
        "network" => t.networks,
        _ => t.routing.values,
    };
    let said = word(words, value);
    one_line(if said == value { word(t.routing.values, value) } else { said })
}

/// A person's or team's name; the id of one that is gone.
pub(crate) fn target(config: &Config, id: &str) -> String {
    let person = config.member(id).map(|member| &member.name);
    one_line(person.or_else(|| config.group(id).map(|team| &team.name)).map_or(id, String::as_str))
}

/// A rule's name.
pub(crate) fn rule_name(id: &str, t: &Phrases) -> String {
    if id == CATCH_ALL { t.routing.catch_all.to_owned() } else { one_line(word(t.rules, id)) }
}

#[cfg(test)]
mod tests {
    use lead::config::{Wanted, When};

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_rule_is_said_in_words() {
        let not = When { days: vec![lead::config::Day::Sun], ..When::default() };
        let when = When {
            channel: vec!["paid".into()],
            campaign: vec!["autumn-*".into(), "*".into()],
            field: [("plan".to_owned(), Wanted::One("pro".into()))].into(),
            not: Some(Box::new(not)),
            ..When::default()
        };
        let rule = Rule { id: "r".into(), when, route: Default::default() };
        assert_eq!(
            sentences(&rule, Lang::Ru.phrases()),
            [
                "канал: платный переход",
                "кампания: autumn-* или что угодно",
                "поле plan: pro",
                "день недели: не воскресенье"
            ]
        );
        let rule = Rule { id: "r".into(), when: When::default(), route: Default::default() };
        assert_eq!(sentences(&rule, Lang::En.phrases()), ["any inquiry matches"]);
    }
}
