//! Whether index rows satisfy a clause: the meaning of search in one place, and the oracle for indexes that are faster.

use std::cmp::Ordering;

use super::{Clause, Measure, Modifier, Prefix, ReferenceTest, SearchValue, TokenTest};
use crate::decimal::Decimal;
use crate::index::{IndexTerm, IndexValue};
use crate::reference::ParsedReference;

impl Clause {
    /// Whether a resource with these rows passes. What needs other resources or a terminology (`:in`, `:above`, `:below`
    /// of tokens and references, `near`) never matches here.
    pub fn matches(&self, rows: &[IndexValue]) -> bool {
        let mut own = rows.iter().filter(|row| row.param == self.param.id).map(|row| &row.term);
        match self.modifier {
            Modifier::Missing(missing) => own.next().is_none() == missing,
            Modifier::Not => {
                !own.any(|term| self.any_of.iter().any(|value| value.matches(Modifier::None, term)))
            }
            modifier => own.any(|term| self.any_of.iter().any(|value| value.matches(modifier, term))),
        }
    }
}

impl SearchValue {
    /// Whether one row satisfies one alternative.
    pub fn matches(&self, modifier: Modifier, term: &IndexTerm) -> bool {
        match (self, term) {
            (Self::Token(test), IndexTerm::Token { system, code, .. }) => {
                test.matches(system.as_deref(), code)
            }
            (Self::Token(test), IndexTerm::Reference { identifier: Some((system, value)), .. }) => {
                modifier == Modifier::Identifier && test.matches(system.as_deref(), value)
            }
            (Self::Text { folded, original }, IndexTerm::String { folded: known, original: written }) => {
                text_matches(modifier, (folded, original), (known, written))
            }
            (Self::Text { folded, .. }, IndexTerm::Token { text: Some(text), .. }) => {
                modifier == Modifier::Text && crate::fold::fold(text).starts_with(&**folded)
            }
            (Self::OfType { system, code, value }, IndexTerm::Token { code: known, types, .. }) => {
                let of_type = |(of, is): &(Option<Box<str>>, Box<str>)| {
                    is == code && (system.is_none() || of == system)
                };
                known == value && types.iter().any(of_type)
            }
            (Self::Reference(test), IndexTerm::Reference { target: Some(target), .. }) => {
                test.matches(modifier, target)
            }
            (Self::Uri(wanted), IndexTerm::Uri(known)) => uri_matches(modifier, wanted, known),
            (Self::Date { prefix, low, high }, IndexTerm::Date { low: l, high: h }) => {
                prefix.holds_for_interval((*low, *high), (*l, *h))
            }
            (Self::Number(prefix, measure), IndexTerm::Number(known)) => {
                prefix.holds_for_number(known, measure)
            }
            (Self::Quantity { .. }, IndexTerm::Quantity { .. }) => self.quantity_matches(term),
            (Self::Composite(values), IndexTerm::Composite(parts)) => {
                values.len() == parts.len()
                    && values
                        .iter()
                        .zip(parts)
                        .all(|(value, part)| part.iter().any(|term| value.matches(Modifier::None, term)))
            }
            _ => false,
        }
    }

    fn quantity_matches(&self, term: &IndexTerm) -> bool {
        let (
            Self::Quantity { prefix, measure, system, code, canonical },
            IndexTerm::Quantity {
                value: known,
                system: known_system,
                code: known_code,
                unit,
                canonical: known_canonical,
            },
        ) = (self, term)
        else {
            return false;
        };
        if let (Some((measure, wanted)), Some((known, base))) = (canonical, known_canonical) {
            return wanted == base && prefix.holds_for_number(known, measure);
        }
        let unit_fits = match (system, code) {
            (Some(_), _) => known_system == system && (code.is_none() || known_code == code),
            (None, Some(_)) => known_code == code || unit == code,
            (None, None) => true,
        };
        unit_fits && prefix.holds_for_number(known, measure)
    }
}

