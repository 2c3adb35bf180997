//! Conversions between FHIRPath's own types (<https://hl7.org/fhirpath/N1/#conversion>).

use super::F;
use crate::decimal::Decimal;
use crate::fhirpath::ast::Expr;
use crate::fhirpath::compare::number;
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item, Quantity, Unit};
use crate::fhirpath::moment::{CalendarUnit, Moment, MomentKind};
use crate::fhirpath::{arithmetic, navigate, units};

/// The conversion that a `convertsTo` asks about.
pub(super) fn of(function: F) -> F {
    match function {
        F::ConvertsToBoolean => F::ToBoolean,
        F::ConvertsToInteger => F::ToInteger,
        F::ConvertsToDecimal => F::ToDecimal,
        F::ConvertsToDate => F::ToDate,
        F::ConvertsToDateTime => F::ToDateTime,
        F::ConvertsToTime => F::ToTime,
        _ => F::ToString,
    }
}

fn boolean(item: &Item<'_>) -> Option<bool> {
    match item {
        Item::Boolean(value) => Some(*value),
        Item::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        other => match number(other)? {
            value if value == Decimal::new(1, 0) => Some(true),
            value if value == Decimal::new(0, 0) => Some(false),
            _ => None,
        },
    }
}

fn integer(item: &Item<'_>) -> Option<i64> {
    match item {
        Item::Boolean(value) => Some(i64::from(*value)),
        Item::Integer(value) => Some(*value),
        Item::String(text) => text.parse::<i32>().ok().map(i64::from),
        _ => None,
    }
}

fn decimal(item: &Item<'_>) -> Option<Decimal> {
    match item {
        Item::Boolean(value) => Some(arithmetic::integer(i64::from(*value))),
        Item::String(text) => {
            Decimal::parse(text.strip_prefix('+').unwrap_or(text)).filter(|_| !text.contains(['e', 'E']))
        }
        other => number(other),
    }
}

fn moment(item: &Item<'_>, kind: MomentKind) -> Option<Moment> {
    match item {
        Item::Moment(moment) if moment.kind() == kind => Some(*moment),
        Item::Moment(moment) => match (moment.kind(), kind) {
            (MomentKind::Date, MomentKind::DateTime) => Some(moment.date_time()),
            (MomentKind::DateTime, MomentKind::Date) => Some(moment.date()),
            _ => None,
        },
        Item::String(text) => match kind {
            // A date may be cut out of a dateTime.
            MomentKind::Date => Moment::parse(text, MomentKind::Date)
                .or_else(|| Moment::parse(text, MomentKind::DateTime).map(|moment| moment.date())),
            _ => Moment::parse(text, kind),
        },
        _ => None,
    }
}

fn quantity(item: &Item<'_>) -> Option<Quantity> {
    match item {
        Item::Boolean(value) => Some(Quantity::new(arithmetic::integer(i64::from(*value)), "1")),
        Item::String(text) => Quantity::parse(text),
        other => navigate::quantity(other),
    }
}

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn converted(function: F, item: &Item<'a>) -> Option<Item<'a>> {
        let plain = item.clone().plain();
        match function {
            F::ToBoolean => boolean(&plain).map(Item::Boolean),
            F::ToInteger => integer(&plain).map(Item::Integer),
            F::ToDecimal => decimal(&plain).map(Item::Decimal),
            F::ToDate => moment(&plain, MomentKind::Date).map(Item::Moment),
            F::ToDateTime => moment(&plain, MomentKind::DateTime).map(Item::Moment),
            F::ToTime => moment(&plain, MomentKind::Time).map(Item::Moment),
            _ => item.to_text().map(|text| Item::text(text.into_owned())),
        }
    }

    /// `toQuantity([unit])` and `convertsToQuantity([unit])`.
    pub(super) fn as_quantity(
        &mut self,
        function: F,
        item: &Item<'a>,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let [unit] = self.arguments(arguments)?;
        let unit = Self::text_of(&unit, at)?;
        let mut found = quantity(&item.clone().plain());
        if let Some(unit) = unit {
            let unit = match CalendarUnit::parse(&unit) {
                Some(unit) => Unit::Calendar(unit),
                None => Unit::Ucum(unit.into()),
            };
            found = found.and_then(|quantity| units::converted(&quantity, unit));
        }
        Ok(one(match function {
            F::ToQuantity => found.map(|quantity| Item::Quantity(Box::new(quantity))),
            _ => Some(Item::Boolean(found.is_some())),
        }))
    }
}
