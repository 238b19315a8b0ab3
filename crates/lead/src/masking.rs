//! Secrets of destinations are never shown again: what is read has a mask in their place, and what is sent
//! back with the mask keeps them.

use serde_json::Value;

use crate::{config::ConfigProblem, settings::MASK};

/// Members of a destination that are secrets, whatever its kind.
const SECRET: [&str; 9] =
    ["secret", "token", "password", "key", "api_key", "access_token", "refresh_token", "client_secret", "private_key"];

/// Puts the mask in place of every secret.
pub fn mask(config: &mut Value) {
    let destinations = config.get_mut("destinations").and_then(Value::as_array_mut);
    destinations.into_iter().flatten().for_each(mask_within);
    let sites = config.get_mut("sites").and_then(Value::as_array_mut);
    sites.into_iter().flatten().filter_map(|site| site.get_mut("turnstile")).for_each(mask_within);
}

fn mask_within(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if SECRET.contains(&name.as_str()) => MASK.clone_into(text),
                    _ => mask_within(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mask_within),
        _ => {}
    }
}

/// Takes the secrets out that were written, by the destinations' ids, and leaves the mask in their place.
pub fn take(config: &mut Value) -> Vec<(String, String)> {
    let mut taken = Vec::new();
    for destination in config.get_mut("destinations").and_then(Value::as_array_mut).into_iter().flatten() {
        let id = destination.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(Value::String(secret)) = destination.get_mut("secret")
            && !secret.is_empty()
            && secret != MASK
        {
            taken.push((id, std::mem::replace(secret, MASK.to_owned())));
        }
    }
    taken
}

/// Puts the kept secrets of Turnstile in place of masks: those of the site of the same id in the first of `kept`
/// that has one. A mask without a secret behind it is a problem.
pub fn unmask(config: &mut Value, kept: &[&Value]) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    let sites = config.get_mut("sites").and_then(Value::as_array_mut);
    for (index, site) in sites.into_iter().flatten().enumerate() {
        let id = site.get("id").cloned();
        let of = |config: &&Value| {
            let sites = config.get("sites")?.as_array()?;
            sites.iter().find(|other| other.get("id") == id.as_ref())?.get("turnstile").cloned()
        };
        let known: Vec<Value> = kept.iter().filter_map(of).collect();
        let Some(turnstile) = site.get_mut("turnstile") else { continue };
        unmask_within(turnstile, &known.iter().collect::<Vec<_>>(), &mut |member| {
            problems.push(ConfigProblem {
                at: format!("sites[{index}].turnstile{member}"),
                problem: "no secret is kept for this site: write it out".into(),
            });
        });
    }
    problems
}

fn unmask_within(value: &mut Value, kept: &[&Value], report: &mut dyn FnMut(String)) {
    match value {
        Value::String(text) if text == MASK => {
            let secret = kept.iter().find_map(|kept| kept.as_str().filter(|kept| *kept != MASK));
            match secret {
                Some(secret) => secret.clone_into(text),
                None => report(String::new()),
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let kept: Vec<&Value> = kept.iter().filter_map(|kept| kept.get(name)).collect();
                unmask_within(value, &kept, &mut |member| report(format!(".{name}{member}")));
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter_mut().enumerate() {
                let kept: Vec<&Value> = kept.iter().filter_map(|kept| kept.get(index)).collect();
                unmask_within(value, &kept, &mut |member| report(format!("[{index}]{member}")));
            }
        }
        _ => {}
    }
}

/// Leaves masks out: a configuration without a destination's secret keeps the one that is known.
pub fn drop_masks(config: &mut Value) {
    for destination in config.get_mut("destinations").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(members) = destination.as_object_mut() {
            members.retain(|name, value| name != "secret" || value.as_str() != Some(MASK));
        }
    }
}
