//! Open desks hear of changes: hibernating WebSockets, each filtered by who looks at it.

use lead::view::Live;
use worker::{Request, Response, WebSocket, WebSocketIncomingMessage, WebSocketPair};

use super::{Ledger, Outcome, hash_of};
use crate::{
    clock,
    keys::Key,
    rejection::{BODY_MALFORMED, Failure, NOT_FOUND},
    sql::leads,
};

/// The object's path for opening a socket; everything else is a call.
pub const PATH: &str = "/live";

/// The header in which the door hands over the key it has checked.
pub const KEY_HEADER: &str = "x-first-contact-key";

/// Tag of sockets whose viewer sees every lead.
const EVERY_LEAD: &str = "every-lead";

/// The close code that tells a desk it was signed out.
const SIGNED_OUT: u16 = 4401;

/// The close code that tells a desk to connect again, for example after a change of roles.
const CONNECT_AGAIN: u16 = 4409;

impl Ledger {
    pub(super) fn open_live(&self, request: &Request) -> Outcome {
        let key: Key =
            request.headers().get(KEY_HEADER)?.and_then(|text| lead::json::read(&text).ok()).ok_or(BODY_MALFORMED)?;
        let (_, config) = self.config()?;
        let viewer = self.viewer(&key, &config)?;
        let pair = WebSocketPair::new()?;
        let sees = if viewer.role.sees_every_lead() { EVERY_LEAD.to_owned() } else { member_tag(&viewer.id) };
        self.state.accept_websocket_with_tags(&pair.server, &[&sees, &session_tag(&hash_of(&key))]);
        pair.server.send(&Live::Hello { now: clock::now().to_string() })?;
        Ok(Response::from_websocket(pair.client)?)
    }

    /// Tells the open desks of everyone who sees this lead. What it tells of is committed already, so
    /// a fault here is logged and changes nothing: a desk that missed it loads the list again.
    pub(super) fn announce(&self, lead: &str) {
        if let Err(failure) = self.try_announce(lead) {
            let error = super::answer::fault(failure);
            worker::console_error!("fault in announcing {lead}: {error}");
        }
    }

    fn try_announce(&self, lead: &str) -> Result<(), Failure> {
        let row = leads::find(&self.database, lead)?.ok_or(NOT_FOUND)?;
        let mut sockets = self.state.get_websockets_with_tag(EVERY_LEAD);
        sockets.extend(self.state.get_websockets_with_tag(&member_tag(&row.assigned_to)));
        if sockets.is_empty() {
            return Ok(());
        }
        let (_, config) = self.config()?;
        let news = Live::Lead { lead: Box::new(self.summary(&config, &row)?) };
        for socket in sockets {
            // A socket that is just going away is no fault; its desk loads the list when it is back.
            let _ = socket.send(&news);
        }
        Ok(())
    }

    /// Closes the sockets of a session that ended.
    pub(super) fn close_live_of(&self, session_hash: &str) {
        for socket in self.state.get_websockets_with_tag(&session_tag(session_hash)) {
            let _ = socket.close(Some(SIGNED_OUT), Some("signed out"));
        }
    }

    /// Closes every socket, so that each viewer's rights are looked up again.
    pub(super) fn close_live_everywhere(&self) {
        for socket in self.state.get_websockets() {
            let _ = socket.close(Some(CONNECT_AGAIN), Some("connect again"));
        }
    }
}

/// Answers a desk's sign of life.
pub fn heard(socket: &WebSocket, message: &WebSocketIncomingMessage) -> worker::Result<()> {
    match message {
        WebSocketIncomingMessage::String(text) if text == "ping" => socket.send_with_str("pong"),
        _ => Ok(()),
    }
}

/// Completes the closing handshake. Codes that only the runtime may use are answered with a plain close.
pub fn closed(socket: &WebSocket, code: usize) {
    let code = u16::try_from(code).ok().filter(|code| matches!(code, 1000 | 3000..=4999)).unwrap_or(1000);
    let _ = socket.close(Some(code), Some("closed"));
}

fn member_tag(member: &str) -> String {
    format!("member:{member}")
}

fn session_tag(hash: &str) -> String {
    format!("session:{hash}")
}
