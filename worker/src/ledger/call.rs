//! What the doors ask of a ledger. Every call carries a key whose MAC the door has checked;
//! whether it was revoked, the ledger checks itself.

use lead::{
    config::Config,
    counting::Beacon,
    form::{Answers, wire::InquiryRequest},
};
use serde::{Deserialize, Serialize};

use super::operate::Step;
use crate::keys::Key;

/// A call to the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        /// The version that it may replace although somebody on the desk published it.
        over: Option<u32>,
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
    /// Who was erased: for the operator to keep beside his backups.
    Erasures,
    /// Erases again whoever was erased before a backup was restored. By the operator.
    EraseAgain {
        /// What he kept.
        kept: Vec<super::erase::Kept>,
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
        /// What was sent, and how it came.
        arrival: Arrival,
    },
    /// Adds answers.
    Answer {
        /// A site key.
        key: Key,
        /// The inquiry's id.
        inquiry: String,
        /// What was sent, as it came; between door and ledger empty, since it crosses beside the call.
        raw: String,
        /// When it came, in milliseconds since 1970; now, when absent.
        #[serde(default)]
        received_at: Option<i64>,
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
    /// What the site asks browsers to work on.
    Challenge {
        /// A site key.
        key: Key,
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
    /// The directory looks whether what was due is done.
    Look,
    /// Something of the operator's.
    Operate {
        /// The workspace's id.
        workspace: String,
        /// What.
        step: Step,
    },
    /// Something about the configuration.
    Configure {
        /// A session's or an API key.
        key: Key,
        /// What.
        request: ConfigRequest,
    },
    /// The configuration's versions, or one of them taken up again. By the operator.
    Versions {
        /// The workspace's id.
        workspace: String,
        /// The version to take up again.
        rollback: Option<u32>,
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
#[serde(rename_all = "snake_case")]
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
            Self::SetUp { workspace, .. } | Self::Publish { workspace, .. } | Self::Versions { workspace, .. } => {
                Some(workspace)
            }
            Self::Form { key, .. }
            | Self::Record { key, .. }
            | Self::Answer { key, .. }
            | Self::Said { key, .. }
            | Self::Count { key, .. }
            | Self::SignIn { key }
            | Self::SignOut { key }
            | Self::Configure { key, .. }
            | Self::Team { key, .. } => Some(&key.workspace),
            // The operator's steps bring or take away what would be written here.
            _ => None,
        }
    }

    /// The body as it came.
    pub fn raw(&mut self) -> Option<&mut String> {
        match self {
            Self::Record { arrival, .. } => Some(&mut arrival.raw),
            Self::Answer { raw, .. } => Some(raw),
            _ => None,
        }
    }
}

/// How an inquiry came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Arrival {
    /// `widget`, `hosted` or `api`.
    pub channel: String,
    /// The body as it came; between door and ledger empty, since it crosses beside the call.
    pub raw: String,
    /// The Origin header.
    pub origin: String,
    /// The User-Agent header.
    pub user_agent: String,
    /// ISO country, where the runtime knows it.
    pub country: String,
    /// The sender's network (never the address), where it is known. It travels beside the call, is counted, and is
    /// written nowhere, not into the spill either.
    #[serde(skip)]
    pub network: String,
    /// When it came, in milliseconds since 1970; now, when absent. An inquiry that waited in the spill
    /// is recorded, and answered by the deadline, as of this time.
    #[serde(default)]
    pub received_at: Option<i64>,
    /// Region, where the runtime knows it.
    #[serde(default)]
    pub region: String,
    /// City, where the runtime knows it.
    #[serde(default)]
    pub city: String,
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

/// What is asked about the configuration.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigRequest {
    /// What is in force, the draft and the versions.
    Read,
    /// Keeps a draft.
    Draft {
        /// Its JSON, as it was written.
        text: String,
        /// The version that it was made from; absent means the one in force.
        #[serde(default)]
        based_on: Option<u32>,
        /// When the draft that it replaces was saved, as far as the sender has seen; absent means that it is replaced
        /// whoever saved it.
        #[serde(default)]
        seen: Option<String>,
    },
    /// Throws the draft away.
    Drop {
        /// When the draft was saved that is meant; absent means any.
        seen: Option<String>,
    },
    /// Publishes the draft.
    Publish {
        /// When the draft was saved that is meant; absent means any.
        seen: Option<String>,
        /// The version that is believed to be in force; absent means the one the draft was begun from.
        version: Option<u32>,
    },
    /// Publishes an older version as a new one.
    Rollback {
        /// Which.
        version: u32,
    },
    /// Tries the draft's rules on leads that were recorded.
    Rehearse {
        /// Days to look back.
        days: Option<u16>,
        /// Where the page begins.
        cursor: Option<String>,
    },
}

/// What the team, or a program with an API key, asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Leads of the people whose phone, mailbox or handle begins like this.
    Search {
        /// As it was typed.
        text: String,
    },
    /// How visitors go through a form.
    QuestionsReport {
        /// Which form, and when.
        wanted: ReportWanted,
    },
    /// A page of everything.
    Export {
        /// Which.
        wanted: super::export::ExportWanted,
    },
    /// Erasures and rules of retention.
    Privacy,
    /// What was lost on the way.
    Losses {
        /// How many days.
        days: u16,
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
    /// Leads that look as if nobody had sent them.
    Quarantine {
        /// Where the page begins.
        cursor: Option<String>,
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
