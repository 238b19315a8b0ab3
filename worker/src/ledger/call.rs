//! What the doors ask of a ledger. Every call carries a key whose MAC the door has checked;
//! whether it was revoked, the ledger checks itself.

use lead::{
    config::Config,
    counting::Beacon,
    form::{
        Answers,
        wire::{AnswersRequest, InquiryRequest},
    },
};
use serde::{Deserialize, Serialize};

use crate::keys::Key;

/// A call to the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Makes the workspace: first configuration and keys. By the operator.
    SetUp {
        /// The workspace's id.
        workspace: String,
        /// Its configuration.
        config: Box<Config>,
    },
    /// Publishes a configuration, unless it is the one in force. By the operator.
    Publish {
        /// The workspace's id.
        workspace: String,
        /// The configuration.
        config: Box<Config>,
    },
    /// Makes a sign-in link. By the operator.
    MakeLink {
        /// Whose.
        member: String,
        /// Days it holds.
        days: u16,
        /// How often it can be used.
        uses: u16,
    },
    /// A published form.
    Form {
        /// A site key.
        key: Key,
        /// The form's name.
        form: String,
        /// A version, or the one in force.
        version: Option<u32>,
    },
    /// Records an inquiry.
    Record {
        /// A site key.
        key: Key,
        /// What was sent.
        request: Box<InquiryRequest>,
        /// How it came.
        arrival: Arrival,
    },
    /// Adds answers.
    Answer {
        /// A site key.
        key: Key,
        /// The inquiry's id.
        inquiry: String,
        /// What was sent.
        message: Box<AnswersRequest>,
        /// The body as it came.
        raw: String,
    },
    /// What an inquiry has said so far, for the page that goes on asking.
    Said {
        /// A site key.
        key: Key,
        /// The inquiry's id.
        inquiry: String,
        /// The inquiry's secret.
        secret: String,
    },
    /// Counts steps of a visit.
    Count {
        /// A site key.
        key: Key,
        /// What was sent.
        beacon: Beacon,
    },
    /// Exchanges a sign-in link for a session.
    SignIn {
        /// The link's key.
        key: Key,
    },
    /// Ends a session.
    SignOut {
        /// The session's key.
        key: Key,
    },
    /// Something of the team's.
    Team {
        /// A session's or an API key.
        key: Key,
        /// What.
        request: TeamRequest,
    },
}

/// What is asked of the destinations.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "wanted", rename_all = "snake_case")]
pub enum DestinationsRequest {
    /// How they do.
    List,
    /// What one would send.
    Preview {
        /// The destination.
        id: String,
        /// Of the newest lead; of a sample otherwise.
        of_newest: bool,
    },
    /// A change.
    Command {
        /// The destination.
        id: String,
        /// The command's body.
        body: serde_json::Value,
    },
}

impl Call {
    /// The workspace it is made to, where the caller says so.
    pub fn workspace(&self) -> Option<&str> {
        match self {
            Self::SetUp { workspace, .. } | Self::Publish { workspace, .. } => Some(workspace),
            Self::MakeLink { .. } => None,
            Self::Form { key, .. }
            | Self::Record { key, .. }
            | Self::Answer { key, .. }
            | Self::Said { key, .. }
            | Self::Count { key, .. }
            | Self::SignIn { key }
            | Self::SignOut { key }
            | Self::Team { key, .. } => Some(&key.workspace),
        }
    }
}

/// How an inquiry came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Arrival {
    /// `widget`, `hosted` or `api`.
    pub channel: String,
    /// The body as it came.
    pub raw: String,
    /// The Origin header.
    pub origin: String,
    /// The User-Agent header.
    pub user_agent: String,
    /// ISO country, where the runtime knows it.
    pub country: String,
}

/// Which report is wanted; absent means the first form and the last thirty days.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReportWanted {
    /// The form.
    pub form: Option<String>,
    /// First day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// How many days, where no first day is named.
    pub days: Option<u16>,
}

/// What an inquiry has said so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Said {
    /// What was sent with it.
    pub request: InquiryRequest,
    /// Its answers.
    pub answers: Answers,
}

/// A file on its way to the ledger: everything but its content, which is the call's body.
#[derive(Debug, Serialize, Deserialize)]
pub struct Attach {
    /// A site key.
    pub key: Key,
    /// The inquiry's id.
    pub inquiry: String,
    /// The inquiry's secret.
    pub secret: String,
    /// The question it answers.
    pub question: String,
    /// Its name, as it came.
    pub name: String,
    /// Of its content, hexadecimal.
    pub sha256: String,
}

/// What the team, or a program with an API key, asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum TeamRequest {
    /// Who am I?
    Me,
    /// Open leads in rank order.
    Leads {
        /// Where the page begins.
        cursor: Option<String>,
    },
    /// Closed leads, newest first.
    ClosedLeads {
        /// Where the page begins.
        cursor: Option<String>,
    },
    /// How visitors go through a form.
    QuestionsReport {
        /// Which form, and when.
        wanted: ReportWanted,
    },
    /// One lead.
    Lead {
        /// Its id.
        id: String,
    },
    /// A file of a lead.
    File {
        /// The lead's id.
        lead: String,
        /// The file's id.
        file: String,
    },
    /// A change.
    Command {
        /// The lead's id.
        id: String,
        /// The command's body.
        body: serde_json::Value,
    },
    /// Something that nobody may do; it is written to the audit log.
    Refused {
        /// What.
        action: String,
        /// On what.
        target: String,
    },
    /// Something of the destinations.
    Destinations {
        /// What.
        wanted: DestinationsRequest,
    },
    /// The newest deliveries.
    Deliveries,
    /// The newest lines of the audit log.
    Audit,
}
