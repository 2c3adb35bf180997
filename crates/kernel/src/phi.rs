//! Protected health information that cannot be printed by accident.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that logs, traces and error texts must never show. It has no `Display`, and its `Debug` is `‹phi›`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Guards `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for code that stores it or shows it to whom policy allows.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// Takes the value out of its guard.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹phi›")
    }
}

impl<T> From<T> for Phi<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Some(Phi::new("Ada Lovelace"))), "Some(‹phi›)");
    }
}
