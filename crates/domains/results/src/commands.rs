//! What one may ask of results.

use galen_fhir::ResourceType;
use galen_kernel::Phi;
use schemars::JsonSchema;
use serde::Deserialize;

/// Lets the patient see a result that is held back, with a comment if there is something to say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseResult {
    /// Observation or DiagnosticReport, from the address.
    #[serde(skip)]
    pub resource_type: Option<ResourceType>,
    /// Its id, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// What the clinician says of it, for the patient to read.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub comment: Option<Phi<String>>,
}
