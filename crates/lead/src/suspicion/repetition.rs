//! The same again and again. One office, one mobile network and one ready-made sentence on a client's page
//! are many honest people, so that no repetition is enough by itself.

use super::{Sign, Signal};
use crate::contact::Reach;

/// How many letters and digits a text must have for its repetition to mean anything.
const LONG_ENOUGH: usize = 40;

/// How often something like it came lately, before this inquiry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Before {
    /// The same text from anybody, today.
    pub text: u32,
    /// Anything from the same network, within the hour.
    pub network: u32,
    /// Anything that names the same contact, today.
    pub contact: u32,
}

/// The most that is counted of each.
pub const MOST: u32 = 100;

/// The signs that the counts are.
pub fn signs(before: Before) -> impl Iterator<Item = Signal> {
    let weighed = |sign, n, steps: [(u32, u16); 3]| {
        let reached = steps.into_iter().rev().find(|(from, _)| n >= *from);
        reached.map(|(_, score)| Signal { sign, score, n })
    };
    [
        weighed(Sign::RepeatedText, before.text, [(3, 30), (10, 50), (30, 60)]),
        weighed(Sign::RepeatedNetwork, before.network, [(10, 20), (30, 40), (MOST, 60)]),
        weighed(Sign::RepeatedContact, before.contact, [(5, 20), (20, 40), (MOST, 60)]),
    ]
    .into_iter()
    .flatten()
}

/// What two texts have in common that differ in spaces, signs and case only; `None` for one too short.
pub fn text_key(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (letters.chars().count() >= LONG_ENOUGH).then_some(letters)
}

/// What stands for the contact: its first point.
pub fn contact_key(reach: &Reach) -> Option<&str> {
    reach.points.first().map(|point| point.normal.as_str())
}
