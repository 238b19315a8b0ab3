//! The rules of retention, run by the alarm in small batches, and the page that shows them.

use jiff::ToSpan;
use lead::{
    config::Config,
    privacy::{self, PrivacyPage, RetentionView},
    retention::{RULES, Rule},
};

use super::{Ledger, Outcome, hand::Hand, reply, team::Viewer};
use crate::{
    clock::{self, Timestamp, rfc3339},
    rejection::{Failure, NOT_FOR_ROLE},
    sql::{erasures, history, retention},
};

/// Closings that a rule looks at before it lets others work.
const BATCH: i64 = 20;

/// Between two batches, in seconds.
const BREATH: i64 = 1;

/// Between two runs, in hours.
const EVERY: i64 = 24;

/// A gap between two runs after which the clock is not believed before the next one, in hours: what is erased does
/// not come back when the clock is put right.
const TOO_LONG: i64 = 40 * 24;

/// Receipts on the page.
const SHOWN: i64 = 100;

impl Ledger {
    /// Does what is due, and sets when it is looked at again.
    pub(super) fn retain(&self, now: Timestamp) -> Result<(), Failure> {
        let Some(due) = retention::next_due(&self.database)? else { return Ok(()) };
        if due > now.as_millisecond() {
            return Ok(());
        }
        let Some((_, config)) = self.config_if_any()? else { return Ok(()) };
        if !config.retention.any() {
            return Ok(retention::put_due(&self.database, None, None)?);
        }
        let after = |span: jiff::Span| now.checked_add(span).unwrap_or(now).as_millisecond();
        let ran = retention::ran_at(&self.database)?;
        if ran.is_some_and(|ran| now.as_millisecond().saturating_sub(ran) > TOO_LONG.saturating_mul(3_600_000)) {
            worker::console_warn!("retention waits a day: the clock has gone on by more than {TOO_LONG} hours");
            return Ok(retention::put_due(&self.database, Some(after(EVERY.hours())), Some(now.as_millisecond()))?);
        }
        let hand = Hand { by: "retention", now };
        let mut more = false;
        for rule in RULES {
            let Some(before) = config.retention.due_before(rule, now) else { continue };
            let batch = retention::due(&self.database, rule, before.as_millisecond(), BATCH)?;
            more |= i64::try_from(batch.len()).unwrap_or(0) == BATCH;
            let mut done = 0_u32;
            for closed in batch.iter().filter(|closed| closed.applies != 0) {
                let outcome = self.apply(hand, rule, closed);
                done = done.saturating_add(u32::from(outcome.is_ok()));
                if let Err(failure) = outcome {
                    let error = super::answer::fault(failure);
                    worker::console_error!("fault in retention of {}: {error}", closed.lead);
                    let line = hand.audit(&format!("retention {}", rule.code()), &closed.lead);
                    history::audit(&self.database, &history::AuditLine { outcome: "failed".into(), ..line })?;
                }
            }
            if let Some(last) = batch.last() {
                retention::reach(&self.database, rule, last)?;
            }
            if done > 0 {
                let line = hand.audit(&format!("retention {}", rule.code()), &format!("{done} leads"));
                history::audit(&self.database, &line)?;
            }
        }
        let next = if more { after(BREATH.seconds()) } else { after(EVERY.hours()) };
        Ok(retention::put_due(&self.database, Some(next), Some(now.as_millisecond()))?)
    }

    fn apply(&self, hand: Hand<'_>, rule: Rule, closed: &retention::Closed) -> Result<(), Failure> {
        if erasures::of_contact(&self.database, &closed.contact)?.is_some() {
            return Ok(());
        }
        match rule {
            Rule::Closed | Rule::Spam => {
                for lead in self.erase(hand, &closed.contact, "retention", &[])? {
                    self.announce(&lead);
                }
            }
            Rule::Raw => {
                // With those that the rule has passed while another lead of the person was open.
                let leads = retention::closed_by(&self.database, closed)?;
                self.database.transaction(|| erasures::forget_raw(&self.database, &leads))?;
            }
        }
        Ok(())
    }

    /// `GET /api/privacy`
    pub(super) fn privacy_page(&self, config: &Config, viewer: &Viewer) -> Outcome {
        if !privacy::allowed(viewer.role) {
            return Err(NOT_FOR_ROLE.into());
        }
        let now = clock::now();
        let mut page = PrivacyPage {
            erased: erasures::count(&self.database)?,
            leads: retention::leads(&self.database)?,
            ran_at: retention::ran_at(&self.database)?.map(rfc3339),
            next_at: retention::next_due(&self.database)?.map(rfc3339),
            ..PrivacyPage::default()
        };
        for receipt in erasures::newest(&self.database, SHOWN)? {
            page.erasures.push(self.receipt(receipt)?);
        }
        for rule in RULES {
            let before = config.retention.due_before(rule, now);
            page.retention.push(RetentionView {
                rule: rule.code().to_owned(),
                after: config.retention.after(rule),
                due: before
                    .map(|before| retention::count(&self.database, rule, before.as_millisecond()))
                    .transpose()?
                    .unwrap_or(0),
                before: before.map(|before| before.to_string()),
            });
        }
        reply(200, &page)
    }
}
