//! The alarm sends what is due. An attempt is counted before it is made, so that a crash in the
//! middle is one attempt more, never one delivery less.

use std::time::Duration;

use futures_util::{
    FutureExt,
    future::{Either, LocalBoxFuture, select},
    stream::{FuturesUnordered, StreamExt},
};
use lead::{
    config::Config,
    delivery::{self, Health, Next, Outcome},
    destinations::{
        NEWS_FOR_PEOPLE, SWITCHED_OFF,
        contract::{BY_HAND, Ended, Job},
        telling::Telling,
    },
    erasure,
    event::{Event, EventKind},
    intake::Delivery,
};
use serde_json::json;
use worker::Delay;

use super::{Ledger, losses::LOOK_EVERY};
use crate::{
    clock::{self, Timestamp},
    couriers,
    rejection::Failure,
    sql::{
        deliveries, destinations,
        history::{self, AuditLine},
        leads, losses,
    },
};

/// When an attempt is made again should nobody live to write down how it ended, in milliseconds: longer
/// than any attempt takes.
const UNFINISHED_AGAIN: i64 = 60_000;

/// Attempts that were begun, after which none is made any more: those of the schedule, and as many of which nobody
/// lived to write down how they ended.
const MOST_BEGUN: usize = 2 * delivery::SCHEDULE.len();

/// How long one ring of the alarm goes on beginning new deliveries, in milliseconds; the next ring goes on.
const ONE_RING: i64 = 300_000;

/// How often a ring looks for what has become due while others are on their way.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// When the next ring is while an older build's work goes on, in milliseconds.
const LOOK_ON: i64 = 1_000;

/// Older deliveries looked through at one ring.
const LOOKED_THROUGH: i64 = 2_000;

/// What is on its way: each ends with its destination.
type OnTheirWay<'a> = FuturesUnordered<LocalBoxFuture<'a, String>>;

/// What one ring of the alarm has begun.
#[derive(Default)]
struct Underway {
    /// The destination of each that is on its way, and whether it failed when that began.
    in_flight: Vec<(String, bool)>,
    /// Every destination that anything was begun for, the last one at the end.
    begun: Vec<String>,
}

impl Underway {
    fn begin(&mut self, destination: &str, failing: bool) {
        self.in_flight.push((destination.to_owned(), failing));
        self.begun.retain(|begun| begun != destination);
        self.begun.push(destination.to_owned());
    }

    fn end(&mut self, destination: &str) {
        if let Some(place) = self.in_flight.iter().position(|(held, _)| held == destination) {
            self.in_flight.swap_remove(place);
        }
    }

    fn held(&self, destination: &str) -> usize {
        self.in_flight.iter().filter(|(held, _)| held == destination).count()
    }
}

impl Ledger {
    pub(super) async fn alarm_rang(&self) -> worker::Result<()> {
        self.wake().await?;
        // The successor first: whatever happens below, the alarm rings again.
        self.armed.set(None);
        self.state.storage().set_alarm(Duration::from_secs(60)).await?;
        if let Err(failure) = self.tend().await {
            worker::console_error!("fault in tending the outbox: {}", super::answer::fault(failure));
        }
        let until = clock::now().as_millisecond().saturating_add(ONE_RING);
        let mut on_their_way: OnTheirWay<'_> = FuturesUnordered::new();
        let mut underway = Underway::default();
        let mut searching = deliveries::older_work(&self.database)?;
        loop {
            let now = clock::now().as_millisecond();
            if searching {
                searching = self.database.transaction(|| deliveries::search_due(&self.database, LOOKED_THROUGH))?;
            }
            if now < until {
                for (due, failing) in self.whose_turn(&underway, now)? {
                    // Before anything else is looked at: what has begun is not due any more.
                    deliveries::begin(&self.database, &due.id, now.saturating_add(UNFINISHED_AGAIN))?;
                    underway.begin(&due.destination, failing);
                    on_their_way.push(self.deliver(due).boxed_local());
                }
            }
            if on_their_way.is_empty() {
                break;
            }
            // One that takes its time keeps nobody else waiting: what becomes due meanwhile begins as well.
            if let Either::Left((Some(over), _)) = select(on_their_way.next(), Delay::from(LOOK_AGAIN)).await {
                underway.end(&over);
            }
        }
        if let Err(failure) = self.retain(clock::now()) {
            worker::console_error!("fault in retention: {}", super::answer::fault(failure));
        }
        Ok(())
    }

    /// When what an older build left is gone on with, if anything is left.
    pub(super) fn older_work_due(&self) -> worker::Result<Option<i64>> {
        let left = deliveries::older_work(&self.database)?;
        Ok(left.then(|| clock::now().as_millisecond().saturating_add(LOOK_ON)))
    }

