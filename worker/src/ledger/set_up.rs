//! Configuration, keys, published forms, sign-in links and sessions.

use std::collections::BTreeMap;

use base16ct::lower as hex;
use lead::{
    config::{Config, ConfigProblem},
    destination_url,
    form::Form,
    publish,
    secrets::place_of_turnstile,
    web_address,
};
use serde_json::json;
use worker::Response;

use super::{Ledger, Outcome, config_rejected, hash_of, reply};
use crate::{
    clock,
    keys::{self, Key, Kind},
    rejection::{Failure, NOT_FOUND, Rejection, SIGNED_OUT},
    sql::{destinations, drafts, members, settings},
};

const DAY: i64 = 86_400_000;

/// Another version is in force than the one that was seen.
pub const CONFIG_MOVED: Rejection = Rejection::new(409, "config_moved", "another version was published meanwhile");

/// Who acts from the command line.
pub const OPERATOR: &str = "operator";

/// Days that a session lasts.
pub const SESSION_DAYS: u32 = 30;

impl Ledger {
    /// Makes the workspace: publishes its first configuration and gives out a key per site and one
    /// API key. The API key is shown this once.
    pub(super) async fn set_up(&self, workspace: &str, mut config: Config) -> Outcome {
        if settings::published(&self.database)?.is_some() {
            return Err(Rejection::new(409, "workspace_exists", "this workspace exists already").into());
        }
        let given = config.take_secrets();
        let forms = self.check(&config, &given, 1)?;
        let sealed = self.sealed(workspace, &config, &given).await?;
        // Somebody else may have been quicker while the secrets were sealed.
        if settings::published(&self.database)?.is_some() {
            return Err(Rejection::new(409, "workspace_exists", "this workspace exists already").into());
        }
        let secret = self.environment.secret()?;
        let now = clock::now().as_millisecond();
        let text = |kind, id: &str| {
            Key { kind, workspace: workspace.to_owned(), id: id.to_owned() }
                .text(&secret)
                .ok_or_else(|| worker::Error::RustError("the workspace's id is malformed".into()))
        };
        let api_id = hex::encode_string(&clock::random::<16>()?);
        let api_key = text(Kind::Api, &api_id)?;
        let mut sites = Vec::new();
        for site in &config.sites {
            let id = hex::encode_string(&clock::random::<4>()?);
            sites.push((site.id.as_str(), text(Kind::Site, &id)?, id));
        }
        self.database.transaction(|| {
            settings::publish(&self.database, 1, &config, &forms, now, OPERATOR)?;
            for (place, sealed) in &sealed {
                destinations::put_sealed(&self.database, place, sealed, now)?;
            }
            settings::add_key(&self.database, &keys::hash(&api_id), "api", "", now)?;
            for (site, _, id) in &sites {
                settings::add_key(&self.database, id, "site", site, now)?;
            }
            Ok(())
        })?;
        self.in_force.take();
        let sites: Vec<_> = sites.iter().map(|(site, key, _)| json!({ "site": site, "key": key })).collect();
        reply(201, &json!({ "workspace": workspace, "api_key": api_key, "sites": sites, "version": 1 }))
    }

    /// Publishes a configuration under the next version, unless it is the one in force, and gives out
    /// a key for every site that has none yet. What was published on the desk since the operator's last version is not
    /// replaced unseen.
    pub(super) async fn publish(&self, workspace: &str, config: Config, over: Option<u32>) -> Outcome {
        let (version, in_force) = self.config()?;
        let mut bare = config.clone();
        bare.take_secrets();
        let by = settings::published_by(&self.database, version)?;
        if by != OPERATOR && over != Some(version) && bare != *in_force {
            let said =
                format!("version {version} was published by {by}: look at it, and publish over it by its number");
            return Err(CONFIG_MOVED.because(said).into());
        }
        let (version, sites) = self.publish_by(workspace, config, OPERATOR, None, Some(version)).await?;
        reply(200, &json!({ "version": version, "sites": sites }))
    }

    /// The same by anybody; `again` is the older version it is, `over` the one that it may replace. Gives the version
    /// and the new sites' keys.
    pub(super) async fn publish_by(
        &self,
        workspace: &str,
        mut config: Config,
        by: &str,
        again: Option<u32>,
        over: Option<u32>,
    ) -> Result<(u32, Vec<serde_json::Value>), Failure> {
        let given = config.take_secrets();
        let secrets = self.secrets_for(&config, &given).await?;
        let mut new = BTreeMap::new();
        for (place, secret) in given {
            if self.secret_of(&config, &place).await.ok().flatten().as_ref() != Some(&secret) {
                new.insert(place, secret);
            }
        }
        let sealed = self.sealed(workspace, &config, &new).await?;
        // Nothing is awaited from here on, so that two who publish at once do not take the same number.
        let (version, in_force) = self.config()?;
        if *in_force == config && new.is_empty() {
            return Ok((version, vec![]));
        }
        if over.is_some_and(|over| over != version) {
            return Err(CONFIG_MOVED.because(format!("version {version} is in force")).into());
        }
        let version = version.saturating_add(1);
        let forms = self.check(&config, &secrets, version)?;
        let secret = self.environment.secret()?;
        let now = clock::now().as_millisecond();
        let keyed = settings::sites_with_keys(&self.database)?;
        let mut sites = Vec::new();
        for site in config.sites.iter().filter(|site| !keyed.contains(&site.id)) {
            let id = hex::encode_string(&clock::random::<4>()?);
            let key = Key { kind: Kind::Site, workspace: workspace.to_owned(), id: id.clone() };
            sites.push((site.id.as_str(), key.text(&secret).ok_or(NOT_FOUND)?, id));
        }
        self.database.transaction(|| {
            for (site, _, id) in &sites {
                settings::add_key(&self.database, id, "site", site, now)?;
            }
            for (place, sealed) in &sealed {
                destinations::put_sealed(&self.database, place, sealed, now)?;
            }
            settings::publish(&self.database, version, &config, &forms, now, by)?;
            let team: Vec<&str> = config.team.iter().map(|member| member.id.as_str()).collect();
            members::let_go_but(&self.database, &team)?;
            again.map_or(Ok(()), |again| drafts::put_again(&self.database, version, again))
        })?;
        self.in_force.take();
        self.close_live_everywhere();
        Ok((version, sites.iter().map(|(site, key, _)| json!({ "site": site, "key": key })).collect()))
    }

