//! The inquiry becomes a lead at first contact, before anything else is asked (I-1).
//!
//! [`accept`] reads what a stranger sent; [`record`] says what to write, all of it in one commit:
//! inquiry, contact, lead, assignee, first-response task and due deliveries.

use base64ct::{Base64UrlUnpadded, Encoding};

use form::{
    Form,
    wire::{InquiryReply, InquiryRequest},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    FIRST_CONTACT, attribution,
    config::{Config, Member},
    contact::Reach,
    deadline,
    event::{Event, EventKind},
    routing::{
        self, Now, Routed,
        seen::{Arrived, Geography, Seen},
        turn::Board,
    },
    source::Source,
};

/// An inquiry as accepted: the shape is right, the reach is not blank.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// What was sent.
    pub request: InquiryRequest,
    /// How the person can be reached.
    pub reach: Reach,
    /// Where the person came from.
    pub source: Source,
    /// Where the sender's network is, where that is known.
    pub geography: Geography,
    /// The form the visitor saw, where something was chosen before the contact.
    pub form: Option<Form>,
}

/// Why an inquiry was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// The reach is blank: there is nobody to build a dialogue with.
    ContactMissing,
    /// The id is not a UUID.
    IdMalformed,
}

impl Rejection {
    /// The machine-readable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::ContactMissing => "contact_missing",
            Self::IdMalformed => "id_malformed",
        }
    }
}

/// Reads an inquiry. Only a blank reach and an unusable id reject it; a strange phone, a
/// one-word message or a missing name never do.
///
/// # Errors
/// See [`Rejection`].
pub fn accept(config: &Config, request: InquiryRequest, site: &str) -> Result<Accepted, Rejection> {
    if !is_uuid(&request.id) {
        return Err(Rejection::IdMalformed);
    }
    // An unusable secret is none: the lead exists all the same, only no answers can follow.
    let request = InquiryRequest { secret: request.secret.filter(|secret| is_secret(secret)), ..request };
    let reach = Reach::parse(&request.contact.reach, &config.phone_region).ok_or(Rejection::ContactMissing)?;
    let source = attribution::classify(&request.source, site, request.form.as_deref().unwrap_or_default());
    Ok(Accepted { request, reach, source, geography: Geography::default(), form: None })
}

/// True for the text form of a UUID, lower or upper case.
pub fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// True for base64url of 16 bytes, without padding.
pub fn is_secret(secret: &str) -> bool {
    Base64UrlUnpadded::decode_vec(secret).is_ok_and(|bytes| bytes.len() == 16)
}

/// What the ledger knows of the person, found by an exact match of phone, mailbox or handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownContact {
    /// The contact.
    pub id: String,
    /// Its open lead, if any.
    pub open_lead: Option<OpenLead>,
    /// Its newest closed lead, if any: the parent of a new one.
    pub closed_lead: Option<String>,
    /// The member who has the person's newest lead, or had it last.
    pub owner: Option<String>,
    /// True when nobody was to disturb the person again.
    pub do_not_contact: bool,
}

/// An open lead that a new inquiry may join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLead {
    /// The lead.
    pub id: String,
    /// Its stage.
    pub stage: String,
    /// The seller who has it.
    pub assigned_to: String,
    /// The deadline of a first response still owed, in milliseconds since 1970.
    pub response_owed_by: Option<i64>,
}

/// What to write, all of it in one commit.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The contact: a new one, or the known one to which points are added.
    pub contact: String,
    /// True when the contact has to be created.
    pub contact_is_new: bool,
    /// The lead.
    pub lead: String,
    /// The new lead, or `None` when the inquiry joins an open one.
    pub opened: Option<Opened>,
    /// Who has the open lead from now on, where its seller has left the team.
    pub handed_over: Option<Routed>,
    /// A first-response task to set.
    pub task: Option<Task>,
    /// Deliveries to queue.
    pub deliveries: Vec<Delivery>,
    /// True when the person wrote again whom nobody was to disturb: he may be answered.
    pub silence_ends: bool,
    /// The history's lines.
    pub events: Vec<Event>,
    /// What the visitor is told.
    pub reply: InquiryReply,
}

impl Recording {
    /// Why somebody has the lead from now on: as a new one, or since its seller has left.
    pub fn routed(&self) -> Option<&Routed> {
        self.opened.as_ref().map(|opened| &opened.routed).or(self.handed_over.as_ref())
    }
}

/// A new lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Always [`FIRST_CONTACT`].
    pub stage: &'static str,
    /// Why it went where it went.
    pub routed: Routed,
    /// The contact's newest closed lead.
    pub parent: Option<String>,
    /// The first-response deadline.
    pub answer_by: Timestamp,
}

/// A task to set.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// [`FIRST_RESPONSE`].
    pub kind: &'static str,
    /// When it is due.
    pub due_at: Timestamp,
    /// Who has it.
    pub assignee: String,
}

/// The kind of the task that a lead is opened with.
pub const FIRST_RESPONSE: &str = "first_response";

impl Task {
    /// Somebody is owed his first answer.
    pub fn first_response(id: String, due_at: Timestamp, assignee: &str) -> Self {
        Self { id, kind: FIRST_RESPONSE, due_at, assignee: assignee.to_owned() }
    }

