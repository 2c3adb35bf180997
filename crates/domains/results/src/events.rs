//! What happens to results.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The patient may see it from now on.
    Released,
}
