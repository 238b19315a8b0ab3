//! Does an inquiry look as if no person sent it? Signs, a score, and never a refusal.
//!
//! Every sign is a pure function that gives a label, a score and a number to say it with; together they
//! make a [`Verdict`]. At a score of [`Rule::suspect_at`] the lead is *set aside*: it is a lead like any
//! other, at first contact and in every count (I-1, I-12), only nobody is disturbed by it until a person, or
//! what the visitor does next, lets it go on. Nothing here is ever shown to a visitor.
//!
//! * [`behaviour`]: what a person cannot see was filled in, or it was sent faster than anyone types;
//! * [`wording`]: links, and names that are no names;
//! * [`mail`]: mailboxes that are thrown away;
//! * [`repetition`]: the same again and again;
//! * [`guard`]: what a site asks of browsers besides, where it is switched on;
//! * [`sample`]: how often this is wrong, from leads that people were asked to judge;
//! * [`rate`]: how much one network may send in a while, which is not about suspicion.

#[cfg(feature = "decide")]
pub mod behaviour;
pub mod guard;
#[cfg(feature = "decide")]
pub mod mail;
#[cfg(feature = "decide")]
pub mod rate;
#[cfg(feature = "decide")]
pub mod repetition;
pub mod sample;
pub mod view;
#[cfg(feature = "decide")]
pub mod wording;

use serde::{Deserialize, Serialize};

/// From when on a lead is set aside, and how many people are asked to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Rule"))]
#[serde(rename(deserialize = "Rule!"), deny_unknown_fields, default)]
pub struct Rule {
    /// The score at which a lead is set aside; no single weak sign reaches the default of 100.
    pub suspect_at: u16,
    /// Of the leads that are not set aside, the team is asked to judge one in so many; 0 for none.
    pub judge_one_in: u32,
    /// Of the leads that are set aside, one in so many; 0 for none.
    pub judge_suspects_one_in: u32,
}

impl Default for Rule {
    fn default() -> Self {
        Self { suspect_at: 100, judge_one_in: 50, judge_suspects_one_in: 5 }
    }
}

/// What a sign is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename(deserialize = "Sign?"))]
pub enum Sign {
    /// A field that no person sees was filled in.
    Trap,
    /// Sent so soon after the form was shown; `n` milliseconds.
    TooFast,
    /// The same long text came from others today; `n` times.
    RepeatedText,
    /// So many inquiries came from the same network within the hour; `n`.
    RepeatedNetwork,
    /// So many inquiries named the same contact today; `n`.
    RepeatedContact,
    /// The mailbox belongs to a service for throwing away.
    DisposableMail,
    /// The message has links to other sites; `n`.
    Links,
    /// The message is written for a machine that shows links.
    Markup,
    /// The name has a link in it.
    LinkInName,
    /// The name is no name that anybody could say.
    Gibberish,
    /// It came from a page that the site does not list.
    UnlistedOrigin,
    /// The site asks browsers for a small piece of work, and none came.
    ProofMissing,
    /// The work is not what was asked for, or was used before.
    ProofWrong,
    /// The work came too late.
    ProofExpired,
    /// The site asks Turnstile, and no token came.
    TurnstileMissing,
    /// Turnstile says that it was no person.
    TurnstileFailed,
    /// Turnstile could not be asked: not held against anyone.
    TurnstileUnverified,
    /// A sign that a newer server knows.
    #[serde(other)]
    Other,
}

/// One sign: what, how much it weighs, and the number that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What.
    pub sign: Sign,
    /// From 0 to 100; 100 is enough by itself.
    pub score: u16,
    /// How many, or how long; 0 where there is nothing to count.
    #[serde(default)]
    pub n: u32,
}

/// Everything that speaks against an inquiry; empty for almost all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verdict {
    /// The signs, the heaviest first.
    pub signals: Vec<Signal>,
}

impl Verdict {
    /// Of these signs.
    pub fn of(signals: impl IntoIterator<Item = Signal>) -> Self {
        Self { signals: form::in_order(signals, |signal| (std::cmp::Reverse(signal.score), signal.sign)) }
    }

    /// All weights together.
    pub fn score(&self) -> u16 {
        self.signals.iter().fold(0, |sum, signal| sum.saturating_add(signal.score))
    }

    /// True when the lead is to be set aside.
    pub fn is_suspect(&self, rule: Rule) -> bool {
        self.score() >= rule.suspect_at
    }

    /// The codes of the signs, for the history.
    pub fn codes(&self) -> String {
        let code = |signal: &Signal| serde_json::to_string(&signal.sign).unwrap_or_default().replace('"', "");
        self.signals.iter().map(code).collect::<Vec<_>>().join(",")
    }
}

/// A sign, where there is one.
#[cfg(feature = "decide")]
pub(crate) fn sign(sign: Sign, score: u16, n: u32) -> Option<Signal> {
    Some(Signal { sign, score, n })
}

/// What is known when an inquiry arrives.
#[cfg(feature = "decide")]
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// What was sent.
    pub request: &'a form::wire::InquiryRequest,
    /// How the person can be reached.
    pub reach: &'a crate::contact::Reach,
    /// False when the site lists its pages and this is none of them.
    pub expected: bool,
    /// How often something like it came lately.
    pub before: repetition::Before,
    /// What the site asks of browsers, none of which can be there yet.
    pub asks: guard::Asks,
}

/// Puts all signs together. Total: whatever arrives has a verdict.
#[cfg(feature = "decide")]
pub fn judge(arrived: Arrived<'_>) -> Verdict {
    let Arrived { request, reach, expected, before, asks } = arrived;
    let contact = &request.contact;
    let own = wording::own_hosts(request);
    let single = [
        behaviour::trap(&request.trap),
        behaviour::too_fast(request.took),
        wording::links(&contact.message, &own),
        wording::markup(&contact.message),
        wording::link_in_name(&contact.name),
        wording::gibberish(&contact.name),
        mail::disposable(reach),
        if expected { None } else { sign(Sign::UnlistedOrigin, 20, 0) },
    ];
    let all = single.into_iter().flatten().chain(repetition::signs(before)).chain(guard::nothing_yet(asks));
    Verdict::of(all)
}
