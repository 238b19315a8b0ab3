//! What the desk shows of a person's rights and of who is who, and what head and owner may do about it.
//!
//! Deleting a lead does not exist (I-5); erasing a person does, because the law gives it to him. It is counted.

use serde::{Deserialize, Serialize};

use crate::role::Role;

/// `POST /api/leads/{id}/commands`, about the person whose lead it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum PersonCommand {
    /// The person of another lead is this one.
    Merge {
        /// The other lead.
        with: String,
    },
    /// This inquiry is somebody else's.
    Split {
        /// The inquiry.
        inquiry: String,
    },
    /// A merge or a split was wrong.
    TakeBack {
        /// Which.
        change: String,
    },
    /// They were asked: two persons.
    Apart {
        /// The other contact.
        contact: String,
    },
    /// Everything that the person typed is erased, for good.
    ErasePerson {
        /// Why.
        reason: ErasureReason,
    },
}

form::named_by!(PersonCommand, "command");

/// Why a person is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// He asked for it.
    Asked,
    /// He withdrew his consent.
    ConsentWithdrawn,
    /// He should never have been here.
    ByMistake,
}

impl ErasureReason {
    /// As it is kept.
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::ByMistake => "by_mistake",
        }
    }
}

/// Who may say who is who, export, and erase: head and owner.
pub fn allowed(role: Role) -> bool {
    role.sees_every_lead()
}

/// The person of a lead, as far as head and owner are shown it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonView {
    /// The contact; empty for those who are not shown it.
    pub contact: String,
    /// All his leads, newest first.
    pub leads: Vec<PersonLead>,
    /// Who may be the same person.
    pub perhaps: Vec<PerhapsView>,
    /// Merges and splits, newest first.
    pub changes: Vec<ChangeView>,
    /// When the person was erased.
    pub erased: Option<ErasureView>,
}

/// One lead of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLead {
    /// The lead.
    pub id: String,
    /// When it began.
    pub opened_at: String,
    /// `open`, `won`, `lost` or `deferred`.
    pub status: String,
    /// Why it was closed; empty while it is open.
    pub reason: String,
    /// The seller's name.
    pub assigned_name: String,
}

/// Somebody who may be the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerhapsView {
    /// The other contact.
    pub contact: String,
    /// His name, as typed.
    pub name: String,
    /// How he can be reached.
    pub reach: Vec<String>,
    /// His newest lead.
    pub lead: String,
}

/// A merge or a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Its id.
    pub id: String,
    /// `merge`, `split` or `rejoined`.
    pub kind: String,
    /// When.
    pub at: String,
    /// By whom: a member's id.
    pub by: String,
    /// The contact that stayed.
    pub person: String,
    /// The contact that joined or was parted.
    pub other: String,
    /// When it was taken back.
    pub undone_at: Option<String>,
}

/// An erasure, with what became of it elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureView {
    /// Its id.
    pub id: String,
    /// The contact.
    pub contact: String,
    /// When.
    pub at: String,
    /// Who: a member's id, `api`, `operator` or `retention`.
    pub by: String,
    /// `asked`, `consent_withdrawn`, `by_mistake`, `retention` or `restored`.
    pub reason: String,
    /// How many leads.
    pub leads: u32,
    /// How many inquiries.
    pub inquiries: u32,
    /// How many files.
    pub files: u32,
    /// What each destination that knew the person said.
    pub receipts: Vec<ReceiptView>,
}

/// Whether a destination was told of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The destination.
    pub destination: String,
    /// `queued`, `retrying`, `sent`, `dead` or `paused` (after a restore).
    pub state: String,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<String>,
    /// What the last attempt said.
    pub last_result: String,
}

/// `GET /api/privacy`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyPage {
    /// Erasures, newest first.
    pub erasures: Vec<ErasureView>,
    /// How many there are in all.
    pub erased: u32,
    /// The rules of retention, and what each would do now.
    pub retention: Vec<RetentionView>,
    /// When the rules last ran.
    pub ran_at: Option<String>,
    /// When they run next; `null` without rules.
    pub next_at: Option<String>,
    /// How many leads an export would hold.
    pub leads: u32,
}

/// A rule of retention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionView {
    /// `closed`, `raw` or `spam`.
    pub rule: String,
    /// After how many months, or days for spam; `null` when nothing is ever done.
    pub after: Option<u16>,
    /// Closed before this moment.
    pub before: Option<String>,
    /// How many leads the next run would touch, were it now.
    pub due: u32,
}
