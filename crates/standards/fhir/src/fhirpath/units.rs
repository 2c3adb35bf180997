//! Quantities of different units: which compare, and as what. UCUM's units by their canonical ones, calendar years and months by
//! each other only.

use std::cmp::Ordering;
use std::sync::Arc;

use super::arithmetic::{Rounding, divide, multiply, places, to_places};
use super::item::{Quantity, Unit};
use super::moment::CalendarUnit;
use crate::decimal::Decimal;
use crate::ucum;

/// What a unit is measured by.
enum Scale<'u> {
    Ucum(Arc<ucum::Unit>),
    /// Calendar months: no length of time.
    Months(Decimal),
    /// Nothing but itself.
    Alone(&'u str),
}

impl<'u> Scale<'u> {
    fn of(unit: &'u Unit) -> Self {
        let code = match unit {
            Unit::Calendar(CalendarUnit::Year) => return Self::Months(Decimal::new(12, 0)),
            Unit::Calendar(CalendarUnit::Month) => return Self::Months(Decimal::new(1, 0)),
            Unit::Other(code) => return Self::Alone(code),
            Unit::Calendar(unit) => unit.ucum(),
            Unit::Ucum(code) => code,
        };
        ucum::unit(code).map_or(Self::Alone(code), Self::Ucum)
    }

    fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ucum(left), Self::Ucum(right)) => left.canonical() == right.canonical(),
            (Self::Months(_), Self::Months(_)) => true,
            (Self::Alone(left), Self::Alone(right)) => left == right,
            _ => false,
        }
    }

    fn to_base(&self, value: &Decimal) -> Option<Decimal> {
        match self {
            Self::Ucum(unit) => unit.to_canonical(value),
            Self::Months(months) => multiply(value, months),
            Self::Alone(_) => Some(*value),
        }
    }

    fn of_base(&self, value: &Decimal) -> Option<Decimal> {
        match self {
            Self::Ucum(unit) => unit.of_canonical(value),
            Self::Months(months) => divide(value, months),
            Self::Alone(_) => Some(*value),
        }
    }
}

/// Whether two units measure the same thing.
pub(super) fn comparable(left: &Unit, right: &Unit) -> bool {
    left == right || Scale::of(left).is_of(&Scale::of(right))
}

/// Both values in one unit; `None` where there is none.
fn common(left: &Quantity, right: &Quantity) -> Option<(Decimal, Decimal)> {
    if left.unit == right.unit {
        return Some((left.value, right.value));
    }
    let (from, to) = (Scale::of(&left.unit), Scale::of(&right.unit));
    from.is_of(&to).then_some(())?;
    Some((from.to_base(&left.value)?, to.to_base(&right.value)?))
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
    let value = if left.unit == right.unit { total } else { Scale::of(&left.unit).of_base(&total)? };
    Some(Quantity { value, unit: left.unit.clone() })
}

/// The UCUM code of a unit that has one, fit to stand in a product.
fn factor(unit: &Unit) -> Option<String> {
    let code = match unit {
        Unit::Calendar(CalendarUnit::Year | CalendarUnit::Month) | Unit::Other(_) => return None,
        Unit::Calendar(unit) => unit.ucum(),
        Unit::Ucum(code) => code,
    };
    Some(if code.contains(['.', '/']) { format!("({code})") } else { code.to_owned() })
}

/// The product, in the product of the units.
pub(super) fn product(left: &Quantity, right: &Quantity) -> Option<Quantity> {
    let value = multiply(&left.value, &right.value)?;
    let unit = match (left.unit.code(), right.unit.code()) {
        (_, "1") => left.unit.clone(),
        ("1", _) => right.unit.clone(),
        _ => derived(format!("{}.{}", factor(&left.unit)?, factor(&right.unit)?))?,
    };
    Some(Quantity { value, unit })
}

/// The quotient, in the quotient of the units; units of one kind cancel.
pub(super) fn quotient(left: &Quantity, right: &Quantity) -> Option<Quantity> {
    if right.unit.code() == "1" {
        return Some(Quantity { value: divide(&left.value, &right.value)?, unit: left.unit.clone() });
    }
    if let Some((first, second)) = common(left, right) {
        return Some(Quantity::new(divide(&first, &second)?, "1"));
    }
    let unit = derived(format!("{}/{}", factor(&left.unit)?, factor(&right.unit)?))?;
    Some(Quantity { value: divide(&left.value, &right.value)?, unit })
}

/// A unit made of others, while it is one.
fn derived(code: String) -> Option<Unit> {
    ucum::unit(&code).map(|_| Unit::Ucum(code.into()))
}

/// The same quantity in another unit.
pub(super) fn converted(quantity: &Quantity, unit: Unit) -> Option<Quantity> {
    if quantity.unit == unit {
        return Some(quantity.clone());
    }
    let (from, to) = (Scale::of(&quantity.unit), Scale::of(&unit));
    from.is_of(&to).then_some(())?;
    let value = to.of_base(&from.to_base(&quantity.value)?)?;
    Some(Quantity { value, unit })
}
