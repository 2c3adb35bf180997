//! What one may ask of the directory.

use crate::model::PlaceKind;
use schemars::JsonSchema;
use serde::Deserialize;

/// Adds an organization.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddOrganization {
    /// Its name.
    pub name: String,
    /// Its ODS code.
    #[serde(default)]
    pub ods_code: Option<String>,
    /// Organization (id) that it is part of.
    #[serde(default)]
    pub part_of: Option<String>,
}

/// Adds a site, building, ward, room or bed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPlace {
    /// Its name.
    pub name: String,
    /// What sort of place.
    pub kind: PlaceKind,
    /// Location (id) that it is part of.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Organization (id) that runs it.
    #[serde(default)]
    pub organization: Option<String>,
}

/// Adds a practitioner.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPractitioner {
    /// Family name.
    pub family: String,
    /// Given names.
    #[serde(default)]
    pub given: Vec<String>,
    /// Professional number: system and value.
    #[serde(default)]
    pub identifier: Option<(String, String)>,
}

/// Gives a practitioner a role at an organization.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignRole {
    /// Practitioner (id).
    pub practitioner: String,
    /// Organization (id).
    pub organization: String,
    /// Locations (ids) where the role is held.
    #[serde(default)]
    pub locations: Vec<String>,
    /// Role code, as in the role catalogue.
    pub code: String,
}
