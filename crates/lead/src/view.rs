//! What the desk shows and what `GET /api/…` and the live socket answer.
//!
//! The same types are written by the Worker and read by the desk. Times are RFC 3339 in UTC.

use form::{
    Category, Fact, Filter, Tri,
    priority::{NextStep, Reachable},
};
use serde::{Deserialize, Serialize};

pub use crate::command::Command;
use crate::{event::Event, privacy::PersonView, role::Role, routing::why::Why, source::Source, suspicion::Signal};

/// Fewer letters or digits than this are not searched for: they would find half the company.
pub const SHORTEST_SEARCH: usize = 3;

/// One lead in a list: whom to answer first, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadSummary {
    /// The lead's id.
    pub id: String,
    /// `first_contact`, …
    pub stage: String,
    /// `open`, `suspect` (open, and set aside until somebody looks), `won`, `lost` or `deferred`.
    pub status: String,
    /// AAA, BBB, CCC, or `null` while it is not determined.
    pub priority: Option<Category>,
    /// Where the lead can still end up.
    pub reachable: Vec<Reachable>,
    /// Order of the work queue, 1 first.
    pub rank: u8,
    /// The three-way filter.
    pub filter: Filter,
    /// What to learn or do next.
    pub next_step: NextStep,
    /// The three facts that make the priority.
    pub need: Tri,
    /// Can he pay now, in any way?
    pub budget: Tri,
    /// Is it urgent?
    pub urgency: Tri,
    /// True when only the offer makes it urgent.
    pub by_offer: bool,
    /// When the lead began.
    pub opened_at: String,
    /// The first-response deadline.
    pub answer_by: String,
    /// When the first response was given; `null` while it is owed.
    pub answered_at: Option<String>,
    /// Where the person came from.
    pub source: Source,
    /// The routing rule that matched.
    pub rule: String,
    /// The seller's user id.
    pub assigned_to: String,
    /// The seller's name.
    pub assigned_name: String,
    /// How to reach the person.
    pub contact: ContactView,
    /// What the person wrote, newest inquiry first.
    pub message: String,
    /// What was answered, in the order of the form.
    pub answers: Vec<AnswerView>,
    /// Why it is no longer open; `null` while it is.
    #[serde(default)]
    pub closed: Option<ClosedView>,
    /// How many inquiries this lead has.
    pub touches: u32,
    /// Grows with every change of this lead; a desk keeps the newest.
    pub revision: u64,
}

/// Why and when a lead left the funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedView {
    /// When.
    pub at: String,
    /// `price_bar_declined`, …
    pub reason: String,
    /// What that rests on, for example the inquiry whose answer it was.
    pub evidence: String,
}

/// How to reach the person: what was typed, and what was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// The name, as typed; may be empty.
    pub name: String,
    /// Phones.
    pub phones: Vec<PhoneView>,
    /// Mailboxes, lower-cased.
    pub emails: Vec<String>,
    /// Messengers, for example `telegram:@ivan`.
    pub messengers: Vec<String>,
    /// What was typed and not understood.
    pub other: Vec<String>,
    /// True when nobody is to disturb the person: he said so himself, and has not written since.
    #[serde(default)]
    pub do_not_contact: bool,
    /// True when the person was erased: nothing he typed is here any more.
    #[serde(default)]
    pub erased: bool,
}

#[cfg(feature = "decide")]
impl ContactView {
    /// These ways to reach the person go before all others, in their order.
    pub fn put_first(&mut self, reach: &crate::contact::Reach) {
        use crate::contact::PointKind;

        fn first<T>(list: &mut Vec<T>, is: impl Fn(&T) -> bool) {
            if let Some(place) = list.iter().position(is) {
                let one = list.remove(place);
                list.insert(0, one);
            }
        }
        for point in reach.points.iter().rev() {
            match point.kind {
                PointKind::Phone => first(&mut self.phones, |phone| phone.e164 == point.normal),
                PointKind::Email => first(&mut self.emails, |mailbox| *mailbox == point.normal),
                PointKind::Messenger => first(&mut self.messengers, |handle| *handle == point.normal),
                PointKind::Other => first(&mut self.other, |words| *words == point.raw),
            }
        }
    }
}

/// A phone as typed and as understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneView {
    /// As typed.
    pub raw: String,
    /// E.164, for example `+79991234567`.
    pub e164: String,
}

/// One answer in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// The question's id.
    pub question: String,
    /// The question's wording, in the workspace's language.
    pub asked: String,
    /// The answer in words; empty for a skip.
    pub answered: String,
    /// True when the visitor later left this branch: kept, but it says nothing any more.
    pub left: bool,
}

