//! The binary operators (<https://hl7.org/fhirpath/N1/#operations>).

use std::cmp::Ordering;

use super::arithmetic::{add, divide, divide_whole, multiply, subtract};
use super::ast::Operator;
use super::compare::{self, Ordered};
use super::eval::{Evaluated, Evaluator, one};
use super::item::{Collection, Item, Quantity, Unit};
use super::moment::{Amount, CalendarUnit, Moment};
use super::{arithmetic, units};

/// Longest text an expression may make.
pub(super) const TEXT_BYTES_MAX: usize = 1 << 20;

/// What the left operand decides whatever the right one is.
pub(super) fn decides_alone(operator: Operator, left: Option<bool>) -> Option<bool> {
    match (operator, left) {
        (Operator::And, Some(false)) => Some(false),
        (Operator::Or, Some(true)) => Some(true),
        (Operator::Implies, Some(false)) => Some(true),
        _ => None,
    }
}

/// Three-valued logic (<https://hl7.org/fhirpath/N1/#boolean-logic>).
pub(super) fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match operator {
        Operator::And => match (left, right) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Operator::Or => match (left, right) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Operator::Xor => Some(left? != right?),
        _ => match (left, right) {
            (Some(false), _) | (_, Some(true)) => Some(true),
            (Some(true), Some(false)) => Some(false),
            _ => None,
        },
    }
}

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn apply(
        &mut self,
        operator: Operator,
        left: Collection<'a>,
        right: Collection<'a>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        use Operator as O;
        let answer = match operator {
            O::Union => {
                let all = left.into_iter().chain(right).collect();
                return self.distinct(all, at);
            }
            O::Equal => compare::equal_collections(&left, &right),
            O::NotEqual => compare::equal_collections(&left, &right).map(|equal| !equal),
            O::Equivalent => Some(self.equivalent(&left, &right, at)?),
            O::NotEquivalent => Some(!self.equivalent(&left, &right, at)?),
            O::In => self.is_in(&left, &right, at)?,
            O::Contains => self.is_in(&right, &left, at)?,
            O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => {
                Self::ordered(operator, &left, &right, at)?
            }
            O::Concatenate => return Self::concatenate(&left, &right, at),
            _ => return Self::computed(operator, left, right, at),
        };
        Ok(one(answer.map(Item::Boolean)))
    }

    /// `~` of collections: the same values in any order.
    fn equivalent(&mut self, left: &[Item<'a>], right: &[Item<'a>], at: u32) -> Evaluated<bool> {
        if left.len() != right.len() {
            return Ok(false);
        }
        let mut open: Vec<&Item<'a>> = right.iter().collect();
        for item in left {
            self.spend(open.len(), at)?;
            let Some(found) = open.iter().position(|other| compare::is_equivalent(item, other)) else {
                return Ok(false);
            };
            open.swap_remove(found);
        }
        Ok(true)
    }

    fn is_in(&mut self, item: &[Item<'a>], all: &[Item<'a>], at: u32) -> Evaluated<Option<bool>> {
        let Some(item) = Self::single_of(item, at)? else { return Ok(None) };
        self.spend(all.len(), at)?;
        Ok(Some(all.iter().any(|other| compare::equal(item, other) == Some(true))))
    }

    fn ordered(
        operator: Operator,
        left: &[Item<'a>],
        right: &[Item<'a>],
        at: u32,
    ) -> Evaluated<Option<bool>> {
        let (Some(left), Some(right)) = (Self::single_of(left, at)?, Self::single_of(right, at)?) else {
            return Ok(None);
        };
        let order = match compare::order(left, right) {
            Ordered::Known(order) => order,
            Ordered::Unknown => return Ok(None),
            Ordered::Incomparable => {
                let (left, right) = (left.type_info().name, right.type_info().name);
                return Self::fail(at, format!("{left} and {right} have no order"));
            }
        };
        Ok(Some(match operator {
            Operator::Less => order == Ordering::Less,
            Operator::LessOrEqual => order != Ordering::Greater,
            Operator::Greater => order == Ordering::Greater,
            _ => order != Ordering::Less,
        }))
    }

    fn concatenate(left: &[Item<'a>], right: &[Item<'a>], at: u32) -> Evaluated<Collection<'a>> {
        let mut out = String::new();
        for side in [left, right] {
            if let Some(item) = Self::single_of(side, at)? {
                match item.to_text() {
                    Some(text) => out.push_str(&text),
                    None => return Self::fail(at, "& joins texts, not complex elements"),
                }
            }
        }
        Self::made(out, at)
    }

    /// A text the expression made, if it is not too long.
    pub(super) fn made(text: String, at: u32) -> Evaluated<Collection<'a>> {
        if text.len() > TEXT_BYTES_MAX {
            return Self::fail(at, format!("the expression makes a text longer than {TEXT_BYTES_MAX} bytes"));
        }
        Ok(one(Item::text(text)))
    }

    fn computed(
        operator: Operator,
        left: Collection<'a>,
        right: Collection<'a>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let (Some(left), Some(right)) = (Self::single(left, at)?, Self::single(right, at)?) else {
            return Ok(Collection::new());
        };
        let found = match (left.plain(), right.plain()) {
            (Item::Integer(left), Item::Integer(right)) if operator != Operator::Divide => {
                integers(operator, left, right)
            }
            (Item::String(left), Item::String(right)) if operator == Operator::Add => {
                return Self::made(left.into_owned() + &right, at);
            }
            (Item::Moment(moment), Item::Quantity(quantity))
                if matches!(operator, Operator::Add | Operator::Subtract) =>
            {
                return Self::shifted(&moment, &quantity, operator == Operator::Subtract, at);
            }
            (Item::Quantity(left), Item::Quantity(right)) => quantities(operator, &left, &right),
            (Item::Quantity(left), right) if operator != Operator::Add && operator != Operator::Subtract => {
                match super::navigate::quantity(&right) {
                    Some(right) => quantities(operator, &left, &right),
                    None => return Self::fail(at, "a quantity is multiplied and divided by numbers only"),
                }
            }
            (left, Item::Quantity(right)) if operator == Operator::Multiply => {
                match super::navigate::quantity(&left) {
                    Some(left) => quantities(operator, &left, &right),
                    None => return Self::fail(at, "a quantity is multiplied by numbers only"),
                }
            }
            (left, right) => match (compare::number(&left), compare::number(&right)) {
                (Some(left), Some(right)) => decimals(operator, &left, &right),
                _ => {
                    let (left, right) = (left.type_info().name, right.type_info().name);
                    return Self::fail(at, format!("{left} and {right} cannot be computed with so"));
                }
            },
        };
        Ok(one(found))
    }

    fn shifted(moment: &Moment, by: &Quantity, back: bool, at: u32) -> Evaluated<Collection<'a>> {
        let value = if back { arithmetic::negative(&by.value) } else { by.value };
        let amount = match &by.unit {
            Unit::Calendar(unit) => Amount::of(&value, *unit),
            Unit::Ucum(code) => match CalendarUnit::of_ucum(code) {
                Some(CalendarUnit::Year | CalendarUnit::Month) | None => {
                    let message = "only calendar durations (1 year, 2 months) and definite ones ('wk', 'd', 'h', 'min', 's', 'ms') are added to dates";
                    return Self::fail(at, message);
                }
                // The official cases ignore the fraction of a UCUM unit, of seconds too.
                Some(unit) => arithmetic::scaled(&value, 0)
                    .and_then(|whole| Amount::of(&crate::decimal::Decimal::new(whole, 0), unit)),
            },
            Unit::Other(_) => return Self::fail(at, "only durations are added to dates"),
        };
        Ok(one(amount.and_then(|amount| moment.plus(amount)).map(Item::Moment)))
    }
}

