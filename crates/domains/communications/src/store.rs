//! Threads in the store: with the patient, sealed by the patient's key.

use crate::model::{StoredThread, Thread};
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_service::{House, Refusal};
use galen_store::{
    Condition, Document, Expected, IndexRows, Kind, Match, Operation, Order, Param, Put, Scan, TermMatch,
};

/// Threads.
pub const THREAD: Kind = Kind(1161);

const PATIENT: Param = Param(1);
/// About what those threads are that wait for the staff.
const AWAITS: Param = Param(2);

/// Threads of one patient that are listed.
pub const THREADS_LISTED_MAX: u32 = 200;
/// Threads of the inbox of one shard that are looked at: those that wait longest.
pub const INBOX_LISTED_MAX: u32 = 200;

/// The operation that writes a thread.
pub fn put(id: &str, expected: Expected, thread: &Thread) -> Result<Operation, Fault> {
    let body = serde_json::to_vec(thread).map_err(|e| Fault::new("write thread", e))?;
    let owner = thread.patient.to_string();
    let mut terms = vec![(PATIENT, owner.as_bytes().to_vec())];
    if thread.awaits_staff() {
        terms.push((AWAITS, thread.topic.code().as_bytes().to_vec()));
    }
    let index = IndexRows { terms, ..IndexRows::default() };
    Ok(Operation::Put(Put { kind: THREAD, id: id.to_owned(), expected, owner, body, index }))
}

fn read(found: Document) -> Result<Option<StoredThread>, Fault> {
    let Some(body) = found.body else { return Ok(None) };
    let thread = serde_json::from_slice(&body).map_err(|e| Fault::new("read thread", e))?;
    Ok(Some(StoredThread { id: found.id, version: found.version, thread }))
}

/// A thread; a refusal when there is none.
pub async fn load(house: &House, id: &str) -> Result<StoredThread, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such conversation");
    let found = house.store.get(house.records.shard_of(id), THREAD, id).await?.ok_or_else(missing)?;
    Ok(read(found)?.ok_or_else(missing)?)
}

/// A patient's threads, the newest first.
pub async fn of_patient(house: &House, patient: &PatientId) -> Result<Vec<StoredThread>, Fault> {
    let wanted = TermMatch::Equals(patient.as_str().as_bytes().to_vec());
    let own = vec![Condition::Any(vec![Match::Term(PATIENT, wanted)])];
    let scan = Scan::new(THREAD, own, Order::Key { descending: true }, THREADS_LISTED_MAX);
    let found = house.store.scan(house.records.shard_of(patient.as_str()), &scan).await?;
    found.documents.into_iter().filter_map(|document| read(document).transpose()).collect()
}

/// The threads that wait for the staff, of all patients: those that were begun first come first.
pub async fn awaiting(house: &House) -> Result<Vec<StoredThread>, Fault> {
    let waits = vec![Condition::Any(vec![Match::Term(AWAITS, TermMatch::Present)])];
    let scan = Scan::new(THREAD, waits, Order::Key { descending: false }, INBOX_LISTED_MAX);
    let documents = house.store.scan_everywhere(&scan).await?;
    documents.into_iter().filter_map(|document| read(document).transpose()).collect()
}
