//! JSON as FHIR needs it: numbers keep their text, members keep their order, duplicates are refused.
//!
//! General JSON libraries round decimals, let the last duplicate win and accept what a hospital should not store;
//! this one is small enough to read and hard enough to put on a socket.

mod build;
mod object;
mod parse;
mod write;

pub use object::Object;
pub use parse::{DEPTH_MAX, ParseError, parse};

/// A JSON value. Numbers keep the text they came with, because `5.40` and `5.4` differ in FHIR.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    /// `null`; in FHIR only a place-holder in arrays of primitives.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number by its exact text.
    Number(Box<str>),
    /// A string, unescaped.
    String(Box<str>),
    /// An array.
    Array(Vec<Json>),
    /// An object with its members in order.
    Object(Object),
}

impl Json {
    /// The member of this name, when this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.as_object().and_then(|object| object.get(name))
    }

    /// The member of this name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        match self {
            Self::Object(object) => object.get_mut(name),
            _ => None,
        }
    }

    /// The value down this path of member names; numbers index arrays (`["name", "0", "family"]`).
    pub fn at(&self, path: &[&str]) -> Option<&Json> {
        path.iter().try_fold(self, |value, step| match value {
            Self::Array(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
            other => other.get(step),
        })
    }

    /// The string down this path.
    pub fn str_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).and_then(Self::as_str)
    }

    /// The string member of this name.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::as_str)
    }

    /// The items of the array member of this name; nothing where it is absent.
    pub fn list(&self, name: &str) -> std::slice::Iter<'_, Json> {
        self.get(name).map_or_else(|| [].iter(), Self::items)
    }

    /// The string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number's text.
    pub fn as_number(&self) -> Option<&str> {
        match self {
            Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The number as an integer, when it is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(|text| text.parse().ok())
    }

    /// The array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The array, to change.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Json>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object, to change.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The items of an array; nothing for anything else.
    pub fn items(&self) -> std::slice::Iter<'_, Json> {
        self.as_array().unwrap_or(&[]).iter()
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Equality that ignores the order of members; numbers compare by text.
    pub fn same_as(&self, other: &Json) -> bool {
        match (self, other) {
            (Self::Array(left), Self::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.same_as(right))
            }
            (Self::Object(left), Self::Object(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .all(|(name, value)| right.get(name).is_some_and(|other| value.same_as(other)))
            }
            (left, right) => left == right,
        }
    }

    /// Compact bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        self.write(&mut out);
        out
    }

    /// Appends compact bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        write::compact(self, out);
    }

    /// Indented bytes, for `_pretty`.
    pub fn to_pretty(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        write::pretty(self, 0, &mut out);
        out
    }
}

impl std::fmt::Display for Json {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

#[cfg(test)]
mod tests;