    /// What an older build left to be done, a little at each ring.
    async fn tend(&self) -> Result<(), Failure> {
        deliveries::search_dead(&self.database, LOOKED_THROUGH)?;
        self.close_secrets().await
    }

    /// The deliveries that begin now, each with whether its destination fails.
    fn whose_turn(&self, underway: &Underway, now: i64) -> worker::Result<Vec<(deliveries::Due, bool)>> {
        let waiting = deliveries::waiting(&self.database)?;
        let is_due = |line: &&deliveries::Waiting| line.at <= now;
        // Whoever has not begun yet comes first, then whoever has begun longest ago: of many that fail each is tried.
        let last = |line: &deliveries::Waiting| underway.begun.iter().position(|begun| *begun == line.destination);
        let mut names: Vec<(String, delivery::Line)> = Vec::new();
        for turn in std::iter::once(None).chain((0..underway.begun.len()).map(Some)) {
            for line in waiting.iter().filter(is_due).filter(|line| last(line) == turn) {
                names.push((line.destination.clone(), line.line(underway.held(&line.destination))));
            }
        }
        // Those who have nothing more to send still hold the places that they hold.
        for (destination, failing) in &underway.in_flight {
            if !names.iter().any(|(name, _)| name == destination) {
                let in_flight = underway.held(destination);
                names.push((destination.clone(), delivery::Line { due: false, in_flight, failing: *failing }));
            }
        }
        let lines: Vec<delivery::Line> = names.iter().map(|(_, line)| *line).collect();
        let mut chosen = Vec::new();
        for ((destination, line), places) in names.iter().zip(delivery::share(&lines)).filter(|(_, places)| *places > 0)
        {
            for due in deliveries::due(&self.database, destination, now, places)? {
                chosen.push((due, line.failing));
            }
        }
        Ok(chosen)
    }

    /// Makes an attempt, and gives the destination whose place is free again.
    async fn deliver(&self, due: deliveries::Due) -> String {
        if let Err(failure) = self.attempt(&due).await {
            let error = super::answer::fault(failure);
            worker::console_error!("fault in delivery {}: {error}", due.id);
            // It goes the way of any failed attempt, so that it neither spins nor is forgotten.
            let ended = Ended::our_fault();
            if let Err(failure) = self.settle(&due, &ended) {
                worker::console_error!("fault in settling {}: {}", due.id, super::answer::fault(failure));
            }
        }
        due.destination
    }

    async fn attempt(&self, due: &deliveries::Due) -> Result<(), Failure> {
        if usize::try_from(due.attempts).unwrap_or(usize::MAX) >= MOST_BEGUN {
            return self.settle(due, &Ended::permanent("no attempt has ended"));
        }
        let now = clock::now();
        let (_, config) = self.config()?;
        let Some(destination) = config.destination(&due.destination) else {
            return self.settle(due, &Ended::permanent("the destination no longer exists"));
        };
        if due.event == erasure::PERSON_ERASED && !destination.settings().takes_erasure() {
            return self.settle(due, &Ended::permanent(BY_HAND));
        }
        let body = match &due.body {
            Some(body) => body.clone(),
            None => {
                let body = match due.event.as_str() {
                    erasure::PERSON_ERASED => self.erasure_body(due)?,
                    event => self.news(&config, &due.lead, event, due.created_at)?,
                };
                deliveries::fix_body(&self.database, &due.id, &body)?;
                body
            }
        };
        let secret = match self.secret_of(&config, &due.destination).await {
            Ok(secret) => secret.unwrap_or_default(),
            Err(Failure::Rejected(why)) => {
                worker::console_error!("secret of {}: {}", due.destination, why.detail.unwrap_or_default());
                return self.settle(due, &Ended::auth(why.title));
            }
            Err(fault) => return Err(fault),
        };
        let remote = destinations::remote(&self.database, &due.lead, &due.destination)?;
        let job = Job {
            id: &due.id,
            telling: &Telling::of(&body),
            secret: &secret,
            remote: remote.as_deref(),
            attempt: due.attempts.saturating_add(due.again).saturating_add(1),
            now: now.as_second(),
        };
        // Whoever is erased while his card is being made is told of no further.
        let is_wanted = || !deliveries::is_erased(&self.database, &due.id).unwrap_or(false);
        let ended = couriers::carry(&self.environment, destination, &job, &is_wanted).await;
        self.settle(due, &ended)
    }

