//! What the team, or a program with an API key, sees and does.

use lead::{
    command::{self, Asked, Command},
    config::Config,
    event::{Event, EventKind},
    intake::FIRST_RESPONSE,
    role::Role,
    view::{LeadPage, Me},
};
use serde_json::json;

use super::{Ledger, Outcome, call::TeamRequest, hash_of, merge::PERSON_ERASED, reply};
use crate::{
    clock,
    keys::{Key, Kind},
    rejection::{BODY_MALFORMED, FORBIDDEN, Failure, KEY_UNKNOWN, NOT_FOR_ROLE, NOT_FOUND, Rejection, SIGNED_OUT},
    sql::{closings, deliveries, destinations, erasures, history, leads, members, search, settings, tasks},
};

const NOT_OPEN: Rejection = Rejection::new(409, "not_open", "this lead is closed, so nobody is owed an answer");

/// Leads on one page of the list.
const PAGE: i64 = 50;

/// Later than anything, and exact in a JavaScript number.
pub(super) const END_OF_TIME: i64 = 9_007_199_254_740_991;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// A member's id, or `api`.
    pub id: String,
    /// The member's name.
    pub name: String,
    /// What he may see and do.
    pub role: Role,
}

impl Viewer {
    fn sees(&self, row: &leads::Row) -> bool {
        self.role.sees_every_lead() || row.assigned_to == self.id
    }

    /// Whose leads he may list: of one member, or (`None`) of everyone.
    fn lists(&self) -> Result<Option<&str>, Failure> {
        match self.role {
            Role::Marketer => Err(NOT_FOR_ROLE.into()),
            role => Ok((!role.sees_every_lead()).then_some(self.id.as_str())),
        }
    }
}

impl Ledger {
    /// Whose key it is, unless it was revoked, the session ended, or the person left the team.
    pub(super) fn viewer(&self, key: &Key, config: &Config) -> Result<Viewer, Failure> {
        match key.kind {
            Kind::Session => {
                let now = clock::now().as_millisecond();
                let member = members::session_member(&self.database, &hash_of(key), now)?.ok_or(SIGNED_OUT)?;
                let member = config.member(&member).ok_or(SIGNED_OUT)?;
                Ok(Viewer { id: member.id.clone(), name: member.name.clone(), role: member.role })
            }
            Kind::Api if settings::api_key_holds(&self.database, &hash_of(key), clock::now().as_millisecond())? => {
                Ok(Viewer { id: "api".into(), name: "API".into(), role: Role::Head })
            }
            _ => Err(KEY_UNKNOWN.into()),
        }
    }

    pub(super) async fn team(&self, key: &Key, request: TeamRequest) -> Outcome {
        let (_, config) = self.config()?;
        let viewer = self.viewer(key, &config)?;
        match request {
            TeamRequest::Me => reply(
                200,
                &Me {
                    alerts: if viewer.role.sees_reports() { destinations::switched_off(&self.database)? } else { 0 },
                    id: viewer.id,
                    name: viewer.name,
                    role: viewer.role,
                    workspace: config.name.clone(),
                    lang: config.language.clone(),
                    now: clock::now().to_string(),
                },
            ),
            TeamRequest::Leads { cursor } => self.list(&config, &viewer, cursor.as_deref()),
            TeamRequest::ClosedLeads { cursor } => self.list_closed(&config, &viewer, cursor.as_deref()),
            TeamRequest::Search { text } => self.search(&config, &viewer, &text),
            TeamRequest::QuestionsReport { wanted } => self.questions_report(viewer.role, &wanted),
            TeamRequest::Lead { id } => {
                let row = self.visible(&viewer, &id)?;
                reply(200, &self.detail_for(&viewer, &config, &row)?)
            }
            TeamRequest::File { lead, file } => {
                self.visible(&viewer, &lead)?;
                self.download(&lead, &file)
            }
            TeamRequest::Command { id, body } => match lead::json::from_tree(body.clone()) {
                Ok(about) => self.change_person(&config, &viewer, &id, about).await,
                Err(_) => {
                    let done = self.command(&config, &viewer, &id, &body);
                    // What was held for a lead that was let go is due now.
                    self.arm().await?;
                    done
                }
            },
            TeamRequest::Quarantine { cursor } => self.quarantine(&config, &viewer, cursor.as_deref()),
            TeamRequest::Export { wanted } => self.export(&config, &viewer, &wanted),
            TeamRequest::Privacy => self.privacy_page(&config, &viewer),
            TeamRequest::Losses { days } => self.losses(&config, viewer.role, days),
            TeamRequest::Destinations { wanted } => self.destinations(&config, &viewer, wanted).await,
            TeamRequest::Refused { action, target } => Err(self.refuse(&viewer, &action, &target)?),
            TeamRequest::Deliveries if viewer.role.sees_every_lead() => {
                reply(200, &json!({ "deliveries": deliveries::list(&self.database, None)? }))
            }
            TeamRequest::Audit if viewer.role.sees_every_lead() => {
                reply(200, &json!({ "audit": history::audit_lines(&self.database)? }))
            }
            TeamRequest::Deliveries | TeamRequest::Audit => Err(NOT_FOR_ROLE.into()),
        }
    }

