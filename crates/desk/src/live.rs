//! The live socket: leads as they come, and back again after every interruption.

use gloo::{
    events::EventListener,
    timers::{callback::Interval, future::TimeoutFuture},
};
use lead::view::LeadSummary;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use crate::{
    backoff, browser,
    desk::{Desk, Session},
    reading::{self, members},
};

/// The server closes with this code when the session ended.
const SIGNED_OUT: u16 = 4401;
/// How often the server hears from us, in milliseconds, so that nothing between us takes the socket for idle.
const PING: u32 = 25_000;
/// Pings without any answer after which the socket is taken for dead: a laptop that slept, a lost network.
const SILENT_PINGS: u32 = 2;

/// [`lead::view::Live`] as the desk reads it: the member says what kind of message it is, and the
/// page is spared the tens of kilobytes that reading a tagged enum costs.
#[derive(Debug)]
struct Message {
    now: Option<String>,
    lead: Option<LeadSummary>,
}

members! { Message { now lead } }

/// Keeps the desk live until the session is over. Every connection begins with a fresh list,
/// because nobody says what was missed.
pub(crate) async fn keep(desk: Desk) {
    let mut failures: u32 = 0;
    let sitting = desk.sitting();
    let goes_on = move || desk.sitting() == sitting && matches!(desk.session.get_untracked(), Session::In(_));
    while goes_on() {
        let opened = RwSignal::new(false);
        let code = connection(desk, sitting, opened).await.unwrap_or_default();
        if !goes_on() {
            opened.dispose();
            return;
        }
        desk.live.set(false);
        if code == SIGNED_OUT {
            desk.sign_out();
            return;
        }
        if opened.get_untracked() {
            failures = 0;
            // Connections are also closed when something waits for this person.
            desk.refresh_me().await;
        } else {
            // A refused handshake does not say why. Loading the list does, and keeps the page
            // current where sockets cannot pass.
            desk.reload().await;
        }
        opened.dispose();
        TimeoutFuture::new(backoff::delay(failures, js_sys::Math::random())).await;
        failures = failures.saturating_add(1);
    }
}

/// One connection from opening to closing; answers the close code.
async fn connection(desk: Desk, sitting: u32, opened: RwSignal<bool>) -> Result<u16, JsValue> {
    let address = browser::live_address().ok_or(JsValue::NULL)?;
    let socket = WebSocket::new(&address)?;
    let silent = StoredValue::new(0_u32);

    let _on_open = EventListener::new(&socket, "open", move |_| {
        opened.set(true);
        desk.live.set(true);
        leptos::task::spawn_local(desk.reload());
    });
    let _on_message = EventListener::new(&socket, "message", move |message| {
        silent.set_value(0);
        // It was opened for somebody who is not here any more.
        if desk.sitting() != sitting {
            return;
        }
        let Some(text) = message.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string()) else {
            return;
        };
        // "pong", and kinds of message that this page does not know yet, are passed over.
        let Some(message) = reading::read::<Message>(&text) else { return };
        if let Some(now) = message.now {
            desk.clock.set(&now);
        }
        if let Some(lead) = message.lead {
            desk.hear(lead);
        }
    });
    let pinged = socket.clone();
    let _ping = Interval::new(PING, move || {
        let unanswered = silent.get_value();
        silent.set_value(unanswered.saturating_add(1));
        if unanswered >= SILENT_PINGS || desk.sitting() != sitting {
            _ = pinged.close();
        } else {
            _ = pinged.send_with_str("ping");
        }
    });

    let mut on_close = None;
    let closed = js_sys::Promise::new(&mut |resolve, _| {
        on_close = Some(EventListener::once(&socket, "close", move |event| {
            let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code).unwrap_or_default();
            _ = resolve.call1(&JsValue::NULL, &JsValue::from(code));
        }));
    });
    let code = JsFuture::from(closed).await;
    silent.dispose();
    // The code is a 16-bit number by the WebSocket standard.
    code.map(|code| code.as_f64().unwrap_or_default() as u16)
}

#[cfg(test)]
mod tests {
    use lead::view::Live;

    use super::Message;
    use crate::{book::sample, reading::read};

    #[test]
    fn reads_what_the_server_says() {
        let said = |live: &Live| read::<Message>(&serde_json::to_string(live).unwrap()).unwrap();
        assert_eq!(
            said(&Live::Hello { now: "2026-11-21T10:00:00Z".into() }).now.as_deref(),
            Some("2026-11-21T10:00:00Z")
        );
        assert_eq!(said(&Live::Lead { lead: Box::new(sample("a", 7)) }).lead, Some(sample("a", 7)));
        assert!(read::<Message>("pong").is_none());
    }
}