    /// What the history says of it when somebody, or `machine`, sets it.
    pub fn set_by(&self, by: &str, now: Timestamp) -> Event {
        let set = [("task", self.id.as_str()), ("kind", self.kind), ("due_at", &self.due_at.to_string())];
        Event { at: now.to_string(), kind: EventKind::TaskSet, by: by.to_owned(), data: crate::event::data(&set) }
    }
}

/// A delivery to queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Stable per (event, destination); without dots, as Standard Webhooks asks.
    pub id: String,
    /// The destination.
    pub destination: String,
    /// One of [`crate::destinations::EVENTS`], an alert or an erasure.
    pub event: &'static str,
    /// When it is due.
    pub due_at: Timestamp,
}

/// Says what to write for an accepted inquiry. `board` is who has how many leads; `mint` gives a new id at
/// each call.
pub fn record(
    config: &Config,
    known: Option<&KnownContact>,
    board: &Board,
    accepted: &Accepted,
    channel: &str,
    now: Timestamp,
    mint: &mut dyn FnMut() -> String,
) -> Recording {
    let contact = known.map_or_else(&mut *mint, |known| known.id.clone());
    let open = known.and_then(|known| known.open_lead.as_ref());
    let lead = open.map_or_else(&mut *mint, |open| open.id.clone());
    let due = deadline::first_response(config, now);
    let event = |kind, data: &[(&str, &str)]| Event {
        at: now.to_string(),
        kind,
        by: "visitor".into(),
        data: crate::event::data(data),
    };
    let by_machine = |kind, data: &[(&str, &str)]| Event { by: "machine".into(), ..event(kind, data) };

    let mut events = vec![event(
        EventKind::InquiryRecorded,
        &[
            ("inquiry", &accepted.request.id),
            ("channel", channel),
            ("source", &crate::qualify::code(accepted.source.kind)),
        ],
    )];
    let silence_ends = known.is_some_and(|known| known.do_not_contact);
    if silence_ends {
        events.push(event(EventKind::SilenceEnded, &[("inquiry", &accepted.request.id)]));
    }
    let mut deliveries = Vec::new();
    // A lead has somebody who works on it: one whose seller has left the team, or does other work there by now, goes
    // the way of a new one.
    let works = |member: &Member| member.role.works_leads();
    let is_nobodys = open.is_none_or(|open| !config.member(&open.assigned_to).is_some_and(works));
    let routed = is_nobodys.then(|| {
        let Accepted { request, source, geography, form, .. } = accepted;
        let seen = Seen::of(config, Arrived { request, source, geography, form: form.as_ref(), at: now });
        let (at, begins) = (deadline::local(config, now), deadline::answering_begins(config, now));
        let at_work = Now { board, at: &at, begins: &begins };
        let owner = known.and_then(|known| known.owner.as_deref());
        let mut routed = routing::route(config, &seen, owner, &at_work);
        request.id.clone_into(&mut routed.why.inquiry);
        if open.is_none() {
            events.push(by_machine(EventKind::LeadOpened, &[("stage", FIRST_CONTACT)]));
        }
        events.push(by_machine(
            EventKind::Routed,
            &[
                ("rule", &routed.rule),
                ("assigned_to", &routed.assigned_to),
                ("destinations", &routed.destinations.join(",")),
            ],
        ));
        routed
    });
    let assignee = match (&routed, open) {
        (Some(routed), _) => routed.assigned_to.clone(),
        (None, Some(open)) => open.assigned_to.clone(),
        (None, None) => String::new(),
    };
    let (handed_over, routed) = if open.is_some() { (routed, None) } else { (None, routed) };
    let opened = routed.map(|routed| {
        for destination in routed.destinations.iter().filter(|id| config.tells(id, "lead.created")) {
            let delivery =
                Delivery { id: mint(), destination: destination.clone(), event: "lead.created", due_at: now };
            events.push(by_machine(
                EventKind::DeliveryQueued,
                &[("delivery", &delivery.id), ("destination", destination), ("event", delivery.event)],
            ));
            deliveries.push(delivery);
        }
        Opened {
            stage: FIRST_CONTACT,
            routed,
            parent: known.and_then(|known| known.closed_lead.clone()),
            answer_by: due,
        }
    });

    // Someone who writes again while an answer is owed keeps his deadline; otherwise he is owed a new one.
    let owed = open.and_then(|open| open.response_owed_by).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let task = owed.is_none().then(|| Task::first_response(mint(), due, &assignee));
    if let Some(task) = &task {
        events.push(task.set_by("machine", now));
    }

    let reply = InquiryReply {
        id: accepted.request.id.clone(),
        lead: lead.clone(),
        stage: open.map_or_else(|| FIRST_CONTACT.to_owned(), |open| open.stage.clone()),
        recorded_at: now.to_string(),
        answer_by: owed.unwrap_or(due).to_string(),
    };
    Recording {
        contact,
        contact_is_new: known.is_none(),
        lead,
        opened,
        handed_over,
        task,
        deliveries,
        silence_ends,
        events,
        reply,
    }
}
