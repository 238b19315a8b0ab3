//! The configuration is drafted, checked, published as a numbered version, and an older version taken up
//! again. Every version is kept; secrets are never shown.

use std::collections::BTreeMap;

use lead::{
    config::{Config, ConfigProblem},
    json as reading,
    json::Misfit,
    locate,
    role::Role,
    secrets,
    settings::{Draft, LoadView, Located, Settings},
};
use serde_json::{Value, json};
use worker::Response;

use super::{
    Ledger, Outcome,
    call::ConfigRequest,
    reply,
    set_up::{CONFIG_MOVED, OPERATOR},
    team::Viewer,
};
use crate::{
    clock::{self, rfc3339},
    keys::Key,
    rejection::{Failure, NOT_FOR_ROLE, NOT_FOUND, Rejection},
    sql::{destinations, drafts, history, json as written, parsed, settings, turns},
};

/// There is no draft to publish or to rehearse.
const NO_DRAFT: Rejection = Rejection::new(409, "no_draft", "there is no draft");

/// The draft is not the one that was seen.
const DRAFT_CHANGED: Rejection = Rejection::new(409, "draft_changed", "somebody else has changed the draft");

/// How the places of secrets begin that were written into the draft.
const DRAFTED: &str = "draft ";

impl Ledger {
    /// What heads and owners, or a program with an API key, do with the configuration.
    pub(super) async fn configure(&self, key: &Key, request: ConfigRequest) -> Outcome {
        let (version, config) = self.config()?;
        let viewer = self.viewer(key, &config)?;
        if !viewer.role.configures() {
            return Err(NOT_FOR_ROLE.into());
        }
        match request {
            ConfigRequest::Read => self.settings(version, &config).await,
            ConfigRequest::Draft { text, based_on, seen } => {
                let based_on = based_on.map_or(version, |seen| seen.min(version));
                // What he sent himself a moment ago may not have been answered yet.
                let others = drafts::find(&self.database)?.filter(|draft| draft.saved_by != viewer.id);
                is_the_seen(others.as_ref(), seen.as_deref())?;
                self.draft(&key.workspace, &viewer, based_on, &text).await
            }
            ConfigRequest::Drop { seen } => {
                is_the_seen(drafts::find(&self.database)?.as_ref(), seen.as_deref())?;
                self.drop_draft()?;
                self.note(&viewer, "config_draft_dropped", String::new())?;
                Ok(Response::empty()?.with_status(204))
            }
            ConfigRequest::Publish { version: believed, seen } => {
                let draft = drafts::find(&self.database)?.ok_or(NO_DRAFT)?;
                is_the_seen(Some(&draft), seen.as_deref())?;
                if believed.unwrap_or(draft.based_on) != version {
                    return Err(CONFIG_MOVED.because(format!("version {version} is in force")).into());
                }
                let (config, problems) = self.complete(&parsed(&draft.body)?).await?;
                if !problems.is_empty() {
                    return Err(super::config_rejected(&problems).into());
                }
                let published = self.publish_by(&key.workspace, config, &viewer.id, None, Some(version)).await?;
                // What somebody saved meanwhile is a draft of its own.
                if drafts::find(&self.database)?.is_some_and(|now| now.body == draft.body) {
                    self.drop_draft()?;
                }
                self.note(&viewer, "config_published", format!("version {}", published.0))?;
                reply(200, &json!({ "version": published.0, "sites": published.1 }))
            }
            ConfigRequest::Rollback { version: again } => {
                let older = settings::version(&self.database, again)?.ok_or(NOT_FOUND)?;
                let published = self.publish_by(&key.workspace, older, &viewer.id, Some(again), None).await?;
                self.note(&viewer, "config_rolled_back", format!("version {} to {again}", published.0))?;
                reply(200, &json!({ "version": published.0, "sites": published.1 }))
            }
            ConfigRequest::Rehearse { days, cursor } => {
                let draft = drafts::find(&self.database)?.ok_or(NO_DRAFT)?;
                let (draft, problems) = self.complete(&parsed(&draft.body)?).await?;
                if !problems.is_empty() {
                    return Err(super::config_rejected(&problems).into());
                }
                self.rehearse(&config, &draft, days, cursor)
            }
        }
    }

    /// The same by the operator: the versions, and one of them taken up again.
    pub(super) async fn versions(&self, workspace: &str, rollback: Option<u32>) -> Outcome {
        let (version, config) = self.config()?;
        let Some(again) = rollback else { return self.settings(version, &config).await };
        let operator = Viewer { id: OPERATOR.into(), name: String::new(), role: Role::Owner };
        let older = settings::version(&self.database, again)?.ok_or(NOT_FOUND)?;
        let published = self.publish_by(workspace, older, &operator.id, Some(again), None).await?;
        self.note(&operator, "config_rolled_back", format!("version {} to {again}", published.0))?;
        reply(200, &json!({ "version": published.0, "sites": published.1 }))
    }

    async fn settings(&self, version: u32, config: &Config) -> Outcome {
        let draft = match drafts::find(&self.database)? {
            None => None,
            Some(row) => {
                let mut value: Value = parsed(&row.body)?;
                let (drafted, problems) = self.complete(&value).await?;
                self.mask(&drafted, &mut value)?;
                Some(Draft {
                    problems: problems.iter().map(|found| located(&value, found)).collect(),
                    config: value,
                    based_on: row.based_on,
                    saved_at: rfc3339(row.saved_at),
                    saved_by: row.saved_by,
                })
            }
        };
        let mut shown = serde_json::to_value(config)?;
        self.mask(config, &mut shown)?;
        let board = turns::board(&self.database, config)?;
        let loads = config.team.iter().map(|member| {
            let load = board.get(&member.id).copied().unwrap_or_default();
            LoadView { member: member.id.clone(), open: load.open, last_given_at: load.last_given_at.map(rfc3339) }
        });
        reply(
            200,
            &Settings {
                version,
                config: shown,
                draft,
                versions: drafts::versions(&self.database)?,
                loads: loads.collect(),
            },
        )
    }

