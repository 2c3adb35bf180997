//! Patients whose whole record is sealed: their label counts for everything in their compartment.

use crate::Records;
use galen_access::{Label, Target};
use galen_fhir::{ResourceType, search_parameter};
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND, PatientId};
use galen_store::{Order, PAGE_ROWS_MAX, Scan, Store};
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

    fn has(&self, id: &str) -> bool {
        self.0.keys().any(|patient| patient.as_str() == id)
    }

    /// The patients whose label is among these.
    pub(crate) fn hidden_by<'s>(&'s self, labels: &'s [Label]) -> impl Iterator<Item = &'s PatientId> {
        self.0.iter().filter(|(_, label)| labels.contains(label)).map(|(patient, _)| patient)
    }
}

impl Records {
    /// The same thing in a patient's record, as sealed as the patient.
    pub async fn of_patient(
        &self,
        thing: Target,
        patient: &PatientId,
        now: Instant,
    ) -> Result<Target, Fault> {
        let label = self.sealed(now).await?.label(patient);
        Ok(thing.of(vec![patient.clone()]).labelled(label))
    }
}

/// Reads and remembers the list.
#[derive(Debug, Default)]
pub(crate) struct SealedCache(RwLock<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    list: Option<(Instant, Arc<SealedPatients>)>,
    /// How often it was forgotten: a list that was being read meanwhile is not remembered.
    forgotten: u64,
}

impl SealedCache {
    /// The list as of `now`, at most [`AGE_MICROS_MAX`] old.
    pub(crate) async fn get(&self, store: &Store, now: Instant) -> Result<Arc<SealedPatients>, Fault> {
        let forgotten = {
            let remembered = self.0.read();
            if let Some((read_at, list)) = &remembered.list
                && now.since(*read_at) <= AGE_MICROS_MAX
                && now >= *read_at
            {
                return Ok(Arc::clone(list));
            }
            remembered.forgotten
        };
        let list = Arc::new(read(store).await?);
        let mut remembered = self.0.write();
        if remembered.forgotten == forgotten {
            remembered.list = Some((now, Arc::clone(&list)));
        }
        Ok(list)
    }

    /// Forgets the list if these Patients, now with these labels, change it.
    pub(crate) fn written(&self, seals: &[(String, Label)]) {
        if seals.is_empty() {
            return;
        }
        let mut remembered = self.0.write();
        let is_listed = |id: &str| remembered.list.as_ref().is_some_and(|(_, list)| list.has(id));
        let is_being_read = remembered.list.is_none();
        if is_being_read || seals.iter().any(|(id, label)| *label != Label::default() || is_listed(id)) {
            remembered.list = None;
            remembered.forgotten += 1;
        }
    }
}

async fn read(store: &Store) -> Result<SealedPatients, Fault> {
    let missing = || Fault::new("sealed patients", "the definitions have no Patient:_security");
    let patient = ResourceType::parse("Patient").ok_or_else(missing)?;
    let security = search_parameter(patient, "_security").ok_or_else(missing)?;
    let mut list = BTreeMap::new();
    for label in [Label::Restricted, Label::VeryRestricted] {
        let term = crate::encode::token(Some(crate::sight::CONFIDENTIALITY), label.code());
        let all = crate::condition::condition(crate::rows::term(security, term));
        let scan = Scan::new(crate::kind_of(patient), all, Order::Key { descending: false }, PAGE_ROWS_MAX);
        for document in store.scan_everywhere(&scan).await? {
            let id = PatientId::parse(document.id).map_err(|e| Fault::new("sealed patients", e))?;
            list.insert(id, label);
        }
    }
    if list.len() >= SEALED_PATIENTS_MAX {
        return Err(Fault::new("sealed patients", "more patients are sealed than searches can hide"));
    }
    Ok(SealedPatients(list))
}
