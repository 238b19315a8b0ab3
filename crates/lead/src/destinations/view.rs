//! What the desk and the API are shown of destinations and of what did not arrive.

use serde::{Deserialize, Serialize};

pub use super::preview::Shown;
use crate::view::DeliveryView;

/// `GET /api/destinations`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationsView {
    /// In the order of the configuration; one that left it stands behind while something waits for it.
    pub destinations: Vec<DestinationView>,
    /// Dead letters, newest first; none for a role that sees no leads.
    pub dead: Vec<DeliveryView>,
    /// True when this viewer may replay and switch.
    pub may_act: bool,
}

/// One destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationView {
    /// Its id.
    pub id: String,
    /// Its kind, for example `telegram`; empty when it left the configuration.
    pub kind: String,
    /// `works`, `failing` or `off`.
    pub state: String,
    /// Since when it fails, or is off.
    pub since: Option<String>,
    /// What it said last, while it fails or is off.
    pub reason: String,
    /// Deliveries on their way or waiting.
    pub waiting: u32,
    /// Dead letters.
    pub dead: u32,
}

/// `GET /api/destinations/{id}/preview`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// The lead it is made of; empty for the sample.
    pub lead: String,
    /// The requests, in their order.
    pub requests: Vec<Shown>,
}

/// `POST /api/destinations/{id}/commands`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum DestinationCommand {
    /// Sends again what was kept.
    SwitchOn,
    /// Keeps everything until it is switched on.
    SwitchOff,
    /// Tries every dead letter of it again.
    ReplayAll,
    /// Tries one dead letter again.
    Replay {
        /// The delivery's id.
        delivery: String,
    },
}

form::named_by!(DestinationCommand, "command");
