//! What registration does when it hears that a likely duplicate was registered: it asks somebody to compare.

use galen_contracts::registration::PatientRegisteredV1;
use galen_fhir::{Json, Resource, object};
use galen_kernel::{Contract, Fault, Instant};
use galen_records::Change;
use galen_service::reaction::{Reaction, StaffTask};
use galen_store::Expected;

/// Makes a Task for the health records manager.
pub const COMPARE_DUPLICATES: Reaction = Reaction {
    name: "registration-compare-duplicates",
    events: &[PatientRegisteredV1::NAME],
    react: |house, delivery| {
        Box::pin(async move {
            let Some(registered) = PatientRegisteredV1::read(&delivery.envelope) else { return Ok(None) };
            if registered.possible_duplicates.is_empty() {
                return Ok(None);
            }
            let mut task = task(&registered, &delivery.id, delivery.at)?;
            let mut change = Change::new();
            change.put(&house.records, &mut task, Expected::Absent, delivery.at);
            Ok(Some(change))
        })
    },
};

/// The Task. Its id follows from the delivery, so that the same delivery can make it only once.
fn task(registered: &PatientRegisteredV1, delivery: &str, at: Instant) -> Result<Resource, Fault> {
    let inputs: Vec<Json> = registered
        .possible_duplicates
        .iter()
        .map(|id| {
            object! {
                "type" => object! { "text" => "May be the same person" },
                "valueReference" => object! { "reference" => format!("Patient/{id}") },
            }
        })
        .collect();
    StaffTask {
        id: format!("compare-{delivery}"),
        code: ("compare-possible-duplicates", "Compare possible duplicates"),
        patient: &registered.patient,
        focus: None,
        at,
        input: inputs,
    }
    .resource()
}
