//! The loss ledger: what browsers sent off, what was recorded, what destinations got; and the alert when something is
//! missing.

use jiff::ToSpan;
use lead::{
    config::Config,
    deadline,
    destinations::LOSSES,
    form::day,
    intake::Delivery,
    loss::{self, Counted, DestinationLosses, LossReport, SiteLosses},
    role::Role,
};
use serde_json::json;

use super::{Ledger, Outcome, reply};
use crate::{
    clock::{self, Timestamp},
    rejection::{Failure, NOT_FOR_ROLE},
    sql::{deliveries, losses},
};

/// The most days a report looks back.
const MOST_DAYS: u16 = 366;

/// Between two looks for something that is missing, in milliseconds.
pub(super) const LOOK_EVERY: i64 = 3_600_000;

/// The days that are looked at: those of which browsers may still keep something, and a few after.
const WATCHED_DAYS: u16 = 11;

/// By site and day.
type Sites<T> = Vec<(String, Vec<(String, T)>)>;

impl Ledger {
    /// `GET /api/reports/losses`
    pub(super) fn losses(&self, config: &Config, role: Role, days: u16) -> Outcome {
        if !role.sees_every_lead() {
            return Err(NOT_FOR_ROLE.into());
        }
        reply(200, &self.loss_report(config, days, clock::now())?)
    }

    fn loss_report(&self, config: &Config, days: u16, now: Timestamp) -> worker::Result<LossReport> {
        let today = deadline::local_day(config, now);
        let days = i32::from(days.clamp(1, MOST_DAYS));
        let all: Vec<String> = (0..days).rev().map(|back| day::written(today.saturating_sub(back.days()))).collect();
        let (from, to) = (all.first().cloned().unwrap_or_default(), day::written(today));

        let mut counted: Sites<Counted> = Vec::new();
        for row in losses::counted(&self.database, &from, &to)? {
            let Some(of) = of(&mut counted, &row.site).and_then(|days| of(days, &row.day)) else { continue };
            let number = match row.step.as_str() {
                "minted" => &mut of.minted,
                "recorded" => &mut of.recorded,
                _ => &mut of.arrived,
            };
            *number = number.saturating_add(row.n);
        }
        // A day more on either side: hours are told apart where the workspace is.
        let this_hour = now.as_second().div_euclid(3_600);
        let first_hour = this_hour.saturating_sub(i64::from(days).saturating_add(2).saturating_mul(24));
        let mut delivered: Sites<Vec<DestinationLosses>> = Vec::new();
        for row in losses::delivered(&self.database, first_hour, this_hour)? {
            let began = Timestamp::from_second(row.hour.saturating_mul(3_600)).unwrap_or_default();
            let on = day::written(deadline::local_day(config, began));
            if !all.contains(&on) {
                continue;
            }
            let Some(lines) = of(&mut delivered, &row.site).and_then(|days| of(days, &on)) else { continue };
            match lines.iter_mut().find(|line| line.destination == row.destination) {
                Some(line) => {
                    line.queued = line.queued.saturating_add(row.queued);
                    line.sent = line.sent.saturating_add(row.sent);
                    line.dead = line.dead.saturating_add(row.dead);
                }
                None => lines.push(DestinationLosses {
                    destination: row.destination,
                    queued: row.queued,
                    sent: row.sent,
                    dead: row.dead,
                    waiting: 0,
                }),
            }
        }
        let mut report = LossReport { from, to, ..LossReport::default() };
        let mut sites: Vec<String> = config.sites.iter().map(|site| site.id.clone()).collect();
        for gone in counted.iter().map(|(site, _)| site).chain(delivered.iter().map(|(site, _)| site)) {
            if !sites.contains(gone) {
                sites.push(gone.clone());
            }
        }
        for site in sites {
            let (Some(counted), Some(delivered)) = (of(&mut counted, &site), of(&mut delivered, &site)) else {
                continue;
            };
            let days = loss::of_site(&all, counted, delivered);
            for day in &days {
                report.lost = report.lost.saturating_add(day.lost);
                report.held_up = report.held_up.saturating_add(day.held_up());
                report.dead = report.dead.saturating_add(day.dead());
            }
            let name = config.site(&site).map_or_else(|| site.clone(), |found| found.name.clone());
            report.sites.push(SiteLosses { site, name, days });
        }
        Ok(report)
    }

