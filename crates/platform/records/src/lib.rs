//! FHIR resources on the store: the clinical truth. Writes become puts with their index rows, searches become scans.
//!
//! Invariants: whatever has an R4 type is stored as that resource, byte for byte but for id and meta; a search shows
//! no row, count, include or chain that the caller's [`Visibility`] hides; a transaction is one commit.
//! Not here: who may do what (access), what a type's rules are (its domain's guard), wires (edges).

mod bundle;
mod changes;
mod compartment;
mod concepts;
mod condition;
mod conditions;
mod encode;
mod granted;
mod include;
mod journal;
mod labels;
mod lanes;
mod library;
mod page;
mod parameters;
mod patched;
mod precondition;
mod reader;
mod references;
mod reindexing;
mod release;
mod resolve;
mod rows;
mod sealed;
mod search;
mod sight;
mod stop;
mod walk;
mod write;

pub use bundle::{BundleError, Planned, PlannedEntry, Preparation, plan, types_of_conditions};
pub use changes::{ChangePlace, ChangeRange, Changed, HistoryToken};
pub use concepts::{CONCEPT_PAGES_MAX, Edition, PAGE_CONCEPTS};
pub use encode::{CodeHash, SubjectHash, code_hash, code_prefix, patient_subject, string_prefix};
pub use granted::{is_enforceable, met_by};
pub use labels::LabelsInUse;
pub use library::{Library, LocalTerminology, unanswered, value_set_of};
pub use page::PageToken;
pub use parameters::{DEFINED_MAX, INDEXING};
pub use patched::PlannedPatch;
pub use precondition::{names_version, version_of_etag};
pub use reader::{Codes, HISTORY_ROWS_MAX, JournalView, Records, Stored, Terminology, resource_type};
pub use reindexing::{INDEX_EDITION, Progress, Reindexer};
pub use release::{RELEASE_EXTENSION, release_of, set_release};
pub use resolve::MATCHES_RESOLVED_MAX;
pub use rows::index_rows;
pub use sealed::SealedPatients;
pub use search::{Explained, Found, FoundRow, PAGE_COUNT_DEFAULT, TOTAL_COUNTED_MAX};
pub use sight::{Sight, label_of, patients_of, target_of};
pub use walk::{Extent, Walk, WalkPlace, is_in_compartments};
pub use write::{Change, owner_of, prepare_delete, prepare_put};

use galen_fhir::ResourceType;
use galen_store::Kind;
pub use galen_store::Leading;

/// The store kind of a resource type.
pub fn kind_of(resource_type: ResourceType) -> Kind {
    Kind(resource_type.number())
}

/// The resource type of a store kind, if it is one.
pub fn type_of(kind: Kind) -> Option<ResourceType> {
    ResourceType::from_number(kind.0)
}
