//! A planned patch: applied when policy has allowed the update of what is there.

use crate::reader::Stored;
use galen_fhir::Resource;
use galen_fhir::index::rewrite_references;
use galen_fhir::patch::{Patch, PatchError};
use galen_kernel::{Rejection, RejectionKind};
use std::collections::HashMap;
use std::sync::Arc;

/// A patch, what it changes, and what the names of its bundle mean.
#[derive(Debug)]
pub struct PlannedPatch {
    /// Its place in the bundle.
    pub index: usize,
    /// The patch.
    pub patch: Patch,
    /// What is there; `None` when nothing ever was.
    pub current: Option<Stored>,
    /// Full url -> `Type/id`, of the bundle's entries.
    pub(crate) names: Arc<HashMap<String, String>>,
}

impl PlannedPatch {
    /// The refusal of a patch that has nothing to change.
    pub fn nothing(&self) -> Rejection {
        let rejection = match &self.current {
            Some(_) => Rejection::new(
                RejectionKind::Gone,
                "deleted",
                "The resource was deleted; it cannot be patched",
            ),
            None => Rejection::new(RejectionKind::NotFound, "not-found", "There is nothing to patch"),
        };
        rejection.at(format!("Bundle.entry[{}].request.url", self.index))
    }

    /// The resource as the patch leaves it, references to entries resolved. It is not validated.
    pub fn apply(&self, resource: &Resource) -> Result<Resource, Rejection> {
        let mut patched = self.patch.apply(resource).map_err(|error| {
            let (kind, code) = match &error {
                PatchError::Malformed(_) => (RejectionKind::Malformed, "patch-invalid"),
                PatchError::Unfit(_) => (RejectionKind::Unprocessable, "patch-does-not-fit"),
            };
            let issue = error.into_issue();
            Rejection::new(kind, code, issue.message)
                .at(format!("Bundle.entry[{}].{}", self.index, issue.location))
                .next("Read the current version and make the patch for that")
        })?;
        if !self.names.is_empty() {
            rewrite_references(&mut patched, |text| self.names.get(text).cloned());
        }
        Ok(patched)
    }
}
