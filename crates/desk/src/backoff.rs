//! How long to wait before the live socket is opened again.

/// Milliseconds to wait after this many failures in a row. `chance` is between 0 and 1: without it
/// every desk of a team would come back in the same instant.
pub(crate) fn delay(failures: u32, chance: f64) -> u32 {
    let ceiling = 1_000_u32.saturating_mul(1_u32.checked_shl(failures.min(5)).unwrap_or(32)).min(30_000);
    let part = f64::from(ceiling) * (0.5 + chance.clamp(0.0, 1.0) / 2.0);
    // The value lies between 500 and 30 000, so nothing is lost.
    part as u32
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn grows_to_half_a_minute_and_is_never_at_once() {
        assert_eq!(delay(0, 0.0), 500);
        assert_eq!(delay(0, 1.0), 1_000);
        assert_eq!(delay(3, 1.0), 8_000);
        assert_eq!(delay(60, 1.0), 30_000);
        assert_eq!(delay(60, 0.0), 15_000);
    }
}
