//! Patches: JSON Patch (RFC 6902) and FHIRPath Patch (<https://hl7.org/fhir/R4/fhirpatch.html>) on the lossless tree.
//!
//! A patch that cannot be read is a fault of its own ([`PatchError::Malformed`]); one that can be read and does not fit
//! the resource (a path that matches nothing, a test that fails) another ([`PatchError::Unfit`]). Nothing is done by
//! halves: the resource is changed in a copy.

mod fhirpath;
mod grow;
mod json;
mod pointer;

pub use fhirpath::FhirpathPatch;
pub use json::JsonPatch;

use crate::issue::{Issue, IssueCode};
use crate::json::Json;
use crate::resource::Resource;

/// Most operations of one patch.
pub const OPERATIONS_MAX: usize = 1_000;
/// Most bytes that all operations of a patch may add: a copy of a copy doubles.
pub const GROWTH_BYTES_MAX: usize = 16 << 20;

/// Why a patch came to nothing. Locations name the operation at fault, `patch[2].path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchError {
    /// It is no patch.
    Malformed(Issue),
    /// It does not fit this resource.
    Unfit(Issue),
}

impl PatchError {
    /// What is wrong.
    pub fn issue(&self) -> &Issue {
        match self {
            Self::Malformed(issue) | Self::Unfit(issue) => issue,
        }
    }

    /// What is wrong, taken out.
    pub fn into_issue(self) -> Issue {
        match self {
            Self::Malformed(issue) | Self::Unfit(issue) => issue,
        }
    }
}

fn malformed(location: impl Into<String>, message: impl Into<String>) -> PatchError {
    PatchError::Malformed(Issue::error(IssueCode::Invalid, message).at(location))
}

fn unfit(location: impl Into<String>, message: impl Into<String>) -> PatchError {
    PatchError::Unfit(Issue::error(IssueCode::Processing, message).at(location))
}

/// A patch of either kind, read.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    /// RFC 6902.
    Json(JsonPatch),
    /// A Parameters resource of operations.
    Fhirpath(FhirpathPatch),
}

impl Patch {
    /// The resource as the patch leaves it. Its id, type and version are the server's and stay.
    pub fn apply(&self, resource: &Resource) -> Result<Resource, PatchError> {
        let mut json = resource.json().clone();
        match self {
            Self::Json(patch) => patch.apply(&mut json)?,
            Self::Fhirpath(patch) => patch.apply(&mut json)?,
        }
        prune(&mut json);
        let patched = Resource::from_json(json).map_err(PatchError::Unfit)?;
        kept(resource, &patched)?;
        Ok(patched)
    }
}

/// What the server alone gives must be as it was. A version that is left out is given anew.
fn kept(before: &Resource, after: &Resource) -> Result<(), PatchError> {
    let name = before.resource_type().name();
    if before.resource_type() != after.resource_type() {
        return Err(unfit("resourceType", "a patch cannot change the type of a resource"));
    }
    if before.id() != after.id() {
        return Err(unfit(format!("{name}.id"), "a patch cannot change or remove the id of a resource"));
    }
    if after.version_id().is_some_and(|version| before.version_id() != Some(version)) {
        return Err(unfit(
            format!("{name}.meta.versionId"),
            "a patch cannot change the version of a resource",
        ));
    }
    Ok(())
}

/// FHIR has no empty arrays and objects: what a removal left empty goes, too. As deep as the tree, which is bounded.
fn prune(json: &mut Json) {
    let is_empty = |value: &Json| match value {
        Json::Array(items) => items.is_empty() || items.iter().all(Json::is_null),
        Json::Object(object) => object.is_empty(),
        _ => false,
    };
    match json {
        Json::Array(items) => {
            items.iter_mut().for_each(prune);
            items.retain(|item| !matches!(item, Json::Object(object) if object.is_empty()));
        }
        Json::Object(object) => {
            object.iter_mut().for_each(|(_, value)| prune(value));
            object.retain(|_, value| !is_empty(value));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
