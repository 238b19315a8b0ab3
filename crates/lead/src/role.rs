//! Who works with leads, and what each may see and do (methodology §3).

use serde::{Deserialize, Serialize};

/// A role in the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works the leads that the rules gave him, and sees only those.
    Seller,
    /// Practises on refusals; sees only what was given to him.
    Trainee,
    /// Sees counts per source.
    Marketer,
    /// Sees every lead and works it; configures, merges, parts and erases.
    Head,
    /// Reads everything.
    Owner,
}

impl Role {
    /// May see leads that are not his own.
    pub fn sees_every_lead(self) -> bool {
        matches!(self, Self::Head | Self::Owner)
    }

    /// May see what was counted.
    pub fn sees_reports(self) -> bool {
        matches!(self, Self::Marketer | Self::Head | Self::Owner)
    }

    /// May read the configuration, draft it, publish it and take an old version up again.
    pub fn configures(self) -> bool {
        matches!(self, Self::Head | Self::Owner)
    }

    /// May add notes and results to a lead he sees.
    pub fn works_leads(self) -> bool {
        matches!(self, Self::Seller | Self::Trainee | Self::Head)
    }

    /// May be given leads by a rule.
    pub fn receives_leads(self) -> bool {
        matches!(self, Self::Seller | Self::Head)
    }
}