/// A result beyond 32 bits is none.
fn integers(operator: Operator, left: i64, right: i64) -> Option<Item<'static>> {
    let value = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Div => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    value.filter(|value| i32::try_from(*value).is_ok()).map(Item::Integer)
}

fn decimals(
    operator: Operator,
    left: &crate::decimal::Decimal,
    right: &crate::decimal::Decimal,
) -> Option<Item<'static>> {
    let value = match operator {
        Operator::Add => add(left, right),
        Operator::Subtract => subtract(left, right),
        Operator::Multiply => multiply(left, right),
        Operator::Divide => divide(left, right),
        Operator::Div => {
            let (whole, _) = divide_whole(left, right)?;
            return i32::try_from(whole).ok().map(|whole| Item::Integer(whole.into()));
        }
        _ => divide_whole(left, right).map(|(_, rest)| rest),
    };
    value.map(Item::Decimal)
}

fn quantities(operator: Operator, left: &Quantity, right: &Quantity) -> Option<Item<'static>> {
    let found = match operator {
        Operator::Add => units::combined(left, right, add),
        Operator::Subtract => units::combined(left, right, subtract),
        Operator::Multiply => units::product(left, right),
        Operator::Divide => units::quotient(left, right),
        _ => None,
    };
    found.map(|quantity| Item::Quantity(Box::new(quantity)))
}
