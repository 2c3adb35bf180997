//! Functions of numbers (<https://hl7.org/fhirpath/N1/#math>).

use super::F;
use crate::decimal::Decimal;
use crate::fhirpath::arithmetic::{self, Rounding, from_f64, shortest, to_places};
use crate::fhirpath::ast::Expr;
use crate::fhirpath::compare;
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item};

/// Most digits after the point that rounding may ask for.
const PLACES_MAX: i64 = 28;

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn number(
        &mut self,
        function: F,
        item: &Item<'a>,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let [argument] = self.arguments(arguments)?;
        let item = item.clone().plain();
        if let (F::Abs, Item::Quantity(quantity)) = (function, &item) {
            let mut quantity = quantity.clone();
            quantity.value = Decimal::new(quantity.value.coefficient().abs(), quantity.value.exponent());
            return Ok(one(Item::Quantity(quantity)));
        }
        let Some(value) = compare::number(&item) else {
            return Self::fail(at, format!("{}() is of numbers", function.name()));
        };
        let whole = |rounding| {
            to_places(&value, 0, rounding).and_then(|value| i64::try_from(value.coefficient()).ok())
        };
        let found = match function {
            F::Abs => match item {
                Item::Integer(value) => Some(Item::Integer(value.abs())),
                _ => Some(Item::Decimal(Decimal::new(value.coefficient().abs(), value.exponent()))),
            },
            F::Ceiling => whole(Rounding::Up).map(Item::Integer),
            F::Floor => whole(Rounding::Down).map(Item::Integer),
            F::Truncate => {
                arithmetic::scaled(&value, 0).and_then(|whole| i64::try_from(whole).ok()).map(Item::Integer)
            }
            F::Exp => from_f64(value.to_f64().exp()).map(Item::Decimal),
            F::Ln => from_f64(value.to_f64().ln()).map(Item::Decimal),
            F::Sqrt => from_f64(value.to_f64().sqrt()).map(Item::Decimal),
            F::Log | F::Power => {
                let Some(argument) = Self::single(argument, at)?.map(Item::plain) else {
                    return Ok(Collection::new());
                };
                let Some(other) = compare::number(&argument) else {
                    return Self::fail(at, format!("{}() takes a number", function.name()));
                };
                if function == F::Log {
                    from_f64(value.to_f64().ln() / other.to_f64().ln()).map(Item::Decimal)
                } else {
                    power(&item, &value, &argument, &other)
                }
            }
            _ => {
                let places = Self::integer(&argument, at)?.unwrap_or(0);
                if !(0..=PLACES_MAX).contains(&places) {
                    return Self::fail(at, format!("round() takes 0 to {PLACES_MAX} places"));
                }
                let places = i32::try_from(places).unwrap_or(0);
                let kept = places.min(arithmetic::places(&value));
                to_places(&value, kept, Rounding::HalfAway).map(Item::Decimal)
            }
        };
        Ok(one(found))
    }
}

/// Exact for whole exponents; of integers an integer, while it fits.
fn power<'a>(item: &Item<'a>, base: &Decimal, argument: &Item<'a>, exponent: &Decimal) -> Option<Item<'a>> {
    let exact = match argument {
        Item::Integer(exponent) => {
            u32::try_from(*exponent).ok().and_then(|exponent| arithmetic::power(base, exponent))
        }
        _ => None,
    };
    match (exact, item) {
        (Some(exact), Item::Integer(_)) => {
            let whole = arithmetic::scaled(&exact, 0)?;
            i32::try_from(whole).ok().map(|whole| Item::Integer(whole.into()))
        }
        (Some(exact), _) => Some(Item::Decimal(exact)),
        (None, _) => {
            from_f64(base.to_f64().powf(exponent.to_f64())).map(|value| Item::Decimal(shortest(&value)))
        }
    }
}