/// `GET /api/leads`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadPage {
    /// In rank order, then by deadline.
    pub leads: Vec<LeadSummary>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// `GET /api/leads/{id}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadDetail {
    /// The lead as in a list.
    pub lead: LeadSummary,
    /// The newest facts.
    pub facts: Vec<Fact>,
    /// Its inquiries, oldest first.
    pub inquiries: Vec<InquiryView>,
    /// Its tasks, by due time.
    pub tasks: Vec<TaskView>,
    /// Its deliveries, oldest first.
    pub deliveries: Vec<DeliveryView>,
    /// Why it went where it went; absent for a lead of before this was kept.
    #[serde(default)]
    pub why: Option<Why>,
    /// What was attached, oldest first.
    #[serde(default)]
    pub files: Vec<FileView>,
    /// What the team wrote down, oldest first.
    #[serde(default)]
    pub notes: Vec<NoteView>,
    /// What speaks for nobody having sent it, the heaviest first; empty for almost all.
    #[serde(default)]
    pub signals: Vec<Signal>,
    /// Everything that happened to it, oldest first.
    pub history: Vec<Event>,
    /// The person, for head and owner.
    #[serde(default)]
    pub person: PersonView,
}

/// One inquiry of a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InquiryView {
    /// The id the browser minted.
    pub id: String,
    /// When the ledger recorded it.
    pub recorded_at: String,
    /// `widget`, `hosted` or `api`.
    pub channel: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub reach: String,
    /// As typed.
    pub message: String,
    /// As typed.
    pub best_time: String,
    /// The form and its version, for example `price 3`.
    pub form: String,
    /// The language the visitor saw.
    pub lang: String,
    /// The visitor's time zone.
    pub tz: String,
    /// The page with the form.
    pub page: String,
    /// The first page of the visit.
    pub landing: String,
    /// The page that led there.
    pub referrer: String,
    /// Hidden fields of the tag.
    pub fields: Vec<(String, String)>,
    /// Consent to the processing of personal data.
    pub consent_processing: bool,
    /// Consent to useful materials.
    pub consent_marketing: bool,
    /// The version of the consent wording.
    pub consent_version: String,
    /// The wording he agreed to, in the language he saw; empty when it is not known.
    #[serde(default)]
    pub consent_text: String,
    /// Where it was classified to.
    pub source: Source,
    /// The origin it came from, when the site does not list it; empty otherwise. Advice, not a refusal.
    #[serde(default)]
    pub unlisted_origin: String,
    /// What came under the same id afterwards, oldest first: somebody went back and corrected himself.
    #[serde(default)]
    pub revised: Vec<RevisionView>,
}

/// Another body of an inquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionView {
    /// When the ledger recorded it.
    pub recorded_at: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub reach: String,
    /// As typed.
    pub message: String,
}

/// A file that came with an inquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// The file's id.
    pub id: String,
    /// The inquiry it came with.
    pub inquiry: String,
    /// The question it answers.
    pub question: String,
    /// The question's wording, in the workspace's language.
    pub asked: String,
    /// When it came.
    pub attached_at: String,
    /// Its name, without paths and tricks.
    pub name: String,
    /// What it is, by its first bytes.
    pub media_type: String,
    /// In bytes.
    pub size: u32,
    /// Of its content, hexadecimal.
    pub sha256: String,
    /// Where it is downloaded.
    pub path: String,
}

/// A dated task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskView {
    /// The task's id.
    pub id: String,
    /// `first_response`, …
    pub kind: String,
    /// When it is due.
    pub due_at: String,
    /// When it was done.
    pub done_at: Option<String>,
    /// What came of it.
    pub result: String,
}

/// A note of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteView {
    /// The note's id.
    pub id: String,
    /// When it was written.
    pub written_at: String,
    /// Who wrote it: a member's id.
    pub author: String,
    /// The words.
    pub body: String,
}

/// A message to a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// Stable per (event, destination).
    pub id: String,
    /// The lead.
    pub lead: String,
    /// The destination's id.
    pub destination: String,
    /// `lead.created`, …
    pub event: String,
    /// `queued`, `retrying`, `sent`, `dead`, `held` (for a suspect), `paused` (after a restore, or while its destination
    /// is off) or `erased`.
    pub state: String,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<String>,
    /// What the last attempt said.
    pub last_result: String,
}

/// `GET /api/me`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The signed-in person's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The workspace's name.
    pub workspace: String,
    /// The workspace's language.
    pub lang: String,
    /// The server's time, for counting down.
    pub now: String,
    /// How many destinations are switched off and wait for a person; 0 for who does not look after them.
    #[serde(default)]
    pub alerts: u32,
}

/// A message on the live socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Live {
    /// The socket is open; the server's time.
    Hello {
        /// RFC 3339.
        now: String,
    },
    /// A lead of this viewer appeared or changed.
    Lead {
        /// The lead.
        lead: Box<LeadSummary>,
    },
}

form::named_by!(Live, "type");
