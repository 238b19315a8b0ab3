//! The systems that hear of leads: one file per kind, one line in the list below.
//!
//! Each kind is a pure function over one contract ([`contract`]): what is told, and the answers of the
//! service so far, make the next request or say how the delivery ended. The Worker only sends.
//!
//! * [`telling`]: what happened, under the names that mappings use;
//! * [`message`]: the same for people to read, in a chat or a letter;
//! * [`members`]: how settings are read and written;
//! * [`letter`]: an e-mail, and its MIME text;
//! * [`preview`]: the requests a destination would make, with its secrets masked.

pub mod amocrm;
pub mod bitrix24;
pub mod cloudflare_email;
pub mod contract;
pub mod flat_hook;
pub mod google_sheets;
pub mod hubspot;
pub mod letter;
pub mod members;
pub mod message;
pub mod postmark;
pub mod preview;
pub mod resend;
pub mod slack;
pub mod smtp;
pub mod smtp_dialogue;
pub mod telegram;
pub mod telling;
pub mod view;
pub mod webhook;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

use crate::json::Misfit;
use contract::Adapter;
use members::{Members, Reading, Writing};

/// A secret on its way in. It is never printed, and the ledger takes it out of a configuration before the
/// configuration is kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(…)" })
    }
}

impl Secret {
    /// True when none was given.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

/// Fields of a service, each with a template over our names (see [`telling`]), for example
/// `UF_CRM_SOURCE = "{{network}} / {{campaign}}"`.
pub type Fields = BTreeMap<String, String>;

/// What every kind has.
pub trait Settings: Adapter {
    /// Its short code.
    fn id(&self) -> &str;
    /// Its secret on the way in.
    fn secret_mut(&mut self) -> &mut Secret;
    /// The events it hears of; empty means the usual ones of its kind.
    fn events(&self) -> &[String];
    /// The events its kind hears of when nothing is said.
    fn usual_events(&self) -> &'static [&'static str] {
        EVENTS
    }
    /// The mapping, where the kind has one.
    fn fields(&self) -> Option<&Fields> {
        None
    }
    /// What keeps it from working: the member's name and a sentence. `secret` is there when one is known.
    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)>;
    /// The addresses that requests go to, by the member they come from: each is checked against the inside.
    fn addresses(&self, secret: Option<&str>) -> Vec<(&'static str, String)>;
    /// What stands in a preview for the secret.
    fn mask(&self) -> String {
        preview::MASK.to_owned()
    }
    /// True when it sends e-mail, and so can carry an alert to the owner.
    fn is_email(&self) -> bool {
        false
    }
    /// True when it can be told that a person was erased, and what was told of him is to be forgotten.
    fn takes_erasure(&self) -> bool {
        false
    }
    /// True when the body of the first attempt must stay the same for ever, because receivers tell
    /// repetitions by it.
    fn keeps_its_body(&self) -> bool {
        false
    }
}

/// The events there are.
pub const EVENTS: &[&str] =
    &["lead.created", "lead.touched", "lead.answered", "lead.assigned", "lead.closed", "lead.reopened"];

/// What people are told: a new lead, somebody who wrote again, and a lead that is theirs from now on.
pub const NEWS_FOR_PEOPLE: &[&str] = &["lead.created", "lead.touched", "lead.assigned"];

/// The alert that a destination was switched off.
pub const SWITCHED_OFF: &str = "destination.off";

/// The alert that inquiries or deliveries are missing ([`crate::loss`]).
pub const LOSSES: &str = "losses.found";

/// True for an alert: it has words of its own, which no template changes, and which no lead gives anew.
pub fn is_alert(event: &str) -> bool {
    event == SWITCHED_OFF || event == LOSSES
}

/// A person was erased, and what was told of him is to be forgotten.
pub const ERASED: &str = "person.erased";

/// Makes the enum and hands everything on to the kind's own type.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident($settings:path) = $code:literal,)*) => {
        /// A system that hears of leads.
        #[derive(Debug, Clone, PartialEq)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(tag = "kind"))]
        pub enum Destination {
            $($(#[$about])* #[cfg_attr(feature = "schema", schemars(rename = $code))] $kind($settings),)*
        }

        impl Destination {
            /// Its kind's code, as configuration writes it.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => $code,)* }
            }

            /// Its settings.
            pub fn settings(&self) -> &dyn Settings {
                match self { $(Self::$kind(settings) => settings,)* }
            }

            fn read(kind: &str, members: &mut Reading) -> Result<Self, Misfit> {
                match kind {
                    $($code => Ok(Self::$kind(Members::read(members))),)*
                    _ => Err(Misfit::unknown_variant(kind, &[$($code),*])),
                }
            }

            fn write(&self, members: &mut Writing) {
                match self { $(Self::$kind(settings) => settings.write(members),)* }
            }

            fn settings_mut(&mut self) -> &mut dyn Settings {
                match self { $(Self::$kind(settings) => settings,)* }
            }
        }
    };
}

