//! Operational documents as JSON in the store: one way to read and to write them.

use galen_kernel::{Fault, Instant};
use galen_store::{Bound, Condition, Document, Expected, IndexRows, Kind, Match, Operation, Param, Put};
use serde::{Serialize, de::DeserializeOwned};

/// Reads a document's body; `None` for tombstones.
pub(crate) fn read<T: DeserializeOwned>(document: &Document) -> Result<Option<T>, Fault> {
    match &document.body {
        None => Ok(None),
        Some(body) => {
            serde_json::from_slice(body).map(Some).map_err(|e| Fault::new("read operational document", e))
        }
    }
}

/// The put of a document's next version, under the shard's own key.
pub(crate) fn put<T: Serialize>(
    kind: Kind,
    id: &str,
    expected: Expected,
    value: &T,
    index: IndexRows,
) -> Result<Operation, Fault> {
    let body = serde_json::to_vec(value).map_err(|e| Fault::new("write operational document", e))?;
    Ok(Operation::Put(Put { kind, id: id.to_owned(), expected, owner: String::new(), body, index }))
}

/// What is in force at `now`, by the index of its period.
pub(crate) fn in_force(period: Param, now: Instant) -> Condition {
    Condition::Any(vec![Match::Span {
        param: period,
        low: (Bound::Open, Bound::Included(now.micros())),
        high: (Bound::Excluded(now.micros()), Bound::Open),
    }])
}
