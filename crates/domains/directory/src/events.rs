//! What happened in the directory.

/// A fact of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An entry was added; names that it must hold alone.
    Added {
        /// Claims: scope and value.
        holds: Vec<(&'static str, String)>,
    },
    /// An entry was changed.
    Amended {
        /// Claims it no longer needs.
        leaves: Vec<(&'static str, String)>,
        /// Claims it needs now.
        takes: Vec<(&'static str, String)>,
    },
}
