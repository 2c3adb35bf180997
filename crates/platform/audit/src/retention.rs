//! How long audit entries are kept: seven years at least, and there is no delete path before or after.

use galen_kernel::{Instant, MICROS_PER_DAY};

/// Entries are kept at least this long (seven years, leap days counted).
pub const RETENTION_MICROS: i64 = 2_557 * MICROS_PER_DAY;

/// Whether an entry of `recorded` must still be there at `now`.
pub fn must_be_kept(recorded: Instant, now: Instant) -> bool {
    now.since(recorded) < RETENTION_MICROS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_years_with_two_leap_days_are_covered() {
        let recorded = Instant::parse("2024-01-01T00:00:00Z").unwrap_or_default();
        let last_day = Instant::parse("2030-12-31T23:59:59Z").unwrap_or_default();
        assert!(must_be_kept(recorded, last_day));
        assert!(!must_be_kept(recorded, recorded.plus_micros(RETENTION_MICROS)));
    }
}
