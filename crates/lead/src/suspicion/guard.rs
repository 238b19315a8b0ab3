//! What a site may ask of browsers besides: a small piece of work that a machine does for its owner, or
//! Turnstile. Both are off unless the site switches them on; neither refuses anyone, and both follow after
//! the inquiry is recorded, so that nobody waits for them.

use serde::{Deserialize, Serialize};

use super::{Sign, Signal, Verdict};
use crate::destinations::Secret;

/// `[sites.proof_of_work]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ProofOfWork"))]
#[serde(rename(deserialize = "ProofOfWork!"), deny_unknown_fields, default)]
pub struct ProofOfWork {
    /// At most so many tries find the answer, half of them on average. 100 000 take a phone a second or two,
    /// in slices that nobody notices.
    pub tries: u32,
}

impl Default for ProofOfWork {
    fn default() -> Self {
        Self { tries: 100_000 }
    }
}

/// `[sites.turnstile]`: the visitor's browser then asks a third party, and only then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Turnstile"))]
#[serde(rename(deserialize = "Turnstile!"), deny_unknown_fields)]
pub struct Turnstile {
    /// The widget's public key.
    pub key: String,
    /// The secret, or `env:NAME` to take it from the operator's environment when the file is sent. The ledger seals
    /// it apart from the configuration, as it does with those of destinations.
    #[serde(default, skip_serializing_if = "Secret::is_none")]
    pub secret: Secret,
}

/// What visitors' browsers are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// True where work is asked for.
    pub proof: bool,
    /// Turnstile's public key, where it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnstile: Option<String>,
}

impl Guard {
    /// Nothing, for almost every site.
    pub fn of(site: &crate::config::Site) -> Option<Self> {
        let guard = Self {
            proof: site.proof_of_work.is_some(),
            turnstile: site.turnstile.as_ref().map(|turnstile| turnstile.key.clone()),
        };
        (guard.proof || guard.turnstile.is_some()).then_some(guard)
    }
}

/// What a site asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asks {
    /// Work.
    pub proof: bool,
    /// Turnstile.
    pub turnstile: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Good,
    /// Not what was asked for, or used before; Turnstile says no.
    Wrong,
    /// Too late.
    Expired,
    /// The third party could not be asked: an outage costs no one his lead.
    Unverified,
}

/// The signs of an inquiry whose proofs are still to come. Neither is enough by itself: who has no script
/// can bring none.
pub fn nothing_yet(asks: Asks) -> impl Iterator<Item = Signal> {
    let missing = |asked: bool, sign| asked.then_some(Signal { sign, score: 70, n: 0 });
    [missing(asks.proof, Sign::ProofMissing), missing(asks.turnstile, Sign::TurnstileMissing)].into_iter().flatten()
}

/// The verdict after work came.
pub fn after_proof(verdict: &Verdict, outcome: Outcome) -> Verdict {
    let put = match outcome {
        Outcome::Good | Outcome::Unverified => None,
        Outcome::Wrong => Some((Sign::ProofWrong, 100)),
        Outcome::Expired => Some((Sign::ProofExpired, 40)),
    };
    replaced(verdict, &[Sign::ProofMissing, Sign::ProofExpired, Sign::ProofWrong], put)
}

/// The verdict after Turnstile was asked.
pub fn after_turnstile(verdict: &Verdict, outcome: Outcome) -> Verdict {
    let put = match outcome {
        Outcome::Good => None,
        Outcome::Wrong => Some((Sign::TurnstileFailed, 100)),
        Outcome::Expired => Some((Sign::TurnstileMissing, 40)),
        Outcome::Unverified => Some((Sign::TurnstileUnverified, 0)),
    };
    replaced(verdict, &[Sign::TurnstileMissing, Sign::TurnstileFailed, Sign::TurnstileUnverified], put)
}

fn replaced(verdict: &Verdict, without: &[Sign], put: Option<(Sign, u16)>) -> Verdict {
    let kept = verdict.signals.iter().copied().filter(|signal| !without.contains(&signal.sign));
    Verdict::of(kept.chain(put.map(|(sign, score)| Signal { sign, score, n: 0 })))
}
