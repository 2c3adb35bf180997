//! Equality, equivalence and order of values (<https://hl7.org/fhirpath/N1/#equality>).

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::arithmetic::{Rounding, integer, places, to_places};
use super::item::Item;
use super::moment::MomentKind;
use super::units;
use crate::decimal::Decimal;
use crate::json::Json;

/// `=` of two values; `None` where it cannot be told, as of dates of different precision.
pub(super) fn equal(left: &Item<'_>, right: &Item<'_>) -> Option<bool> {
    if let (Item::Node(left), Item::Node(right)) = (left, right)
        && left.is_same(right)
    {
        return Some(true);
    }
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text())
        && (!is_moment(left) || left == right)
    {
        return Some(left == right);
    }
    match (left.clone().plain(), right.clone().plain()) {
        (Item::Node(left), Item::Node(right)) => match (left.value, right.value) {
            (Some(left), Some(right)) => Some(same_json(left, right)),
            _ => Some(false),
        },
        (Item::Boolean(left), Item::Boolean(right)) => Some(left == right),
        (Item::String(left), Item::String(right)) => Some(left == right),
        (Item::Type(left), Item::Type(right)) => Some(left == right),
        (Item::Moment(left), Item::Moment(right)) => {
            if (left.kind() == MomentKind::Time) != (right.kind() == MomentKind::Time) {
                return Some(false);
            }
            left.compare(&right).map(Ordering::is_eq)
        }
        (Item::Quantity(left), Item::Quantity(right)) => units::compare(&left, &right).map(Ordering::is_eq),
        (Item::Quantity(left), right @ (Item::Integer(_) | Item::Decimal(_))) => {
            units::compare(&left, &super::navigate::quantity(&right)?).map(Ordering::is_eq)
        }
        (left @ (Item::Integer(_) | Item::Decimal(_)), Item::Quantity(right)) => {
            units::compare(&super::navigate::quantity(&left)?, &right).map(Ordering::is_eq)
        }
        (left, right) => match (number(&left), number(&right)) {
            (Some(left), Some(right)) => Some(left == right),
            _ => Some(false),
        },
    }
}

/// Whether a text could be a date or time, which are not compared letter by letter.
fn is_moment(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// The number that an integer or decimal is.
pub(super) fn number(item: &Item<'_>) -> Option<Decimal> {
    match item {
        Item::Integer(value) => Some(integer(*value)),
        Item::Decimal(value) => Some(*value),
        _ => None,
    }
}

/// Deep equality of JSON: members in any order, numbers by value.
fn same_json(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            left == right || Decimal::parse(left).is_some_and(|left| Some(left) == Decimal::parse(right))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_json(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|other| same_json(value, other)))
        }
        (left, right) => left == right,
    }
}

/// `=` of two collections: `None` when one is empty or it cannot be told.
pub(super) fn equal_collections(left: &[Item<'_>], right: &[Item<'_>]) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    if left.len() != right.len() {
        return Some(false);
    }
    let mut told = Some(true);
    for (left, right) in left.iter().zip(right) {
        match equal(left, right) {
            Some(false) => return Some(false),
            Some(true) => {}
            None => told = None,
        }
    }
    told
}

/// `~` of two values.
pub(super) fn is_equivalent(left: &Item<'_>, right: &Item<'_>) -> bool {
    match (left.clone().plain(), right.clone().plain()) {
        (Item::String(left), Item::String(right)) => folded(&left) == folded(&right),
        (Item::Moment(left), Item::Moment(right)) => left.is_equivalent(&right),
        (Item::Quantity(left), Item::Quantity(right)) => units::is_equivalent(&left, &right),
        (Item::Node(left), Item::Node(right)) => match (left.value, right.value) {
            (Some(left), Some(right)) => similar_json(left, right),
            _ => false,
        },
        (left, right) => match (number(&left), number(&right)) {
            (Some(left), Some(right)) => similar_numbers(&left, &right),
            _ => equal(&left, &right) == Some(true),
        },
    }
}

/// Equal when rounded to the digits of the less precise.
fn similar_numbers(left: &Decimal, right: &Decimal) -> bool {
    let kept = places(left).min(places(right));
    to_places(left, kept, Rounding::HalfAway) == to_places(right, kept, Rounding::HalfAway)
}

/// Case and white space do not matter.
fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn similar_json(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => match (Decimal::parse(left), Decimal::parse(right)) {
            (Some(left), Some(right)) => similar_numbers(&left, &right),
            _ => left == right,
        },
        (Json::String(left), Json::String(right)) => folded(left) == folded(right),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| similar_json(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            // Ids of elements identify places, not content.
            let content = |object: &crate::json::Object| object.len() - usize::from(object.has("id"));
            content(left) == content(right)
                && left
                    .iter()
                    .filter(|(name, _)| *name != "id")
                    .all(|(name, value)| right.get(name).is_some_and(|other| similar_json(value, other)))
        }
        (left, right) => left == right,
    }
}

/// What an order of two values says.
pub(super) enum Ordered {
    /// This.
    Known(Ordering),
    /// Not told by what was written.
    Unknown,
    /// These types have no order.
    Incomparable,
}

/// The order of two values.
pub(super) fn order(left: &Item<'_>, right: &Item<'_>) -> Ordered {
    let told = |order: Option<Ordering>| order.map_or(Ordered::Unknown, Ordered::Known);
    match (left.clone().plain(), right.clone().plain()) {
        (Item::String(left), Item::String(right)) => Ordered::Known(left.cmp(&right)),
        (Item::Moment(left), Item::Moment(right)) => {
            if (left.kind() == MomentKind::Time) != (right.kind() == MomentKind::Time) {
                return Ordered::Incomparable;
            }
            told(left.compare(&right))
        }
        (Item::Quantity(left), Item::Quantity(right)) => told(units::compare(&left, &right)),
        (left, right) => match (number(&left), number(&right)) {
            (Some(left), Some(right)) => Ordered::Known(left.cmp(&right)),
            _ => match (super::navigate::quantity(&left), super::navigate::quantity(&right)) {
                (Some(left), Some(right)) => told(units::compare(&left, &right)),
                _ => Ordered::Incomparable,
            },
        },
    }
}

/// A number that equal values share, for sets.
pub(super) fn hash(item: &Item<'_>) -> u64 {
    let mut state = DefaultHasher::new();
    match item.clone().plain() {
        Item::String(text) => text.hash(&mut state),
        Item::Boolean(value) => value.hash(&mut state),
        Item::Integer(value) => integer(value).hash(&mut state),
        Item::Decimal(value) => value.hash(&mut state),
        Item::Node(node) => {
            if let Some(json) = node.value {
                hash_json(json, &mut state);
            }
        }
        // Dates of one moment and quantities of one size may be written differently.
        Item::Moment(_) | Item::Quantity(_) | Item::Type(_) => {}
    }
    state.finish()
}

fn hash_json(json: &Json, state: &mut DefaultHasher) {
    match json {
        Json::String(text) => text.hash(state),
        Json::Number(text) => Decimal::parse(text).hash(state),
        Json::Bool(value) => value.hash(state),
        Json::Null => {}
        Json::Array(items) => items.iter().for_each(|item| hash_json(item, state)),
        Json::Object(object) => {
            // Members come in any order, so their hashes are summed.
            let sum = object.iter().fold(0u64, |sum, (name, value)| {
                let mut member = DefaultHasher::new();
                name.hash(&mut member);
                hash_json(value, &mut member);
                sum.wrapping_add(member.finish())
            });
            sum.hash(state);
        }
    }
}
