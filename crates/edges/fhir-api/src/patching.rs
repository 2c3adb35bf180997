//! Where a FHIRPath Patch finds what it changes.

use galen_fhir::Json;

/// See [`galen_fhir::patch::Locate`].
pub(crate) fn locate(_resource: &Json, _path: &str) -> Result<Vec<Vec<String>>, String> {
    Err("FHIRPath Patch is not supported yet; send a JSON Patch".to_owned())
}
