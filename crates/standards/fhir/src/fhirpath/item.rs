//! What expressions work on: elements of resources as they lie in their JSON, and the values of FHIRPath's own types.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

use super::moment::{CalendarUnit, Moment, MomentKind};
use crate::decimal::Decimal;
use crate::definitions::{Kind, Primitive, definitions};
use crate::json::Json;
use crate::resource_type::ResourceType;

/// What an expression yields: values in order; mostly none or one, and then nothing is allocated.
pub type Collection<'a> = SmallVec<[Item<'a>; 1]>;

/// One value.
#[derive(Debug, Clone)]
pub enum Item<'a> {
    /// An element of a resource, or a resource.
    Node(Node<'a>),
    /// `System.Boolean`.
    Boolean(bool),
    /// `System.Integer`.
    Integer(i64),
    /// `System.Decimal`.
    Decimal(Decimal),
    /// `System.String`.
    String(Cow<'a, str>),
    /// `System.Date`, `System.DateTime` or `System.Time`.
    Moment(Moment),
    /// `System.Quantity`.
    Quantity(Box<Quantity>),
    /// What `type()` answers.
    Type(Reflection),
}

/// An element in its JSON.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The JSON itself; none for a primitive that has only extensions, and for a reference's target known by type alone.
    pub value: Option<&'a Json>,
    /// The `_name` twin of a primitive.
    pub twin: Option<&'a Json>,
    /// Its type.
    pub kind: Kind,
}

impl<'a> Node<'a> {
    /// A resource, typed by its own `resourceType`.
    pub fn resource(json: &'a Json) -> Self {
        let named = json.str("resourceType").and_then(ResourceType::parse);
        Self {
            value: Some(json),
            twin: None,
            kind: named.map_or(Kind::AnyResource, |one| Kind::Structure(one.number())),
        }
    }

    /// An element of this type.
    pub fn element(value: Option<&'a Json>, twin: Option<&'a Json>, kind: Kind) -> Self {
        if kind == Kind::AnyResource
            && let Some(json) = value
        {
            return Self::resource(json);
        }
        Self { value, twin, kind }
    }

    /// The name of its type: `Patient`, `HumanName`, `code`; a backbone element's is its path.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Primitive(primitive) => primitive.name(),
            Kind::Structure(number) => definitions().structure(number).map_or("", |one| one.name),
            Kind::AnyResource => "Resource",
        }
    }

    /// Whether both are the same place of the same resource.
    pub fn is_same(&self, other: &Self) -> bool {
        let same = |left: Option<&Json>, right: Option<&Json>| match (left, right) {
            (Some(left), Some(right)) => std::ptr::eq(left, right),
            (None, None) => true,
            _ => false,
        };
        (self.value.is_some() || self.twin.is_some())
            && same(self.value, other.value)
            && same(self.twin, other.twin)
    }

    /// The primitive's text, where its JSON is a string.
    pub fn text(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Primitive(_) => self.value.and_then(Json::as_str),
            _ => None,
        }
    }

    /// The value of a primitive, or of a Quantity, as a value of FHIRPath's own types
    /// (<https://hl7.org/fhir/R4/fhirpath.html#types>).
    pub fn system(&self) -> Option<Item<'a>> {
        let value = self.value?;
        match self.kind {
            Kind::Primitive(kind) => primitive(kind, value),
            Kind::Structure(_) if self.is_quantity() => {
                Quantity::of(value).map(|one| Item::Quantity(Box::new(one)))
            }
            _ => None,
        }
    }

    /// Whether it is a Quantity or one of its specializations.
    pub(super) fn is_quantity(&self) -> bool {
        matches!(self.kind, Kind::Structure(_))
            && matches!(self.type_name(), "Quantity" | "Age" | "Count" | "Distance" | "Duration")
    }
}

fn primitive(kind: Primitive, value: &Json) -> Option<Item<'_>> {
    match value {
        Json::Bool(value) => Some(Item::Boolean(*value)),
        Json::Number(text) => match kind {
            Primitive::Decimal => Decimal::parse(text).map(Item::Decimal),
            _ => text.parse().ok().map(Item::Integer),
        },
        Json::String(text) => match kind {
            Primitive::Date => Moment::parse(text, MomentKind::Date).map(Item::Moment),
            Primitive::DateTime | Primitive::Instant => {
                Moment::parse(text, MomentKind::DateTime).map(Item::Moment)
            }
            Primitive::Time => Moment::parse(text, MomentKind::Time).map(Item::Moment),
            _ => Some(Item::String(Cow::Borrowed(text))),
        },
        _ => None,
    }
}

/// A number with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// How many.
    pub value: Decimal,
    /// Of what.
    pub unit: Unit,
}

/// The unit of a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A calendar duration, `year` to `millisecond`.
    Calendar(CalendarUnit),
    /// A UCUM code; `1` is none.
    Ucum(Box<str>),
    /// A unit of another system, which compares with itself only.
    Other(Box<str>),
}

