//! Whether index rows satisfy a clause: the meaning of search in one place, and the oracle for indexes that are faster.

use std::cmp::Ordering;

use super::{Clause, Modifier, Prefix, ReferenceTest, SearchValue, TokenTest};
use crate::decimal::Decimal;
use crate::index::{IndexTerm, IndexValue};
use crate::reference::ParsedReference;

impl Clause {
    /// Whether a resource with these rows passes. Chains need other resources and never match here.
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
            (Self::Text { folded, original }, IndexTerm::String { folded: known, original: written }) => {
                match modifier {
                    Modifier::Exact => original == written,
                    Modifier::Contains => known.contains(&**folded),
                    _ => known.starts_with(&**folded),
                }
            }
            (Self::Reference(test), IndexTerm::Reference { target: Some(target), .. }) => {
                test.matches(modifier, target)
            }
            (Self::Uri(wanted), IndexTerm::Uri(known)) => wanted == known,
            (Self::Date { prefix, low, high }, IndexTerm::Date { low: l, high: h }) => {
                prefix.holds_for_interval((*low, *high), (*l, *h))
            }
            (Self::Number { prefix, value, low, high }, IndexTerm::Number(known)) => {
                prefix.holds_for_number(known, value, low, high)
            }
            (
                Self::Quantity { prefix, value, low, high, system, code },
                IndexTerm::Quantity { value: known, system: known_system, code: known_code, unit },
            ) => {
                let unit_fits = match (system, code) {
                    (Some(_), _) => known_system == system && (code.is_none() || known_code == code),
                    (None, Some(_)) => known_code == code || unit == code,
                    (None, None) => true,
                };
                unit_fits && prefix.holds_for_number(known, value, low, high)
            }
            _ => false,
        }
    }
}

impl TokenTest {
    fn matches(&self, system: Option<&str>, code: &str) -> bool {
        match self {
            Self::Code(wanted) => **wanted == *code,
            Self::SystemCode(namespace, wanted) => system == Some(namespace) && **wanted == *code,
            Self::NoSystem(wanted) => system.is_none() && **wanted == *code,
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
    pub fn holds_for_number(self, known: &Decimal, value: &Decimal, low: &Decimal, high: &Decimal) -> bool {
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
