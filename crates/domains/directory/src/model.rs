//! The words of the directory: entries of four types, and what sort of place a Location is.

use galen_fhir::{Json, ParsedReference, Resource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// System of `Location.physicalType`.
pub const PHYSICAL_TYPE: &str = "http://terminology.hl7.org/CodeSystem/location-physical-type";

/// What sort of place it is (location-physical-type).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// A site of the hospital.
    Site,
    /// A building.
    Building,
    /// A ward.
    Ward,
    /// A room.
    Room,
    /// A bed.
    Bed,
}

impl PlaceKind {
    /// All of them, from large to small.
    pub const ALL: [Self; 5] = [Self::Site, Self::Building, Self::Ward, Self::Room, Self::Bed];

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Site => "si",
            Self::Building => "bu",
            Self::Ward => "wa",
            Self::Room => "ro",
            Self::Bed => "bd",
        }
    }

    /// Of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it may stand in `parent`.
    pub fn fits_in(self, parent: Self) -> bool {
        match self {
            Self::Site => parent == Self::Site,
            Self::Building => parent == Self::Site,
            Self::Ward => matches!(parent, Self::Site | Self::Building),
            Self::Room => matches!(parent, Self::Site | Self::Building | Self::Ward),
            Self::Bed => matches!(parent, Self::Ward | Self::Room),
        }
    }
}

/// What the rules read of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its id, once it has one.
    pub id: String,
    /// Its name; practitioners and roles have none here.
    pub name: Option<String>,
    /// What sort of place, for Locations that say so.
    pub place: Option<PlaceKind>,
    /// `Type/id` that it is part of.
    pub part_of: Option<String>,
    /// (system, value) of its identifiers.
    pub identifiers: Vec<(String, String)>,
}

/// Reads what the rules need.
pub fn entry(resource: &Resource) -> Entry {
    let json = resource.json();
    let place = json
        .get("physicalType")
        .and_then(|t| t.list("coding").filter_map(|c| c.str("code")).find_map(PlaceKind::of_code));
    Entry {
        id: resource.id().unwrap_or_default().to_owned(),
        name: json.str("name").map(str::to_owned),
        place,
        part_of: json.str_at(&["partOf", "reference"]).and_then(local),
        identifiers: json.list("identifier").filter_map(identifier).collect(),
    }
}

fn local(reference: &str) -> Option<String> {
    match ParsedReference::parse(reference)? {
        ParsedReference::Local { resource_type, id, .. } => Some(format!("{}/{id}", resource_type.name())),
        _ => None,
    }
}

fn identifier(json: &Json) -> Option<(String, String)> {
    Some((json.str("system")?.to_owned(), json.str("value")?.to_owned()))
}
