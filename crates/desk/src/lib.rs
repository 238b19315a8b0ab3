//! The sales team's pages: the list of leads at `/desk/`, one lead at `/desk/leads/{id}`, how visitors
//! go through a form at `/desk/form`, and where leads go at `/desk/settings`.
//!
//! The rules chose who gets a lead and what its priority is; the desk shows both and offers no way
//! to change either (I-5, I-6). Everything a stranger typed is text, never markup and never a link
//! that was not built from a checked value.
//!
//! What is decided without a browser, and tested without one:
//!
//! 1. [`route`]: the pages and their addresses;
//! 2. [`book`]: the newest version of each lead, and the two queues;
//! 3. [`reading`] and [`instant`]: what the server says; [`moment`] and [`time_left`]: times and deadlines in words;
//! 4. [`reach`], [`web_address`] and [`visible`]: what strangers typed, made safe to read and to click;
//! 5. [`source_words`], [`standing`] and [`event_words`]: source, priority and history in words;
//! 6. [`lang`] and [`phrases`]: Russian and English;
//! 7. [`backoff`] and [`keyboard`]: when to reconnect, what a key means.
//!
//! What touches the browser:
//!
//! 8. [`clock`], [`browser`], [`api`] and [`live`]: time, window, calls, the live socket;
//! 9. [`desk`]: what the pages share;
//! 10. [`app`], [`header`] and [`notice`]: the frame;
//! 11. [`list`] and [`row`]: whom to answer first, and why;
//! 12. [`lead_page`] and its parts: one lead from its first second on;
//! 13. [`form_page`]: how visitors go through a form;
//! 14. [`settings_page`] and its parts, with [`configuration`] and [`rule_words`]: where leads go, who is there, drafts and versions;
//! 15. [`deliveries_page`]: how destinations do, and what did not arrive.

mod api;
mod app;
mod backoff;
mod book;
mod browser;
mod clock;
mod configuration;
mod copy_button;
mod countdown;
mod deliveries_page;
mod desk;
mod event_words;
mod form_page;
mod header;
mod instant;
mod keyboard;
mod lang;
mod lead_page;
mod list;
mod live;
mod losses_page;
mod moment;
mod notice;
mod phrases;
mod priority_chip;
mod privacy_page;
mod quarantine_page;
mod reach;
mod reading;
mod route;
mod row;
mod rule_words;
mod search;
mod settings_page;
mod sign_words;
mod source_words;
mod standing;
mod time_left;
mod visible;
mod web_address;

use wasm_bindgen::prelude::wasm_bindgen;

/// Opens the desk in the page's `#desk`.
#[wasm_bindgen(start)]
pub fn start() {
    app::open();
}
