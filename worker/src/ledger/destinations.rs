//! Destinations: their secrets, how they do, previews, and what a person may do about them.

use std::collections::BTreeMap;

use lead::{
    config::{Config, Destination},
    delivery::Health,
    destinations::{
        preview,
        view::{DestinationCommand, DestinationView, DestinationsView, PreviewView},
    },
    form, json,
    role::Role,
    secrets,
};
use serde_json::Value;

use super::{Ledger, Outcome, call::DestinationsRequest, reply, team::Viewer};
use crate::{
    clock::{self, rfc3339},
    rejection::{BODY_MALFORMED, Failure, NOT_FOR_ROLE, NOT_FOUND, SECRET_SEALED},
    sql::{
        deliveries, destinations,
        history::{self, AuditLine},
        leads, settings,
    },
    vault,
};

/// Dead letters on the page.
const SHOWN: i64 = 100;

/// Dead letters tried again at one call.
const REVIVED_AT_ONCE: i64 = 1_000;

/// Configurations of an older build whose secrets are taken out at once.
const CLOSED_AT_ONCE: i64 = 5;

impl Ledger {
    pub(super) async fn destinations(&self, config: &Config, viewer: &Viewer, request: DestinationsRequest) -> Outcome {
        if !viewer.role.sees_reports() {
            return Err(NOT_FOR_ROLE.into());
        }
        match request {
            DestinationsRequest::List => reply(200, &self.destinations_view(config, viewer)?),
            DestinationsRequest::Preview { id, of_newest } => self.preview(config, viewer, &id, of_newest),
            DestinationsRequest::Command { id, body } => {
                let command = json::from_tree(body).map_err(|error| BODY_MALFORMED.because(error.to_string()))?;
                self.command_destination(config, viewer, &id, &command)?;
                self.arm().await?;
                reply(200, &self.destinations_view(config, viewer)?)
            }
        }
    }

    fn destinations_view(&self, config: &Config, viewer: &Viewer) -> Result<DestinationsView, Failure> {
        let mut views = Vec::new();
        for destination in &config.destinations {
            views.push(self.destination_view(destination.id(), destination.kind())?);
        }
        for id in destinations::with_letters(&self.database)? {
            if config.destination(&id).is_none() {
                views.push(self.destination_view(&id, "")?);
            }
        }
        let sees = viewer.role.sees_every_lead();
        let dead = if sees { deliveries::dead(&self.database, None, SHOWN)? } else { vec![] };
        Ok(DestinationsView { destinations: views, dead, may_act: sees })
    }

    fn destination_view(&self, id: &str, kind: &str) -> Result<DestinationView, Failure> {
        let health = destinations::health(&self.database, id)?;
        let (waiting, dead) = destinations::counts(&self.database, id)?;
        let state = match (health.off_since, health.failing_since) {
            (Some(_), _) => "off",
            (None, Some(_)) => "failing",
            (None, None) => "works",
        };
        Ok(DestinationView {
            id: id.to_owned(),
            kind: kind.to_owned(),
            state: state.into(),
            since: health.off_since.or(health.failing_since).map(rfc3339),
            reason: health.said,
            waiting,
            dead,
        })
    }

    /// The newest lead is shown to those who see leads; a marketer maps fields on the sample.
    fn preview(&self, config: &Config, viewer: &Viewer, id: &str, of_newest: bool) -> Outcome {
        let destination = config.destination(id).ok_or(NOT_FOUND)?;
        if of_newest && !viewer.role.sees_every_lead() {
            return Err(NOT_FOR_ROLE.into());
        }
        let now = clock::now();
        let newest = if of_newest { leads::newest(&self.database)? } else { None };
        let body = match &newest {
            Some(lead) => self.news(config, lead, "lead.created", now.as_millisecond())?,
            None => preview::sample(config, &now.to_string()),
        };
        let requests = preview::preview(destination, &body, now.as_second());
        reply(200, &PreviewView { lead: newest.unwrap_or_default(), requests })
    }

    fn command_destination(
        &self,
        config: &Config,
        viewer: &Viewer,
        id: &str,
        command: &DestinationCommand,
    ) -> Result<(), Failure> {
        if !matches!(viewer.role, Role::Head | Role::Owner) {
            return Err(NOT_FOR_ROLE.into());
        }
        if config.destination(id).is_none()
            && !destinations::with_letters(&self.database)?.iter().any(|known| known == id)
        {
            return Err(NOT_FOUND.into());
        }
        let now = clock::now().as_millisecond();
        let (action, letters) = match command {
            DestinationCommand::SwitchOn => ("switch_on".to_owned(), vec![]),
            DestinationCommand::SwitchOff => ("switch_off".to_owned(), vec![]),
            DestinationCommand::ReplayAll => {
                ("replay_all".to_owned(), deliveries::dead(&self.database, Some(id), REVIVED_AT_ONCE)?)
            }
            DestinationCommand::Replay { delivery } => {
                let letter = deliveries::find(&self.database, delivery)?
                    .filter(|letter| letter.destination == id && letter.state == "dead")
                    .ok_or(NOT_FOUND)?;
                (format!("replay {delivery}"), vec![letter])
            }
        };
        let anew = config.destination(id).is_none_or(|destination| !destination.settings().keeps_its_body());
        self.database.transaction(|| {
            for letter in &letters {
                // An alert has no other words than those that it was written with.
                let anew = anew && !lead::destinations::is_alert(&letter.event);
                deliveries::revive(&self.database, letter, anew, now)?;
                leads::touch(&self.database, &letter.lead)?;
            }
            match command {
                DestinationCommand::SwitchOn => {
                    destinations::put_health(&self.database, id, &Health::default())?;
                }
                DestinationCommand::SwitchOff => {
                    let health = Health { off_since: Some(now), said: String::new(), ..Health::default() };
                    destinations::put_health(&self.database, id, &health)?;
                }
                _ => {}
            }
            let line =
                AuditLine { at: now, who: viewer.id.clone(), action, target: id.to_owned(), outcome: "done".into() };
            history::audit(&self.database, &line)
        })?;
        for letter in letters.iter().take(20) {
            self.announce(&letter.lead);
        }
        Ok(())
    }

