//! The rules of release: pure. The REST route and the FHIR guards ask the same functions.

use crate::model::{Finding, ReleasePolicy, Replaced};
use galen_kernel::{Instant, Rejection, RejectionKind};

/// Longest comment.
pub const COMMENT_CHARACTERS_MAX: usize = 4_000;

/// When the patient may see a finding that is written at `now`; `None` = at once. `parts` is when the results will be released
/// that a report is made of: a report never tells earlier what its results are held for.
pub fn release(
    after: &Finding,
    replaced: Option<Replaced>,
    parts: Option<Instant>,
    policy: &ReleasePolicy,
    now: Instant,
) -> Option<Instant> {
    if after.is_commented {
        return None;
    }
    let since = after.issued.map_or(now, |issued| issued.min(now));
    let own = policy.hold(after).map(|micros| since.plus_micros(micros));
    let due = own.max(parts).filter(|release| now < *release)?;
    // What the patient saw is not taken back, and what is held is not held anew, while it says the same.
    match replaced.filter(|replaced| replaced.says_same) {
        Some(replaced) => replaced.release,
        None => Some(due),
    }
}

/// Lets the patient see it now.
pub fn let_go(
    stored: u64,
    wanted: u64,
    release: Option<Instant>,
    comment: Option<&str>,
    now: Instant,
) -> Result<(), Rejection> {
    if stored != wanted {
        return Err(Rejection::version_conflict("this result", "it", stored));
    }
    if comment.is_some_and(|text| text.trim().is_empty() || text.chars().count() > COMMENT_CHARACTERS_MAX) {
        let message = format!("A comment has 1 to {COMMENT_CHARACTERS_MAX} characters");
        return Err(Rejection::new(RejectionKind::Unprocessable, "comment-invalid", message).at("comment"));
    }
    if release.is_none_or(|release| release <= now) && comment.is_none() {
        let message = "The patient can see this result already";
        return Err(Rejection::new(RejectionKind::Conflict, "not-held", message));
    }
    Ok(())
}
