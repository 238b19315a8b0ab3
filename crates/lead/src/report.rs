//! Reports: what was counted, put together for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `GET /api/reports/questions`: how visitors go through a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionsReport {
    /// The form.
    pub form: String,
    /// All forms of the workspace, to choose from.
    pub forms: Vec<String>,
    /// First day, `YYYY-MM-DD`, where the workspace is.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Visits in which somebody turned to the form.
    pub opened: u64,
    /// … began to fill in the contact step.
    pub contact: u64,
    /// … sent an inquiry off.
    pub minted: u64,
    /// Inquiries that the ledger recorded.
    pub recorded: u64,
    /// Visits that came to the end of the questions.
    pub completed: u64,
    /// Each question, in the order of the form; those that the form no longer asks come last.
    pub questions: Vec<QuestionCount>,
    /// Each source, the most opened first.
    pub sources: Vec<SourceCount>,
}

/// What became of one question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionCount {
    /// The question's id.
    pub question: String,
    /// Its wording in the workspace's language; empty for one that the form no longer asks.
    pub asked: String,
    /// Visits that saw it.
    pub shown: u64,
    /// … answered it.
    pub answered: u64,
    /// … skipped it.
    pub skipped: u64,
    /// … did neither: they left here.
    pub left: u64,
}

/// What one source brought to the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCount {
    /// See [`crate::source::Source`].
    pub channel: String,
    /// See [`crate::source::Source`].
    pub network: String,
    /// See [`crate::source::Source`].
    pub campaign: String,
    /// Visits in which somebody turned to the form.
    pub opened: u64,
    /// Inquiries recorded.
    pub recorded: u64,
    /// Opened and left without a way to be reached: nobody to build a dialogue with, and no lead.
    pub opened_no_contact: u64,
}

/// A number as it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// See [`crate::source::Source`].
    pub channel: String,
    /// See [`crate::source::Source`].
    pub network: String,
    /// See [`crate::source::Source`].
    pub campaign: String,
    /// For example `open` or `shown:need`.
    pub step: String,
    /// How often.
    pub n: u64,
}

impl QuestionsReport {
    /// Puts what was counted together. `asked` is each question's id and wording, in order.
    #[must_use]
    pub fn of(self, asked: &[(String, String)], counted: &[Counted]) -> Self {
        let mut steps: BTreeMap<&str, u64> = BTreeMap::new();
        let mut sources: BTreeMap<(&str, &str, &str), (u64, u64, u64)> = BTreeMap::new();
        for row in counted {
            let sum = steps.entry(&row.step).or_default();
            *sum = sum.saturating_add(row.n);
            let (opened, minted, recorded) = sources.entry((&row.channel, &row.network, &row.campaign)).or_default();
            match row.step.as_str() {
                "open" => *opened = opened.saturating_add(row.n),
                "minted" => *minted = minted.saturating_add(row.n),
                "recorded" => *recorded = recorded.saturating_add(row.n),
                _ => {}
            }
        }
        let n = |step: &str| steps.get(step).copied().unwrap_or(0);
        let question = |(id, asked): &(String, String)| {
            let of = |what: &str| n(&format!("{what}:{id}"));
            let (shown, answered, skipped) = (of("shown"), of("answered"), of("skipped"));
            let left = shown.saturating_sub(answered).saturating_sub(skipped);
            QuestionCount { question: id.clone(), asked: asked.clone(), shown, answered, skipped, left }
        };
        let gone = steps
            .keys()
            .filter_map(|step| step.strip_prefix("shown:"))
            .filter(|id| asked.iter().all(|(known, _)| known != id));
        let gone: Vec<_> = gone.map(|id| (id.to_owned(), String::new())).collect();
        let mut sources: Vec<_> = sources
            .into_iter()
            .filter(|(_, (opened, _, recorded))| *opened > 0 || *recorded > 0)
            .map(|((channel, network, campaign), (opened, minted, recorded))| SourceCount {
                channel: channel.to_owned(),
                network: network.to_owned(),
                campaign: campaign.to_owned(),
                opened,
                recorded,
                opened_no_contact: opened.saturating_sub(minted),
            })
            .collect();
        sources.sort_by_key(|source| std::cmp::Reverse(source.opened));
        Self {
            opened: n("open"),
            contact: n("contact"),
            minted: n("minted"),
            recorded: n("recorded"),
            completed: n("completed"),
            questions: asked.iter().chain(&gone).map(question).collect(),
            sources,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_put_together() {
        let counted = |channel: &str, step: &str, n| Counted {
            channel: channel.into(),
            network: String::new(),
            campaign: String::new(),
            step: step.into(),
            n,
        };
        let asked = [("need".to_owned(), "Что нужно?".to_owned()), ("pay".to_owned(), "Как платите?".to_owned())];
        let report = QuestionsReport::default().of(
            &asked,
            &[
                counted("direct", "open", 3),
                counted("paid", "open", 10),
                counted("paid", "minted", 4),
                counted("paid", "recorded", 5),
                counted("direct", "shown:need", 5),
                counted("paid", "shown:need", 4),
                counted("direct", "answered:need", 3),
                counted("direct", "skipped:need", 1),
                counted("direct", "answered:pay", 2),
                counted("direct", "shown:old", 1),
                counted("social", "shown:pay", 1),
            ],
        );
        assert_eq!((report.opened, report.minted, report.recorded, report.completed), (13, 4, 5, 0));
        let lines: Vec<_> = report
            .questions
            .iter()
            .map(|line| (line.question.as_str(), line.shown, line.answered, line.skipped, line.left))
            .collect();
        // More answers than were shown (a lost beacon) leave nobody, rather than less than nobody.
        assert_eq!(lines, [("need", 9, 3, 1, 5), ("pay", 1, 2, 0, 0), ("old", 1, 0, 0, 1)]);
        let sources: Vec<_> = report
            .sources
            .iter()
            .map(|source| (source.channel.as_str(), source.opened, source.recorded, source.opened_no_contact))
            .collect();
        assert_eq!(sources, [("paid", 10, 5, 6), ("direct", 3, 0, 3)]);
    }
}
