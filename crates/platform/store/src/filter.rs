//! Conditions tested on a document in hand, by the index rows that travel in its body.
//!
//! A range (a date, a number, the beginning of a name) as a set of keys covers the whole kind; where something else
//! leaves few documents, as a compartment does, opening those and looking is far cheaper.

use crate::{Bound, Condition, Match, TermMatch, rows::Rows, stored::Stored};

/// Whether the condition costs as much as its index is long, rather than one look-up a document.
pub(crate) fn is_costly(condition: &Condition) -> bool {
    fn costly(m: &Match) -> bool {
        match m {
            Match::Span { .. }
            | Match::SpanPresent(_)
            | Match::Quantity { .. }
            | Match::QuantityPresent(_) => true,
            Match::Term(_, how) => !matches!(how, TermMatch::Equals(_)),
            Match::All(all) => all.iter().any(costly),
            Match::Not(inner) => costly(inner),
            Match::Id(_) | Match::Link { .. } | Match::Updated(..) => false,
        }
    }
    let (Condition::Any(matches) | Condition::None(matches)) = condition;
    matches.iter().any(costly)
}

/// Whether the document satisfies the condition.
pub(crate) fn holds(condition: &Condition, stored: &Stored, rows: &Rows) -> bool {
    match condition {
        Condition::Any(matches) => matches.iter().any(|m| test(m, stored, rows)),
        Condition::None(matches) => !matches.iter().any(|m| test(m, stored, rows)),
    }
}

fn test(m: &Match, stored: &Stored, rows: &Rows) -> bool {
    match m {
        Match::Id(id) => stored.id == *id,
        Match::Term(param, how) => rows.terms.iter().any(|row| row.param == param.0 && term(how, &row.value)),
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
        Match::Updated(low, high) => within(&stored.at, &(*low, *high)),
        Match::All(all) => all.iter().all(|m| test(m, stored, rows)),
        Match::Not(inner) => !test(inner, stored, rows),
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
