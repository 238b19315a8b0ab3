//! Secrets of a configuration: of its destinations, and of the sites that ask Turnstile. They are kept sealed, apart
//! from it, each under the name of its place, and never shown again: what is read has a mask in their place, and what
//! is sent back with the mask keeps them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{config::Config, settings::MASK};

/// How the places of Turnstile's secrets begin; a destination's place is its id, which has no space in it.
const OF_TURNSTILE: &str = "turnstile ";

/// The place of the secret by which a site asks Turnstile.
pub fn place_of_turnstile(site: &str) -> String {
    format!("{OF_TURNSTILE}{site}")
}

impl Config {
    /// Every place where a secret may belong.
    pub fn places_of_secrets(&self) -> Vec<String> {
        let mut places: Vec<String> = self.destinations.iter().map(|one| one.id().to_owned()).collect();
        for site in self.sites.iter().filter(|site| site.turnstile.is_some()) {
            places.push(place_of_turnstile(&site.id));
        }
        places
    }

    /// Under which name the secret of a place is kept. It goes where it was given to go, and nowhere else: with
    /// another kind or address it has another name, and that of before is there again for whoever goes back to them.
    pub fn kept_as(&self, place: &str) -> String {
        let mut name = place.to_owned();
        if let Some(destination) = self.destination(place) {
            name.push('\n');
            name.push_str(destination.kind());
            for (_, address) in destination.settings().addresses(None) {
                name.push('\n');
                name.push_str(&address);
            }
        }
        name
    }

    /// Puts secrets where they belong.
    pub fn put_secrets(&mut self, mut secrets: BTreeMap<String, String>) {
        for destination in &mut self.destinations {
            if let Some(secret) = secrets.remove(destination.id()) {
                destination.put_secret(secret);
            }
        }
        for site in &mut self.sites {
            if let Some(asked) = &mut site.turnstile
                && let Some(secret) = secrets.remove(&place_of_turnstile(&site.id))
            {
                asked.secret.0 = secret;
            }
        }
    }

    /// Takes the secrets out, by their places: what is left can be kept and shown.
    pub fn take_secrets(&mut self) -> BTreeMap<String, String> {
        let mut taken = BTreeMap::new();
        for destination in &mut self.destinations {
            if let Some(secret) = destination.take_secret() {
                taken.insert(destination.id().to_owned(), secret);
            }
        }
        for site in &mut self.sites {
            if let Some(asked) = site.turnstile.as_mut().filter(|asked| !asked.secret.is_none()) {
                taken.insert(place_of_turnstile(&site.id), std::mem::take(&mut asked.secret.0));
            }
        }
        taken
    }
}

/// Puts the mask wherever a secret stands or `is_kept` says that one is known.
pub fn mask(config: &mut Value, is_kept: &mut dyn FnMut(&str) -> bool) {
    each(config, &mut |place, members| {
        if members.get("secret").is_some_and(|secret| secret.as_str() != Some("")) || is_kept(place) {
            members.insert("secret".to_owned(), MASK.into());
        }
    });
}

/// Takes the secrets out that were written, by their places, and leaves the mask there.
pub fn take(config: &mut Value) -> Vec<(String, String)> {
    let mut taken = Vec::new();
    each(config, &mut |place, members| {
        if let Some(Value::String(secret)) = members.get_mut("secret")
            && !secret.is_empty()
            && secret != MASK
        {
            taken.push((place.to_owned(), std::mem::replace(secret, MASK.to_owned())));
        }
    });
    taken
}

/// Leaves masks out: a configuration without a secret keeps the one that is known.
pub fn drop_masks(config: &mut Value) {
    each(config, &mut |_, members| {
        if members.get("secret").and_then(Value::as_str) == Some(MASK) {
            members.remove("secret");
        }
    });
}

/// Every place of a configuration that is not read yet, with the object whose member `secret` it is.
fn each(config: &mut Value, visit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    let id = |of: &Value| of.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    for destination in config.get_mut("destinations").and_then(Value::as_array_mut).into_iter().flatten() {
        let place = id(destination);
        if let Some(members) = destination.as_object_mut() {
            visit(&place, members);
        }
    }
    for site in config.get_mut("sites").and_then(Value::as_array_mut).into_iter().flatten() {
        let place = place_of_turnstile(&id(site));
        if let Some(members) = site.get_mut("turnstile").and_then(Value::as_object_mut) {
            visit(&place, members);
        }
    }
}
