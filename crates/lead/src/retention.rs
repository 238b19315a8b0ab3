//! How long what people typed is kept: rules of the workspace, run by the ledger's alarm in small batches.
//!
//! All of them count from the day a lead was closed. A person with a lead that is open or deferred is never touched.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The rules. One that is absent never does anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename(deserialize = "Retention!"), deny_unknown_fields, default)]
pub struct Retention {
    /// Months after which a person is erased all of whose leads are closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_months: Option<u16>,
    /// Months after which the bodies of a closed lead's inquiries are forgotten as they came; what was understood
    /// of them stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_months: Option<u16>,
    /// Days after which a person is erased whose lead was closed as spam or as a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam_days: Option<u16>,
}

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Persons of closed leads are erased.
    Closed,
    /// Raw bodies of closed leads are forgotten.
    Raw,
    /// Persons of spam are erased.
    Spam,
}

/// All rules.
pub const RULES: [Rule; 3] = [Rule::Closed, Rule::Raw, Rule::Spam];

/// Reasons a lead is closed for that make it spam.
pub const SPAM_REASONS: [&str; 2] = ["spam", "test"];

impl Rule {
    /// The code under which its progress is kept.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Raw => "raw",
            Self::Spam => "spam",
        }
    }
}

impl Retention {
    /// After how many months, or days for spam.
    pub fn after(&self, rule: Rule) -> Option<u16> {
        match rule {
            Rule::Closed => self.closed_months,
            Rule::Raw => self.raw_months,
            Rule::Spam => self.spam_days,
        }
    }

    /// Leads closed at this moment or earlier are due; `None` for a rule that is absent.
    pub fn due_before(&self, rule: Rule, now: Timestamp) -> Option<Timestamp> {
        let after = i64::from(self.after(rule)?);
        let now = now.to_zoned(TimeZone::UTC);
        let span = match rule {
            Rule::Closed | Rule::Raw => after.months(),
            Rule::Spam => after.days(),
        };
        now.checked_sub(span).ok().map(|then| then.timestamp())
    }

    /// True when there is anything to do at all.
    pub fn any(&self) -> bool {
        RULES.iter().any(|rule| self.after(*rule).is_some())
    }

    /// True for a workspace that keeps everything, which is not written down.
    pub fn is_absent(&self) -> bool {
        !self.any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_from_the_closing_by_the_calendar() {
        let now: Timestamp = "2026-03-31T10:00:00Z".parse().unwrap_or_default();
        let rules = Retention { closed_months: Some(1), raw_months: None, spam_days: Some(30) };
        let before = |rule| rules.due_before(rule, now).map(|then| then.to_string());
        assert_eq!(before(Rule::Closed).as_deref(), Some("2026-02-28T10:00:00Z"));
        assert_eq!(before(Rule::Spam).as_deref(), Some("2026-03-01T10:00:00Z"));
        assert_eq!(before(Rule::Raw), None);
        assert!(rules.any() && Retention::default().is_absent());
    }
}
