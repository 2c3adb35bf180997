//! What an exchange came to.

use serde::Serialize;

/// Most refusals that a report holds one by one.
const REFUSED_KEPT_MAX: usize = 10_000;

/// Something that was not exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unexchanged {
    /// What it is, `Patient/123`: by the partner's id where it comes from there, else by ours.
    pub resource: String,
    /// Stable code.
    pub code: String,
    /// Why, for people.
    pub message: String,
}

/// A type of which nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// How many resources of it were asked for.
    pub resources: u64,
    /// Stable code.
    pub code: String,
    /// Why, and what can be done, for people.
    pub message: String,
}

/// The counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Pages read.
    pub pages: usize,
    /// Resources looked at.
    pub seen: usize,
    /// Made anew on the receiving side.
    pub created: usize,
    /// Given a new version there.
    pub updated: usize,
    /// As it was: nothing was written.
    pub unchanged: usize,
    /// Left out, because the receiving side is where it comes from.
    pub returned: usize,
    /// Deleted here, because it was deleted where it came from.
    pub deleted: usize,
    /// Types of which nothing was sent.
    pub skipped: Vec<Skipped>,
    /// Types of which the partner does not tell what was deleted.
    #[serde(rename = "deletionsUntold")]
    pub deletions_untold: Vec<String>,
    /// What was refused, at most the first ten thousand.
    pub refused: Vec<Unexchanged>,
    /// How many were refused in all.
    pub refusals: usize,
}

impl Report {
    /// Notes a refusal.
    pub(super) fn refuse(&mut self, resource: String, code: &str, message: impl Into<String>) {
        self.refusals += 1;
        if self.refused.len() < REFUSED_KEPT_MAX {
            self.refused.push(Unexchanged { resource, code: code.to_owned(), message: message.into() });
        }
    }
}
