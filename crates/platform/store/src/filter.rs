//! Conditions tested on a document in hand, by the index rows that travel in its body.
//!
//! A range (a date, a number, the beginning of a name) as a set of keys covers the whole kind; where something else
//! leaves few documents, as a compartment does, opening those and looking is far cheaper.

use crate::{Bound, Condition, Document, IndexRows, Match, StoreError, TermMatch, pages, rows::Rows};

impl Condition {
    /// Whether one document that is in hand satisfies all of these, by these index rows: as a scan would say of the version
    /// that they are of, whatever has become of it since.
    ///
    /// # Errors
    /// When the rows are more than a document may have.
    pub fn all_hold(all: &[Self], document: &Document, index: IndexRows) -> Result<bool, StoreError> {
        let rows = Rows::new(index)?;
        Ok(!document.deleted && all.iter().all(|condition| holds(condition, document, &rows)))
    }
}

/// Whether the condition costs as much as its index is long, rather than one look-up a document.
pub(crate) fn is_costly(condition: &Condition) -> bool {
    has(condition, &|m| match m {
        Match::Span { .. } | Match::SpanPresent(_) | Match::Quantity { .. } | Match::QuantityPresent(_) => {
            true
        }
        Match::Term(_, how) => !matches!(how, TermMatch::Equals(_)),
        _ => false,
    })
}

/// Whether the condition can only be tested on a document in hand.
pub(crate) fn is_of_bodies(condition: &Condition) -> bool {
    has(condition, &|m| matches!(m, Match::Body(_)))
}

fn has(condition: &Condition, wanted: &dyn Fn(&Match) -> bool) -> bool {
    fn within(m: &Match, wanted: &dyn Fn(&Match) -> bool) -> bool {
        match m {
            Match::All(several) | Match::Any(several) => several.iter().any(|m| within(m, wanted)),
            Match::Not(inner) => within(inner, wanted),
            leaf => wanted(leaf),
        }
    }
    let (Condition::Any(matches) | Condition::None(matches)) = condition;
    matches.iter().any(|m| within(m, wanted))
}

/// Whether the document satisfies the condition.
pub(crate) fn holds(condition: &Condition, document: &Document, rows: &Rows) -> bool {
    match condition {
        Condition::Any(matches) => matches.iter().any(|m| test(m, document, rows)),
        Condition::None(matches) => !matches.iter().any(|m| test(m, document, rows)),
    }
}

fn test(m: &Match, document: &Document, rows: &Rows) -> bool {
    match m {
        Match::Id(id) => document.id == *id,
        Match::Ids(ids) => ids.contains(&document.id),
        Match::Term(param, how) => rows.terms.iter().any(|row| row.param == param.0 && term(how, &row.value)),
        Match::TermIn(param, list) => {
            rows.terms.iter().any(|row| row.param == param.0 && list.contains(&row.value))
        }
        Match::Span { param, low, high } => rows
            .spans
            .iter()
            .any(|row| row.param == param.0 && within(&row.low, low) && within(&row.high, high)),
        Match::SpanPresent(param) => rows.spans.iter().any(|row| row.param == param.0),
        Match::Quantity { param, low, high, unit: wanted } => rows.quantities.iter().any(|row| {
            row.param == param.0
                && within(&row.value, &(low.clone(), high.clone()))
                && wanted.as_ref().is_none_or(|wanted| unit(wanted, &row.unit))
        }),
        Match::QuantityPresent(param) => rows.quantities.iter().any(|row| row.param == param.0),
        Match::Link { subject, code, at } => {
            rows.links.iter().any(|row| row.subject == *subject && row.code == *code && within(&row.at, at))
        }
        Match::Updated(low, high) => within(&document.at.micros(), &(*low, *high)),
        Match::Ordered(order, value) => pages::sort_value(order, document, rows) == *value,
        Match::Any(any) => any.iter().any(|m| test(m, document, rows)),
        Match::All(all) => all.iter().all(|m| test(m, document, rows)),
        Match::Not(inner) => !test(inner, document, rows),
        Match::Body(wanted) => document.body.as_deref().is_some_and(|body| wanted.holds(body)),
    }
}

fn term(how: &TermMatch, value: &[u8]) -> bool {
    match how {
        TermMatch::Equals(wanted) => value == wanted.as_slice(),
        TermMatch::Prefix(start) => value.starts_with(start),
        TermMatch::Suffix(end) => value.ends_with(end),
        TermMatch::Contains(part) => {
            part.is_empty() || value.windows(part.len()).any(|window| window == part)
        }
        TermMatch::Present => true,
    }
}

/// A unit in full, or `code\0` for any system.
fn unit(wanted: &[u8], known: &[u8]) -> bool {
    if wanted.last() == Some(&0) { known.starts_with(wanted) } else { known == wanted }
}

fn within<T: PartialOrd>(value: &T, (low, high): &(Bound<T>, Bound<T>)) -> bool {
    let above = match low {
        Bound::Open => true,
        Bound::Included(low) => value >= low,
        Bound::Excluded(low) => value > low,
    };
    let below = match high {
        Bound::Open => true,
        Bound::Included(high) => value <= high,
        Bound::Excluded(high) => value < high,
    };
    above && below
}
