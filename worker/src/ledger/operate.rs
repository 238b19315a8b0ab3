//! What the operator asks of a ledger: how it stands, its keys, and (in [`super::back_up`]) its backups.

use base16ct::lower as hex;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ledger, Outcome, back_up, reply, set_up::OPERATOR};
use crate::{
    clock, directory,
    keys::{self, Key, Kind},
    rejection::{Failure, NOT_FOUND, Rejection},
    sql::{backfills, history, keys as given, members, standing},
};

/// What the operator asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Step {
    /// How much is in it, and whether anything is behind.
    Standing,
    /// The keys it has given out.
    Keys,
    /// A new key; its predecessors hold a while longer.
    Rotate {
        /// A site; without one it is the API key.
        site: Option<String>,
        /// How long the old key holds, in minutes.
        hold_minutes: u32,
    },
    /// Ends a key now.
    Revoke {
        /// The beginning of its id.
        key: String,
    },
    /// Ends every sign-in link and session of a member.
    LetGo {
        /// The member's id.
        member: String,
    },
    /// Deliveries that a restore has paused go out.
    ResumeDeliveries,
    /// A part of a backup.
    Backup(back_up::Backup),
    /// A part of a restore.
    Restore(back_up::Restore),
}

lead::form::named_by!(Step, "step");

impl Ledger {
    pub(super) async fn operate(&self, workspace: &str, step: Step) -> Outcome {
        match step {
            Step::Restore(part) => self.restore(workspace, part).await,
            Step::Backup(part) => {
                self.config()?;
                self.back_up(workspace, part)
            }
            Step::Standing => self.standing(),
            Step::Keys => self.keys(workspace),
            Step::Rotate { site, hold_minutes } => self.rotate(workspace, site.as_deref(), hold_minutes),
            Step::Revoke { key } => self.revoke(&key),
            Step::LetGo { member } => {
                let (_, config) = self.config()?;
                config.member(&member).ok_or_else(|| NOT_FOUND.because("nobody in the team has this id"))?;
                let now = clock::now().as_millisecond();
                self.database.transaction(|| {
                    members::let_go(&self.database, &member)?;
                    self.audit("sessions_ended", &member, now)
                })?;
                self.close_live_everywhere();
                reply(200, &json!({ "member": member }))
            }
            Step::ResumeDeliveries => self.resume_deliveries().await,
        }
    }

    fn standing(&self) -> Outcome {
        let (version, config) = self.config()?;
        let standing = standing::read(&self.database)?;
        let backfills = backfills::all(&self.database)?;
        let then = clock::now().as_millisecond().saturating_sub(directory::OVERDUE_AFTER);
        reply(
            200,
            &json!({
                "name": config.name, "version": version, "leads": standing.leads, "inquiries": standing.inquiries,
                "last_inquiry_at": standing.last_inquiry_at.map(clock::rfc3339),
                "overdue_since": standing.due_at.filter(|due| *due < then).map(clock::rfc3339),
                "waiting": standing.waiting, "dead": standing.dead, "paused": standing.paused,
                "bytes": standing.bytes, "backfills": backfills,
            }),
        )
    }

    fn keys(&self, workspace: &str) -> Outcome {
        self.config()?;
        let secret = self.environment.secret()?;
        let mut shown = Vec::new();
        for row in given::all(&self.database)? {
            // A site key is public and can be shown again; of an API key only a hash is known.
            let text = (row.kind == "site")
                .then(|| Key { kind: Kind::Site, workspace: workspace.to_owned(), id: row.id.clone() }.text(&secret))
                .flatten();
            shown.push(json!({
                "id": row.id.get(..16).unwrap_or(&row.id), "kind": row.kind, "site": row.site, "key": text,
                "created_at": clock::rfc3339(row.created_at), "holds_until": row.revoked_at.map(clock::rfc3339),
                "holds": row.revoked_at.is_none_or(|until| until > clock::now().as_millisecond()),
            }));
        }
        reply(200, &json!({ "keys": shown }))
    }

    fn rotate(&self, workspace: &str, site: Option<&str>, hold_minutes: u32) -> Outcome {
        let (_, config) = self.config()?;
        let (kind, name, stored) = match site {
            Some(site) => {
                config.site(site).ok_or(NOT_FOUND)?;
                (Kind::Site, site, "site")
            }
            None => (Kind::Api, "", "api"),
        };
        let id = match kind {
            Kind::Site => hex::encode_string(&clock::random::<4>()?),
            _ => hex::encode_string(&clock::random::<16>()?),
        };
        let key = Key { kind, workspace: workspace.to_owned(), id: id.clone() };
        let text = key.text(&self.environment.secret()?).ok_or(NOT_FOUND)?;
        let kept = if kind == Kind::Site { id } else { keys::hash(&id) };
        let now = clock::now().as_millisecond();
        let until = now.saturating_add(i64::from(hold_minutes).saturating_mul(60_000));
        let ended = self.database.transaction(|| {
            let ended = given::end_all(&self.database, stored, name, until)?;
            crate::sql::settings::add_key(&self.database, &kept, stored, name, now)?;
            self.audit("key_rotated", kept.get(..16).unwrap_or(&kept), now)?;
            Ok(ended)
        })?;
        reply(201, &json!({ "key": text, "ended": ended, "old_hold_until": clock::rfc3339(until) }))
    }

    fn revoke(&self, beginning: &str) -> Outcome {
        let found: Vec<_> =
            given::all(&self.database)?.into_iter().filter(|key| key.id.starts_with(beginning)).collect();
        let [key] = found.as_slice() else {
            let why = if found.is_empty() { "no key begins like this" } else { "several keys begin like this" };
            return Err(Rejection::new(404, "not_found", "which key?").because(why).into());
        };
        let now = clock::now().as_millisecond();
        self.database.transaction(|| {
            given::end(&self.database, &key.id, now)?;
            self.audit("key_revoked", key.id.get(..16).unwrap_or(&key.id), now)
        })?;
        // Whoever is connected with it connects again, and is not let in.
        self.close_live_everywhere();
        reply(200, &json!({ "kind": key.kind, "site": key.site }))
    }

    pub(super) fn audit(&self, action: &str, target: &str, at: i64) -> worker::Result<()> {
        let line = history::AuditLine {
            at,
            who: OPERATOR.into(),
            action: action.into(),
            target: target.into(),
            outcome: "done".into(),
        };
        history::audit(&self.database, &line)
    }
}

/// What may be asked while a restore is going on: only that it goes on.
pub(super) fn restoring() -> Failure {
    Rejection::new(503, "restoring", "this workspace is being restored").again_in(30).into()
}