fn text_matches(modifier: Modifier, searched: (&str, &str), known: (&str, &str)) -> bool {
    let ((folded, original), (known, written)) = (searched, known);
    match modifier {
        Modifier::Exact => original == written,
        Modifier::Contains => known.contains(folded),
        Modifier::Whole => known == folded,
        Modifier::Ends => known.ends_with(folded),
        _ => known.starts_with(folded),
    }
}

fn uri_matches(modifier: Modifier, wanted: &str, known: &str) -> bool {
    match modifier {
        Modifier::Contains => known.contains(wanted),
        Modifier::Below => is_below(known, wanted),
        Modifier::Above => is_below(wanted, known),
        _ => wanted == known,
    }
}

/// Whether a uri is the other or lies beneath it, by whole segments.
fn is_below(uri: &str, ancestor: &str) -> bool {
    uri.strip_prefix(ancestor).is_some_and(|rest| {
        rest.is_empty()
            || ancestor.ends_with(['/', ':', '.'])
            || rest.starts_with(['/', ':', '.', '?', '#', '|'])
    })
}

impl TokenTest {
    /// Codes compare without case (R4 search, token: matches are literal, but not case-sensitive).
    fn matches(&self, system: Option<&str>, code: &str) -> bool {
        let same = |wanted: &str| wanted == code || wanted.to_lowercase() == code.to_lowercase();
        match self {
            Self::Code(wanted) => same(wanted),
            Self::SystemCode(namespace, wanted) => system == Some(namespace) && same(wanted),
            Self::NoSystem(wanted) => system.is_none() && same(wanted),
            Self::System(namespace) => system == Some(namespace),
        }
    }
}

impl ReferenceTest {
    fn matches(&self, modifier: Modifier, target: &ParsedReference) -> bool {
        if let Modifier::Type(wanted) = modifier
            && target.resource_type() != Some(wanted)
        {
            return false;
        }
        match (self, target) {
            (Self::Id(wanted), ParsedReference::Local { id, .. }) => wanted == id,
            (
                Self::To(ParsedReference::Local { resource_type, id, version }),
                ParsedReference::Local { resource_type: known_type, id: known, version: known_version },
            ) => {
                resource_type == known_type && id == known && (version.is_none() || version == known_version)
            }
            (
                Self::To(ParsedReference::Canonical { url, version }),
                ParsedReference::Canonical { url: known, version: stated },
            ) => url == known && (version.is_none() || version == stated),
            (Self::To(ParsedReference::Uri(wanted)), ParsedReference::Canonical { url, .. }) => wanted == url,
            (
                Self::To(ParsedReference::Absolute { base, resource_type, id, .. }),
                ParsedReference::Canonical { url, .. },
            ) => **url == *format!("{base}/{}/{id}", resource_type.name()),
            (Self::To(wanted), known) => wanted == known,
            _ => false,
        }
    }
}

impl Prefix {
    /// Compares the interval searched for with that of a resource; both half-open.
    pub fn holds_for_interval(self, searched: (i64, i64), known: (i64, i64)) -> bool {
        let ((low, high), (l, h)) = (searched, known);
        let inside = low <= l && h <= high;
        match self {
            Self::Eq => inside,
            Self::Ne => !inside,
            Self::Gt => h > high,
            Self::Lt => l < low,
            Self::Ge => inside || h > high,
            Self::Le => inside || l < low,
            Self::Sa => l >= high,
            Self::Eb => h <= low,
            Self::Ap => l < high && low < h,
        }
    }

    /// Compares a resource's number with the one searched for and the interval its precision implies.
    pub fn holds_for_number(self, known: &Decimal, measure: &Measure) -> bool {
        let Measure { value, low, high } = measure;
        let inside = low <= known && known < high;
        let order = known.cmp(value);
        match self {
            Self::Eq => inside,
            Self::Ne => !inside,
            Self::Ap => low <= known && known <= high,
            Self::Gt | Self::Sa => order == Ordering::Greater,
            Self::Lt | Self::Eb => order == Ordering::Less,
            Self::Ge => order != Ordering::Less,
            Self::Le => order != Ordering::Greater,
        }
    }
}
