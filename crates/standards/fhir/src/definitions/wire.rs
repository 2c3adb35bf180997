//! The shape of `generated/r4.pack`: what `xtask fhir-pack` writes and this crate reads, so that neither can drift.

use serde::{Deserialize, Serialize};

/// No value set, no target set, no resolved type.
pub const NONE: u16 = u16::MAX;

/// The FHIR R4 primitive types (<https://hl7.org/fhir/R4/datatypes.html>); `System.String` ids count as [`Primitive::String`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is the primitive of the same name")]
pub enum Primitive {
    Base64Binary,
    Boolean,
    Canonical,
    Code,
    Date,
    DateTime,
    Decimal,
    Id,
    Instant,
    Integer,
    Markdown,
    Oid,
    PositiveInt,
    String,
    Time,
    UnsignedInt,
    Uri,
    Url,
    Uuid,
    Xhtml,
}

impl Primitive {
    /// The primitive of this FHIR name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "base64Binary" => Self::Base64Binary,
            "boolean" => Self::Boolean,
            "canonical" => Self::Canonical,
            "code" => Self::Code,
            "date" => Self::Date,
            "dateTime" => Self::DateTime,
            "decimal" => Self::Decimal,
            "id" => Self::Id,
            "instant" => Self::Instant,
            "integer" => Self::Integer,
            "markdown" => Self::Markdown,
            "oid" => Self::Oid,
            "positiveInt" => Self::PositiveInt,
            "string" => Self::String,
            "time" => Self::Time,
            "unsignedInt" => Self::UnsignedInt,
            "uri" => Self::Uri,
            "url" => Self::Url,
            "uuid" => Self::Uuid,
            "xhtml" => Self::Xhtml,
            _ => return None,
        })
    }

    /// Its FHIR name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64Binary => "base64Binary",
            Self::Boolean => "boolean",
            Self::Canonical => "canonical",
            Self::Code => "code",
            Self::Date => "date",
            Self::DateTime => "dateTime",
            Self::Decimal => "decimal",
            Self::Id => "id",
            Self::Instant => "instant",
            Self::Integer => "integer",
            Self::Markdown => "markdown",
            Self::Oid => "oid",
            Self::PositiveInt => "positiveInt",
            Self::String => "string",
            Self::Time => "time",
            Self::UnsignedInt => "unsignedInt",
            Self::Uri => "uri",
            Self::Url => "url",
            Self::Uuid => "uuid",
            Self::Xhtml => "xhtml",
        }
    }
}

impl Primitive {
    /// The primitive it specializes (<https://hl7.org/fhir/R4/datatypes.html>): a `code` is a `string`.
    pub fn base(self) -> Option<Self> {
        match self {
            Self::Code | Self::Id | Self::Markdown => Some(Self::String),
            Self::Canonical | Self::Oid | Self::Url | Self::Uuid => Some(Self::Uri),
            Self::PositiveInt | Self::UnsignedInt => Some(Self::Integer),
            _ => None,
        }
    }
}

/// How binding a value set is (<https://hl7.org/fhir/R4/terminologies.html#strength>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strength {
    /// A code outside the set is an error.
    Required,
    /// A code outside the set is right only where the set has none that fits: a warning.
    Extensible,
    /// A recommendation.
    Preferred,
}

/// An invariant (<https://hl7.org/fhir/R4/conformance-rules.html#constraints>).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Constraint<'a> {
    /// `pat-1`.
    pub key: &'a str,
    /// Whether breaking it is an error, not a warning.
    pub error: bool,
    /// What it asks, in words.
    pub human: &'a str,
    /// What it asks, in FHIRPath.
    pub expression: &'a str,
}

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A JSON scalar.
    Primitive(Primitive),
    /// A JSON object whose members are those of the structure of this number.
    Structure(u16),
    /// A whole resource of any type (`contained`, `Bundle.entry.resource`, `Parameters.parameter.resource`).
    AnyResource,
}

/// One JSON member of a structure. A choice `value[x]` is one row per type: `valueQuantity`, `valueString`...
#[derive(Debug, Serialize, Deserialize)]
pub struct Element<'a> {
    /// The JSON name.
    pub name: &'a str,
    /// The name without its type where this is one arm of a choice, else empty.
    pub choice: &'a str,
    /// What it holds.
    pub kind: Kind,
    /// Fewest occurrences.
    pub min: u8,
    /// Whether it is a JSON array.
    pub many: bool,
    /// Most occurrences of an array, 0 for no limit.
    pub max: u16,
    /// Index of the value set, or [`NONE`].
    pub binding: u16,
    /// How binding that is.
    pub strength: Strength,
    /// Index of the set of types a Reference may point to, or [`NONE`] for any.
    pub targets: u16,
    /// Part of `_summary=true`.
    pub summary: bool,
    /// Whether it can change what the rest means.
    pub modifier: bool,
    /// Indexes into [`Pack::constraints`].
    pub constraints: Vec<u16>,
}

