//! Writes: a resource's next version as a put with its index rows, and the bag of changes that a command makes.

use crate::rows::index_rows;
use crate::{Records, kind_of, label_of};
use galen_access::Label;
use galen_fhir::{Parameters, Resource, ResourceType};
use galen_kernel::{Contract, Envelope, Instant};
use galen_store::{Expected, Operation, Put, ShardId, WriteSet};
use std::collections::BTreeMap;

/// The type whose label counts for a whole compartment.
const PATIENT: &str = "Patient";

/// Whose data key seals a resource: its first patient's, else the shard's own (empty).
pub fn owner_of(resource: &Resource) -> String {
    galen_fhir::patient_compartment(resource).first().map(|id| (*id).to_owned()).unwrap_or_default()
}

/// The put of a resource's next version: sets `meta.versionId` and `meta.lastUpdated`, works out the index rows.
/// The resource must have its id.
pub fn prepare_put(resource: &mut Resource, expected: Expected, at: Instant, parameters: &Parameters) -> Put {
    resource.set_version_id(&expected.next().to_string());
    resource.set_last_updated(&at.to_string());
    Put {
        kind: kind_of(resource.resource_type()),
        id: resource.id().unwrap_or_default().to_owned(),
        expected,
        owner: owner_of(resource),
        body: resource.to_bytes(),
        index: index_rows(resource, at, parameters),
    }
}

/// The tombstone of a resource.
pub fn prepare_delete(resource_type: ResourceType, id: &str, expected: u64) -> Operation {
    Operation::Delete { kind: kind_of(resource_type), id: id.to_owned(), expected }
}

/// What a command changes: operations per shard, and the events that tell of it. The shell adds the audit entry.
#[derive(Debug, Default)]
pub struct Change {
    operations: BTreeMap<ShardId, Vec<Operation>>,
    events: Vec<Envelope>,
    seals: Vec<(String, Label)>,
    touches_parameters: bool,
}

impl Change {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a resource's next version (its shard follows from its id). Returns its bytes as stored.
    pub fn put(
        &mut self,
        records: &Records,
        resource: &mut Resource,
        expected: Expected,
        at: Instant,
    ) -> Vec<u8> {
        let put = prepare_put(resource, expected, at, &records.parameters());
        let shard = records.shard_of(&put.id);
        let (resource_type, label) = (resource.resource_type(), label_of(resource));
        if resource_type.name() == PATIENT && (expected != Expected::Absent || label != Label::default()) {
            self.seals.push((put.id.clone(), label));
        }
        self.touch(resource_type);
        let body = put.body.clone();
        self.push(shard, Operation::Put(put));
        body
    }

    /// Deletes a resource.
    pub fn delete(&mut self, records: &Records, resource_type: ResourceType, id: &str, expected: u64) {
        if resource_type.name() == PATIENT {
            self.seals.push((id.to_owned(), Label::default()));
        }
        self.touch(resource_type);
        self.push(records.shard_of(id), prepare_delete(resource_type, id, expected));
    }

    /// Any other operation on a shard.
    pub fn push(&mut self, shard: ShardId, operation: Operation) {
        self.operations.entry(shard).or_default().push(operation);
    }

    /// An event that other domains hear of.
    pub fn event(&mut self, event: &impl Contract) {
        self.events.push(event.envelope());
    }

    /// Takes in what another change has.
    pub fn absorb(&mut self, other: Self) {
        for (shard, operations) in other.operations {
            self.operations.entry(shard).or_default().extend(operations);
        }
        self.events.extend(other.events);
        self.seals.extend(other.seals);
        self.touches_parameters |= other.touches_parameters;
    }

    /// The Patients that are written over or labelled, with the labels that they get: what may set or lift a seal.
    pub fn take_seals(&mut self) -> Vec<(String, Label)> {
        std::mem::take(&mut self.seals)
    }

    /// Whether a SearchParameter is among what is written.
    pub fn touches_parameters(&self) -> bool {
        self.touches_parameters
    }

    fn touch(&mut self, resource_type: ResourceType) {
        self.touches_parameters |= resource_type.name() == "SearchParameter";
    }

    /// Every operation, shard by shard.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values().flatten()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The events, taken out.
    pub fn take_events(&mut self) -> Vec<Envelope> {
        std::mem::take(&mut self.events)
    }

    /// The write sets: the first carries `journal`.
    pub fn into_write_sets(self, at: Instant, journal: Vec<u8>) -> Vec<WriteSet> {
        let mut sets: Vec<WriteSet> = self
            .operations
            .into_iter()
            .map(|(shard, operations)| WriteSet { shard, at, operations, journal: None })
            .collect();
        match sets.first_mut() {
            Some(first) => first.journal = Some(journal),
            None => {
                sets.push(WriteSet { shard: ShardId(0), at, operations: Vec::new(), journal: Some(journal) });
            }
        }
        sets
    }
}
