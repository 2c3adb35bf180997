//! Ways to make JSON in Rust: conversions and the `object!` and `array!` macros.

use super::{Json, Object};
use crate::decimal::Decimal;

/// Builds an object: `object! { "resourceType" => "Patient", "active" => true }`. A later duplicate name replaces.
#[macro_export]
macro_rules! object {
    ($($name:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut object = $crate::json::Object::new();
        $( object.insert($name, $value); )*
        $crate::json::Json::Object(object)
    }};
}

/// Builds an array: `array![object! { .. }, "text", 1]`.
#[macro_export]
macro_rules! array {
    ($($value:expr),* $(,)?) => {
        $crate::json::Json::Array(vec![$( $crate::json::Json::from($value) ),*])
    };
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self::String(text.as_str().into())
    }
}

impl From<Box<str>> for Json {
    fn from(text: Box<str>) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<&Decimal> for Json {
    fn from(value: &Decimal) -> Self {
        Self::Number(value.to_string().into())
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => { $(
        impl From<$integer> for Json {
            fn from(value: $integer) -> Self {
                Self::Number(value.to_string().into())
            }
        }
    )* };
}

from_integers!(i32, i64, u16, u32, u64, usize);
