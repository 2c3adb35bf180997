//! The clock, the parts of dates, and the bounds that precision implies.

use super::F;
use crate::decimal::Decimal;
use crate::fhirpath::arithmetic::{Rounding, to_places};
use crate::fhirpath::ast::Expr;
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item};
use crate::fhirpath::moment::{Moment, MomentKind, Part};
use crate::fhirpath::{compare, navigate, units};

/// Digits after the point of a decimal's bounds when none are asked for.
const DECIMAL_PLACES: i64 = 8;
/// Most digits after the point of a decimal's bounds.
const DECIMAL_PLACES_MAX: i64 = 31;

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn clock(&self, function: F) -> Collection<'a> {
        let Some(micros) = self.environment.now else { return Collection::new() };
        let now = Moment::from_micros(micros);
        one(match function {
            F::Now => Some(Item::Moment(now)),
            F::Today => Some(Item::Moment(now.date())),
            _ => now.time().map(Item::Moment),
        })
    }

    /// `yearOf()` and its like.
    pub(super) fn component(function: F, item: &Item<'a>, at: u32) -> Evaluated<Collection<'a>> {
        let Item::Moment(moment) = item.clone().plain() else {
            return Self::fail(at, format!("{}() is of dates and times", function.name()));
        };
        let part = match function {
            F::YearOf => Part::Year,
            F::MonthOf => Part::Month,
            F::DayOf => Part::Day,
            F::HourOf => Part::Hour,
            F::MinuteOf => Part::Minute,
            F::SecondOf => Part::Second,
            F::MillisecondOf => return Ok(one(moment.millisecond().map(Item::Integer))),
            F::DateOf if moment.kind() == MomentKind::Time => return Ok(Collection::new()),
            F::DateOf => return Ok(one(Item::Moment(moment.date()))),
            F::TimeOf => return Ok(one(moment.time().map(Item::Moment))),
            _ => {
                // Hours, as the specification has it.
                let hours = moment.offset().map(|minutes| {
                    crate::fhirpath::arithmetic::divide(
                        &Decimal::new(minutes.into(), 0),
                        &Decimal::new(60, 0),
                    )
                });
                return Ok(one(hours.flatten().map(Item::Decimal)));
            }
        };
        Ok(one(moment.number_of(part).map(Item::Integer)))
    }

    /// `lowBoundary`, `highBoundary`, `precision` and `comparable`.
    pub(super) fn precise(
        &mut self,
        function: F,
        item: &Item<'a>,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let [argument] = self.arguments(arguments)?;
        let item = item.clone().plain();
        if function == F::Comparable {
            let other = Self::single(argument, at)?;
            let (Some(left), Some(right)) =
                (navigate::quantity(&item), other.as_ref().and_then(navigate::quantity))
            else {
                return Ok(Collection::new());
            };
            return Ok(one(Item::Boolean(units::comparable(&left.unit, &right.unit))));
        }
        if function == F::Precision {
            let digits = match &item {
                Item::Moment(moment) => moment.digits(),
                Item::Integer(_) => 0,
                Item::Decimal(value) => i64::from(crate::fhirpath::arithmetic::places(value)),
                _ => return Self::fail(at, "precision() is of decimals, dates and times"),
            };
            return Ok(one(Item::Integer(digits)));
        }
        let asked = Self::integer(&argument, at)?;
        let high = function == F::HighBoundary;
        Ok(one(match item {
            Item::Moment(moment) => {
                let finest = match moment.kind() {
                    MomentKind::Date => 8,
                    MomentKind::DateTime => 17,
                    MomentKind::Time => 9,
                };
                moment.boundary(asked.unwrap_or(finest), high).map(Item::Moment)
            }
            Item::Quantity(mut quantity) => boundary(&quantity.value, asked, high).map(|value| {
                quantity.value = value;
                Item::Quantity(quantity)
            }),
            other => match compare::number(&other) {
                Some(value) => boundary(&value, asked, high).map(Item::Decimal),
                None => {
                    return Self::fail(
                        at,
                        format!("{}() is of numbers, quantities, dates and times", function.name()),
                    );
                }
            },
        }))
    }
}

/// The least or greatest value that a decimal of this precision may stand for. One too small to be seen at the asked
/// precision is zero, as the official cases have it.
fn boundary(value: &Decimal, places: Option<i64>, high: bool) -> Option<Decimal> {
    let places = places.unwrap_or(DECIMAL_PLACES);
    if !(0..=DECIMAL_PLACES_MAX).contains(&places) {
        return None;
    }
    let places = i32::try_from(places).ok()?;
    let (low_end, high_end) = value.implied_interval();
    let end = if high { high_end } else { low_end };
    let vanishes = places > 0
        && [low_end, high_end].iter().all(|end| crate::fhirpath::arithmetic::scaled(end, places) == Some(0));
    if vanishes {
        return Some(Decimal::new(0, -places));
    }
    to_places(&end, places, if high { Rounding::Up } else { Rounding::Down })
}
