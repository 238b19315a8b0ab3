//! The configuration is drafted, checked, published as a numbered version, and an older version taken up
//! again. Every version is kept; secrets are never shown.

use lead::{
    config::{Config, ConfigProblem},
    json as reading,
    json::Misfit,
    locate, masking,
    role::Role,
    settings::{Draft, LoadView, Located, Settings},
};
use serde_json::{Value, json};
use worker::Response;

use super::{Ledger, Outcome, call::ConfigRequest, reply, team::Viewer};
use crate::{
    clock::{self, rfc3339},
    keys::Key,
    rejection::{Failure, NOT_FOR_ROLE, NOT_FOUND, Rejection},
    sql::{drafts, history, json as written, parsed, settings, turns},
};

/// There is no draft to publish or to rehearse.
const NO_DRAFT: Rejection = Rejection::new(409, "no_draft", "there is no draft");

impl Ledger {
    /// What heads and owners, or a program with an API key, do with the configuration.
    pub(super) fn configure(&self, key: &Key, request: ConfigRequest) -> Outcome {
        let (version, config) = self.config()?;
        let viewer = self.viewer(key, &config)?;
        if !viewer.role.configures() {
            return Err(NOT_FOR_ROLE.into());
        }
        match request {
            ConfigRequest::Read => self.settings(version, &config),
            ConfigRequest::Draft { text } => self.draft(&viewer, version, &config, &text),
            ConfigRequest::Drop => {
                drafts::drop(&self.database)?;
                self.note(&viewer, "config_draft_dropped", String::new())?;
                Ok(Response::empty()?.with_status(204))
            }
            ConfigRequest::Publish { version: believed } => {
                let draft = drafts::find(&self.database)?.ok_or(NO_DRAFT)?;
                if believed.unwrap_or(draft.based_on) != version {
                    let moved = Rejection::new(409, "config_moved", "another version was published meanwhile");
                    return Err(moved.because(format!("version {version} is in force")).into());
                }
                let (draft, problems) = self.complete(&config, &parsed(&draft.body)?)?;
                if !problems.is_empty() {
                    return Err(super::config_rejected(&problems).into());
                }
                let published = self.publish_by(&key.workspace, &draft, &viewer.id, None)?;
                drafts::drop(&self.database)?;
                self.note(&viewer, "config_published", format!("version {}", published.0))?;
                reply(200, &json!({ "version": published.0, "sites": published.1 }))
            }
            ConfigRequest::Rollback { version: again } => {
                let older = settings::version(&self.database, again)?.ok_or(NOT_FOUND)?;
                let published = self.publish_by(&key.workspace, &older, &viewer.id, Some(again))?;
                self.note(&viewer, "config_rolled_back", format!("version {} to {again}", published.0))?;
                reply(200, &json!({ "version": published.0, "sites": published.1 }))
            }
            ConfigRequest::Rehearse { days, cursor } => {
                let draft = drafts::find(&self.database)?.ok_or(NO_DRAFT)?;
                let (draft, problems) = self.complete(&config, &parsed(&draft.body)?)?;
                if !problems.is_empty() {
                    return Err(super::config_rejected(&problems).into());
                }
                self.rehearse(&config, &draft, days, cursor)
            }
        }
    }

    /// The same by the operator: the versions, and one of them taken up again.
    pub(super) fn versions(&self, workspace: &str, rollback: Option<u32>) -> Outcome {
        let (version, config) = self.config()?;
        let Some(again) = rollback else { return self.settings(version, &config) };
        let operator = Viewer { id: "operator".into(), name: String::new(), role: Role::Owner };
        let older = settings::version(&self.database, again)?.ok_or(NOT_FOUND)?;
        let published = self.publish_by(workspace, &older, &operator.id, Some(again))?;
        self.note(&operator, "config_rolled_back", format!("version {} to {again}", published.0))?;
        reply(200, &json!({ "version": published.0, "sites": published.1 }))
    }

    fn settings(&self, version: u32, config: &Config) -> Outcome {
        let draft = drafts::find(&self.database)?
            .map(|row| -> Result<_, Failure> {
                let mut value: Value = parsed(&row.body)?;
                let (_, problems) = self.complete(config, &value)?;
                masking::mask(&mut value);
                Ok(Draft {
                    problems: problems.iter().map(|found| located(&value, found)).collect(),
                    config: value,
                    based_on: row.based_on,
                    saved_at: rfc3339(row.saved_at),
                    saved_by: row.saved_by,
                })
            })
            .transpose()?;
        let mut shown = serde_json::to_value(config)?;
        masking::mask(&mut shown);
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

    /// Keeps what was sent as the draft, whatever is wrong with it, unless it is no configuration at all.
    fn draft(&self, viewer: &Viewer, version: u32, config: &Config, text: &str) -> Outcome {
        let mut sent: Value = match serde_json::from_str(text) {
            Ok(sent) => sent,
            Err(error) => return refused(&[locate::unreadable(text, &error)]),
        };
        if let Err(Misfit { at, problem }) = reading::fit::<Config>(sent.clone()) {
            return refused(&[locate::problem(text, &sent, &ConfigProblem { at, problem })]);
        }
        let before = drafts::find(&self.database)?;
        let based_on = before.as_ref().map_or(version, |before| before.based_on);
        // Secrets that were written into this draft earlier and come back masked are those of the draft; what
        // stays masked after that is the secret in force, and is not written down a second time.
        if let Some(before) = before {
            let before: Value = parsed(&before.body)?;
            let _ = masking::unmask(&mut sent, &[&before]);
        }
        let (_, problems) = self.complete(config, &sent)?;
        let now = clock::now().as_millisecond();
        let row = drafts::Row { body: written(&sent)?, based_on, saved_at: now, saved_by: viewer.id.clone() };
        drafts::put(&self.database, &row)?;
        let problems: Vec<Located> = problems.iter().map(|found| locate::problem(text, &sent, found)).collect();
        masking::mask(&mut sent);
        reply(200, &Draft { config: sent, based_on, saved_at: rfc3339(now), saved_by: row.saved_by, problems })
    }

    /// A draft with its secrets, and everything that keeps it from being published.
    fn complete(&self, in_force: &Config, draft: &Value) -> Result<(Config, Vec<ConfigProblem>), Failure> {
        let mut whole = draft.clone();
        let mut problems = masking::unmask(&mut whole, &[&serde_json::to_value(in_force)?]);
        let whole: Config = reading::from_tree(whole)?;
        if problems.is_empty() {
            problems = self.problems(&whole);
        }
        Ok((whole, problems))
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
