//! Patients and merges in the store: documents, claims on identifiers.

use crate::fhir::{demographics, directive, patient_type};
use crate::model::{MRN_SYSTEM, Merge, Mrn, NHS_NUMBER_SYSTEM, StoredPatient};
use galen_access::consent::{self, Directive, Kept};
use galen_access::user::HOME;
use galen_fhir::Resource;
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_records::{Change, Stored};
use galen_service::{House, Refusal};
use galen_store::{
    Condition, Conflict, Document, Expected, IndexRows, Kind, Match, Operation, Order, Param, Put, Scan,
    ShardId, TermMatch,
};
use std::collections::BTreeMap;

/// Merges, with what undoes them.
pub const PATIENT_MERGE: Kind = Kind(1101);
/// Merges by who survived them.
const PARAM_SURVIVOR: Param = Param(1);
/// Most merges into one patient that are listed.
const MERGES_LISTED_MAX: u32 = 100;
/// The type of consents.
pub const CONSENT: &str = "Consent";
/// Scope of the claims on MRNs.
pub const MRN_SCOPE: &str = "mrn";
/// Scope of the claims on NHS numbers.
pub const NHS_NUMBER_SCOPE: &str = "nhs-number";
/// Where a zone's claims on identifiers lie: one place, so that a number is one patient's in the whole zone.
const CLAIMS: ShardId = ShardId(0);

/// Systems whose values belong to one patient.
const UNIQUE_SYSTEMS: [(&str, &str); 2] = [(MRN_SYSTEM, MRN_SCOPE), (NHS_NUMBER_SYSTEM, NHS_NUMBER_SCOPE)];

/// An MRN from a command's chance.
pub fn draw_mrn(chance: [u8; 32]) -> Mrn {
    let mut eight = [0; 8];
    eight.copy_from_slice(chance.get(24..32).unwrap_or(&[0; 8]));
    Mrn::draw(eight)
}

/// A patient; a refusal when there is none (any more).
pub async fn load(house: &House, id: &str) -> Result<StoredPatient, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient");
    let patient = PatientId::parse(id).map_err(|_| missing())?;
    let Some(found) = house.records.get(patient_type()?, id).await? else { return Err(missing().into()) };
    let Some(resource) = found.resource()? else {
        return Err(Rejection::new(RejectionKind::Gone, "gone", "This patient's record was deleted").into());
    };
    let demographics = demographics(&resource);
    Ok(StoredPatient { id: patient, version: found.document.version, resource, demographics })
}

/// Claims the resource's unique identifiers, and releases those that it no longer has.
pub fn claim_identifiers(resource: &Resource, before: Option<&Resource>, change: &mut Change) {
    let held = before.map(unique).unwrap_or_default();
    let wanted = unique(resource);
    let holder = resource.id().unwrap_or_default().as_bytes().to_vec();
    for (scope, value) in held.iter().filter(|pair| !wanted.contains(pair)) {
        change.push(CLAIMS, Operation::Release { scope, value: value.clone() });
    }
    for (scope, value) in wanted.into_iter().filter(|pair| !held.contains(pair)) {
        change.push(CLAIMS, Operation::Claim { scope, value, holder: holder.clone(), until: None });
    }
}

/// Releases the unique identifiers of a patient that is deleted.
pub fn release_identifiers(resource: &Resource, change: &mut Change) {
    for (scope, value) in unique(resource) {
        change.push(CLAIMS, Operation::Release { scope, value });
    }
}

fn unique(resource: &Resource) -> Vec<(&'static str, String)> {
    let who = demographics(resource);
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for (system, value) in &who.identifiers {
        if let Some((_, scope)) = UNIQUE_SYSTEMS.iter().find(|(s, _)| s == system) {
            let plain: String = value.reveal().chars().filter(char::is_ascii_alphanumeric).collect();
            if !found.contains(&(*scope, plain.clone())) {
                found.push((scope, plain));
            }
        }
    }
    found
}

/// What decisions keep for each of these records that is a Consent.
pub async fn kept_directives(
    house: &House,
    records: impl Iterator<Item = &Stored>,
) -> Result<KeptDirectives, Fault> {
    let mut all = BTreeMap::new();
    for stored in records.filter(|stored| stored.resource_type.name() == CONSENT) {
        let id = &stored.document.id;
        all.insert(id.clone(), consent::kept(&house.store, id).await?);
    }
    Ok(KeptDirectives(all))
}

