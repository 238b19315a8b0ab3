//! The quarantine as the team sees it.

use lead::{
    config::Config,
    role::Role,
    suspicion::view::{Quarantine, Suspect},
};

use super::{Ledger, Outcome, reply, team::Viewer};
use crate::{
    clock::rfc3339,
    rejection::{BODY_MALFORMED, Failure, NOT_FOR_ROLE},
    sql::{leads, suspects},
};

/// Suspects on one page, and of the other lists the most that are shown.
const PAGE: i64 = 50;
const FEW: i64 = 10;

impl Ledger {
    /// `GET /api/quarantine`: to a seller what is his, to a head everything.
    pub(super) fn quarantine(&self, config: &Config, viewer: &Viewer, cursor: Option<&str>) -> Outcome {
        if viewer.role == Role::Marketer {
            return Err(NOT_FOR_ROLE.into());
        }
        let everyone = viewer.role.sees_every_lead();
        let member = (!everyone).then_some(viewer.id.as_str());
        let read = |text: &str| {
            let (at, id) = text.split_once('.')?;
            Some((at.parse::<i64>().ok()?, id.to_owned()))
        };
        let before = match cursor {
            None => (super::team::END_OF_TIME, String::new()),
            Some(text) => read(text).ok_or_else(|| BODY_MALFORMED.because("the cursor is not one of ours"))?,
        };
        let found = suspects::waiting(&self.database, member, (before.0, &before.1), PAGE)?;
        let full = i64::try_from(found.len()).unwrap_or(0) == PAGE;
        let next = found.last().filter(|_| full).map(|(at, id)| format!("{at}.{id}"));
        reply(
            200,
            &Quarantine {
                suspects: self.suspects_of(config, found)?,
                to_judge: self.suspects_of(config, suspects::to_judge(&self.database, member, FEW)?)?,
                confirmed: if everyone {
                    self.suspects_of(config, suspects::confirmed(&self.database, FEW)?)?
                } else {
                    vec![]
                },
                waiting: suspects::count_waiting(&self.database, member)?,
                wrongly_set_aside: suspects::share(&self.database, true)?,
                let_through: suspects::share(&self.database, false)?,
                next,
            },
        )
    }

    fn suspects_of(&self, config: &Config, found: Vec<(i64, String)>) -> Result<Vec<Suspect>, Failure> {
        let mut shown = Vec::new();
        for (at, lead) in found {
            let Some(row) = leads::find(&self.database, &lead)? else { continue };
            let verdict = suspects::verdict_of_lead(&self.database, &lead)?;
            shown.push(Suspect {
                lead: self.summary(config, &row)?,
                at: rfc3339(at),
                score: verdict.score(),
                signals: verdict.signals,
                drawn: suspects::is_drawn(&self.database, &lead, true)?,
            });
        }
        Ok(shown)
    }
}
