//! How often the rules are wrong. A few leads, chosen by chance, are marked for the team to judge: some that
//! were set aside and some that were not. Whatever else is released or confirmed is no fair sample, because
//! people look first at what they doubt.

use serde::{Deserialize, Serialize};

use super::Rule;

/// Is this lead one to judge? `chance` is from 0 to 1, 1 excluded.
pub fn is_drawn(rule: Rule, is_suspect: bool, chance: f64) -> bool {
    let one_in = if is_suspect { rule.judge_suspects_one_in } else { rule.judge_one_in };
    one_in > 0 && chance * f64::from(one_in) < 1.0
}

/// So many of so many that were judged, and between which shares the truth lies in nineteen cases of twenty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How many the rules were wrong about.
    pub wrong: u32,
    /// How many were judged.
    pub judged: u32,
    /// In hundredths, from.
    pub from: f64,
    /// To.
    pub to: f64,
}

impl Share {
    /// The share with its 95 % interval (Wilson's score interval, which also holds for few and for none).
    #[allow(clippy::arithmetic_side_effects, reason = "floating point, and no division by zero: judged is at least 1")]
    pub fn of(wrong: u32, judged: u32) -> Self {
        if judged == 0 {
            return Self { wrong: 0, judged: 0, from: 0.0, to: 100.0 };
        }
        let (wrong, z) = (wrong.min(judged), 1.959_964_f64);
        let n = f64::from(judged);
        let (share, z2) = (f64::from(wrong) / n, z * z);
        let middle = share + z2 / (2.0 * n);
        let reach = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let bound = |at: f64| (at / (1.0 + z2 / n) * 100.0).clamp(0.0, 100.0);
        Self { wrong, judged, from: bound(middle - reach), to: bound(middle + reach) }
    }
}