/// A resource, a data type or a backbone element such as `Patient.contact`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Structure<'a> {
    /// `Patient`, `HumanName`, `Patient.contact`.
    pub name: &'a str,
    /// The structure it specializes, or [`NONE`].
    pub base: u16,
    /// Its members in the order of the specification.
    #[serde(borrow)]
    pub elements: Vec<Element<'a>>,
    /// Indexes into [`Pack::constraints`], of rules for the whole.
    pub constraints: Vec<u16>,
}

/// A value set of a binding.
#[derive(Debug, Serialize, Deserialize)]
pub struct ValueSet<'a> {
    /// Canonical url without version.
    pub url: &'a str,
    /// Whether `codes` is the whole set; otherwise it is too big or external and everything passes.
    pub enumerated: bool,
    /// (system index, code), sorted by code then system.
    #[serde(borrow)]
    pub codes: Vec<(u16, &'a str)>,
}

/// One step of a path program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step<'a> {
    /// Go to this member; arrays are flattened.
    Field(&'a str),
    /// Keep objects whose member equals the text.
    Where(&'a str, &'a str),
    /// Keep the first of the array just entered.
    First,
}

/// What a path program ends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaf {
    /// A value of this kind.
    Kind(Kind),
    /// `Patient.deceased.exists() and Patient.deceased != false`: true when there is a value other than `false`.
    ExistsAndNotFalse,
}

/// One alternative of a search parameter's expression.
#[derive(Debug, Serialize, Deserialize)]
pub struct Path<'a> {
    /// Steps from the resource.
    #[serde(borrow)]
    pub steps: Vec<Step<'a>>,
    /// What is found there.
    pub leaf: Leaf,
    /// Required value set of a code found there, which implies its system; or [`NONE`].
    pub binding: u16,
    /// `where(resolve() is X)`: resource type X, or [`NONE`].
    pub resolves_to: u16,
}

/// One component of a composite parameter: paths relative to the composite's root.
#[derive(Debug, Serialize, Deserialize)]
pub struct Component<'a> {
    /// The code of the component's own parameter.
    pub param: &'a str,
    /// Its kind.
    pub kind: ParamKind,
    /// Paths from the root.
    #[serde(borrow)]
    pub paths: Vec<Path<'a>>,
}

/// The nine kinds of search parameter (<https://hl7.org/fhir/R4/search.html#ptypes>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is the kind of the same name")]
pub enum ParamKind {
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}

/// A search parameter of one resource type.
#[derive(Debug, Serialize, Deserialize)]
pub struct Search<'a> {
    /// Index into [`Pack::params`].
    pub param: u16,
    /// Its kind.
    pub kind: ParamKind,
    /// Target set of a reference parameter, or [`NONE`].
    pub targets: u16,
    /// Alternatives; for a composite, its roots.
    #[serde(borrow)]
    pub paths: Vec<Path<'a>>,
    /// Components of a composite.
    #[serde(borrow)]
    pub components: Vec<Component<'a>>,
}

/// All of R4 that Galen needs at run time.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pack<'a> {
    /// The first `resource_count` structures are the resource types, alphabetical.
    pub resource_count: u16,
    /// Resources, then types, then backbone elements.
    #[serde(borrow)]
    pub structures: Vec<Structure<'a>>,
    /// Code systems named by the value sets.
    #[serde(borrow)]
    pub systems: Vec<&'a str>,
    /// Every invariant that the walk does not check by itself.
    #[serde(borrow)]
    pub constraints: Vec<Constraint<'a>>,
    /// Value sets of bindings.
    #[serde(borrow)]
    pub value_sets: Vec<ValueSet<'a>>,
    /// Sets of resource types.
    pub target_sets: Vec<Vec<u16>>,
    /// Search parameter codes by their stable number.
    #[serde(borrow)]
    pub params: Vec<&'a str>,
    /// Search parameters by resource type, sorted by code.
    #[serde(borrow)]
    pub search: Vec<Vec<Search<'a>>>,
    /// Parameter numbers that put a resource of this type into a patient's compartment.
    pub patient_compartment: Vec<Vec<u16>>,
}

/// A line of `generated/r4-profiles.pack`: the canonical, a tab, the `StructureDefinition`.
#[derive(Debug, Clone, Copy)]
pub struct ProfileLine<'a> {
    /// Canonical url without version.
    pub url: &'a str,
    /// Compact JSON.
    pub json: &'a str,
}

impl<'a> ProfileLine<'a> {
    /// Reads a line without its end.
    pub fn parse(line: &'a str) -> Option<Self> {
        line.split_once('\t').map(|(url, json)| Self { url, json })
    }
}

impl std::fmt::Display for ProfileLine<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "{}\t{}", self.url, self.json)
    }
}
