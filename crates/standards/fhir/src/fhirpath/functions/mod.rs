//! The functions, by the chapters of the specification.

mod aggregate;
mod convert;
mod fhir;
mod filter;
mod numbers;
mod sets;
mod text;
mod time;

use super::ast::Expr;
use super::eval::{Evaluated, Evaluator, one};
use super::function::Function as F;
use super::item::{Collection, Item};
use super::navigate;

impl<'a> Evaluator<'_, 'a, '_> {
    /// Calls a function on its input. `explicit` says whether the input was written: `iif` alone keeps `$this`.
    pub(super) fn call(
        &mut self,
        function: F,
        input: Collection<'a>,
        explicit: bool,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let truth = |value: bool| Ok(one(Item::Boolean(value)));
        match function {
            F::Empty => truth(input.is_empty()),
            F::Count => Ok(one(i64::try_from(input.len()).ok().map(Item::Integer))),
            F::Not => Ok(one(Self::truth(&input, at)?.map(|value| Item::Boolean(!value)))),
            F::HasValue => truth(input.len() == 1 && input.iter().all(navigate::has_value)),
            F::Type => Ok(input.iter().map(|item| Item::Type(item.type_info())).collect()),
            F::Exists
            | F::All
            | F::Where
            | F::Select
            | F::Repeat
            | F::RepeatAll
            | F::Iif
            | F::Aggregate
            | F::Sort
            | F::Trace
            | F::DefineVariable
            | F::Coalesce => self.lambda(function, input, explicit, arguments, at),
            F::AllTrue | F::AnyTrue | F::AllFalse | F::AnyFalse => Self::all_or_any(function, &input, at),
            F::Sum | F::Min | F::Max | F::Avg => self.reduced(function, &input, at),
            F::SubsetOf | F::SupersetOf | F::Union | F::Combine | F::Intersect | F::Exclude => {
                let [other] = self.arguments(arguments)?;
                self.set(function, input, other, at)
            }
            F::Distinct => self.distinct(input, at),
            F::IsDistinct => {
                let count = input.len();
                truth(self.distinct(input, at)?.len() == count)
            }
            F::Single => Ok(one(Self::single(input, at)?)),
            F::First => Ok(one(input.into_iter().next())),
            F::Last => Ok(one(input.into_iter().next_back())),
            F::Tail => Ok(input.into_iter().skip(1).collect()),
            F::Skip | F::Take => {
                let [count] = self.arguments(arguments)?;
                let Some(count) = Self::integer(&count, at)? else { return Ok(Collection::new()) };
                let count = usize::try_from(count).unwrap_or(0);
                Ok(if function == F::Skip {
                    input.into_iter().skip(count).collect()
                } else {
                    input.into_iter().take(count).collect()
                })
            }
            F::Children => {
                let mut out = Collection::new();
                input.iter().for_each(|item| navigate::children(item, &mut out));
                Ok(out)
            }
            F::Descendants => self.descendants(input, at),
            F::Now | F::Today | F::TimeOfDay => Ok(self.clock(function)),
            F::Extension => {
                let [url] = self.arguments(arguments)?;
                self.extension(&input, &url, at)
            }
            F::Resolve => self.resolve(&input, at),
            F::Join => self.join(&input, arguments, at),
            F::GetResourceKey | F::GetReferenceKey => Self::key(function, &input, arguments, at),
            _ => self.of_single(function, input, arguments, at),
        }
    }

    /// The functions of one value: nothing of nothing, an error of many.
    fn of_single(
        &mut self,
        function: F,
        input: Collection<'a>,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let Some(item) = Self::single(input, at)? else { return Ok(Collection::new()) };
        match function {
            F::ToBoolean
            | F::ToInteger
            | F::ToDecimal
            | F::ToString
            | F::ToDate
            | F::ToDateTime
            | F::ToTime => Ok(one(Self::converted(function, &item))),
            F::ConvertsToBoolean
            | F::ConvertsToInteger
            | F::ConvertsToDecimal
            | F::ConvertsToString
            | F::ConvertsToDate
            | F::ConvertsToDateTime
            | F::ConvertsToTime => {
                let converts = Self::converted(convert::of(function), &item).is_some();
                Ok(one(Item::Boolean(converts)))
            }
            F::ToQuantity | F::ConvertsToQuantity => self.as_quantity(function, &item, arguments, at),
            F::Abs
            | F::Ceiling
            | F::Exp
            | F::Floor
            | F::Ln
            | F::Log
            | F::Power
            | F::Round
            | F::Sqrt
            | F::Truncate => self.number(function, &item, arguments, at),
            F::LowBoundary | F::HighBoundary | F::Precision | F::Comparable => {
                self.precise(function, &item, arguments, at)
            }
            F::YearOf
            | F::MonthOf
            | F::DayOf
            | F::HourOf
            | F::MinuteOf
            | F::SecondOf
            | F::MillisecondOf
            | F::TimezoneOffsetOf
            | F::DateOf
            | F::TimeOf => Self::component(function, &item, at),
            F::ConformsTo | F::MemberOf | F::Subsumes | F::SubsumedBy | F::HtmlChecks => {
                self.looked_up(function, &item, arguments, at)
            }
            _ => self.texts(function, &item, arguments, at),
        }
    }

    /// The values of so many arguments, with the `$this` of the call.
    pub(super) fn arguments<const COUNT: usize>(
        &mut self,
        arguments: &'a [Expr],
    ) -> Evaluated<[Collection<'a>; COUNT]> {
        let mut values: [Collection<'a>; COUNT] = std::array::from_fn(|_| Collection::new());
        for (value, argument) in values.iter_mut().zip(arguments) {
            *value = self.operand(argument)?;
        }
        Ok(values)
    }

    /// A text argument.
    pub(super) fn text_of(value: &[Item<'a>], at: u32) -> Evaluated<Option<String>> {
        match Self::single_of(value, at)? {
            None => Ok(None),
            Some(item) => match item.as_text() {
                Some(text) => Ok(Some(text.to_owned())),
                None => Self::fail(at, "expected a text"),
            },
        }
    }
}
