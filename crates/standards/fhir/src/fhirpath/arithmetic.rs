//! Exact sums of decimals: add, subtract, multiply, divide, round. What does not fit its digits is nothing, not wrong.

use crate::decimal::{DIGITS_MAX, Decimal};

/// Ten to the power of `places`, while it fits.
fn ten(places: i32) -> Option<i128> {
    10i128.checked_pow(u32::try_from(places).ok()?)
}

/// From digits and exponent, if they are not too many.
fn fitting(coefficient: i128, exponent: i32) -> Option<Decimal> {
    (coefficient.unsigned_abs() < 10u128.pow(DIGITS_MAX)).then(|| Decimal::new(coefficient, exponent))
}

/// Both at one exponent.
fn aligned(left: &Decimal, right: &Decimal) -> Option<(i128, i128, i32)> {
    let exponent = left.exponent().min(right.exponent());
    let at = |one: &Decimal| {
        if one.coefficient() == 0 {
            return Some(0);
        }
        one.coefficient().checked_mul(ten(one.exponent() - exponent)?)
    };
    Some((at(left)?, at(right)?, exponent))
}

/// From an integer.
pub(super) fn integer(value: i64) -> Decimal {
    Decimal::new(value.into(), 0)
}

pub(super) fn add(left: &Decimal, right: &Decimal) -> Option<Decimal> {
    let (left, right, exponent) = aligned(left, right)?;
    fitting(left.checked_add(right)?, exponent)
}

pub(super) fn negative(value: &Decimal) -> Decimal {
    Decimal::new(-value.coefficient(), value.exponent())
}

pub(super) fn subtract(left: &Decimal, right: &Decimal) -> Option<Decimal> {
    add(left, &negative(right))
}

pub(super) fn multiply(left: &Decimal, right: &Decimal) -> Option<Decimal> {
    let exponent = left.exponent().checked_add(right.exponent())?;
    fitting(left.coefficient().checked_mul(right.coefficient())?, exponent)
}

/// The quotient, as exact as digits go. `None` by zero.
pub(super) fn divide(left: &Decimal, right: &Decimal) -> Option<Decimal> {
    left.checked_div(right)
}

/// The whole quotient, towards zero, and what remains.
pub(super) fn divide_whole(left: &Decimal, right: &Decimal) -> Option<(i128, Decimal)> {
    let (left, right, exponent) = aligned(left, right)?;
    Some((left.checked_div(right)?, Decimal::new(left.checked_rem(right)?, exponent)))
}

/// How to drop digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    HalfAway,
    Down,
    Up,
}

/// With exactly so many digits after the point.
pub(super) fn to_places(value: &Decimal, places: i32, rounding: Rounding) -> Option<Decimal> {
    let drop = value.exponent() + places;
    if drop >= 0 {
        return fitting(value.coefficient().checked_mul(ten(drop)?)?, -places);
    }
    // More digits to drop than a decimal has: only its sign is left to round by.
    let Some(unit) = ten(-drop) else {
        let rest = match rounding {
            Rounding::Down => -i128::from(value.coefficient() < 0),
            Rounding::Up => i128::from(value.coefficient() > 0),
            Rounding::HalfAway => 0,
        };
        return fitting(rest, -places);
    };
    let (whole, rest) = (value.coefficient() / unit, value.coefficient() % unit);
    let step = match rounding {
        Rounding::Down => -i128::from(rest < 0),
        Rounding::Up => i128::from(rest > 0),
        Rounding::HalfAway if rest.unsigned_abs() >= unit.unsigned_abs().div_ceil(2) => rest.signum(),
        Rounding::HalfAway => 0,
    };
    fitting(whole + step, -places)
}

/// The whole number of 10^-places, towards zero.
pub(super) fn scaled(value: &Decimal, places: i32) -> Option<i128> {
    let rounding = if value.coefficient() < 0 { Rounding::Up } else { Rounding::Down };
    to_places(value, places, rounding).map(|whole| whole.coefficient())
}

/// Digits after the point as written.
pub(super) fn places(value: &Decimal) -> i32 {
    (-value.exponent()).max(0)
}

/// An approximation as a decimal; nothing for what is no number.
pub(super) fn from_f64(value: f64) -> Option<Decimal> {
    const PLACES: usize = 15;
    if !value.is_finite() {
        return None;
    }
    let size = value.abs();
    let text = if size >= 1e18 || (size < 1e-6 && size > 0.0) {
        format!("{value:.PLACES$e}")
    } else {
        format!("{value:.PLACES$}")
    };
    Decimal::parse(&text).map(|found| shortest(&found))
}

/// Without zeros at the end of its fraction.
pub(super) fn shortest(value: &Decimal) -> Decimal {
    let (mut coefficient, mut exponent) = (value.coefficient(), value.exponent());
    while exponent < 0 && coefficient % 10 == 0 {
        coefficient /= 10;
        exponent += 1;
    }
    Decimal::new(coefficient, exponent)
}

/// To the power of a whole number, exactly, while the digits fit.
pub(super) fn power(base: &Decimal, exponent: u32) -> Option<Decimal> {
    let mut out = Decimal::new(1, 0);
    let mut square = *base;
    let mut left = exponent;
    while left > 0 {
        if left & 1 == 1 {
            out = multiply(&out, &square)?;
        }
        left >>= 1;
        if left > 0 {
            square = multiply(&square, &square)?;
        }
    }
    Some(out)
}