    /// Everything that keeps a configuration from being published; `secrets` are known, by their places.
    pub(super) fn problems(&self, config: &Config, secrets: &BTreeMap<String, String>) -> Vec<ConfigProblem> {
        let mut problems = publish::problems(config);
        let refused = |address: &str| {
            let refusal = destination_url::check(address, self.environment.private_destinations()).err();
            refusal.map(|refusal| refusal.to_string())
        };
        problems.extend(publish::destination_problems(config, secrets, &refused));
        for (index, site) in config.sites.iter().enumerate().filter(|(_, site)| site.turnstile.is_some()) {
            if !secrets.contains_key(&place_of_turnstile(&site.id)) {
                let problem = "Turnstile is asked with a secret, and none is known: write it out".into();
                problems.push(ConfigProblem { at: format!("sites[{index}].turnstile.secret"), problem });
            }
        }
        problems
    }

    /// The configuration's forms as visitors will see them, unless something keeps it from being published.
    fn check(&self, config: &Config, secrets: &BTreeMap<String, String>, version: u32) -> Result<Vec<Form>, Failure> {
        let problems = self.problems(config, secrets);
        if !problems.is_empty() {
            return Err(config_rejected(&problems).into());
        }
        let published =
            |form| publish::publish(form, &config.words, version).map_err(|found| config_rejected(&found).into());
        config.forms.iter().map(published).collect()
    }

    /// A published form: what visitors may see of the configuration, and nothing else.
    pub(super) fn form(&self, key: &Key, form: &str, version: Option<u32>) -> Outcome {
        let site = self.site(key)?;
        let (in_force, config) = self.config()?;
        let site_name = config.site(&site).map(|site| site.name.clone()).unwrap_or_default();
        let site_origin =
            config.site(&site).and_then(|site| web_address::origin(site.origins.first()?)).unwrap_or_default();
        let guard = config.site(&site).and_then(lead::suspicion::guard::Guard::of);
        let language = config.language.clone();
        let form = self.published(form, version.unwrap_or(in_force))?.ok_or(NOT_FOUND)?;
        reply(
            200,
            &json!({ "form": form, "site_name": site_name, "site_origin": site_origin, "guard": guard, "language": language, "time_zone": config.time_zone }),
        )
    }

    /// A form as it was published in a configuration version.
    pub(super) fn published(&self, form: &str, version: u32) -> Result<Option<Form>, Failure> {
        if let Some(form) = settings::form(&self.database, form, version)? {
            return Ok(Some(form));
        }
        let Some(config) = settings::version(&self.database, version)? else { return Ok(None) };
        let found = config.forms.iter().find(|candidate| candidate.id == form);
        Ok(found.and_then(|found| publish::publish(found, &config.words, version).ok()))
    }

    /// Makes a sign-in link for a member.
    pub(super) fn make_link(&self, member: &str, days: u16, uses: u16) -> Outcome {
        let (_, config) = self.config()?;
        config.member(member).ok_or(NOT_FOUND)?;
        let id = hex::encode_string(&clock::random::<16>()?);
        let expires_at = clock::now().as_millisecond().saturating_add(i64::from(days).saturating_mul(DAY));
        members::add_link(&self.database, &keys::hash(&id), member, expires_at, i64::from(uses))?;
        reply(201, &json!({ "link": id }))
    }

    /// Exchanges a sign-in link for a session.
    pub(super) fn sign_in(&self, key: &Key) -> Outcome {
        let now = clock::now().as_millisecond();
        let member = members::use_link(&self.database, &hash_of(key), now)?.ok_or(SIGNED_OUT)?;
        let (_, config) = self.config()?;
        config.member(&member).ok_or(SIGNED_OUT)?;
        let id = hex::encode_string(&clock::random::<16>()?);
        let expires_at = now.saturating_add(i64::from(SESSION_DAYS).saturating_mul(DAY));
        members::add_session(&self.database, &keys::hash(&id), &member, now, expires_at)?;
        reply(201, &json!({ "session": id }))
    }

    /// Ends a session and closes its live sockets.
    pub(super) fn sign_out(&self, key: &Key) -> Outcome {
        members::end_session(&self.database, &hash_of(key))?;
        self.close_live_of(&hash_of(key));
        Ok(Response::empty()?.with_status(204))
    }
}
