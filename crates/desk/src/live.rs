//! The live socket: leads as they come, and back again after every interruption.

use lead::view::LeadSummary;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use crate::{
    backoff, browser,
    desk::{Desk, Session},
    reading::{self, members},
};

/// The server closes with this code when the session ended.
const SIGNED_OUT: u16 = 4401;
/// How often the server hears from us, so that nothing between us takes the socket for idle.
const PING: std::time::Duration = std::time::Duration::from_secs(25);
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
    while matches!(desk.session.get_untracked(), Session::In(_)) {
        let opened = RwSignal::new(false);
        let code = connection(desk, opened).await.unwrap_or_default();
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
        sleep(backoff::delay(failures, js_sys::Math::random())).await;
        failures = failures.saturating_add(1);
    }
}

/// One connection from opening to closing; answers the close code.
async fn connection(desk: Desk, opened: RwSignal<bool>) -> Result<u16, JsValue> {
    let address = browser::live_address().ok_or(JsValue::NULL)?;
    let socket = WebSocket::new(&address)?;
    let silent = StoredValue::new(0_u32);

    let on_open = Closure::<dyn FnMut()>::new(move || {
        opened.set(true);
        desk.live.set(true);
        leptos::task::spawn_local(desk.reload());
    });
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        silent.set_value(0);
        let Some(text) = message.data().as_string() else { return };
        // "pong", and kinds of message that this page does not know yet, are passed over.
        let Some(message) = reading::read::<Message>(&text) else { return };
        if let Some(now) = message.now {
            desk.clock.set(&now);
        }
        if let Some(lead) = message.lead {
            desk.hear(lead);
        }
    });
    socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

    let pinged = socket.clone();
    let ping = set_interval_with_handle(
        move || {
            let unanswered = silent.get_value();
            silent.set_value(unanswered.saturating_add(1));
            if unanswered >= SILENT_PINGS {
                _ = pinged.close();
            } else {
                _ = pinged.send_with_str("ping");
            }
        },
        PING,
    )?;

    let closed = js_sys::Promise::new(&mut |resolve, _| {
        let on_close = Closure::once_into_js(move |event: CloseEvent| {
            _ = resolve.call1(&JsValue::NULL, &JsValue::from(event.code()));
        });
        socket.set_onclose(Some(on_close.unchecked_ref()));
    });
    let code = JsFuture::from(closed).await;
    ping.clear();
    socket.set_onopen(None);
    socket.set_onmessage(None);
    socket.set_onclose(None);
    silent.dispose();
    // The code is a 16-bit number by the WebSocket standard.
    code.map(|code| code.as_f64().unwrap_or_default() as u16)
}

async fn sleep(milliseconds: u32) {
    let milliseconds = i32::try_from(milliseconds).unwrap_or(i32::MAX);
    let woken = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    });
    _ = JsFuture::from(woken).await;
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