impl Unit {
    /// Its code or word.
    pub fn code(&self) -> &str {
        match self {
            Self::Calendar(unit) => unit.word(),
            Self::Ucum(code) | Self::Other(code) => code,
        }
    }
}

impl Quantity {
    /// The UCUM system.
    pub const UCUM: &'static str = crate::ucum::SYSTEM;

    /// A number of this UCUM unit.
    pub fn new(value: Decimal, unit: &str) -> Self {
        Self { value, unit: Unit::Ucum(unit.into()) }
    }

    /// A FHIR Quantity. One with a comparator is no exact quantity and so none here.
    pub fn of(json: &Json) -> Option<Self> {
        let value = Decimal::parse(json.get("value")?.as_number()?)?;
        if json.get("comparator").is_some() {
            return None;
        }
        let unit = match (json.str("system"), json.str("code")) {
            (Some(Self::UCUM), Some(code)) => match CalendarUnit::of_ucum(code) {
                Some(unit @ (CalendarUnit::Year | CalendarUnit::Month)) => Unit::Calendar(unit),
                _ => Unit::Ucum(code.into()),
            },
            (_, Some(code)) => Unit::Other(code.into()),
            (_, None) => match json.str("unit") {
                Some(unit) => Unit::Other(unit.into()),
                None => Unit::Ucum("1".into()),
            },
        };
        Some(Self { value, unit })
    }

    /// Reads `5`, `5.4 'mg'` or `4 days`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|letter: char| letter.is_whitespace() || letter == '\'').unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end)?;
        let value = Decimal::parse(number.strip_prefix('+').unwrap_or(number))?;
        let unit = unit.trim_start();
        if unit.is_empty() {
            return Some(Self::new(value, "1"));
        }
        let unit = match unit.strip_prefix('\'') {
            Some(quoted) => Unit::Ucum(quoted.strip_suffix('\'').filter(|code| !code.contains('\''))?.into()),
            None => Unit::Calendar(CalendarUnit::parse(unit)?),
        };
        Some(Self { value, unit })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Unit::Calendar(unit) => {
                let plural = if self.value == Decimal::new(1, 0) { "" } else { "s" };
                write!(out, "{} {}{plural}", self.value, unit.word())
            }
            Unit::Ucum(code) | Unit::Other(code) => write!(out, "{} '{code}'", self.value),
        }
    }
}

/// A type as `type()` describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reflection {
    /// `System` or `FHIR`.
    pub namespace: &'static str,
    /// `Integer`, `Patient`.
    pub name: &'static str,
}

impl<'a> Item<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::String(text.into())
    }

    /// The element, when it is one.
    pub fn node(&self) -> Option<&Node<'a>> {
        match self {
            Self::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The value of FHIRPath's own types that it is or stands for; complex elements stay what they are.
    pub(super) fn plain(self) -> Self {
        match self {
            Self::Node(node) => node.system().unwrap_or(Self::Node(node)),
            other => other,
        }
    }

    /// The boolean that it is.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Node(node) => node.value.and_then(Json::as_bool),
            _ => None,
        }
    }

    /// The text that it is; a FHIR date counts, being a string in its resource.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Node(node) => node.text(),
            _ => None,
        }
    }

    /// Its type.
    pub fn type_info(&self) -> Reflection {
        let name = match self {
            Self::Node(node) => {
                let name = node.type_name();
                // A backbone element has no name of its own.
                let name = if name.contains('.') { "BackboneElement" } else { name };
                return Reflection { namespace: "FHIR", name };
            }
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Decimal(_) => "Decimal",
            Self::String(_) => "String",
            Self::Moment(moment) => match moment.kind() {
                MomentKind::Date => "Date",
                MomentKind::DateTime => "DateTime",
                MomentKind::Time => "Time",
            },
            Self::Quantity(_) => "Quantity",
            Self::Type(_) => "ClassInfo",
        };
        Reflection { namespace: "System", name }
    }

    /// As `toString()` writes it; `None` for a complex element.
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::String(text) => Cow::Borrowed(text),
            Self::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Decimal(value) => Cow::Owned(value.to_string()),
            Self::Moment(moment) => Cow::Owned(moment.to_string()),
            Self::Quantity(quantity) => Cow::Owned(quantity.to_string()),
            Self::Type(info) => Cow::Owned(format!("{}.{}", info.namespace, info.name)),
            Self::Node(node) => match (node.kind, node.value?) {
                (Kind::Primitive(_), Json::String(text) | Json::Number(text)) => Cow::Borrowed(text),
                (Kind::Primitive(_), Json::Bool(value)) => {
                    Cow::Borrowed(if *value { "true" } else { "false" })
                }
                _ => match node.system()? {
                    Item::Quantity(quantity) => Cow::Owned(quantity.to_string()),
                    _ => return None,
                },
            },
        })
    }
}

impl From<bool> for Item<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}