    /// Looks whether something is missing that nobody was told of. A fault in it is logged and costs nothing else.
    pub(super) fn watch_losses(&self, now: Timestamp) {
        if let Err(failure) = self.look_for_losses(now) {
            worker::console_error!("fault in looking for losses: {}", super::answer::fault(failure));
        }
    }

    fn look_for_losses(&self, now: Timestamp) -> Result<(), Failure> {
        let at = now.as_millisecond();
        if losses::next_look(&self.database)?.is_none_or(|due| due > at) {
            return Ok(());
        }
        // Whatever happens below, it is not looked at again right away.
        losses::put_next_look(&self.database, Some(at.saturating_add(LOOK_EVERY)))?;
        let Some((_, config)) = self.config_if_any()? else { return Ok(()) };
        let report = self.loss_report(&config, WATCHED_DAYS, now)?;
        if report.sites.iter().all(|site| site.days.is_empty()) {
            return Ok(losses::put_next_look(&self.database, None)?);
        }
        let mut new = Vec::new();
        for gap in report.gaps() {
            if !losses::was_told(&self.database, &gap)? {
                new.push(gap);
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        // Where nobody can be told it stands on the desk alone, and is told once somebody can be.
        let Some(destination) = self.hears_alerts(&config, "")? else { return Ok(()) };
        let Some(lead) = losses::carrier(&self.database, &destination)? else { return Ok(()) };
        let russian = config.language != "en";
        let missing: Vec<_> = new.iter().map(|gap| gap.words(russian)).collect();
        let missing: Vec<_> = missing.iter().map(|(place, what)| json!({ "where": place, "what": what })).collect();
        let data = json!({ "id": lead, "workspace": config.name, "language": config.language, "missing": missing });
        let body = json!({ "type": LOSSES, "timestamp": now.to_string(), "data": data }).to_string();
        let delivery = Delivery { id: clock::mint(now)?, destination, event: LOSSES, due_at: now };
        Ok(self.database.transaction(|| {
            deliveries::add(&self.database, &lead, &delivery, at)?;
            deliveries::fix_body(&self.database, &delivery.id, &body)?;
            losses::forget_older(&self.database, &report.from)?;
            new.iter().try_for_each(|gap| losses::put_told(&self.database, &gap.day, &gap.site, gap.kind))
        })?)
    }

    /// What was counted until now is another server's to tell of: this one was restored from its backup. Runs inside
    /// the caller's transaction.
    pub(super) fn leave_losses(&self, config: &Config) -> worker::Result<()> {
        losses::put_next_look(&self.database, None)?;
        let report = self.loss_report(config, WATCHED_DAYS, clock::now())?;
        for gap in report.gaps() {
            losses::put_told(&self.database, &gap.day, &gap.site, gap.kind)?;
        }
        // What was on its way in those days may have come to the other one.
        for site in &report.sites {
            for day in site.days.iter().filter(|day| day.day != report.to) {
                for gap in loss::GAPS {
                    losses::put_told(&self.database, &day.day, &site.site, gap)?;
                }
            }
        }
        Ok(())
    }
}

/// What a list has under a name, from now on if not before: sites and days are few.
fn of<'a, T: Default>(list: &'a mut Vec<(String, T)>, name: &str) -> Option<&'a mut T> {
    if !list.iter().any(|(known, _)| known == name) {
        list.push((name.to_owned(), T::default()));
    }
    list.iter_mut().find(|(known, _)| known == name).map(|(_, found)| found)
}
