//! Cells: what an expression found, as a value of a table.

use std::borrow::Cow;
use std::sync::Arc;

use super::column::ColumnKind;
use crate::definitions::Kind;
use crate::fhirpath::{Item, Node};
use crate::json::{Json, Object};

/// The cells of a row, in the order of the columns.
pub type Row = Vec<Cell>;

/// A value of a table. Cheap to clone: a row is repeated for every row of the selects beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A decimal, by its exact text.
    Decimal(Arc<str>),
    /// A text; dates and times, too, as precise as they were written.
    Text(Arc<str>),
    /// A value of a complex type.
    Complex(Arc<Json>),
    /// The values of a column that is a collection.
    List(Arc<[Cell]>),
}

impl Cell {
    /// What an item is as a cell; `None` where it has no value.
    pub(super) fn of(item: &Item<'_>) -> Option<Self> {
        Some(match item {
            Item::Node(node) => return Self::of_node(node),
            Item::Boolean(value) => Self::Boolean(*value),
            Item::Integer(value) => Self::Integer(*value),
            Item::Decimal(value) => Self::Decimal(value.to_string().into()),
            Item::String(text) => Self::Text((&**text).into()),
            Item::Quantity(quantity) => {
                let json = Object::new().with("value", &quantity.value).with("code", quantity.unit.code());
                Self::Complex(Arc::new(Json::Object(json)))
            }
            Item::Moment(_) | Item::Type(_) => Self::Text(item.to_text()?.into()),
        })
    }

    fn of_node(node: &Node<'_>) -> Option<Self> {
        let value = node.value?;
        Some(match (node.kind, value) {
            (Kind::Primitive(_), Json::Bool(value)) => Self::Boolean(*value),
            (Kind::Primitive(_), Json::String(text)) => Self::Text((&**text).into()),
            (Kind::Primitive(_), Json::Number(text)) => {
                match (ColumnKind::of_kind(node.kind), text.parse()) {
                    (ColumnKind::Integer, Ok(value)) => Self::Integer(value),
                    _ => Self::Decimal((&**text).into()),
                }
            }
            (Kind::Primitive(_), _) => return None,
            (_, value) => Self::Complex(Arc::new(value.clone())),
        })
    }

    /// What it is; of a list, what its first value is.
    pub fn kind(&self) -> ColumnKind {
        match self {
            Self::Null => ColumnKind::Any,
            Self::Boolean(_) => ColumnKind::Boolean,
            Self::Integer(_) => ColumnKind::Integer,
            Self::Decimal(_) => ColumnKind::Decimal,
            Self::Text(_) => ColumnKind::Text,
            Self::Complex(_) => ColumnKind::Complex,
            Self::List(items) => items.first().map_or(ColumnKind::Any, Self::kind),
        }
    }

    /// As text: complex values and lists as JSON; `None` for no value.
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Null => return None,
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Decimal(text) | Self::Text(text) => Cow::Borrowed(text),
            Self::Complex(_) | Self::List(_) => {
                let mut out = Vec::new();
                self.write_json(&mut out);
                Cow::Owned(String::from_utf8_lossy(&out).into_owned())
            }
        })
    }

    /// Appends it as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(_) | Self::Integer(_) | Self::Decimal(_) => {
                out.extend_from_slice(self.to_text().unwrap_or_default().as_bytes());
            }
            Self::Text(text) => Json::from(&**text).write(out),
            Self::Complex(json) => json.write(out),
            Self::List(items) => {
                out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    item.write_json(out);
                }
                out.push(b']');
            }
        }
    }
}