    /// Writes down how an attempt ended and what follows.
    fn settle(&self, due: &deliveries::Due, ended: &Ended) -> Result<(), Failure> {
        let now = clock::now();
        let at = now.as_millisecond();
        let attempt = due.attempts.saturating_add(1);
        let next = delivery::next(attempt, &ended.outcome, now, clock::chance());
        let kind = match next {
            Next::Sent => EventKind::DeliverySent,
            Next::At(_) | Next::Kept => EventKind::DeliveryFailed,
            Next::Dead => EventKind::DeliveryDead,
        };
        let next_at = if let Next::At(at) = next { Some(at) } else { None };
        let mut data = vec![
            ("delivery", due.id.clone()),
            ("destination", due.destination.clone()),
            ("event", due.event.clone()),
            ("attempt", attempt.to_string()),
            ("result", ended.said.clone()),
        ];
        data.extend(next_at.map(|at| ("next_at", at.to_string())));
        let event = Event {
            at: now.to_string(),
            kind,
            by: "machine".into(),
            data: lead::form::by_key(data.into_iter().map(|(key, value)| (key.to_owned(), value))),
        };
        let before = destinations::health(&self.database, &due.destination)?;
        // That a service cannot be told of an erasure says nothing of how it does, and neither does what we did not go
        // on with.
        let is_untold = due.event == erasure::PERSON_ERASED && ended.outcome == Outcome::Permanent;
        let after = if is_untold || ended.is_ours() {
            before.clone()
        } else {
            delivery::health(&before, &ended.outcome, &ended.said, at)
        };
        let switched_off = before.off_since.is_none() && after.off_since.is_some();
        let alert = if switched_off { self.alert(due, &after, now)? } else { None };
        self.database.transaction(|| {
            let said = ended.said.as_str();
            match next {
                Next::Sent => deliveries::end(&self.database, &due.id, "sent", None, said)?,
                Next::At(at) => {
                    deliveries::end(&self.database, &due.id, "retrying", Some(at.as_millisecond()), said)?;
                }
                Next::Kept => deliveries::keep(&self.database, &due.id, at, said)?,
                Next::Dead => deliveries::end(&self.database, &due.id, "dead", None, said)?,
            }
            if matches!(next, Next::Dead) {
                losses::begin_looking(&self.database, at.saturating_add(LOOK_EVERY))?;
            }
            if matches!(next, Next::Sent | Next::Dead) {
                deliveries::release(&self.database, &due.lead, &due.destination, at)?;
            }
            if let Outcome::Sent { remote: Some(remote) } = &ended.outcome {
                destinations::put_remote(&self.database, &due.lead, &due.destination, remote)?;
            }
            if before != after {
                destinations::put_health(&self.database, &due.destination, &after)?;
            }
            if switched_off {
                let line = AuditLine {
                    at,
                    who: "machine".into(),
                    // The audit is kept for ever, and no erasure changes it.
                    action: format!("switch_off: {}", delivery::in_our_words(&after.said)),
                    target: due.destination.clone(),
                    outcome: "done".into(),
                };
                history::audit(&self.database, &line)?;
                if let Some((delivery, body)) = &alert {
                    deliveries::add(&self.database, &due.lead, delivery, at)?;
                    deliveries::fix_body(&self.database, &delivery.id, body)?;
                }
            }
            leads::touch(&self.database, &due.lead)?;
            history::add(&self.database, &due.lead, &[event])
        })?;
        if switched_off {
            // Desks ask again who they are, and hear what is to be looked after.
            self.close_live_everywhere();
        }
        self.announce(&due.lead);
        Ok(())
    }

    /// The message that tells the owner of a destination that was switched off: by another one that sends e-mail, or
    /// writes to people in a chat.
    fn alert(
        &self,
        due: &deliveries::Due,
        health: &Health,
        now: Timestamp,
    ) -> Result<Option<(Delivery, String)>, Failure> {
        let (_, config) = self.config()?;
        let Some(destination) = self.hears_alerts(&config, &due.destination)? else { return Ok(None) };
        let delivery = Delivery { id: clock::mint(now)?, destination, event: SWITCHED_OFF, due_at: now };
        let data = json!({
            "id": due.lead, "workspace": config.name, "language": config.language,
            "destination": due.destination, "reason": health.said,
        });
        let body = json!({ "type": SWITCHED_OFF, "timestamp": now.to_string(), "data": data });
        Ok(Some((delivery, body.to_string())))
    }

    /// The destination that an alert goes to: one that sends e-mail, else one that writes to a chat, and not `but`. One
    /// that fails at this time is better than none.
    pub(super) fn hears_alerts(&self, config: &Config, but: &str) -> worker::Result<Option<String>> {
        let letters = config.destinations.iter().filter(|one| one.settings().is_email());
        let chats = config.destinations.iter().filter(|one| one.settings().usual_events() == NEWS_FOR_PEOPLE);
        let mut fails = None;
        for destination in letters.chain(chats) {
            let id = destination.id();
            let health = destinations::health(&self.database, id)?;
            if id == but || health.off_since.is_some() {
                continue;
            }
            if health.failing_since.is_none() {
                return Ok(Some(id.to_owned()));
            }
            fails = fails.or(Some(id.to_owned()));
        }
        Ok(fails)
    }
}
