//! Type names in expressions, and which values are of them (<https://hl7.org/fhirpath/N1/#types-and-reflection>).

use super::item::{Item, Node};
use super::moment::MomentKind;
use crate::definitions::{Kind, Primitive, definitions};

/// FHIRPath's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemType {
    Any,
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
    /// A name that FHIRPath has no type for: nothing is of it.
    Unknown,
}

impl SystemType {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "Any" => Self::Any,
            "Boolean" => Self::Boolean,
            "Integer" => Self::Integer,
            "Decimal" => Self::Decimal,
            "String" => Self::String,
            "Date" => Self::Date,
            "DateTime" => Self::DateTime,
            "Time" => Self::Time,
            "Quantity" => Self::Quantity,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Any => "Any",
            Self::Boolean => "Boolean",
            Self::Integer => "Integer",
            Self::Decimal => "Decimal",
            Self::String => "String",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Time => "Time",
            Self::Quantity => "Quantity",
            Self::Unknown => "Unknown",
        }
    }
}

/// A type named in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeName {
    /// `System.String`, or `String` alone.
    System(SystemType),
    /// `FHIR.string`, `string`, `Patient`.
    Fhir(Kind),
    /// `Quantity` alone: FHIR's or FHIRPath's own.
    AnyQuantity(Kind),
}

impl TypeName {
    /// The type of this name; without a namespace FHIR's come first.
    pub(super) fn resolve(namespace: Option<&str>, name: &str) -> Option<Self> {
        match namespace {
            Some("System") => Some(Self::System(SystemType::parse(name).unwrap_or(SystemType::Unknown))),
            Some("FHIR") => fhir(name).map(Self::Fhir),
            Some(_) => None,
            None => match fhir(name) {
                Some(kind) if name == "Quantity" => Some(Self::AnyQuantity(kind)),
                Some(kind) => Some(Self::Fhir(kind)),
                None => SystemType::parse(name).map(Self::System),
            },
        }
    }

    /// Whether a value is of this type or a specialization of it: `is`.
    pub(super) fn is(self, item: &Item<'_>) -> bool {
        match (self, item) {
            (Self::Fhir(kind), Item::Node(node)) => is_a(node.kind, kind),
            (Self::AnyQuantity(kind), Item::Node(node)) => is_a(node.kind, kind),
            (Self::AnyQuantity(_), Item::Quantity(_)) => true,
            (Self::System(SystemType::Any), _) => true,
            (Self::System(_), Item::Node(_)) | (Self::Fhir(_) | Self::AnyQuantity(_), _) => false,
            (Self::System(wanted), item) => match (wanted, item) {
                (SystemType::Boolean, Item::Boolean(_))
                | (SystemType::Integer, Item::Integer(_))
                | (SystemType::Decimal, Item::Decimal(_))
                | (SystemType::String, Item::String(_))
                | (SystemType::Quantity, Item::Quantity(_)) => true,
                (SystemType::Date, Item::Moment(moment)) => moment.kind() == MomentKind::Date,
                (SystemType::DateTime, Item::Moment(moment)) => moment.kind() == MomentKind::DateTime,
                (SystemType::Time, Item::Moment(moment)) => moment.kind() == MomentKind::Time,
                _ => false,
            },
        }
    }

    /// Whether `as` and `ofType` keep a value: a primitive must be of the very type, a `code` is not kept as a `string`.
    pub(super) fn keeps(self, item: &Item<'_>) -> bool {
        match (self, item) {
            (Self::Fhir(Kind::Primitive(wanted)), Item::Node(Node { kind: Kind::Primitive(kind), .. })) => {
                *kind == wanted
            }
            _ => self.is(item),
        }
    }
}

impl std::fmt::Display for TypeName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System(one) => write!(out, "System.{}", one.name()),
            Self::Fhir(kind) => write!(out, "FHIR.{}", Node::element(None, None, *kind).type_name()),
            Self::AnyQuantity(_) => out.write_str("Quantity"),
        }
    }
}

/// The FHIR type of this name; backbone elements have none.
pub(crate) fn fhir(name: &str) -> Option<Kind> {
    if let Some(primitive) = Primitive::parse(name) {
        return Some(Kind::Primitive(primitive));
    }
    let name = if matches!(name, "SimpleQuantity" | "MoneyQuantity") { "Quantity" } else { name };
    definitions().structure_named(name).filter(|_| !name.contains('.')).map(Kind::Structure)
}

/// Whether a type is another or a specialization of it.
pub(crate) fn is_a(kind: Kind, wanted: Kind) -> bool {
    match (kind, wanted) {
        (Kind::Primitive(kind), Kind::Primitive(wanted)) => {
            std::iter::successors(Some(kind), |kind| kind.base()).any(|one| one == wanted)
        }
        (Kind::Primitive(_), Kind::Structure(wanted)) => definitions().is_element(wanted),
        (Kind::Structure(kind), Kind::Structure(wanted)) => definitions().is_a(kind, wanted),
        (_, Kind::AnyResource) => kind == Kind::AnyResource,
        _ => false,
    }
}
