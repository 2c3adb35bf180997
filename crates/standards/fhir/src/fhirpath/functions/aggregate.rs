//! Many values to one: `allTrue`, `sum`, `min` ...

use std::cmp::Ordering;

use super::F;
use crate::decimal::Decimal;
use crate::fhirpath::arithmetic::divide;
use crate::fhirpath::ast::Operator;
use crate::fhirpath::compare::{self, Ordered};
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item};

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn all_or_any(function: F, input: &[Item<'a>], at: u32) -> Evaluated<Collection<'a>> {
        let mut values = Vec::with_capacity(input.len());
        for item in input {
            match item.as_bool() {
                Some(value) => values.push(value),
                None => return Self::fail(at, format!("{}() is of booleans only", function.name())),
            }
        }
        let answer = match function {
            F::AllTrue => values.iter().all(|&value| value),
            F::AnyTrue => values.iter().any(|&value| value),
            F::AllFalse => !values.iter().any(|&value| value),
            _ => !values.iter().all(|&value| value),
        };
        Ok(one(Item::Boolean(answer)))
    }

    /// `sum`, `min`, `max` and `avg`.
    pub(super) fn reduced(&mut self, function: F, input: &[Item<'a>], at: u32) -> Evaluated<Collection<'a>> {
        let Some((first, rest)) = input.split_first() else { return Ok(Collection::new()) };
        let mut best = one(first.clone().plain());
        for item in rest {
            best = match function {
                F::Sum | F::Avg => self.apply(Operator::Add, best, one(item.clone()), at)?,
                _ => {
                    let Some(known) = best.first() else { return Ok(best) };
                    let wanted = if function == F::Min { Ordering::Less } else { Ordering::Greater };
                    match compare::order(item, known) {
                        Ordered::Known(order) if order == wanted => one(item.clone().plain()),
                        Ordered::Known(_) => best,
                        Ordered::Unknown => return Ok(Collection::new()),
                        Ordered::Incomparable => {
                            return Self::fail(
                                at,
                                format!("{}() met values that have no order", function.name()),
                            );
                        }
                    }
                }
            };
        }
        if function != F::Avg {
            return Ok(best);
        }
        let count = i64::try_from(input.len()).unwrap_or(i64::MAX);
        match best.pop() {
            Some(Item::Quantity(mut sum)) => {
                let value = divide(&sum.value, &Decimal::new(count.into(), 0));
                Ok(one(value.map(|value| {
                    sum.value = value;
                    Item::Quantity(sum)
                })))
            }
            Some(sum) => self.apply(Operator::Divide, one(sum), one(Item::Integer(count)), at),
            None => Ok(best),
        }
    }
}
