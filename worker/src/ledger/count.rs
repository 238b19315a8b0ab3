//! How visitors go through a form: counted, and shown to those who look after the form.

use jiff::ToSpan;
use lead::{
    counting::Beacon,
    deadline,
    form::{Date, day},
    loss,
    report::QuestionsReport,
    role::Role,
    wording,
};
use worker::Response;

use super::{Ledger, Outcome, call::ReportWanted, losses::LOOK_EVERY, reply};
use crate::{
    clock,
    keys::Key,
    rejection::{BODY_MALFORMED, Failure, NOT_FOR_ROLE, NOT_FOUND},
    sql::{counts, losses},
};

/// Days of a report that names none.
const DAYS: u16 = 30;

/// The most days of a report that names no first one.
const MOST_DAYS: u16 = 3_660;

impl Ledger {
    /// Adds up what a visit's beacon says. What it says of other forms and questions is ignored.
    pub(super) async fn count(&self, key: &Key, beacon: &Beacon) -> Outcome {
        let site = self.site(key)?;
        let (in_force, config) = self.config()?;
        let version = beacon.version.filter(|seen| (1..=in_force).contains(seen)).unwrap_or(in_force);
        if let Some(form) = self.published(&beacon.form, version)? {
            let now = clock::now();
            let on = |at| day::written(deadline::local_day(&config, at));
            let (today, sent_off) = (on(now), on(loss::sent_off_at(beacon.hour, now)));
            let column = counts::Column { site: &site, form: &form.id, form_version: version };
            let day = |step| if step == "minted" { sent_off.as_str() } else { today.as_str() };
            let steps = beacon.steps_of(&form).map(|(step, n)| (day(step), step, n));
            let is_minted = beacon.steps.iter().any(|(step, _)| step == "minted");
            let look_at = now.as_millisecond().saturating_add(LOOK_EVERY);
            let is_begun = self.database.transaction(|| {
                counts::add(&self.database, column, &beacon.source, steps)?;
                Ok(is_minted && losses::begin_looking(&self.database, look_at)?)
            })?;
            if is_begun && let Err(error) = self.arm().await {
                worker::console_error!("fault in arming for losses: {error}");
            }
        }
        Ok(Response::empty()?.with_status(204))
    }

    /// `GET /api/reports/questions`
    pub(super) fn questions_report(&self, role: Role, wanted: &ReportWanted) -> Outcome {
        if !role.sees_reports() {
            return Err(NOT_FOR_ROLE.into());
        }
        let (in_force, config) = self.config()?;
        let forms: Vec<String> = config.forms.iter().map(|form| form.id.clone()).collect();
        let named = wanted.form.clone().or_else(|| forms.first().cloned()).unwrap_or_default();
        let form = self.published(&named, in_force)?.ok_or(NOT_FOUND)?;
        let to = read(wanted.to.as_deref())?.unwrap_or_else(|| deadline::local_day(&config, clock::now()));
        let days = i32::from(wanted.days.unwrap_or(DAYS).clamp(1, MOST_DAYS));
        let first = to.saturating_sub(days.saturating_sub(1).days());
        let from = read(wanted.from.as_deref())?.unwrap_or(first);
        let (from, to) = (day::written(from), day::written(to));
        let counted = counts::of_form(&self.database, &form.id, &from, &to)?;
        let asked: Vec<(String, String)> = form
            .questions
            .iter()
            .map(|question| (question.id.clone(), wording::in_general(&form, question, &config.language)))
            .collect();
        reply(
            200,
            &QuestionsReport { form: form.id, forms, from, to, ..QuestionsReport::default() }.of(&asked, &counted),
        )
    }
}

fn read(text: Option<&str>) -> Result<Option<Date>, Failure> {
    let date = text.map(|text| day::read(text).ok_or_else(|| BODY_MALFORMED.because("a day is written YYYY-MM-DD")));
    Ok(date.transpose()?)
}
