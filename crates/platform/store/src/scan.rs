//! Searches over the index families, as typed trees: the store turns them into SQL whose order follows an index.

use crate::{Document, DocumentKey, Kind, Param};
use std::{cmp::Ordering, fmt, sync::Arc};

/// A keyset-paged search of one kind in one shard. Deleted documents never match.
#[derive(Debug, Clone)]
pub struct Scan {
    /// What is sought.
    pub kind: Kind,
    /// All must hold.
    pub all: Vec<Condition>,
    /// In which order.
    pub order: Order,
    /// What orders those that are equal by `order`: terms, spans, quantities, ids or last updates.
    pub then: Vec<Order>,
    /// No documents with a greater key: what was first written after a search began stays out of its later pages.
    pub until: Option<i64>,
    /// Continue after this place (of the same scan).
    pub after: Option<Position>,
    /// At most this many; the store caps it at [`crate::PAGE_ROWS_MAX`].
    pub limit: u32,
}

impl Scan {
    /// From the beginning, ordered by `order` alone.
    pub fn new(kind: Kind, all: Vec<Condition>, order: Order, limit: u32) -> Self {
        Self { kind, all, order, then: Vec::new(), until: None, after: None, limit }
    }

    /// How two places of this scan are ordered: by value (none comes last), by the further values, then by key.
    pub fn compare(&self, a: &Position, b: &Position) -> Ordering {
        let orders = std::iter::once(&self.order).chain(&self.then);
        let (left, right) = (a.values(), b.values());
        for (order, (x, y)) in orders.zip(left.zip(right)) {
            let by_value = match (x, y) {
                (Some(x), Some(y)) if order.is_descending() => y.cmp(x),
                (Some(x), Some(y)) => x.cmp(y),
                (x, y) => x.is_none().cmp(&y.is_none()),
            };
            if by_value.is_ne() {
                return by_value;
            }
        }
        let descending = self.then.last().unwrap_or(&self.order).is_descending();
        if descending { b.key.cmp(&a.key) } else { a.key.cmp(&b.key) }
    }
}

/// One condition.
#[derive(Debug, Clone)]
pub enum Condition {
    /// At least one matches.
    Any(Vec<Match>),
    /// None matches.
    None(Vec<Match>),
}

/// One test of a document.
#[derive(Debug, Clone)]
pub enum Match {
    /// Its id.
    Id(String),
    /// Its id is one of these.
    Ids(Arc<[String]>),
    /// A term of this parameter.
    Term(Param, TermMatch),
    /// A term of this parameter is one of these.
    TermIn(Param, Arc<[Vec<u8>]>),
    /// A span of this parameter whose low and high lie in these bounds (a date search is a pair of such bounds).
    Span {
        /// Parameter.
        param: Param,
        /// Bounds on the start.
        low: (Bound<i64>, Bound<i64>),
        /// Bounds on the end (exclusive end of the span).
        high: (Bound<i64>, Bound<i64>),
    },
    /// Any span at all of this parameter.
    SpanPresent(Param),
    /// A number or quantity in these bounds, of this unit where one is asked.
    Quantity {
        /// Parameter.
        param: Param,
        /// Lower bound, order-preserving bytes.
        low: Bound<Vec<u8>>,
        /// Upper bound.
        high: Bound<Vec<u8>>,
        /// `code\0system` in full, `code\0` for any system, or `None` for any unit.
        unit: Option<Vec<u8>>,
    },
    /// Any number or quantity of this parameter.
    QuantityPresent(Param),
    /// In this compartment, with this code (all zero: any), at these times.
    Link {
        /// As in [`crate::Link`].
        subject: [u8; 16],
        /// As in [`crate::Link`].
        code: [u8; 8],
        /// Bounds on `at`.
        at: (Bound<i64>, Bound<i64>),
    },
    /// Last written in these bounds (microseconds UTC).
    Updated(Bound<i64>, Bound<i64>),
    /// What orders it by this order has this very value (`None`: it has none).
    Ordered(Order, Option<Vec<u8>>),
    /// One of these at least.
    Any(Vec<Match>),
    /// All of these (lets one alternative of `Any` be a conjunction).
    All(Vec<Match>),
    /// Not this (lets one alternative of `Any` be a negation).
    Not(Box<Match>),
    /// What no index answers: looked for in the body of each document that everything else leaves.
    Body(BodyTest),
}

