//! What a migration left to be written for rows that were there before it: a few at a time, by the alarm;
//! and what waited in vain, swept by it.

use lead::{config::Config, publish};

use super::Ledger;
use crate::{
    clock,
    sql::{
        self,
        backfills::{self, Backfill},
        unclaimed,
    },
};

/// What this build knows to write.
const KNOWN: [&str; 2] = ["published_forms", UNCLAIMED];
const UNCLAIMED: &str = "unclaimed_answers";

/// Configuration versions in one step.
const VERSIONS: i64 = 5;

/// Inquiries with answers in one step.
const INQUIRIES: i64 = 200;

/// Answers that are given up in one step.
const GIVEN_UP: i64 = 100;

/// Milliseconds between two steps.
const PAUSE: i64 = 500;

impl Ledger {
    /// When the next step is due, if anything is left.
    pub(super) fn backfill_due(&self) -> worker::Result<Option<i64>> {
        let left = backfills::unfinished(&self.database, KNOWN)?;
        Ok(left.map(|_| clock::now().as_millisecond().saturating_add(PAUSE)))
    }

    /// Takes one step. A fault in it is logged and costs nothing else.
    pub(super) fn backfill(&self) {
        let stepped = backfills::unfinished(&self.database, KNOWN).and_then(|left| match left {
            Some(left) => self.database.transaction(|| self.step(&left)),
            None => Ok(()),
        });
        if let Err(error) = stepped {
            worker::console_error!("fault in backfill: {error}");
        }
    }

    /// Gives up the answers whose inquiry has not come in a week. A fault in it is logged and costs nothing else.
    pub(super) fn give_up_unclaimed(&self) {
        let before = lead::unclaimed::given_up_before(clock::now()).as_millisecond();
        let given_up = self.database.transaction(|| unclaimed::give_up(&self.database, before, GIVEN_UP));
        if let Err(error) = given_up {
            worker::console_error!("fault in giving up answers: {error}");
        }
    }

    fn step(&self, left: &Backfill) -> worker::Result<()> {
        let now = clock::now().as_millisecond();
        if left.name == UNCLAIMED {
            let reached = unclaimed::catch_up(&self.database, &left.reached, INQUIRIES)?;
            return backfills::reach(&self.database, &left.name, reached.as_deref(), now);
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
