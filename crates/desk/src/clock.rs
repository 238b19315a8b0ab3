//! The browser's clock and time zone, read here and nowhere else.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::instant;

/// The server's time: the local clock, put right by what the server last said.
/// A seller's laptop may be minutes off; a deadline may not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    ahead_ms: RwSignal<i64>,
    tick: RwSignal<u32>,
}

impl Clock {
    /// A clock that ticks once a second for as long as the page lives.
    pub(crate) fn start() -> Self {
        let tick = RwSignal::new(0_u32);
        set_interval(move || tick.update(|count| *count = count.wrapping_add(1)), std::time::Duration::from_secs(1));
        Self { ahead_ms: RwSignal::new(0), tick }
    }

    /// Takes over the server's time from a message that has just arrived.
    pub(crate) fn set(self, server: &str) {
        let Some(server) = instant::read(server) else { return };
        self.ahead_ms.set(server.as_millisecond().saturating_sub(local_ms()));
    }

    /// Now, and again every second for whoever asks inside a reactive scope.
    pub(crate) fn now(self) -> Timestamp {
        self.tick.track();
        self.read(self.ahead_ms.get())
    }

    /// Now, once.
    pub(crate) fn now_once(self) -> Timestamp {
        self.read(self.ahead_ms.get_untracked())
    }

    fn read(self, ahead_ms: i64) -> Timestamp {
        Timestamp::from_millisecond(local_ms().saturating_add(ahead_ms)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Minutes east of UTC at this moment, where the reader is.
pub(crate) fn offset_at(at: Timestamp) -> i32 {
    // Milliseconds since 1970 fit a double exactly for the next 280 000 years.
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.as_millisecond() as f64));
    0_i32.saturating_sub(date.get_timezone_offset() as i32)
}

#[allow(clippy::disallowed_methods, reason = "the desk's one look at the local clock; elsewhere time is an argument")]
fn local_ms() -> i64 {
    js_sys::Date::now() as i64
}