/// A test of a document's body.
#[derive(Clone)]
pub struct BodyTest(Arc<dyn Fn(&[u8]) -> bool + Send + Sync>);

impl BodyTest {
    /// By a function, which must be pure.
    pub fn new(test: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(test))
    }

    /// Whether the body passes.
    pub fn holds(&self, body: &[u8]) -> bool {
        (self.0)(body)
    }
}

impl fmt::Debug for BodyTest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("BodyTest")
    }
}

/// How a term is compared.
#[derive(Debug, Clone)]
pub enum TermMatch {
    /// The very bytes.
    Equals(Vec<u8>),
    /// Begins with these bytes.
    Prefix(Vec<u8>),
    /// Ends with these bytes.
    Suffix(Vec<u8>),
    /// Has these bytes in it.
    Contains(Vec<u8>),
    /// Any value.
    Present,
}

/// One side of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bound<T> {
    /// No limit on this side.
    #[default]
    Open,
    /// The value itself belongs to the range.
    Included(T),
    /// It does not.
    Excluded(T),
}

/// The order of a scan; the key breaks ties, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By key: as the documents were first written.
    Key {
        /// Newest first.
        descending: bool,
    },
    /// By last write.
    Updated {
        /// Newest first.
        descending: bool,
    },
    /// By id.
    Id {
        /// Reversed.
        descending: bool,
    },
    /// By a compartment row's `at`.
    Linked {
        /// Compartment.
        subject: [u8; 16],
        /// Code.
        code: [u8; 8],
        /// Newest first.
        descending: bool,
    },
    /// By a term's least (descending: greatest) value; documents without one come last.
    Term {
        /// Parameter.
        param: Param,
        /// Reversed.
        descending: bool,
    },
    /// By a span's low (descending: high) end; documents without one come last.
    Span {
        /// Parameter.
        param: Param,
        /// Reversed.
        descending: bool,
    },
    /// By a number's least (descending: greatest) value; documents without one come last.
    Quantity {
        /// Parameter.
        param: Param,
        /// Reversed.
        descending: bool,
    },
}

impl Order {
    /// Whether the greatest come first.
    pub const fn is_descending(&self) -> bool {
        match *self {
            Self::Key { descending }
            | Self::Updated { descending }
            | Self::Id { descending }
            | Self::Linked { descending, .. }
            | Self::Term { descending, .. }
            | Self::Span { descending, .. }
            | Self::Quantity { descending, .. } => descending,
        }
    }
}

/// Where a page ended. Opaque to callers except that they carry it (as text, signed) to the next page.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// The sort value of the last row, `None` for "had none"; integers as 8 big-endian bytes with the sign bit flipped.
    pub value: Option<Vec<u8>>,
    /// Its further sort values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Option<Vec<u8>>>,
    /// Its key.
    pub key: i64,
}

/// A page of a scan.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows.
    pub documents: Vec<Document>,
    /// The place of each row, in the same order: what merges the pages of several shards.
    pub positions: Vec<Position>,
    /// Set when there may be more.
    pub next: Option<Position>,
}

impl Position {
    fn values(&self) -> impl Iterator<Item = &Option<Vec<u8>>> {
        std::iter::once(&self.value).chain(&self.then)
    }

    /// The place of a document by its key alone.
    pub const fn of_key(key: i64) -> Self {
        Self { value: None, then: Vec::new(), key }
    }

    /// The key as a typed value.
    pub const fn document_key(&self) -> DocumentKey {
        DocumentKey(self.key)
    }
}