kinds! {
    /// A webhook signed by Standard Webhooks.
    Webhook(webhook::Webhook) = "webhook",
    /// A message to a Telegram chat.
    Telegram(telegram::Telegram) = "telegram",
    /// A message to a Slack channel.
    Slack(slack::Slack) = "slack",
    /// E-mail by Resend.
    Resend(resend::Resend) = "resend",
    /// E-mail by Postmark.
    Postmark(postmark::Postmark) = "postmark",
    /// E-mail by Cloudflare's binding `EMAIL`.
    CloudflareEmail(cloudflare_email::CloudflareEmail) = "cloudflare_email",
    /// E-mail by a mail server of one's own.
    Smtp(smtp::Smtp) = "smtp",
    /// A lead in amoCRM or Kommo.
    Amocrm(amocrm::Amocrm) = "amocrm",
    /// A lead or deal in Bitrix24.
    Bitrix24(bitrix24::Bitrix24) = "bitrix24",
    /// A contact and deal, or a form's submission, in HubSpot.
    Hubspot(hubspot::Hubspot) = "hubspot",
    /// A row in a Google sheet.
    GoogleSheets(google_sheets::GoogleSheets) = "google_sheets",
    /// Flat fields for a Zap.
    Zapier(flat_hook::FlatHook) = "zapier",
    /// Flat fields for a Make scenario.
    Make(flat_hook::FlatHook) = "make",
}

impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        of(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn of(tree: Value) -> Result<Destination, Misfit> {
    let mut members = Reading::of(tree)?;
    let kind: String = members.need("kind");
    let destination = Destination::read(&kind, &mut members);
    if kind.is_empty() {
        // That it is missing says more than that nothing is called so.
        members.end()?;
        return destination;
    }
    let destination = destination?;
    members.end()?;
    Ok(destination)
}

impl Serialize for Destination {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = Writing::default();
        members.put("kind", &self.kind());
        self.write(&mut members);
        members.end().serialize(serializer)
    }
}

impl Destination {
    /// Its short code.
    pub fn id(&self) -> &str {
        self.settings().id()
    }

    /// True when it hears of this event.
    pub fn wants(&self, event: &str) -> bool {
        let settings = self.settings();
        if settings.events().is_empty() {
            settings.usual_events().contains(&event)
        } else {
            settings.events().iter().any(|wanted| wanted == event)
        }
    }

    /// The secret, where it is still in.
    pub fn secret(&self) -> Option<String> {
        let mut members = Writing::default();
        self.write(&mut members);
        members.end().get("secret").and_then(Value::as_str).map(str::to_owned)
    }

    /// Takes the secret out; what is left can be kept and shown.
    pub fn take_secret(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.settings_mut().secret_mut().0)).filter(|secret| !secret.is_empty())
    }

    /// Puts a secret in.
    pub fn put_secret(&mut self, secret: String) {
        self.settings_mut().secret_mut().0 = secret;
    }

    /// Everything that keeps it from being published: the member and a sentence.
    pub fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let settings = self.settings();
        let mut found = settings.problems(secret);
        for event in settings.events().iter().filter(|event| !EVENTS.contains(&event.as_str())) {
            found.push(("events".into(), format!("{event} is not an event")));
        }
        for (field, template) in settings.fields().into_iter().flatten() {
            for name in telling::unknown_names(template) {
                found.push((format!("fields.{field}"), format!("{{{{{name}}}}} is not one of our names")));
            }
        }
        found
    }
}

/// A problem of one member.
fn problem(member: &str, text: &str) -> (String, String) {
    (member.to_owned(), text.to_owned())
}

/// The problem of a missing secret, where there is one.
fn needs(secret: Option<&str>, what: &str) -> Vec<(String, String)> {
    match secret {
        None => vec![("secret".to_owned(), format!("must be {what}"))],
        Some(_) => vec![],
    }
}

/// The field that carries our lead's id, if the mapping has one: by it the lead is found there.
/// `of` takes the lead's own fields.
fn mark(fields: &Fields, of: fn(&str) -> Option<&str>) -> Option<&str> {
    fields.iter().filter(|(_, template)| template.trim() == "{{lead}}").find_map(|(field, _)| of(field))
}

/// True for `name@host` without anything that could begin another header or recipient.
pub fn is_mailbox(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let plain = |text: &str, more: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.as_bytes().contains(&byte))
    };
    text.len() <= 254 && plain(name, ".!#$%&'*+/=?^_`{|}~-") && plain(host, ".-") && host.contains('.')
}
