//! Columns as a reader of the table sees them, and what their types come to as cells.

use crate::definitions::{Kind, Primitive, definitions};
use crate::fhirpath::{SystemType, TypeName, Yields, type_named};

/// Where the canonicals of FHIR's types begin; relative types are below it.
const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";
/// Where the names of FHIRPath's own types begin.
const SYSTEM_TYPES: [&str; 2] = ["http://hl7.org/fhirpath/System.", "System."];

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Not known beforehand: any primitive value.
    Any,
    /// Booleans.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Decimal numbers.
    Decimal,
    /// Texts: strings, codes, dates as they were written, keys.
    Text,
    /// JSON of a complex type.
    Complex,
}

/// A column (`ViewDefinition.select.column`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Box<str>,
    /// What its cells are.
    pub kind: ColumnKind,
    /// Its FHIR type, as the definition says or its path tells.
    pub fhir_type: Option<Box<str>>,
    /// Whether its cells are lists.
    pub is_collection: bool,
    /// What it is, for people.
    pub description: Option<Box<str>>,
    /// What runners of some kind may want to know.
    pub tags: Vec<Tag>,
    /// Where it is in the definition.
    pub(super) location: Box<str>,
}

/// A tag of a column (`ViewDefinition.select.column.tag`), such as `ansi/type` = `DATE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: Box<str>,
    /// Its value.
    pub value: Box<str>,
}

impl ColumnKind {
    /// What a declared type comes to, with its bare name; `None` where R4 has no such type.
    pub(super) fn declared(given: &str) -> Option<(Self, &str)> {
        if let Some(name) = SYSTEM_TYPES.iter().find_map(|start| given.strip_prefix(start)) {
            let kind = match name {
                "Boolean" => Self::Boolean,
                "Integer" | "Long" => Self::Integer,
                "Decimal" => Self::Decimal,
                "String" | "Date" | "DateTime" | "Time" => Self::Text,
                "Quantity" => Self::Complex,
                _ => return None,
            };
            return Some((kind, name));
        }
        let name = given.strip_prefix(TYPES).unwrap_or(given);
        if name == "integer64" {
            return Some((Self::Integer, name));
        }
        let kind = type_named(name).or_else(|| definitions().structure_named(name).map(Kind::Structure))?;
        Some((Self::of_kind(kind), name))
    }

    /// What the values of a type are.
    pub(super) fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Primitive(Primitive::Boolean) => Self::Boolean,
            Kind::Primitive(Primitive::Integer | Primitive::PositiveInt | Primitive::UnsignedInt) => {
                Self::Integer
            }
            Kind::Primitive(Primitive::Decimal) => Self::Decimal,
            Kind::Primitive(_) => Self::Text,
            Kind::Structure(_) | Kind::AnyResource => Self::Complex,
        }
    }

    fn of_type(name: TypeName) -> Self {
        match name {
            TypeName::Fhir(kind) | TypeName::AnyQuantity(kind) => Self::of_kind(kind),
            TypeName::System(kind) => match kind {
                SystemType::Boolean => Self::Boolean,
                SystemType::Integer => Self::Integer,
                SystemType::Decimal => Self::Decimal,
                SystemType::String | SystemType::Date | SystemType::DateTime | SystemType::Time => Self::Text,
                SystemType::Quantity => Self::Complex,
                SystemType::Any | SystemType::Unknown => Self::Any,
            },
        }
    }

    /// What a path yields, where that is known and of one kind.
    pub(super) fn inferred(yields: &Yields) -> Self {
        let mut kinds = yields.kinds().iter().map(|name| Self::of_type(*name));
        let Some(first) = kinds.next() else { return Self::Any };
        if kinds.all(|kind| kind == first) { first } else { Self::Any }
    }

    /// Whether cells of another kind may stand in a column of this one.
    pub(super) fn takes(self, given: Self) -> bool {
        self == given
            || self == Self::Any
            || given == Self::Any
            || (self, given) == (Self::Decimal, Self::Integer)
    }

    /// In words.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Decimal => "a decimal",
            Self::Text => "a text or date",
            Self::Complex => "a complex value",
        }
    }
}

/// The name of the one type that a path yields.
pub(super) fn type_name(yields: &Yields) -> Option<Box<str>> {
    match yields.kinds() {
        [one] => {
            let name = one.to_string();
            Some(name.strip_prefix("FHIR.").unwrap_or(&name).into())
        }
        _ => None,
    }
}