    /// The secret of a place, for example of a destination, unless it was given for another address. A configuration
    /// of an older build may still carry it.
    pub(super) async fn secret_of(&self, config: &Config, place: &str) -> Result<Option<String>, Failure> {
        let kept = self.opened(place, &config.kept_as(place)).await?;
        Ok(kept.or_else(|| config.destination(place).and_then(Destination::secret)))
    }

    /// The secret that belongs to a place and is kept under this name.
    pub(super) async fn opened(&self, place: &str, kept_as: &str) -> Result<Option<String>, Failure> {
        let kept = destinations::sealed(&self.database, kept_as)?;
        let (Some(sealed), Some(workspace)) = (kept, destinations::whose(&self.database)?) else { return Ok(None) };
        let opened = vault::open(&self.environment, &workspace, place, &sealed).await;
        Ok(Some(opened.map_err(|error| SECRET_SEALED.because(error.to_string()))?))
    }

    /// Secrets that came with a configuration or are known already, by their places.
    pub(super) async fn secrets_for(
        &self,
        config: &Config,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let mut secrets = given.clone();
        for place in config.places_of_secrets().into_iter().filter(|place| !given.contains_key(place)) {
            // One that another installation has sealed is not known here: it has to be written out again.
            if let Ok(Some(known)) = self.secret_of(config, &place).await {
                secrets.insert(place, known);
            }
        }
        Ok(secrets)
    }

    /// Seals the secrets of a configuration, so that they can be kept: each with the name that it is kept under.
    pub(super) async fn sealed(
        &self,
        workspace: &str,
        config: &Config,
        secrets: &BTreeMap<String, String>,
    ) -> Result<Vec<(String, String)>, Failure> {
        let mut sealed = Vec::new();
        for (place, secret) in secrets {
            sealed.push((config.kept_as(place), self.seal(workspace, place, secret).await?));
        }
        Ok(sealed)
    }

    /// Seals the secret of a place.
    pub(super) async fn seal(&self, workspace: &str, place: &str, secret: &str) -> Result<String, Failure> {
        // One that was restored under another name goes on with the name that its other secrets were sealed with.
        let workspace = destinations::whose(&self.database)?.unwrap_or_else(|| workspace.to_owned());
        Ok(vault::seal(&self.environment, &workspace, place, secret).await?)
    }

    /// Secrets that an older build kept for a place, whatever its address: they are those of the configuration in
    /// force.
    pub(super) fn bind_secrets(&self) -> worker::Result<()> {
        if !destinations::has_unbound(&self.database)? {
            return Ok(());
        }
        let Some((_, config)) = self.config_if_any()? else { return Ok(()) };
        self.database.transaction(|| {
            for destination in &config.destinations {
                destinations::bind(&self.database, destination.id(), &config.kept_as(destination.id()))?;
            }
            destinations::drop_unbound(&self.database)
        })
    }

    /// Takes the secrets out of configurations that an older build published with them, a few at a time.
    pub(super) async fn close_secrets(&self) -> Result<(), Failure> {
        let Some(workspace) = destinations::whose(&self.database)? else { return Ok(()) };
        let in_force = settings::published(&self.database)?.map(|published| i64::from(published.version));
        for plain in destinations::plain_configs(&self.database, CLOSED_AT_ONCE)? {
            let mut body: Value = serde_json::from_str(&plain.body)?;
            let open = form::by_key(secrets::take(&mut body));
            secrets::drop_masks(&mut body);
            // Only those in force are of any use; the others are forgotten.
            let mut sealed = Vec::new();
            if Some(plain.version) == in_force
                && let Ok(config) = json::from_tree::<Config>(body.clone())
            {
                sealed = self.sealed(&workspace, &config, &open).await?;
            }
            let at = clock::now().as_millisecond();
            self.database
                .transaction(|| destinations::close_config(&self.database, plain.version, &body, &sealed, at))?;
        }
        Ok(())
    }

    /// Learns whose ledger this is, from a caller who knows; an object of an older build was never told.
    pub(super) async fn know(&self, workspace: &str) -> Result<(), Failure> {
        if self.knows.get() {
            return Ok(());
        }
        if destinations::whose(&self.database)?.is_none() {
            destinations::put_whose(&self.database, workspace)?;
        }
        self.close_secrets().await?;
        self.knows.set(true);
        Ok(())
    }
}
