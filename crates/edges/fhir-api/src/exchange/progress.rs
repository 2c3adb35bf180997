//! How far pulling has come: for each search, since when its results are to be asked for again.

use super::HOME;
use super::naming::hash;
use super::partner::StoredPartner;
use galen_kernel::{Fault, Instant, MICROS_PER_MINUTE};
use galen_service::House;
use galen_store::{Expected, StoreError, WriteSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Searches whose progress is kept for one partner; of more, the newest are pulled whole each time.
const SEARCHES_MAX: usize = 1_000;
/// What was written shortly before the newest we saw is asked for again: other servers stamp a write before it can be found.
const OVERLAP_MICROS: i64 = MICROS_PER_MINUTE;
/// Tries of writing it down.
const ATTEMPTS_MAX: usize = 3;

/// Search -> the newest `meta.lastUpdated` up to which everything was taken, in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Progress(BTreeMap<String, i64>);

/// What one search saw of the other server's times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    newest: Option<Instant>,
    /// The oldest of what was refused: it is asked for again the next time.
    held: Option<Instant>,
    is_undated: bool,
}

impl Span {
    /// Notes a resource; `is_held` when it was not taken.
    pub(super) fn see(&mut self, updated: Option<Instant>, is_held: bool) {
        let Some(at) = updated else {
            self.is_undated |= is_held;
            return;
        };
        self.newest = self.newest.max(Some(at));
        if is_held {
            self.held = Some(self.held.map_or(at, |held| held.min(at)));
        }
    }

    /// Notes a deletion that was not followed. It tells nothing of what the search has seen, so it only holds back.
    pub(super) fn hold(&mut self, deleted: Option<Instant>) {
        match deleted {
            Some(at) => self.held = Some(self.held.map_or(at, |held| held.min(at))),
            None => self.is_undated = true,
        }
    }

    /// The watermark; `None` where it stays what it was.
    fn watermark(self) -> Option<Instant> {
        let newest = self.newest.filter(|_| !self.is_undated)?;
        Some(self.held.map_or(newest, |held| held.min(newest)))
    }
}

impl Progress {
    /// The name of a search. A query may name a patient, so its hash is kept.
    pub(super) fn name_of(type_name: &str, query: Option<&str>) -> String {
        match query {
            None => type_name.to_owned(),
            Some(query) => format!("{type_name}?{}", hash(&[query], 16)),
        }
    }

    /// Since when a search is asked for.
    pub(super) fn since(&self, search: &str) -> Option<Instant> {
        let newest = Instant::from_micros(*self.0.get(search)?);
        Some(newest.plus_micros(-OVERLAP_MICROS))
    }

    /// How many searches it knows of.
    pub(super) fn searches(&self) -> usize {
        self.0.len()
    }

    /// Notes how far a search came; whether that is anything new.
    fn note(&mut self, search: &str, span: Span) -> bool {
        let Some(at) = span.watermark() else { return false };
        let has_room = self.0.len() < SEARCHES_MAX || self.0.contains_key(search);
        has_room && self.0.insert(search.to_owned(), at.micros()) != Some(at.micros())
    }
}

/// Writes down that a search was pulled to its end.
pub(super) async fn keep(house: &House, name: &str, search: &str, span: Span) -> Result<(), Fault> {
    for _ in 0..ATTEMPTS_MAX {
        let Some(mut stored) = StoredPartner::read(house, name).await? else { return Ok(()) };
        if !stored.partner.progress.note(search, span) {
            return Ok(());
        }
        let operations = vec![stored.partner.put(Expected::Version(stored.version))?];
        let set = WriteSet { shard: HOME, at: house.clock.now(), operations, journal: None };
        match house.store.commit(set).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // Another pulls at the same time; without the note the next pull asks for more than it must.
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_asked_for_again() {
        let at = |seconds: i64| Some(Instant::from_micros(seconds * 1_000_000));
        let mut progress = Progress::default();
        let mut span = Span::default();
        for (seconds, is_held) in [(100, false), (300, false), (200, true), (250, true)] {
            span.see(at(seconds), is_held);
        }
        assert!(progress.note("Patient", span));
        assert_eq!(progress.since("Patient"), at(140));
        assert!(!progress.note("Patient", span), "nothing new");
        span = Span::default();
        span.see(at(300), false);
        assert!(progress.note("Patient", span));
        assert_eq!(progress.since("Patient"), at(240));
        span.see(None, true);
        assert!(!progress.note("Patient", span), "what has no time may be anywhere");
        assert!(!progress.note("Observation", Span::default()), "an empty search says nothing");
        span = Span::default();
        span.hold(at(400));
        assert!(!progress.note("Patient", span), "a deletion does not say how far the search came");
        span.see(at(500), false);
        assert!(progress.note("Patient", span));
        assert_eq!(progress.since("Patient"), at(340), "a deletion that was refused is asked for again");
        span.hold(None);
        assert!(!progress.note("Patient", span));
    }

    #[test]
    fn a_query_is_not_kept_as_it_is() {
        let name = Progress::name_of("Observation", Some("patient=ada"));
        assert!(name.starts_with("Observation?") && !name.contains("ada"));
        assert_ne!(name, Progress::name_of("Observation", Some("patient=bob")));
    }
}
