//! UCUM units (<https://ucum.org>): what makes `5.4 mg` and `0.0054 g` one quantity. The table and grammar are a library's;
//! here are exact decimals, and a memory of the units met.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use octofhir_ucum::{Number, get_canonical_units};

use crate::decimal::Decimal;

/// The code system of UCUM.
pub const SYSTEM: &str = "http://unitsofmeasure.org";
/// Longest unit that is looked at.
pub(crate) const UNIT_BYTES_MAX: usize = 120;
/// Most units remembered; beyond, they are worked out each time.
const REMEMBERED_MAX: usize = 4_096;

/// Units by code; `None` for what is no unit.
type Remembered = HashMap<Box<str>, Option<Arc<Unit>>>;

static REMEMBERED: LazyLock<RwLock<Remembered>> = LazyLock::new(RwLock::default);

/// A unit with a linear way to its canonical one: `value x factor + offset`.
#[derive(Debug, Clone)]
pub struct Unit {
    canonical: Arc<str>,
    factor: Decimal,
    offset: Decimal,
}

impl Unit {
    /// The base units it comes to, as `g.m-3`; equal for all units that can be compared.
    pub fn canonical(&self) -> Arc<str> {
        Arc::clone(&self.canonical)
    }

    /// A value of this unit in the canonical one; `None` when it has too many digits.
    pub fn to_canonical(&self, value: &Decimal) -> Option<Decimal> {
        value.checked_mul(&self.factor)?.checked_add(&self.offset)
    }

    /// A value of the canonical unit in this one.
    pub fn of_canonical(&self, value: &Decimal) -> Option<Decimal> {
        value.checked_sub(&self.offset)?.checked_div(&self.factor)
    }
}

/// The unit of this code; `None` for what UCUM does not know or what has no linear scale (pH, bel).
pub fn unit(code: &str) -> Option<Arc<Unit>> {
    if code.len() > UNIT_BYTES_MAX {
        return None;
    }
    if let Ok(known) = REMEMBERED.read()
        && let Some(found) = known.get(code)
    {
        return found.clone();
    }
    let found = canonical(code).map(Arc::new);
    if let Ok(mut known) = REMEMBERED.write()
        && known.len() < REMEMBERED_MAX
    {
        known.insert(code.into(), found.clone());
    }
    found
}

fn canonical(code: &str) -> Option<Unit> {
    let found = get_canonical_units(code).ok()?;
    Some(Unit { canonical: found.unit.into(), factor: decimal(found.factor), offset: decimal(found.offset) })
}

fn decimal(number: Number) -> Decimal {
    let (coefficient, exponent) = number.to_integer_and_exponent();
    Decimal::new(coefficient, exponent)
}

/// A value of one unit in another of the same dimension; `None` when they cannot be compared.
pub fn convert(value: &Decimal, from: &str, to: &str) -> Option<Decimal> {
    let (from, to) = (unit(from)?, unit(to)?);
    if from.canonical != to.canonical {
        return None;
    }
    to.of_canonical(&from.to_canonical(value)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn comparable_units_come_to_the_same() {
        for (value, from, expected, to) in [
            ("5.4", "mg", "0.0054", "g"),
            ("1", "[lb_av]", "0.45359237", "kg"),
            ("37", "Cel", "310.15", "K"),
            ("98.6", "[degF]", "37", "Cel"),
            ("120", "mm[Hg]", "15.998640", "kPa"),
            ("1", "mmol/L", "1000", "umol/L"),
            ("1", "km/h", "1000", "m/h"),
            ("1", "wk", "7", "d"),
            ("5", "%", "0.05", "1"),
            ("4", "{cells}/uL", "4", "/uL"),
        ] {
            let found = convert(&decimal(value), from, to).unwrap();
            let error = (found.to_f64() - decimal(expected).to_f64()).abs();
            assert!(error <= 1e-9 * decimal(expected).to_f64().abs(), "{value} {from} = {found} {to}");
        }
        assert_eq!(
            convert(&decimal("5.4"), "mg", "g"),
            Some(decimal("0.0054")),
            "decimal factors stay exact"
        );
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        for (from, to) in [("mg", "mL"), ("[IU]", "mg"), ("mg", "nonsense"), ("[pH]", "mol/L"), ("", "1")] {
            assert_eq!(convert(&decimal("1"), from, to), None, "{from} {to}");
        }
        assert!(unit(&"(".repeat(100)).is_none());
        assert!(unit(&"m".repeat(10_000)).is_none());
    }
}
