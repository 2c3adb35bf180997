//! What happened in registration, and how a Patient resource evolves by it.

use crate::commands::Details;
use crate::fhir;
use crate::model::{Merge, Mrn};
use galen_fhir::Resource;
use galen_kernel::PatientId;

/// A fact of registration.
#[derive(Debug, Clone)]
pub enum Event {
    /// A patient was registered.
    Registered {
        /// The number given, unless the resource brought a record number of its own.
        mrn: Option<Mrn>,
        /// Who may be the same person.
        possible_duplicates: Vec<PatientId>,
    },
    /// An update by FHIR left the MRN out: it stays.
    MrnKept(Mrn),
    /// Demographics were replaced.
    Amended(Box<Details>),
    /// A duplicate was merged.
    Merged(Merge),
    /// A merge was undone.
    Unmerged(Merge),
}

/// The resource after an event.
pub fn evolve(resource: &mut Resource, event: &Event) {
    match event {
        Event::Registered { mrn: Some(mrn), .. } | Event::MrnKept(mrn) => fhir::add_mrn(resource, mrn),
        Event::Registered { mrn: None, .. } => {}
        Event::Amended(details) => fhir::apply(resource, details),
        Event::Merged(merge) => {
            if resource.id() == Some(merge.duplicate.as_str()) {
                fhir::add_link(resource, &merge.survivor, "replaced-by");
                fhir::set_active(resource, false);
            } else {
                fhir::add_link(resource, &merge.duplicate, "replaces");
            }
        }
        Event::Unmerged(merge) => {
            if resource.id() == Some(merge.duplicate.as_str()) {
                fhir::remove_link(resource, &merge.survivor);
                fhir::set_active(resource, true);
            } else {
                fhir::remove_link(resource, &merge.duplicate);
            }
        }
    }
}
