//! Results as they are stored.

use crate::fhir::parts_of;
use galen_fhir::Resource;
use galen_kernel::Fault;
use galen_service::House;

/// The Observations of a report as they are stored, with their versions.
pub async fn stored_parts(house: &House, report: &Resource) -> Result<Vec<(u64, Resource)>, Fault> {
    let observation = galen_records::resource_type("Observation")?;
    let wanted: Vec<_> = parts_of(report).into_iter().map(|id| (observation, id)).collect();
    let mut parts = Vec::with_capacity(wanted.len());
    for stored in house.records.get_many(&wanted).await? {
        if let Some(resource) = stored.resource()? {
            parts.push((stored.document.version, resource));
        }
    }
    Ok(parts)
}
