//! Reports: what was counted, put together for people.

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
        // Each source, and how many of its inquiries were sent off.
        let mut sources: Vec<(SourceCount, u64)> = Vec::new();
        for row in counted {
            let is_this = |(known, _): &&mut (SourceCount, u64)| {
                known.channel == row.channel && known.network == row.network && known.campaign == row.campaign
            };
            let known = match sources.iter_mut().find(is_this) {
                Some((known, minted)) => match row.step.as_str() {
                    "open" => &mut known.opened,
                    "minted" => minted,
                    "recorded" => &mut known.recorded,
                    _ => continue,
                },
                None => {
                    let of = |step| if row.step == step { row.n } else { 0 };
                    let (opened, recorded, minted) = (of("open"), of("recorded"), of("minted"));
                    let Counted { channel, network, campaign, .. } = row.clone();
                    let opened_no_contact = 0;
                    let source = SourceCount { channel, network, campaign, opened, recorded, opened_no_contact };
                    sources.push((source, minted));
                    continue;
                }
            };
            *known = known.saturating_add(row.n);
        }
        let n = |step: &str| {
            counted.iter().filter(|row| row.step == step).fold(0_u64, |sum, row| sum.saturating_add(row.n))
        };
        let question = |(id, asked): &(String, String)| {
            let of = |what: &str| n(&format!("{what}:{id}"));
            let (shown, answered, skipped) = (of("shown"), of("answered"), of("skipped"));
            let left = shown.saturating_sub(answered).saturating_sub(skipped);
            QuestionCount { question: id.clone(), asked: asked.clone(), shown, answered, skipped, left }
        };
        let mut all = asked.to_vec();
        for id in counted.iter().filter_map(|row| row.step.strip_prefix("shown:")) {
            if all.iter().all(|(known, _)| known != id) {
                all.push((id.to_owned(), String::new()));
            }
        }
        let mut shown = Vec::new();
        for (mut source, minted) in form::in_order(sources, |(source, _)| std::cmp::Reverse(source.opened)) {
            if source.opened > 0 || source.recorded > 0 {
                source.opened_no_contact = source.opened.saturating_sub(minted);
                shown.push(source);
            }
        }
        Self {
            opened: n("open"),
            contact: n("contact"),
            minted: n("minted"),
            recorded: n("recorded"),
            completed: n("completed"),
            questions: all.iter().map(question).collect(),
            sources: shown,
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
