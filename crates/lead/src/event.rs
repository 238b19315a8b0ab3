//! What happened to a lead, from the first second on.
//!
//! Events carry ids, codes and numbers, never what a person typed: erasing a person leaves the
//! history intact.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One line of a lead's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// What.
    pub kind: EventKind,
    /// `visitor`, `machine`, or a user's id.
    pub by: String,
    /// Codes and ids that belong to it, for example `rule`, `destination`, `question`.
    #[serde(default)]
    pub data: BTreeMap<String, String>,
}

/// An event's `data`.
pub fn data(members: &[(&str, &str)]) -> BTreeMap<String, String> {
    form::by_key(members.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
}

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An inquiry was recorded. `inquiry`, `channel`, `source`.
    InquiryRecorded,
    /// The lead began at first contact. `stage`.
    LeadOpened,
    /// A rule chose the person and the destinations. `rule`, `assigned_to`, `destinations`.
    Routed,
    /// A task was set. `task`, `kind`, `due_at`.
    TaskSet,
    /// A delivery was queued. `delivery`, `destination`, `event`.
    DeliveryQueued,
    /// A delivery arrived. `delivery`, `destination`, `event`, `attempt`, `result`.
    DeliverySent,
    /// An attempt failed. `delivery`, `destination`, `event`, `attempt`, `result`, `next_at`.
    DeliveryFailed,
    /// A delivery was given up. `delivery`, `destination`, `event`, `attempt`, `result`.
    DeliveryDead,
    /// Questions were answered. `question`, `answer` (codes only), `seq`.
    Answered,
    /// A fact was added. `key`, `value` (codes and dates only), `known`.
    FactAdded,
    /// The priority changed. `from`, `to`, `rank`.
    PriorityChanged,
    /// A note was written. `note`.
    NoteAdded,
    /// A task was done. `task`, `kind`, and `result` when a closing did it.
    TaskDone,
    /// The same inquiry came again with another body. `inquiry`.
    InquiryRevised,
    /// The lead left the funnel. `status`, `reason`, `inquiry`, `do_not_contact`.
    LeadClosed,
    /// What it was closed for was taken back. `reason`, `inquiry`.
    LeadReopened,
    /// A person whom nobody was to disturb wrote again himself. `inquiry`.
    SilenceEnded,
    /// It looks as if nobody had sent it, and waits for a decision. `inquiry`, `score`, `signs`.
    LeadSetAside,
    /// It goes on as if it had never been set aside: somebody said so, or what the visitor did next. `inquiry`.
    LeadReleased,
    /// Two contacts are one person. `change`, `person`, `other`, and `folded`, `into` when both had an open lead.
    PersonsMerged,
    /// An inquiry turned out to be somebody else's. `change`, `person`, `other`, `inquiry`, `from`, `lead`.
    PersonSplit,
    /// A merge or a split was taken back. `change`.
    SamenessTakenBack,
    /// What the person typed was erased. `erasure`, `reason`.
    PersonErased,
    /// A file was attached. `file`, `inquiry`, `question`, `size`; never its name.
    FileAttached,
}