    /// Keeps what was sent as the draft, whatever is wrong with it, unless it is no configuration at all. `version` is
    /// the one that it was made from.
    async fn draft(&self, workspace: &str, viewer: &Viewer, version: u32, text: &str) -> Outcome {
        let mut sent: Value = match serde_json::from_str(text) {
            Ok(sent) => sent,
            Err(error) => return refused(&[locate::unreadable(text, &error)]),
        };
        if let Err(Misfit { at, problem }) = reading::fit::<Config>(sent.clone()) {
            return refused(&[locate::problem(text, &sent, &ConfigProblem { at, problem })]);
        }
        let before = drafts::find(&self.database)?;
        let based_on = before.as_ref().map_or(version, |before| before.based_on.min(version));
        // A secret that is written into a draft is sealed apart from it at once; the draft keeps its mask.
        let written_out = secrets::take(&mut sent);
        let drafted_config: Config = reading::from_tree(sent.clone())?;
        for (place, secret) in written_out {
            let sealed = self.seal(workspace, &drafted(&place), &secret).await?;
            let kept_as = drafted(&drafted_config.kept_as(&place));
            destinations::put_sealed(&self.database, &kept_as, &sealed, clock::now().as_millisecond())?;
        }
        let (_, problems) = self.complete(&sent).await?;
        let now = clock::now().as_millisecond();
        let row = drafts::Row { body: written(&sent)?, based_on, saved_at: now, saved_by: viewer.id.clone() };
        drafts::put(&self.database, &row)?;
        let problems: Vec<Located> = problems.iter().map(|found| locate::problem(text, &sent, found)).collect();
        self.mask(&drafted_config, &mut sent)?;
        reply(200, &Draft { config: sent, based_on, saved_at: rfc3339(now), saved_by: row.saved_by, problems })
    }

    /// A draft with the secrets that were written into it, and everything that keeps it from being published.
    async fn complete(&self, draft: &Value) -> Result<(Config, Vec<ConfigProblem>), Failure> {
        let mut whole = draft.clone();
        // What stays masked is the secret in force, or the one that was sealed beside the draft.
        secrets::take(&mut whole);
        secrets::drop_masks(&mut whole);
        let mut whole: Config = reading::from_tree(whole)?;
        let mut given = BTreeMap::new();
        for place in whole.places_of_secrets() {
            let kept_as = drafted(&whole.kept_as(&place));
            if let Some(secret) = self.opened(&drafted(&place), &kept_as).await.ok().flatten() {
                given.insert(place, secret);
            }
        }
        let known = self.secrets_for(&whole, &given).await?;
        let problems = self.problems(&whole, &known);
        whole.put_secrets(given);
        Ok((whole, problems))
    }

    /// A configuration as it is shown: a mask wherever a secret is kept.
    fn mask(&self, config: &Config, shown: &mut Value) -> Result<(), Failure> {
        let kept = destinations::names_of_sealed(&self.database)?;
        secrets::mask(shown, &mut |place| {
            let name = config.kept_as(place);
            kept.iter().any(|kept| kept.strip_prefix(DRAFTED).unwrap_or(kept) == name)
        });
        Ok(())
    }

    fn drop_draft(&self) -> Result<(), Failure> {
        drafts::drop(&self.database)?;
        Ok(destinations::drop_sealed(&self.database, DRAFTED)?)
    }

    fn note(&self, viewer: &Viewer, action: &str, target: String) -> Result<(), Failure> {
        let line = history::AuditLine {
            at: clock::now().as_millisecond(),
            who: viewer.id.clone(),
            action: action.to_owned(),
            target,
            outcome: "done".into(),
        };
        Ok(history::audit(&self.database, &line)?)
    }
}

/// Refuses to touch a draft that somebody saved after this one was `seen`: nobody replaces, drops or publishes unseen
/// what another has written.
fn is_the_seen(draft: Option<&drafts::Row>, seen: Option<&str>) -> Result<(), Failure> {
    match (draft, seen) {
        (Some(draft), Some(seen)) if rfc3339(draft.saved_at) != seen => {
            Err(DRAFT_CHANGED.because(format!("{} saved it meanwhile", draft.saved_by)).into())
        }
        _ => Ok(()),
    }
}

/// The place of a secret that was written into the draft, and the name that it is kept under: no destination's id
/// has a space in it.
fn drafted(place: &str) -> String {
    format!("{DRAFTED}{place}")
}

fn located(config: &Value, problem: &ConfigProblem) -> Located {
    Located::of(problem, locate::pointer(&locate::way(config, &problem.at)))
}

/// What was sent is no configuration: a problem document that also has the places as data.
fn refused(problems: &[Located]) -> Outcome {
    let mut document = serde_json::to_value(locate::document(problems))?;
    if let Some(members) = document.as_object_mut() {
        members.insert("problems".into(), serde_json::to_value(problems)?);
    }
    let mut response = reply(422, &document)?;
    response.headers_mut().set("content-type", "application/problem+json; charset=utf-8")?;
    Ok(response)
}
