//! What the FHIR exchange tells itself across restarts.

use galen_kernel::Contract;
use serde::{Deserialize, Serialize};

/// A bulk job was asked for: somebody must prepare it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BulkRequestedV1 {
    /// The job.
    pub job: String,
}

impl Contract for BulkRequestedV1 {
    const NAME: &'static str = "exchange.BulkRequestedV1";
    fn subject(&self) -> String {
        format!("BulkJob/{}", self.job)
    }
}
