//! What speaks against an inquiry, in words.

use lead::suspicion::Signal;
use leptos::prelude::*;

use crate::phrases::{Phrases, word};

/// The signs as a list, the heaviest first.
pub(crate) fn list(t: &'static Phrases, signals: &[Signal]) -> AnyView {
    if signals.is_empty() {
        return view! { <p class="quiet">{t.quarantine.no_signs}</p> }.into_any();
    }
    let item = |signal: &Signal| view! { <li class="sign" class:sign-light=signal.score < 40>{said(t, signal)}</li> };
    view! { <ul class="signs" aria-label=t.quarantine.why>{signals.iter().map(item).collect_view()}</ul> }.into_any()
}

fn said(t: &Phrases, signal: &Signal) -> String {
    let code = serde_json::to_string(&signal.sign).unwrap_or_default();
    word(t.quarantine.signs, code.trim_matches('"')).replace("{n}", &signal.n.to_string())
}
