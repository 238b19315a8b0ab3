//! The pieces every screen is made of. Each is one function and so one piece of code, however often
//! it is drawn: views of different shape would each bring a copy of the code that draws them.

use leptos::{
    ev::{self, MouseEvent},
    html::{self, h2, img, kbd, p, span},
    prelude::*,
};

/// Something to tap.
#[derive(Default)]
pub struct Button {
    /// Its class, and the part's name for the host page's styles.
    pub class: &'static str,
    /// The words on it.
    pub words: String,
    /// What a screen reader says instead of the words.
    pub spoken: Option<String>,
    /// `true` or `false` for a button that stays pressed.
    pub pressed: Option<String>,
    /// The digit that taps it.
    pub key: Option<String>,
    /// The address of a picture above the words.
    pub picture: Option<String>,
}

impl Button {
    /// Draws it; `tap` is called when it is tapped. Inside a form it submits.
    pub fn view(self, tap: impl Fn(MouseEvent) + 'static) -> impl IntoView {
        let tap: Box<dyn Fn(MouseEvent)> = Box::new(tap);
        // The words say what is on the picture.
        let picture = self.picture.map(|address| img().class("picture").attr("src", address).attr("alt", ""));
        html::button()
            .class(self.class)
            .attr("part", self.class)
            .attr("aria-label", self.spoken)
            .attr("aria-pressed", self.pressed)
            .attr("aria-keyshortcuts", self.key.clone())
            .on(ev::click, tap)
            .child((
                picture,
                span().child(self.words),
                self.key.map(|key| kbd().attr("aria-hidden", "true").child(key)),
            ))
    }
}

/// The id of the words a screen begins with, by which fields are called that have no name of their own.
pub const ASKED: &str = "question";

/// The words a screen begins with, where the focus is led, and a sentence under them.
pub fn heading(words: String, lead_in: String) -> impl IntoView {
    (h2().attr("id", ASKED).class("heading").attr("part", "heading").attr("tabindex", "-1").child(words), soft(lead_in))
}

/// A sentence of lesser weight; nothing when it is empty.
pub fn soft(words: String) -> impl IntoView {
    (!words.is_empty()).then(|| p().class("soft").attr("part", "soft").child(words))
}
