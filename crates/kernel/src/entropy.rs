//! Where time and chance come from. Rules receive values, never these; only the shell and the edges hold them.

use crate::Instant;

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// The time now, in UTC.
    fn now(&self) -> Instant;
}

/// A source of unpredictable bytes (ids, salts, tokens).
pub trait Entropy: Send + Sync {
    /// Fills `out` with fresh bytes.
    fn fill(&self, out: &mut [u8]);

    /// Sixteen fresh bytes: enough for an id or a token that nobody can guess.
    fn sixteen(&self) -> [u8; 16] {
        let mut out = [0; 16];
        self.fill(&mut out);
        out
    }

    /// Thirty-two fresh bytes: a key or a session token.
    fn thirty_two(&self) -> [u8; 32] {
        let mut out = [0; 32];
        self.fill(&mut out);
        out
    }
}
