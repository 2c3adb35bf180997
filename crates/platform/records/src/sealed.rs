//! Patients whose whole record is sealed: their label counts for everything in their compartment.

use galen_access::Label;
use galen_fhir::{ResourceType, search_parameter};
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND, PatientId};
use galen_store::{Order, PAGE_ROWS_MAX, Scan, ShardId, Store};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most sealed patients; with more, searches that must hide them fail rather than show them.
pub(crate) const SEALED_PATIENTS_MAX: usize = 1_000;
/// How old the list may get before it is read again (another process may have sealed somebody).
const AGE_MICROS_MAX: i64 = MICROS_PER_SECOND;

/// The sealed patients and their labels.
#[derive(Debug, Clone, Default)]
pub struct SealedPatients(BTreeMap<PatientId, Label>);

impl SealedPatients {
    /// The label of a patient's whole record.
    pub fn label(&self, patient: &PatientId) -> Label {
        self.0.get(patient).copied().unwrap_or_default()
    }

    /// The patients whose label is among these.
    pub(crate) fn hidden_by<'s>(&'s self, labels: &'s [Label]) -> impl Iterator<Item = &'s PatientId> {
        self.0.iter().filter(|(_, label)| labels.contains(label)).map(|(patient, _)| patient)
    }
}

/// Reads and remembers the list.
#[derive(Debug, Default)]
pub(crate) struct SealedCache(RwLock<Option<(Instant, Arc<SealedPatients>)>>);

impl SealedCache {
    /// The list as of `now`, at most [`AGE_MICROS_MAX`] old.
    pub(crate) async fn get(&self, store: &Store, now: Instant) -> Result<Arc<SealedPatients>, Fault> {
        if let Some((read_at, list)) = &*self.0.read()
            && now.since(*read_at) <= AGE_MICROS_MAX
            && now >= *read_at
        {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(read(store).await?);
        *self.0.write() = Some((now, Arc::clone(&list)));
        Ok(list)
    }

    /// Forgets the list: a Patient was written.
    pub(crate) fn forget(&self) {
        *self.0.write() = None;
    }
}

async fn read(store: &Store) -> Result<SealedPatients, Fault> {
    let missing = || Fault::new("sealed patients", "the definitions have no Patient:_security");
    let patient = ResourceType::parse("Patient").ok_or_else(missing)?;
    let security = search_parameter(patient, "_security").ok_or_else(missing)?;
    let mut list = BTreeMap::new();
    for shard in (0..store.shards()).map(ShardId) {
        for label in [Label::Restricted, Label::VeryRestricted] {
            let term = crate::encode::token(Some(crate::sight::CONFIDENTIALITY), label.code());
            let all = crate::condition::condition(crate::rows::term(security, term));
            let order = Order::Key { descending: false };
            let scan = Scan::new(crate::kind_of(patient), all, order, PAGE_ROWS_MAX);
            for document in store.scan(shard, &scan).await?.documents {
                let id = PatientId::parse(document.id).map_err(|e| Fault::new("sealed patients", e))?;
                list.insert(id, label);
            }
        }
    }
    if list.len() >= SEALED_PATIENTS_MAX {
        return Err(Fault::new("sealed patients", "more patients are sealed than searches can hide"));
    }
    Ok(SealedPatients(list))
}
