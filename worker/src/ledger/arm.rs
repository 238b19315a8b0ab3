//! The alarm, and the directory's knowledge of it: a ledger whose alarm was lost is found by the directory,
//! which knows when the ledger had something to do.

use std::rc::Rc;

use serde_json::json;

use super::{Ledger, Outcome, reply};
use crate::{
    clock, directory, environment,
    sql::{backups, deliveries, due, losses, retention, settings, unclaimed},
};

/// Nothing is ever due later than this, in milliseconds from now: what is was written while the clock was wrong.
const LATEST: i64 = 3 * 86_400_000;

/// An alarm that should have rung so many milliseconds ago is not going to.
const OVERDUE: i64 = 60_000;

/// A backup that nobody has gone on with for so long, in milliseconds, is given up.
const BACKUP_GIVEN_UP: i64 = 6 * 3_600_000;

impl Ledger {
    /// Sets the alarm to whatever is due next; none, when nothing is. Tells the directory when it would
    /// look too late otherwise. Gives when that is.
    pub(super) async fn arm(&self) -> worker::Result<Option<i64>> {
        let due = self.next_due()?;
        // Setting it is a write: where nothing changed, which is after most inquiries, it is spared.
        // And one that rings too early only looks; putting it off again and again would never let it ring.
        let now = clock::now().as_millisecond();
        let rings = self.armed.get().flatten().filter(|rings| *rings > now);
        let in_time = due.zip(rings).is_some_and(|(due, rings)| rings <= due);
        let is_jumped_over = self.armed.get().flatten().is_some_and(|rings| rings <= now.saturating_sub(OVERDUE));
        if (self.armed.get() != Some(due) || is_jumped_over) && !in_time {
            self.armed.set(None);
            let storage = self.state.storage();
            match due {
                Some(due) => storage.set_alarm(clock::until(due)).await?,
                None => storage.delete_alarm().await?,
            }
            self.armed.set(Some(due));
        }
        let sooner = match (self.told.get(), due) {
            (None, _) => true,
            (Some(told), Some(due)) => told.is_none_or(|told| due < told),
            (Some(_), None) => false,
        };
        // What was never set up is nobody's: an id that somebody mistyped is not kept in the directory.
        if sooner && settings::published(&self.database)?.is_some() {
            self.tell(due);
        }
        Ok(due)
    }

    /// The same after something was written of one lead and of nothing else: where the alarm rings no later than
    /// the first delivery of this lead is due, whatever made it so, it is as it should be; unless it should have rung
    /// long ago: then the clock has jumped, and the alarm has not.
    pub(super) async fn arm_for(&self, lead: &str) -> worker::Result<()> {
        let (due, now) = (deliveries::next_due_of(&self.database, lead)?, clock::now().as_millisecond());
        match (self.armed.get(), self.told.get(), due) {
            (Some(_), Some(_), None) => Ok(()),
            (Some(Some(rings)), Some(_), Some(due)) if rings <= due && rings > now.saturating_sub(OVERDUE) => Ok(()),
            _ => self.arm().await.map(drop),
        }
    }

    /// When something is due next.
    fn next_due(&self) -> worker::Result<Option<i64>> {
        let all = [
            deliveries::next_due(&self.database)?,
            retention::next_due(&self.database)?,
            unclaimed::next_due(&self.database)?,
            losses::next_look(&self.database)?,
            self.backfill_due()?,
            self.older_work_due()?,
        ];
        Ok(all.into_iter().flatten().min())
    }

    /// After the alarm: what the directory believes is made true again.
    pub(super) fn tell_if_other(&self, due: Option<i64>) {
        if self.told.get() != Some(due) {
            self.tell(due);
        }
    }

    /// Tells the directory in the background: nobody waits for it, and when it fails it is told at the next
    /// occasion.
    fn tell(&self, due_at: Option<i64>) {
        let Some(workspace) = self.state.id().name() else { return };
        let environment = self.environment.clone();
        let told = Rc::clone(&self.told);
        told.set(Some(due_at));
        self.state.wait_until(async move {
            let call = directory::Call::Tell { workspace, due_at };
            let answer = match environment.directory() {
                Ok(directory) => environment::call(&directory, &call).await,
                Err(error) => Err(error),
            };
            if !answer.is_ok_and(|response| response.status_code() == 200) {
                told.set(None);
            }
        });
    }

    /// The directory looks: the alarm is set again, whatever it was, and the time of the next work is given.
    pub(super) async fn look(&self) -> Outcome {
        let now = clock::now().as_millisecond();
        // A clock that was wrong for a while must not put anything off for a year.
        due::not_later(&self.database, now.saturating_add(LATEST), now)?;
        backups::give_up_before(&self.database, now.saturating_sub(BACKUP_GIVEN_UP))?;
        let due = self.next_due()?;
        self.told.set(Some(due));
        self.armed.set(None);
        self.arm().await?;
        reply(200, &json!({ "due_at": due }))
    }
}
