//! Rows put together as views: what the desk, the API and destinations are shown.

use lead::{
    config::Config,
    deadline,
    form::priority,
    privacy::{self, PersonView},
    view::{AnswerView, ClosedView, FileView, InquiryView, LeadDetail, LeadSummary},
    visit, wording,
};

use super::{Ledger, team::Viewer};
use crate::{
    clock::{self, rfc3339},
    rejection::Failure,
    sql::{answers, attachments, closings, contacts, deliveries, history, inquiries, leads, suspects, tasks},
};

impl Ledger {
    /// A lead as in a list.
    pub(super) fn summary(&self, config: &Config, row: &leads::Row) -> Result<LeadSummary, Failure> {
        let inquiries = inquiries::of_lead(&self.database, &row.id)?;
        self.summary_with(config, row, &inquiries)
    }

    /// The same, where the inquiries are at hand already.
    pub(super) fn summary_with(
        &self,
        config: &Config,
        row: &leads::Row,
        inquiries: &[InquiryView],
    ) -> Result<LeadSummary, Failure> {
        // The place depends on the day, so it is computed when it is looked at.
        let today = deadline::local_day(config, clock::now());
        let rule = priority::Rule { urgent_days: config.urgent_days };
        let standing = priority::standing(&answers::facts(&self.database, &row.id)?, today, rule);
        let mut answered: Vec<AnswerView> = Vec::new();
        for inquiry in inquiries.iter().rev() {
            for answer in self.answers_of(config, inquiry)? {
                // The newest inquiry's answer to a question is the one shown.
                if !answered.iter().any(|known| known.question == answer.question) {
                    answered.push(answer);
                }
            }
        }
        Ok(LeadSummary {
            id: row.id.clone(),
            stage: row.stage.clone(),
            status: row.status.clone(),
            priority: standing.priority,
            reachable: standing.reachable,
            rank: standing.rank,
            filter: standing.filter,
            next_step: standing.next_step,
            need: standing.need,
            budget: standing.budget,
            urgency: standing.urgency,
            by_offer: standing.by_offer,
            opened_at: rfc3339(row.opened_at),
            answer_by: rfc3339(row.answer_by),
            answered_at: row.answered_at.map(rfc3339),
            // A row that nobody can read hides neither itself nor anybody else.
            source: row.source().unwrap_or_default(),
            rule: row.rule.clone(),
            assigned_to: row.assigned_to.clone(),
            assigned_name: config.member(&row.assigned_to).map(|member| member.name.clone()).unwrap_or_default(),
            contact: contacts::view(&self.database, &row.contact)?,
            message: inquiries
                .iter()
                .rev()
                .map(|inquiry| inquiry.message.clone())
                .find(|message| !message.is_empty())
                .unwrap_or_default(),
            answers: answered,
            closed: closings::of_lead(&self.database, &row.id)?.map(|closing| ClosedView {
                at: rfc3339(closing.closed_at),
                reason: closing.reason,
                evidence: closing.evidence,
            }),
            touches: row.touches,
            revision: row.revision,
        })
    }

    /// A lead with everything that hangs on it.
    pub(super) fn detail(&self, config: &Config, row: &leads::Row) -> Result<LeadDetail, Failure> {
        let mut inquiries = inquiries::of_lead(&self.database, &row.id)?;
        inquiries::add_revised(&self.database, &row.id, &mut inquiries)?;
        for inquiry in &mut inquiries {
            if config.site(&inquiry.source.site).is_none_or(|site| site.expects(&inquiry.unlisted_origin)) {
                inquiry.unlisted_origin.clear();
            }
            inquiry.consent_text = self.consent_text(config, inquiry)?;
        }
        Ok(LeadDetail {
            lead: self.summary_with(config, row, &inquiries)?,
            facts: answers::facts(&self.database, &row.id)?.into(),
            inquiries,
            tasks: tasks::of_lead(&self.database, &row.id)?,
            notes: tasks::notes_of_lead(&self.database, &row.id)?,
            deliveries: deliveries::list(&self.database, Some(&row.id))?,
            why: self.why(&row.id)?,
            files: self.files_of(config, &row.id)?,
            signals: suspects::verdict_of_lead(&self.database, &row.id)?.signals,
            history: history::of_lead(&self.database, &row.id)?,
            person: PersonView::default(),
        })
    }

    /// The same, with the person for those who look after persons.
    pub(super) fn detail_for(&self, viewer: &Viewer, config: &Config, row: &leads::Row) -> Result<LeadDetail, Failure> {
        let mut detail = self.detail(config, row)?;
        if privacy::allowed(viewer.role) {
            detail.person = self.person(config, row)?;
        }
        Ok(detail)
    }

    /// The wording of the consent that a visitor saw: of the form's version, in his language.
    fn consent_text(&self, config: &Config, inquiry: &InquiryView) -> Result<String, Failure> {
        let mut name = inquiry.form.rsplitn(2, ' ');
        let (Some(version), Some(form)) = (name.next(), name.next()) else { return Ok(String::new()) };
        let Ok(version) = version.parse() else { return Ok(String::new()) };
        let Some(form) = self.published(form, version)? else { return Ok(String::new()) };
        let consent = form.contact.consent;
        // Whoever named another wording saw another one, and only he knows which.
        if !inquiry.consent_processing || inquiry.consent_version != consent.version {
            return Ok(String::new());
        }
        let lang = if inquiry.lang.is_empty() { &config.language } else { &inquiry.lang };
        Ok(consent.text.in_language(lang).to_owned())
    }

    /// A lead's files, each with the wording of its question.
    pub(super) fn files_of(&self, config: &Config, lead: &str) -> Result<Vec<FileView>, Failure> {
        let mut files = Vec::new();
        for file in attachments::of_lead(&self.database, lead)? {
            let known = inquiries::find(&self.database, &file.inquiry)?;
            let form = known.map(|known| self.published(&known.form, known.form_version)).transpose()?.flatten();
            let question = form.as_ref().and_then(|form| form.question(&file.question));
            let asked = form
                .as_ref()
                .zip(question)
                .map(|(form, question)| wording::in_general(form, question, &config.language));
            files.push(file.view(lead, asked.unwrap_or_default()));
        }
        Ok(files)
    }

    fn answers_of(&self, config: &Config, inquiry: &InquiryView) -> Result<Vec<AnswerView>, Failure> {
        let mut name = inquiry.form.rsplitn(2, ' ');
        let (Some(version), Some(form)) = (name.next(), name.next()) else { return Ok(vec![]) };
        let Ok(version) = version.parse() else { return Ok(vec![]) };
        let merged = answers::merged(&self.database, &inquiry.id)?;
        if merged == lead::form::Answers::default() {
            return Ok(vec![]);
        }
        let Some(form) = self.published(form, version)? else { return Ok(vec![]) };
        let request = inquiries::request(&self.database, &inquiry.id)?.unwrap_or_default();
        Ok(wording::answers(&form, &merged, &visit::context(&request), &config.language))
    }
}
