//! Secrets of destinations are never shown again: what is read has a mask in their place, and what is sent
//! back with the mask keeps them.

use serde_json::Value;

use crate::settings::MASK;

/// Members of a destination that are secrets, whatever its kind.
const SECRET: [&str; 9] =
    ["secret", "token", "password", "key", "api_key", "access_token", "refresh_token", "client_secret", "private_key"];

/// Puts the mask in place of every secret.
pub fn mask(config: &mut Value) {
    let destinations = config.get_mut("destinations").and_then(Value::as_array_mut);
    destinations.into_iter().flatten().for_each(mask_within);
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

/// Leaves masks out: a configuration without a destination's secret keeps the one that is known.
pub fn drop_masks(config: &mut Value) {
    for destination in config.get_mut("destinations").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(members) = destination.as_object_mut() {
            members.retain(|name, value| name != "secret" || value.as_str() != Some(MASK));
        }
    }
}
