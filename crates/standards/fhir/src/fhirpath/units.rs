//! Quantities of different units: which compare, and as what.

use std::cmp::Ordering;

use super::arithmetic::{Rounding, divide, integer, multiply, places, to_places};
use super::item::{Quantity, Unit};
use super::moment::CalendarUnit;
use crate::decimal::Decimal;

/// A unit in terms of a base that all units comparable with it share.
struct Canonical {
    factor: Decimal,
    base: Box<str>,
}

fn canonical(unit: &Unit) -> Canonical {
    let code = match unit {
        Unit::Calendar(CalendarUnit::Year | CalendarUnit::Month) | Unit::Other(_) => None,
        Unit::Calendar(unit) => Some(unit.ucum()),
        Unit::Ucum(code) => Some(&**code),
    };
    let seconds = match (code, unit) {
        (Some("wk"), _) => 604_800,
        (Some("d"), _) => 86_400,
        (Some("h"), _) => 3_600,
        (Some("min"), _) => 60,
        (Some("s"), _) => 1,
        (Some("ms"), _) => return Canonical { factor: Decimal::new(1, -3), base: "s".into() },
        // Calendar years are twelve calendar months; neither is a length of time.
        (None, Unit::Calendar(CalendarUnit::Year)) => {
            return Canonical { factor: integer(12), base: "month".into() };
        }
        _ => return Canonical { factor: integer(1), base: unit.code().into() },
    };
    Canonical { factor: integer(seconds), base: "s".into() }
}

/// Whether two quantities measure the same thing.
pub(super) fn comparable(left: &Unit, right: &Unit) -> bool {
    canonical(left).base == canonical(right).base
}

/// Both values in one unit; `None` where there is none.
fn common(left: &Quantity, right: &Quantity) -> Option<(Decimal, Decimal)> {
    if left.unit == right.unit {
        return Some((left.value, right.value));
    }
    let (from, to) = (canonical(&left.unit), canonical(&right.unit));
    if from.base != to.base {
        return None;
    }
    Some((multiply(&left.value, &from.factor)?, multiply(&right.value, &to.factor)?))
}

/// Which is less; `None` where they measure different things.
pub(super) fn compare(left: &Quantity, right: &Quantity) -> Option<Ordering> {
    common(left, right).map(|(left, right)| left.cmp(&right))
}

/// Whether both are the same within the precision of the less precise: `~`. A calendar year is equivalent to a UCUM one.
pub(super) fn is_equivalent(left: &Quantity, right: &Quantity) -> bool {
    let nearly = |one: &Quantity| match one.unit {
        Unit::Calendar(unit) => Quantity::new(one.value, unit.ucum()),
        _ => one.clone(),
    };
    let Some((first, second)) = common(left, right).or_else(|| common(&nearly(left), &nearly(right))) else {
        return false;
    };
    let kept = places(&first).min(places(&second));
    let rounded = |one: &Decimal| to_places(one, kept, Rounding::HalfAway);
    rounded(&first) == rounded(&second)
}

/// The sum or difference in the unit of the left.
pub(super) fn combined(
    left: &Quantity,
    right: &Quantity,
    sum: impl Fn(&Decimal, &Decimal) -> Option<Decimal>,
) -> Option<Quantity> {
    let (first, second) = common(left, right)?;
    let total = sum(&first, &second)?;
    let value = if left.unit == right.unit { total } else { divide(&total, &canonical(&left.unit).factor)? };
    Some(Quantity { value, unit: left.unit.clone() })
}

/// The product; its unit is that of the one that has a unit.
pub(super) fn product(left: &Quantity, right: &Quantity) -> Option<Quantity> {
    let value = multiply(&left.value, &right.value)?;
    match (left.unit.code(), right.unit.code()) {
        (_, "1") => Some(Quantity { value, unit: left.unit.clone() }),
        ("1", _) => Some(Quantity { value, unit: right.unit.clone() }),
        _ => None,
    }
}

/// The quotient; equal units cancel.
pub(super) fn quotient(left: &Quantity, right: &Quantity) -> Option<Quantity> {
    if right.unit.code() == "1" {
        return Some(Quantity { value: divide(&left.value, &right.value)?, unit: left.unit.clone() });
    }
    let (first, second) = common(left, right)?;
    Some(Quantity::new(divide(&first, &second)?, "1"))
}

/// The same quantity in another unit.
pub(super) fn converted(quantity: &Quantity, unit: Unit) -> Option<Quantity> {
    let (from, to) = (canonical(&quantity.unit), canonical(&unit));
    if quantity.unit == unit || from.base != to.base {
        return (quantity.unit == unit).then_some(Quantity { value: quantity.value, unit });
    }
    let value = divide(&multiply(&quantity.value, &from.factor)?, &to.factor)?;
    Some(Quantity { value, unit })
}
