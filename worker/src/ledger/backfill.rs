//! What a migration left to be written for rows that were there before it: a few at a time, by the alarm.

use lead::{config::Config, publish};

use super::Ledger;
use crate::{
    clock,
    sql::{
        self,
        backfills::{self, Backfill},
    },
};

/// Configuration versions in one step.
const VERSIONS: i64 = 5;

/// Milliseconds between two steps.
const PAUSE: i64 = 500;

impl Ledger {
    /// When the next step is due, if anything is left.
    pub(super) fn backfill_due(&self) -> worker::Result<Option<i64>> {
        let left = backfills::unfinished(&self.database)?;
        Ok(left.map(|_| clock::now().as_millisecond().saturating_add(PAUSE)))
    }

    /// Takes one step. A fault in it is logged and costs nothing else.
    pub(super) fn backfill(&self) {
        let stepped = backfills::unfinished(&self.database).and_then(|left| match left {
            Some(left) => self.database.transaction(|| self.step(&left)),
            None => Ok(()),
        });
        if let Err(error) = stepped {
            worker::console_error!("fault in backfill: {error}");
        }
    }

    fn step(&self, left: &Backfill) -> worker::Result<()> {
        let now = clock::now().as_millisecond();
        if left.name != "published_forms" {
            // Of a later build that was taken back: it is that build's to finish.
            return Ok(());
        }
        let versions = backfills::versions_above(&self.database, left.position, VERSIONS)?;
        let Some((last, _)) = versions.last() else {
            return backfills::put(&self.database, &left.name, left.position, Some(now));
        };
        for (version, body) in &versions {
            // A version that can no longer be read shows no form today either.
            let Ok(config) = lead::json::read::<Config>(body) else { continue };
            for form in &config.forms {
                let Ok(published) = publish::publish(form, &config.words, *version) else { continue };
                backfills::keep_form(&self.database, *version, &form.id, &sql::json(&published)?)?;
            }
        }
        backfills::put(&self.database, &left.name, i64::from(*last), None)
    }
}
