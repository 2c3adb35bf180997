//! How often somebody may try a password: five times in fifteen minutes per account, and per client address.

use galen_kernel::{Instant, MICROS_PER_MINUTE, MICROS_PER_SECOND, Rejection, RejectionKind};
use moka::sync::Cache;
use parking_lot::Mutex;
use std::sync::Arc;

/// Tries in a window.
pub const TRIES_MAX: usize = 5;
/// Tries in a window from one address: a ward shares one.
pub const TRIES_PER_ADDRESS_MAX: usize = 30;
/// The window.
pub const WINDOW_MICROS: i64 = 15 * MICROS_PER_MINUTE;
/// Keys remembered at once; an attacker with more names than this is stopped by address.
const KEYS_MAX: u64 = 100_000;

/// Remembers failed tries in this process.
pub struct Throttle {
    failures: Cache<String, Arc<Mutex<Vec<Instant>>>>,
}

impl Default for Throttle {
    fn default() -> Self {
        let window = u64::try_from(WINDOW_MICROS).unwrap_or(u64::MAX);
        Self {
            failures: Cache::builder()
                .max_capacity(KEYS_MAX)
                .time_to_idle(std::time::Duration::from_micros(window))
                .build(),
        }
    }
}

impl Throttle {
    /// Takes one try for account and address, or says how long to wait. A try counts before its outcome is known, so
    /// that many at once cannot slip through; a success gives the account's tries back.
    pub fn take(&self, account: &str, address: &str, now: Instant) -> Result<(), Rejection> {
        self.take_one(&format!("account/{account}"), TRIES_MAX, now)?;
        self.take_one(&format!("address/{address}"), TRIES_PER_ADDRESS_MAX, now)
    }

    /// Forgets an account's failures after a success.
    pub fn forgive(&self, account: &str) {
        self.failures.invalidate(&format!("account/{account}"));
    }

    /// Gives an address its last try back: the password was right. The account's try stays taken until the one-time
    /// code is right, too, or codes could be guessed by whoever knows the password.
    pub fn give_back(&self, address: &str) {
        if let Some(tries) = self.failures.get(&format!("address/{address}")) {
            tries.lock().pop();
        }
    }

    fn take_one(&self, key: &str, most: usize, now: Instant) -> Result<(), Rejection> {
        let tries = self.failures.get_with(key.to_owned(), Arc::default);
        let mut tries = tries.lock();
        tries.retain(|at| now.since(*at) < WINDOW_MICROS);
        if tries.len() >= most {
            // The window slides: a try is free again when the oldest one leaves it.
            let waited = tries.first().map_or(0, |oldest| now.since(*oldest));
            let seconds = (WINDOW_MICROS - waited).div_euclid(MICROS_PER_SECOND) + 1;
            return Err(Rejection::new(
                RejectionKind::TooManyRequests,
                "too-many-sign-in-tries",
                "Too many sign-in attempts; wait a quarter of an hour",
            )
            .next("Wait 15 minutes, or ask an administrator to reset the account")
            .retry_after(u16::try_from(seconds).unwrap_or(u16::MAX)));
        }
        tries.push(now);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits_and_the_window_slides() {
        let throttle = Throttle::default();
        let at = Instant::from_micros(0);
        for _ in 0..TRIES_MAX {
            throttle.take("ada", "10.0.0.1", at).unwrap();
        }
        let refused = throttle.take("ada", "10.0.0.2", at.plus_micros(MICROS_PER_MINUTE)).unwrap_err();
        assert_eq!(refused.retry_after_seconds, Some(14 * 60 + 1));
        assert!(throttle.take("bob", "10.0.0.1", at).is_ok());
        assert!(throttle.take("ada", "10.0.0.1", at.plus_micros(WINDOW_MICROS)).is_ok());
    }

    #[test]
    fn right_passwords_do_not_use_up_a_shared_address() {
        let throttle = Throttle::default();
        let at = Instant::from_micros(0);
        for n in 0..TRIES_PER_ADDRESS_MAX * 3 {
            throttle.take(&format!("user{n}"), "10.0.0.1", at).unwrap();
            throttle.give_back("10.0.0.1");
        }
        for _ in 1..TRIES_MAX {
            throttle.take("user0", "10.0.0.1", at).unwrap();
            throttle.give_back("10.0.0.1");
        }
        assert!(
            throttle.take("user0", "10.0.0.1", at).is_err(),
            "codes cannot be guessed with a known password"
        );
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let throttle = Throttle::default();
        let at = Instant::from_micros(0);
        for n in 0..TRIES_PER_ADDRESS_MAX {
            throttle.take(&format!("user{n}"), "10.0.0.1", at).unwrap();
        }
        assert!(throttle.take("another", "10.0.0.1", at).is_err());
    }
}