    fn list(&self, config: &Config, viewer: &Viewer, cursor: Option<&str>) -> Outcome {
        let member = viewer.lists()?;
        let after = match cursor {
            None => None,
            Some(text) => {
                Some(read_cursor(text).ok_or_else(|| BODY_MALFORMED.because("the cursor is not one of ours"))?)
            }
        };
        let rows = leads::open_in_rank_order(&self.database, member, after.as_ref(), PAGE)?;
        let full = i64::try_from(rows.len()).unwrap_or(0) == PAGE;
        let next = rows.last().filter(|_| full).map(|row| format!("{}.{}.{}", row.rank, row.answer_by, row.id));
        let leads: Result<Vec<_>, Failure> = rows.iter().map(|row| self.summary(config, row)).collect();
        reply(200, &LeadPage { leads: leads?, next })
    }

    fn search(&self, config: &Config, viewer: &Viewer, text: &str) -> Outcome {
        let member = viewer.lists()?;
        let text: String = text.chars().take(200).collect();
        let beginnings = lead::search::beginnings(&text, &config.phone_region);
        let rows = search::leads(&self.database, &beginnings, member)?;
        let leads: Result<Vec<_>, Failure> = rows.iter().take(50).map(|row| self.summary(config, row)).collect();
        reply(200, &LeadPage { leads: leads?, next: None })
    }

    fn list_closed(&self, config: &Config, viewer: &Viewer, cursor: Option<&str>) -> Outcome {
        let member = viewer.lists()?;
        let before = match cursor.map(|text| text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id)))) {
            None => (END_OF_TIME, ""),
            Some(Some(before)) => before,
            Some(None) => return Err(BODY_MALFORMED.because("the cursor is not one of ours").into()),
        };
        let found = closings::newest(&self.database, member, before, PAGE)?;
        let full = i64::try_from(found.len()).unwrap_or(0) == PAGE;
        let next = found.last().filter(|_| full).map(|(at, id)| format!("{at}.{id}"));
        let mut leads = Vec::new();
        for (_, id) in found {
            if let Some(row) = leads::find(&self.database, &id)? {
                leads.push(self.summary(config, &row)?);
            }
        }
        reply(200, &LeadPage { leads, next })
    }

    fn visible(&self, viewer: &Viewer, id: &str) -> Result<leads::Row, Failure> {
        let row = leads::find(&self.database, id)?.filter(|row| viewer.sees(row));
        row.ok_or_else(|| NOT_FOUND.into())
    }

    /// Writes the wish to the audit log and refuses it.
    fn refuse(&self, viewer: &Viewer, action: &str, target: &str) -> Result<Failure, Failure> {
        let cut = |text: &str| text.chars().take(200).collect::<String>();
        let line = history::AuditLine {
            at: clock::now().as_millisecond(),
            who: viewer.id.clone(),
            action: cut(action),
            target: cut(target),
            outcome: "refused".into(),
        };
        history::audit(&self.database, &line)?;
        Ok(FORBIDDEN.because(format!("{action} does not exist here")).into())
    }

    fn command(&self, config: &Config, viewer: &Viewer, id: &str, body: &serde_json::Value) -> Outcome {
        let command = match command::read(body) {
            Asked::Forbidden(name) => return Err(self.refuse(viewer, &name, id)?),
            Asked::Unknown(why) => return Err(BODY_MALFORMED.because(why).into()),
            Asked::Exists(command) => command,
        };
        let row = self.visible(viewer, id)?;
        if !command::allowed(&command, viewer.role) {
            return Err(NOT_FOR_ROLE.into());
        }
        if erasures::of_contact(&self.database, &row.contact)?.is_some() {
            return Err(PERSON_ERASED.into());
        }
        if command == Command::Spam {
            self.may_be_spam(&row)?;
        }
        if matches!(command, Command::Responded { .. }) && !row.is_open() {
            return Err(NOT_OPEN.into());
        }
        let now = clock::now();
        let at = now.as_millisecond();
        let event = |kind, data: &[(&str, &str)]| Event {
            at: now.to_string(),
            kind,
            by: viewer.id.clone(),
            data: lead::event::data(data),
        };
        let note = clock::mint(now)?;
        self.database.transaction(|| match &command {
            Command::Note { text } => {
                tasks::add_note(&self.database, &note, id, &viewer.id, text.trim(), at)?;
                leads::touch(&self.database, id)?;
                history::add(&self.database, id, &[event(EventKind::NoteAdded, &[("note", &note)])])
            }
            Command::Genuine => self.genuine(config, viewer, &row, now),
            Command::Spam => self.spam(config, viewer, &row, now),
            Command::Responded { result } => {
                let mut answered = id.to_owned();
                // Whom somebody has talked to is a person, and may turn out to be one who is known.
                if row.status == "suspect" {
                    self.genuine(config, viewer, &row, now)?;
                    answered = self.where_it_went(id)?.pop().unwrap_or(answered);
                }
                let open = leads::find(&self.database, &answered)?.is_some_and(|row| row.status == "open");
                if !open || !leads::put_answered(&self.database, &answered, at)? {
                    return Ok(());
                }
                for task in tasks::finish(&self.database, &answered, FIRST_RESPONSE, result.trim(), at)? {
                    let done = event(EventKind::TaskDone, &[("task", &task), ("kind", FIRST_RESPONSE)]);
                    history::add(&self.database, &answered, &[done])?;
                }
                Ok(())
            }
        })?;
        self.announce(&row.id);
        let row = self.visible(viewer, id)?;
        reply(200, &self.detail_for(viewer, config, &row)?)
    }
}

fn read_cursor(text: &str) -> Option<leads::Cursor> {
    let mut parts = text.splitn(3, '.');
    Some(leads::Cursor {
        rank: parts.next()?.parse().ok()?,
        answer_by: parts.next()?.parse().ok()?,
        id: parts.next()?.to_owned(),
    })
}
