//! Between the graph's values and REST's: codes and ids.

use crate::shape::{Field, Shape, code_of, enum_name};
use crate::views::Kind;
use async_graphql::{Name, Value as Shown};
use serde_json::{Map, Value};

/// A field's arguments as REST takes them.
pub fn arguments(shape: &Shape, field: &Field, mut written: Map<String, Value>) -> Map<String, Value> {
    for argument in &field.arguments {
        if let Some(value) = written.get_mut(&argument.name) {
            take(shape, &argument.kind, value);
        }
    }
    written
}

fn take(shape: &Shape, kind: &Kind, value: &mut Value) {
    match value {
        // One value where there may be many is a list of one.
        Value::Array(items) => items.iter_mut().for_each(|item| take_one(shape, kind, item)),
        one => {
            take_one(shape, kind, one);
            if kind.is_list {
                *one = Value::Array(vec![std::mem::take(one)]);
            }
        }
    }
}

fn take_one(shape: &Shape, kind: &Kind, value: &mut Value) {
    match value {
        Value::String(name) if shape.codes.contains_key(&kind.name) => *name = code_of(name),
        // An id may be written as a number.
        Value::Number(number) if kind.name == "ID" => *value = Value::String(number.to_string()),
        _ => {}
    }
}

/// A scalar of a view as the graph shows it.
pub fn shown(shape: &Shape, kind: &Kind, value: &Value) -> Shown {
    match value {
        Value::Null => Shown::Null,
        Value::Array(items) => Shown::List(items.iter().map(|item| shown(shape, kind, item)).collect()),
        Value::String(code) if shape.codes.contains_key(&kind.name) => {
            Shown::Enum(Name::new(enum_name(code)))
        }
        Value::String(text) => Shown::String(text.clone()),
        Value::Bool(yes) => Shown::Boolean(*yes),
        Value::Number(number) => Shown::Number(number.clone()),
        Value::Object(_) => Shown::Null,
    }
}
