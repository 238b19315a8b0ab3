//! The people: who they are, when they work, and the teams in which they take turns.

use serde::{Deserialize, Serialize};

use crate::role::Role;

/// When the team works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "WorkingHours"))]
#[serde(rename(deserialize = "WorkingHours!"), deny_unknown_fields)]
pub struct WorkingHours {
    /// Working days.
    pub days: Vec<Day>,
    /// The day begins, `HH:MM`.
    pub from: String,
    /// The day ends, `HH:MM`.
    pub to: String,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// `mon`, …
    pub fn code(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// A person of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Member"))]
#[serde(rename(deserialize = "Member!"), deny_unknown_fields)]
pub struct Member {
    /// A short code, for example `anna`.
    pub id: String,
    /// The name.
    pub name: String,
    /// What the person may see and do.
    pub role: Role,
    /// How many open leads the person can look after; absent means without a limit, and in the sharing
    /// of turns as many as [`USUAL_CAPACITY`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// When this person works; absent means the company's working hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<WorkingHours>,
    /// Days on which this person gets no leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Absence>,
}

/// How many open leads a person without a capacity of his own counts for when turns are shared.
pub const USUAL_CAPACITY: u16 = 30;

/// Days on which a person gets no leads, the first and the last among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Absence"))]
#[serde(rename(deserialize = "Absence!"), deny_unknown_fields)]
pub struct Absence {
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// Several people of whom each lead goes to the one whose turn it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Team"))]
#[serde(rename(deserialize = "Team!"), deny_unknown_fields)]
pub struct Team {
    /// A short code that no person has, for example `kitchens`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The people's ids.
    pub members: Vec<String>,
}

impl Default for WorkingHours {
    /// Monday to Friday, nine to six.
    fn default() -> Self {
        Self { days: vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri], from: "09:00".into(), to: "18:00".into() }
    }
}
