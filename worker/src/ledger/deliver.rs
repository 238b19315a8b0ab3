//! The alarm sends what is due. An attempt is counted before it is made, so that a crash in the
//! middle is one attempt more, never one delivery less.

use std::time::Duration;

use futures_util::future::join_all;
use lead::{
    config::{Config, Destination},
    delivery::{self, Next, Outcome},
    erasure,
    event::{Event, EventKind},
    webhook,
};

use super::Ledger;
use crate::{
    clock,
    couriers::{self, Report},
    rejection::Failure,
    sql::{answers, deliveries, history, inquiries, leads},
};

/// Deliveries sent side by side; the runtime allows six connections at once.
const AT_ONCE: i64 = 6;

/// When an attempt is made again should nobody live to write down how it ended, in seconds: longer
/// than any attempt takes.
const UNFINISHED_AGAIN: i64 = 60;

impl Ledger {
    pub(super) async fn alarm_rang(&self) -> worker::Result<()> {
        self.wake().await?;
        // The successor first: whatever happens below, the alarm rings again.
        self.armed.set(None);
        self.state.storage().set_alarm(Duration::from_secs(60)).await?;
        let now = clock::now();
        let due = deliveries::due(&self.database, now.as_millisecond(), AT_ONCE)?;
        let attempts = due.iter().map(|due| async move {
            if let Err(failure) = self.attempt(due).await {
                let error = super::answer::fault(failure);
                worker::console_error!("fault in delivery {}: {error}", due.id);
                // It goes the way of any failed attempt, so that it neither spins nor is forgotten.
                let report = Report { outcome: Outcome::Retry { after: None }, said: "fault on our side".into() };
                let _ = self.settle(due, &report);
            }
        });
        join_all(attempts).await;
        if let Err(failure) = self.retain(now) {
            worker::console_error!("fault in retention: {}", super::answer::fault(failure));
        }
        Ok(())
    }

    async fn attempt(&self, due: &deliveries::Due) -> Result<(), Failure> {
        let unfinished = clock::now().as_millisecond().saturating_add(UNFINISHED_AGAIN.saturating_mul(1_000));
        deliveries::begin(&self.database, &due.id, unfinished)?;
        let (_, config) = self.config()?;
        let body = match &due.body {
            Some(body) => body.clone(),
            None => {
                let body = self.body(&config, due)?;
                deliveries::fix_body(&self.database, &due.id, &body)?;
                body
            }
        };

        let report = match config.destination(&due.destination) {
            Some(Destination::Webhook { url, secret, .. }) => {
                couriers::webhook::send(&self.environment, url, secret, &due.id, &body).await
            }
            None => Report { outcome: Outcome::Permanent, said: "the destination no longer exists".into() },
        };
        self.settle(due, &report)
    }

    /// Writes down how an attempt ended and what follows.
    fn settle(&self, due: &deliveries::Due, report: &Report) -> Result<(), Failure> {
        let now = clock::now();
        let attempt = due.attempts.saturating_add(1);
        let next = delivery::next(attempt, &report.outcome, now, clock::chance());
        let (state, next_at, kind) = match next {
            Next::Sent => ("sent", None, EventKind::DeliverySent),
            Next::At(at) => ("retrying", Some(at), EventKind::DeliveryFailed),
            Next::Dead => ("dead", None, EventKind::DeliveryDead),
        };
        let mut data = vec![
            ("delivery", due.id.clone()),
            ("destination", due.destination.clone()),
            ("event", due.event.clone()),
            ("attempt", attempt.to_string()),
            ("result", report.said.clone()),
        ];
        data.extend(next_at.map(|at| ("next_at", at.to_string())));
        let event = Event {
            at: now.to_string(),
            kind,
            by: "machine".into(),
            data: lead::form::by_key(data.into_iter().map(|(key, value)| (key.to_owned(), value))),
        };
        self.database.transaction(|| {
            deliveries::end(&self.database, &due.id, state, next_at.map(|at| at.as_millisecond()), &report.said)?;
            leads::touch(&self.database, &due.lead)?;
            history::add(&self.database, &due.lead, &[event])
        })?;
        self.announce(&due.lead);
        Ok(())
    }

    /// What the destination is told: the lead as it stands at the first attempt.
    fn body(&self, config: &Config, due: &deliveries::Due) -> Result<String, Failure> {
        if due.event == erasure::PERSON_ERASED {
            return self.erasure_body(due);
        }
        let row = leads::find(&self.database, &due.lead)?.ok_or(crate::rejection::NOT_FOUND)?;
        let inquiries = inquiries::of_lead(&self.database, &due.lead)?;
        let summary = self.summary_with(config, &row, &inquiries)?;
        let facts: Vec<_> = answers::facts(&self.database, &due.lead)?.into();
        let files = self.files_of(config, &due.lead)?;
        Ok(webhook::body(&due.event, &clock::rfc3339(due.created_at), &summary, &facts, &files, inquiries.last()))
    }
}