/// What was kept for Consents when they were read.
#[derive(Debug, Clone, Default)]
pub struct KeptDirectives(BTreeMap<String, Option<Kept>>);

impl KeptDirectives {
    /// Keeps what a Consent withholds as it is written now; what is no Consent withholds nothing.
    pub fn rewrite(&self, resource: &Resource, change: &mut Change) -> Result<(), Fault> {
        if resource.resource_type().name() != CONSENT {
            return Ok(());
        }
        let id = resource.id().unwrap_or_default();
        keep_directive(resource, self.0.get(id).copied().flatten(), change)
    }
}

/// Keeps what a Consent that is stored, or is ours, withholds.
pub fn keep_directive(resource: &Resource, kept: Option<Kept>, change: &mut Change) -> Result<(), Fault> {
    let directive = directive(resource).map_err(|refused| Fault::new("stored consent", refused.message))?;
    keep(resource.id().unwrap_or_default(), directive.as_ref(), kept, change)
}

/// Keeps what the Consent with this id withholds (or nothing) for the decisions, in the same commit.
pub fn keep(
    consent: &str,
    directive: Option<&Directive>,
    kept: Option<Kept>,
    change: &mut Change,
) -> Result<(), Fault> {
    if let Some(operation) = consent::keep(consent, directive, kept)? {
        change.push(HOME, operation);
    }
    Ok(())
}

/// What a clash on an identifier means.
pub fn clash(conflict: &Conflict) -> Option<Rejection> {
    match conflict {
        Conflict::Claimed { scope, holder, .. } if [MRN_SCOPE, NHS_NUMBER_SCOPE].contains(scope) => Some(
            Rejection::new(
                RejectionKind::Conflict,
                "identifier-taken",
                "Another patient has this identifier",
            )
            .at(if *scope == MRN_SCOPE { "identifier" } else { "nhsNumber" })
            .related(vec![String::from_utf8_lossy(holder).into_owned()])
            .next("Compare the two records; they may be one person"),
        ),
        _ => None,
    }
}

/// A merge with its id and version.
#[derive(Debug, Clone)]
pub struct StoredMerge {
    /// Its id.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The merge.
    pub merge: Merge,
}

/// The operation that stores a merge.
pub fn put_merge(id: &str, expected: Expected, merge: &Merge) -> Result<Operation, Fault> {
    let body = serde_json::to_vec(merge).map_err(|e| Fault::new("write merge", e))?;
    let owner = merge.survivor.to_string();
    let index =
        IndexRows { terms: vec![(PARAM_SURVIVOR, owner.as_bytes().to_vec())], ..IndexRows::default() };
    Ok(Operation::Put(Put { kind: PATIENT_MERGE, id: id.to_owned(), expected, owner, body, index }))
}

/// The merges into a patient, the latest first.
pub async fn merges_into(house: &House, survivor: &PatientId) -> Result<Vec<StoredMerge>, Fault> {
    let wanted = TermMatch::Equals(survivor.as_str().as_bytes().to_vec());
    let scan = Scan::new(
        PATIENT_MERGE,
        vec![Condition::Any(vec![Match::Term(PARAM_SURVIVOR, wanted)])],
        Order::Key { descending: true },
        MERGES_LISTED_MAX,
    );
    let shard = house.records.shard_of(survivor.as_str());
    house
        .store
        .scan(shard, &scan)
        .await?
        .documents
        .into_iter()
        .filter_map(|found| merge(found).transpose())
        .collect()
}

fn merge(found: Document) -> Result<Option<StoredMerge>, Fault> {
    let Some(body) = found.body else { return Ok(None) };
    let merge = serde_json::from_slice(&body).map_err(|e| Fault::new("read merge", e))?;
    Ok(Some(StoredMerge { id: found.id, version: found.version, merge }))
}

/// A merge; a refusal when there is none.
pub async fn load_merge(house: &House, id: &str) -> Result<StoredMerge, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such merge");
    let shard = house.records.shard_of(id);
    let Some(found) = house.store.get(shard, PATIENT_MERGE, id).await? else { return Err(missing().into()) };
    Ok(merge(found)?.ok_or_else(missing)?)
}
