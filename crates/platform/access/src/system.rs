//! The real clock and the real source of chance: given to the shell and the edges at start, to nobody else.

use aws_lc_rs::rand;
use galen_kernel::{Clock, Entropy, Instant};
use std::time::{SystemTime, UNIX_EPOCH};

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that asks
    fn now(&self) -> Instant {
        let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros());
        Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

/// The cryptographic provider's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(clippy::panic)] // an id or key made without chance would be guessable: stopping is the only safe answer
    fn fill(&self, out: &mut [u8]) {
        assert!(rand::fill(out).is_ok(), "the system gives no random numbers");
    }
}
