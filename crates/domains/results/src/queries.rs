//! The read side: what is held back from a patient.

use galen_kernel::{Fault, Instant, PatientId};
use galen_service::House;

/// Types whose release is decided here.
pub const RESULTS: [&str; 2] = ["Observation", "DiagnosticReport"];

/// When those of a patient's results will be released that are held back at `now`: 100 of each type at most.
pub async fn held(house: &House, patient: &PatientId, now: Instant) -> Result<Vec<Instant>, Fault> {
    let mut releases = Vec::new();
    for name in RESULTS {
        let resource_type = galen_records::resource_type(name)?;
        releases.extend(house.records.held(resource_type, patient, now).await?);
    }
    Ok(releases)
}
